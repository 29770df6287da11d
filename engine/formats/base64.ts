/** Bytes as Base64 text (RFC 4648), piece after piece. */

import { checkInterrupt } from '../interrupt.ts';

/** So many bytes become text at a time: their text stays in the processor's cache. */
const SECTION_BYTES = 48 * 1024;
/** A piece's bytes; a multiple of what a section becomes. */
const TEXT_BYTES = 1024 * 1024;

/** The text of all parts one after the other, in pieces of at most 1 MiB. */
export function* base64Pieces(parts: Iterable<Uint8Array>): Generator<Uint8Array, void, undefined> {
  let text = Buffer.allocUnsafeSlow(TEXT_BYTES);
  let length = 0;
  for (const section of sections(parts)) {
    if (length + Math.ceil(section.length / 3) * 4 > TEXT_BYTES) {
      yield text.subarray(0, length);
      text = Buffer.allocUnsafeSlow(TEXT_BYTES);
      length = 0;
    }
    length += text.write(section.toString('base64'), length, 'latin1');
  }
  if (length > 0) yield text.subarray(0, length);
}

/** The same bytes in sections whose lengths are multiples of three, but for the last. */
function* sections(parts: Iterable<Uint8Array>): Generator<Buffer, void, undefined> {
  let rest = Buffer.alloc(0);
  for (const part of parts) {
    let bytes = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
    if (rest.length > 0) {
      const missing = 3 - rest.length;
      rest = Buffer.concat([rest, bytes.subarray(0, missing)]);
      if (rest.length < 3) continue;
      yield rest;
      bytes = bytes.subarray(missing);
    }
    const whole = bytes.length - (bytes.length % 3);
    for (let at = 0; at < whole; at += SECTION_BYTES) {
      checkInterrupt();
      yield bytes.subarray(at, Math.min(whole, at + SECTION_BYTES));
    }
    rest = Buffer.from(bytes.subarray(whole));
  }
  if (rest.length > 0) yield rest;
}
