/** Typed arrays that grow. */

type Numbers = Float64Array | Float32Array | Uint32Array | Int32Array | Uint16Array;

/** A longer copy of an array; the new places are 0. */
export function grown<T extends Numbers>(values: T, length: number): T {
  const Kind = values.constructor as new (length: number) => T;
  const copy = new Kind(length);
  copy.set(values);
  return copy;
}
