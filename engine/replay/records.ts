/** What the requests of a project leave behind, so that they can be done again. */

import { messagePack } from '../encode.ts';
import { RECORD_TYPES, type RecordHead, RecordWriter } from '../journal/format.ts';

/** What a client calls an edit by, so that it is not made twice. */
interface RecordedOp {
  readonly id: string;
  /** The encoded result, where the edit is not made anew by doing the request again. */
  readonly result?: Uint8Array;
}

/** What every record of an edit says of where it comes from. */
interface Recorded {
  /** The name of the method in the catalogue. */
  readonly method: string;
  /** The number of the client. */
  readonly client: number;
  /** When it was done, by the wall clock. */
  readonly at_ms: number;
  readonly op?: RecordedOp | undefined;
}

/** A request that changed something, as it came. */
export interface RecordedRequest extends Recorded {
  /** Whether the parameters are MessagePack, and not JSON. */
  readonly msgpack: boolean;
  readonly params: Uint8Array;
}

/** What was recorded since it was last taken. */
export interface TakenRecords {
  /** Of the last of them. */
  readonly sequence: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export class ProjectRecords {
  readonly #writer = new RecordWriter();
  #epoch = 1;
  #sequence = 0;

  /** Of the last edit. */
  get sequence(): number {
    return this.#sequence;
  }

  get isEmpty(): boolean {
    return this.#writer.length === 0;
  }

  /** Goes on after an edit that is recorded elsewhere, as the owner of an epoch. */
  goOn(sequence: number, epoch: number): void {
    this.#sequence = sequence;
    this.#epoch = epoch;
  }

  request({ method, msgpack, params, client, at_ms, op }: RecordedRequest): void {
    const body = messagePack.pack([method, client, at_ms, op, msgpack, params]);
    this.#writer.append(this.#next(RECORD_TYPES.request), body);
  }

  take(): TakenRecords {
    return { sequence: this.#sequence, bytes: this.#writer.take() };
  }

  #next(type: number): RecordHead {
    return { sequence: ++this.#sequence, epoch: this.#epoch, type };
  }
}

/** Reads the body that `request` wrote. */
export function requestOf(body: Buffer): RecordedRequest {
  const [method, client, at_ms, op, msgpack, params] = messagePack.unpack(body) as [
    string,
    number,
    number,
    RecordedOp | undefined,
    boolean,
    Uint8Array,
  ];
  return { method, client, at_ms, op, msgpack, params };
}
