/** The bytes of what only engines read of a mirror. */

import { Packr } from 'msgpackr';

/** Plain maps and doubles, as every other MessagePack library reads and writes them. */
const packr = new Packr({ useRecords: false, int64AsType: 'number' });

/** In memory of its own: what is posted takes all of the memory that it lies in along. */
export function packed(value: unknown): Uint8Array {
  return new Uint8Array(packr.pack(value));
}

export function unpacked(bytes: Uint8Array): unknown {
  return packr.unpack(bytes);
}

export function bytesIn(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** In memory of its own, which begins where it must for numbers of any size. */
export function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
