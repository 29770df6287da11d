/** Effects for tests of machines: they note what they are told and say what the test wants. */

import { type AnyActorRef, type AnyEventObject, type EventObject, fromCallback } from 'xstate';
import type { Effect } from '../../machines/effects.ts';

export interface FakeEffect<E extends EventObject, I> {
  readonly logic: Effect<E, I>;
  /** What every instance was started with, in order. */
  readonly started: I[];
  /** What the instances were told, in order. */
  readonly told: E[];
  readonly alive: number;
  /** The youngest instance that lives tells its machine this. */
  say(event: AnyEventObject): void;
  /** All that live tell theirs this. */
  sayAll(event: AnyEventObject): void;
  /** The next instance says this as it starts, or throws. */
  atStart(does: readonly AnyEventObject[] | 'throw'): void;
  /** The youngest instance that lives throws, as over something that it is told. */
  breakDown(): void;
}

/** What a broken effect throws. */
export const DEFECT = 'a defect of an effect';
const BREAK = 'fake.break';

export function fakeEffect<E extends EventObject, I>(): FakeEffect<E, I> {
  const started: I[] = [];
  const told: E[] = [];
  const living: { self: AnyActorRef; say: (event: AnyEventObject) => void }[] = [];
  let first: readonly AnyEventObject[] | 'throw' = [];
  const youngest = (purpose: string) => {
    const one = living.at(-1);
    if (one === undefined) throw new Error(`no instance lives to ${purpose}`);
    return one;
  };
  return {
    logic: fromCallback<E, I>(({ input, receive, sendBack, self }) => {
      started.push(input);
      const does = first;
      first = [];
      if (does === 'throw') throw new Error(DEFECT);
      const one = { self, say: sendBack };
      living.push(one);
      receive((event) => {
        if (event.type === BREAK) {
          // xstate takes it for stopped, without calling what is returned below.
          living.splice(living.indexOf(one), 1);
          throw new Error(DEFECT);
        }
        told.push(event);
      });
      for (const event of does) sendBack(event);
      return () => void living.splice(living.indexOf(one), 1);
    }),
    started,
    told,
    get alive() {
      return living.length;
    },
    say: (event) => youngest(`say ${event.type}`).say(event),
    sayAll: (event) => {
      for (const one of [...living]) one.say(event);
    },
    atStart: (does) => {
      first = does;
    },
    breakDown: () => youngest('break').self.send({ type: BREAK }),
  };
}
