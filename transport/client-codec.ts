import { Packr } from 'msgpackr';
import { textOf } from './bytes.ts';
import {
  type Frame,
  GOXE_FLAG_MSGPACK,
  GOXE_HEADER_BYTES,
  GOXE_MAGIC,
  GOXE_VERSION,
} from './jsonrpc.ts';

/** How a client writes messages and reads replies. */
export interface ClientCodec {
  encode(message: unknown): Uint8Array | string;
  /** @throws when the frame holds no value */
  decode(frame: Frame): unknown;
}

/** One JSON text a line. */
export const jsonLines: ClientCodec = {
  encode: (message) => `${JSON.stringify(message)}\n`,
  decode: ({ bytes }) => JSON.parse(textOf(bytes)),
};

/**
 * Plain maps, and 64-bit integers as numbers, as JSON has them. What is undefined is nil, which
 * means "left out"; by itself it would be of an extension type, which a daemon refuses.
 */
const packr = new Packr({
  useRecords: false,
  int64AsType: 'number',
  encodeUndefinedAsNil: true,
});

/** MessagePack in GOXE frames. */
export const goxeMsgpack: ClientCodec = {
  encode(message) {
    const payload = packr.pack(message);
    const frame = Buffer.allocUnsafe(GOXE_HEADER_BYTES + payload.length);
    frame.writeUInt32BE(GOXE_MAGIC, 0);
    frame.writeUInt32BE(GOXE_VERSION, 4);
    frame.writeUInt32BE(payload.length, 8);
    frame.writeUInt32BE(GOXE_FLAG_MSGPACK, 12);
    frame.set(payload, GOXE_HEADER_BYTES);
    return frame;
  },
  decode: ({ bytes, encoding }) =>
    encoding === 'json' ? JSON.parse(textOf(bytes)) : packr.unpack(bytes),
};
