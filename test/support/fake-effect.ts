/** Effects for tests of machines: they note what they are told and say what the test wants. */

import { type AnyEventObject, type EventObject, fromCallback } from 'xstate';
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
}

export function fakeEffect<E extends EventObject, I>(): FakeEffect<E, I> {
  const started: I[] = [];
  const told: E[] = [];
  const voices: ((event: AnyEventObject) => void)[] = [];
  return {
    logic: fromCallback<E, I>(({ input, receive, sendBack }) => {
      started.push(input);
      voices.push(sendBack);
      receive((event) => told.push(event));
      return () => void voices.splice(voices.indexOf(sendBack), 1);
    }),
    started,
    told,
    get alive() {
      return voices.length;
    },
    say(event) {
      const voice = voices.at(-1);
      if (voice === undefined) throw new Error(`no instance lives to say ${event.type}`);
      voice(event);
    },
  };
}
