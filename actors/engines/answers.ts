/** What an engine answered: to a batch, or to one call with what its job handed over. */

import {
  type AnswerWithJobs,
  type JobTicket,
  type Mirrored,
  type PartAnswer,
  type Records,
  STATUS_MASK,
  UNSAVED_FLAG,
} from '../../engine/port/layout.ts';

/** Answers in the order of their calls, as `AnswerReader` has those to a batch. */
export interface Answers {
  readonly count: number;
  /** Of all of them. */
  readonly byteLength: number;
  /** Of what `next` has come to: the result, or error, is `bytes[start, end)`. */
  readonly status: number;
  readonly unsaved: boolean;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** False after the last. */
  next(): boolean;
  /** Passes over one; its status. */
  skip(): number;
  /** From here on, apart from this one. */
  fork(): Answers;
}

/** Answers, and what came with them. */
export interface Landed {
  readonly answers: Answers;
  readonly records?: readonly Records[] | undefined;
  readonly mirrors?: readonly Mirrored[] | undefined;
  readonly durabilities?: AnswerWithJobs['durabilities'];
  readonly jobs?: readonly JobTicket[];
  readonly clipboard?: unknown;
}

/** The answer to a handover. */
export class OneAnswer implements Answers {
  readonly count = 1;
  readonly start = 0;
  readonly status: number;
  readonly unsaved: boolean;
  readonly bytes: Uint8Array;
  #left = true;

  readonly #answer: Pick<PartAnswer, 'status' | 'bytes'>;

  constructor(answer: Pick<PartAnswer, 'status' | 'bytes'>) {
    const { status, bytes } = answer;
    this.#answer = answer;
    this.status = status & STATUS_MASK;
    this.unsaved = (status & UNSAVED_FLAG) !== 0;
    this.bytes = new Uint8Array(bytes);
  }

  get byteLength(): number {
    return this.bytes.length;
  }

  get end(): number {
    return this.bytes.length;
  }

  next(): boolean {
    const left = this.#left;
    this.#left = false;
    return left;
  }

  skip(): number {
    this.#left = false;
    return this.status;
  }

  fork(): Answers {
    return new OneAnswer(this.#answer);
  }
}
