/** What the edits of a project leave behind, so that they can be done again; see `bodies.ts`. */

import { RecordWriter } from '../journal/format.ts';

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

  /** Goes on after an edit that is recorded elsewhere, as the owner of an epoch. */
  goOn(sequence: number, epoch: number): void {
    this.#sequence = sequence;
    this.#epoch = epoch;
  }

  /** The record of the next edit. */
  add(type: number, body: Uint8Array): void {
    const sequence = ++this.#sequence;
    this.#writer.append({ sequence, epoch: this.#epoch, type }, body);
  }

  /** The same; `write` puts its body into the bytes, from an offset on. */
  addBy(type: number, length: number, write: (view: DataView, at: number) => void): void {
    const sequence = ++this.#sequence;
    this.#writer.appendBy({ sequence, epoch: this.#epoch, type }, length, write);
  }

  take(): TakenRecords {
    return { sequence: this.#sequence, bytes: this.#writer.take() };
  }
}
