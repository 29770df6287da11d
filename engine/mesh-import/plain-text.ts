/** Text files as the readers of meshes want them: UTF-8 without a mark, lines ended by newlines. */

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const UTF8_MARK = [0xef, 0xbb, 0xbf];

/**
 * The bytes of a text file without a byte order mark; UTF-16 as UTF-8; and line ends of a return
 * alone, as old Macintosh programs write them, as newlines. Pairs of return and newline stay.
 */
export function plainText(bytes: Uint8Array): Uint8Array {
  return withNewlines(withoutMark(bytes));
}

/** The bytes behind a byte order mark; UTF-16 as UTF-8. */
export function withoutMark(bytes: Uint8Array): Uint8Array {
  if (UTF8_MARK.every((byte, i) => bytes[i] === byte)) return bytes.subarray(UTF8_MARK.length);
  const little = isUtf16(bytes, 0, 1);
  if (!little && !isUtf16(bytes, 1, 0)) return bytes;
  const even = bytes.subarray(0, bytes.length & ~1);
  const units = little ? even : Buffer.from(even).swap16();
  const text = Buffer.from(units.buffer, units.byteOffset, units.byteLength).toString('utf16le');
  return Buffer.from(text.startsWith('\ufeff') ? text.slice(1) : text);
}

/** Whether the text begins with a mark of UTF-16, or else with a few ASCII letters in it. */
function isUtf16(bytes: Uint8Array, low: 0 | 1, high: 0 | 1): boolean {
  if (bytes[low] === 0xff && bytes[high] === 0xfe) return true;
  for (let at = 0; at < 8; at += 2) {
    const byte = bytes[at + low] ?? 0;
    if (bytes[at + high] !== 0 || byte < 0x09 || byte > 0x7e) return false;
  }
  return true;
}

function withNewlines(bytes: Uint8Array): Uint8Array {
  const first = bytes.indexOf(RETURN);
  if (first < 0) return bytes;
  let changed: Uint8Array | undefined;
  for (let at = first; at < bytes.length; at++) {
    if (bytes[at] !== RETURN || bytes[at + 1] === NEWLINE) continue;
    changed ??= Uint8Array.from(bytes);
    changed[at] = NEWLINE;
  }
  return changed ?? bytes;
}
