/** Shared memory that grows. */

/** The part of the standard (ES2024) that Node 20 has, and the compiler's library not yet. */
export interface Growable extends SharedArrayBuffer {
  readonly maxByteLength: number;
  grow(bytes: number): void;
}

/** Of no bytes, with addresses set aside for so many. */
export function growable(bytes_max: number): Growable {
  return new GrowableBuffer(0, { maxByteLength: bytes_max });
}

const GrowableBuffer = SharedArrayBuffer as unknown as new (
  bytes: number,
  options: { maxByteLength: number },
) => Growable;
