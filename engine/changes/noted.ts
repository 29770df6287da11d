/** Something whose properties are noted before they change. */

import type { Entry, Recorder } from './recorder.ts';

/** About what a set of properties takes beside voxels, pointers and what is new of them. */
const STATE_BYTES = 512;

/**
 * Its properties are one value, which is replaced and never written into: arrays and objects in it
 * are to be replaced as well.
 */
export abstract class Noted<State extends object> {
  #state: State;
  #recorder: Recorder | undefined;

  constructor(state: State) {
    this.#state = state;
  }

  get state(): State {
    return this.#state;
  }

  get recorder(): Recorder | undefined {
    return this.#recorder;
  }

  /** From now on edits note here what they replace. */
  record(recorder: Recorder): void {
    this.#recorder = recorder;
  }

  /** Changes some properties. */
  protected write(changes: Partial<State>): void {
    const recording = this.#recorder?.current;
    if (recording !== undefined && recording.entryOf(this) === undefined) {
      recording.note(this, new StateEntry(this, this.#state));
    }
    this.#state = { ...this.#state, ...changes };
  }

  /** Bytes of voxels that a state of this keeps, and the present one does not. */
  abstract keptBytes(kept: State): number;

  /** Puts another state in place, and gives the one that was there. */
  exchange(state: State): State {
    const before = this.#state;
    this.#state = state;
    return before;
  }
}

/** The properties of one owner from before an edit; from after it, while it is undone. */
export class StateEntry<State extends object> implements Entry {
  readonly #owner: Noted<State>;
  #kept: State;

  constructor(owner: Noted<State>, kept: State) {
    this.#owner = owner;
    this.#kept = kept;
  }

  get bytes(): number {
    return STATE_BYTES + this.#owner.keptBytes(this.#kept);
  }

  get owner(): Noted<State> {
    return this.#owner;
  }

  get kept(): State {
    return this.#kept;
  }

  swap(): void {
    this.#kept = this.#owner.exchange(this.#kept);
  }

  append(): void {
    // The state before both changes is what is kept; the one after them is in place.
  }

  settled(): this {
    return this;
  }
}
