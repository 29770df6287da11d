/** Which version of this program wrote a file, and whether this one understands it. */

/** Of the bytes of segments and of the bodies in them; grows when an old reader must not go on. */
export const FORMAT = 1;

/** What a later version wrote. */
export class NewerFormat extends Error {
  override readonly name = 'NewerFormat';

  /** @param found what this version does not know */
  constructor(what: string, found: string) {
    super(`a newer version of this program wrote ${what}: this one does not know ${found}`);
  }
}

/** Whether files begin so whose last character, a digit, is a later one than in `magic`. */
export function isNewer(bytes: Buffer, magic: Buffer): boolean {
  const version = magic.length - 1;
  if (!bytes.subarray(0, version).equals(magic.subarray(0, version))) return false;
  const digit = bytes[version] ?? 0;
  return digit > magic[version]! && digit <= '9'.charCodeAt(0);
}
