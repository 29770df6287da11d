/** What the coverage of machines begins them with: a clock that steps, and who looks at them. */

import {
  type AnyEventObject,
  type AnyStateMachine,
  type InspectionEvent,
  SimulatedClock,
  type StateValue,
} from 'xstate';
import type { FakeEffect } from '../fake-effect.ts';
import type { Probe } from '../probe.ts';

/** A clock that can be asked to go on to whatever is due next. */
export class SteppedClock extends SimulatedClock {
  readonly #due = new Map<number, number>();

  override setTimeout(fn: (...args: unknown[]) => void, timeout: number): number {
    const id = super.setTimeout((...args: unknown[]) => {
      this.#due.delete(id);
      fn(...args);
    }, timeout);
    this.#due.set(id, this.now() + timeout);
    return id;
  }

  override clearTimeout(id: number): void {
    this.#due.delete(id);
    super.clearTimeout(id);
  }

  /** Whether there was something to go on to. */
  next(): boolean {
    if (this.#due.size === 0) return false;
    this.increment(Math.max(0, Math.min(...this.#due.values()) - this.now()));
    return true;
  }
}

export type Inspect = (event: InspectionEvent) => void;

/** What `Subject.begin` gives to `probe`. */
export interface Watch {
  readonly clock: SteppedClock;
  readonly inspect: Inspect;
}

/** One that is led along a path. */
export interface Walker extends Pick<Probe<AnyStateMachine>, 'snapshot' | 'stop'> {
  /** Has whoever says such events say this one; false if it does not live to do so. */
  say(event: AnyEventObject): boolean;
}

/**
 * @param voices effects, and what begins the types of the events that only they say; all others
 *     come from the parent
 */
export function walker(
  { send, snapshot, stop }: Probe<AnyStateMachine>,
  voices: readonly (readonly [Pick<FakeEffect<never, never>, 'alive' | 'say'>, RegExp])[] = [],
): Walker {
  const say = (event: AnyEventObject) => {
    const voice = voices.find(([, types]) => types.test(event.type))?.[0];
    if (voice?.alive === 0) return false;
    if (voice === undefined) send(event);
    else voice.say(event);
    return true;
  };
  return { say, snapshot, stop };
}

/** A machine that is to be covered. */
export interface Subject {
  readonly machine: AnyStateMachine;
  /** What it may begin with; paths are looked for from each. */
  readonly inputs: readonly object[];
  /** What may be said to it from outside, with whatever its guards look at. */
  readonly said: readonly AnyEventObject[];
  /** What is compared of a state, where what it invokes has it go further than its definition. */
  readonly state?: (value: StateValue) => StateValue;
  /** A new one, with fakes for all that has effects. */
  begin(input: object, watch: Watch): Walker;
  /** What the paths do not reach, because it takes children, or facts of more than one event. */
  readonly lives: Readonly<Record<string, (watch: Watch) => void>>;
}
