import { JsonReader } from './envelope-json.ts';
import { readMsgpack } from './envelope-msgpack.ts';
import type { PlainReader } from './envelope-plain.ts';
import type { Envelope, Frame, Request } from './jsonrpc.ts';
import type { ReaderConfig } from './limits.ts';

/**
 * Reads frames into envelopes, and passes requests on that a framer has read already. Nothing of
 * a frame is decoded but the method and the project; id and parameters stay bytes that point into
 * the frame. One reader serves any number of connections: it remembers nothing but names.
 */
export class EnvelopeReader {
  readonly #config: ReaderConfig;
  readonly #json: JsonReader;

  constructor(config: ReaderConfig) {
    this.#config = config;
    this.#json = new JsonReader(config);
  }

  /** The part that a framer of JSON texts may take as its shortcut. */
  get plain(): PlainReader {
    return this.#json.plain;
  }

  /** Never throws for what a client sent: a message that is none comes out as `invalid`. */
  read(frame: Frame | Request): Envelope {
    if (frame.kind === 'request') return frame;
    if (frame.encoding === 'json') return this.#json.read(frame.bytes, frame.lenient === true);
    return readMsgpack(frame.bytes, this.#config);
  }
}
