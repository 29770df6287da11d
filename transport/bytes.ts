/** Byte values and byte loops that the scanners share. */

export const TAB = 0x09;
export const LINE_FEED = 0x0a;
export const CARRIAGE_RETURN = 0x0d;
export const SPACE = 0x20;
export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const MINUS = 0x2d;
export const ZERO = 0x30;
export const NINE = 0x39;
export const COLON = 0x3a;
export const OPEN_BRACKET = 0x5b;
export const BACKSLASH = 0x5c;
export const CLOSE_BRACKET = 0x5d;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;

/** In ASCII both closing brackets lie two behind their opening ones. */
export const CLOSER_OFFSET = 2;

/** U+FEFF in UTF-8. */
export const BYTE_ORDER_MARK = Uint8Array.of(0xef, 0xbb, 0xbf);

export const EMPTY: Uint8Array = new Uint8Array(0);

/** The bytes from `start` to `end` without copying; `subarray` does the same in twice the time. */
export function span(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
}

/** The place of the first byte from `at` on that is no JSON whitespace, or `end`. */
export function skipBlanks(bytes: Uint8Array, at: number, end: number): number {
  let next = at;
  while (next < end && isBlank(bytes[next]!)) next++;
  return next;
}

function isBlank(byte: number): boolean {
  return byte <= SPACE
    ? byte === SPACE || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === TAB
    : false;
}

/** Whether `pattern` stands at `at` and ends no later than `end`. */
export function matches(bytes: Uint8Array, at: number, end: number, pattern: Uint8Array): boolean {
  if (at + pattern.length > end) return false;
  for (let i = 0; i < pattern.length; i++) {
    if (bytes[at + i] !== pattern[i]) return false;
  }
  return true;
}

/** A table of 256 bytes: 1 for those given, 0 for all others. */
export function byteClasses(...bytes: number[]): Uint8Array {
  const classes = new Uint8Array(256);
  for (const byte of bytes) classes[byte] = 1;
  return classes;
}

/** A text of ASCII characters as bytes. */
export function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Bytes as a text; a `Buffer` over them, since it decodes faster than `TextDecoder`. */
export function textOf(bytes: Uint8Array, start = 0, end = bytes.length): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
}
