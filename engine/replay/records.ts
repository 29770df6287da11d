/** What the requests of a project leave behind, so that they can be done again. */

import { messagePack } from '../encode.ts';
import { RECORD_TYPES, type RecordHead, RecordWriter } from '../journal/format.ts';
import type { KeptOp } from '../port/layout.ts';

/** An edit that came with an `op_id`, and what it was answered. */
export type RecordedOp = Omit<KeptOp, 'sequence'>;

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

  /** Of who owns the project. */
  get epoch(): number {
    return this.#epoch;
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
    const body = messagePack.pack([method, client, at_ms, packedOp(op), msgpack, params]);
    this.#writer.append(this.#next(RECORD_TYPES.request), body);
  }

  /** What an edit that changed nothing was answered. */
  answer(op: RecordedOp): void {
    this.#writer.append(this.#next(RECORD_TYPES.answer), messagePack.pack(packedOp(op)));
  }

  take(): TakenRecords {
    return { sequence: this.#sequence, bytes: this.#writer.take() };
  }

  #next(type: number): RecordHead {
    return { sequence: ++this.#sequence, epoch: this.#epoch, type };
  }
}

type PackedOp = readonly [id: string, print: Uint8Array, result: Uint8Array | null];

function packedOp(op: RecordedOp | undefined): PackedOp | null {
  return op === undefined ? null : [op.id, op.print, op.result ?? null];
}

function unpackedOp(packed: PackedOp | null): RecordedOp | undefined {
  if (packed === null) return undefined;
  const [id, print, result] = packed;
  // In memory of their own: what they were read from is not to be held for them.
  return {
    ...{ id, print: new Uint8Array(print) },
    result: result === null ? undefined : new Uint8Array(result),
  };
}

/** Reads the body that `answer` wrote. */
export function answerOf(body: Buffer): RecordedOp | undefined {
  return unpackedOp(messagePack.unpack(body) as PackedOp);
}

/** Reads the body that `request` wrote. */
export function requestOf(body: Buffer): RecordedRequest {
  const [method, client, at_ms, op, msgpack, params] = messagePack.unpack(body) as [
    string,
    number,
    number,
    PackedOp | null,
    boolean,
    Uint8Array,
  ];
  return { method, client, at_ms, op: unpackedOp(op), msgpack, params };
}
