const SLOTS = 1024;
const LENGTH_MAX = 64;

/**
 * Method and project names, kept by the bytes they were read from: a name met before costs a hash
 * and a comparison instead of a decoding, and comes out as the very same string. A slot holds the
 * last name that fell into it, so that no client can make it grow.
 */
export class NameCache {
  readonly #names: (string | undefined)[] = new Array(SLOTS).fill(undefined);

  /** The text of ASCII bytes. */
  read(bytes: Uint8Array, start: number, end: number): string {
    const length = end - start;
    if (length > LENGTH_MAX) return decode(bytes, start, end);
    const stride = (length >> 3) + 1;
    let hash = length;
    for (let at = end - 1; at >= start; at -= stride) hash = (Math.imul(hash, 31) + bytes[at]!) | 0;
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const known = this.#names[slot];
    if (known !== undefined && equals(known, bytes, start, length)) return known;
    const name = decode(bytes, start, end);
    this.#names[slot] = name;
    return name;
  }
}

function equals(name: string, bytes: Uint8Array, start: number, length: number): boolean {
  if (name.length !== length) return false;
  for (let i = 0; i < length; i++) {
    if (name.charCodeAt(i) !== bytes[start + i]) return false;
  }
  return true;
}

function decode(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}
