/** The `spare` effect: a thread that is started and waits for an engine that needs one. */

import type { Logger } from 'pino';
import { type EventObject, fromCallback } from 'xstate';
import type { Config } from '../../conf/schema.ts';
import type { SpareEvent } from '../../machines/spare.ts';
import { pathOf } from '../about.ts';
import { reportFigures } from '../vitals.ts';
import {
  type EngineLink,
  endOf,
  type LinkedThread,
  startEngineThread,
  type ThreadOptions,
} from './thread.ts';

type Thread = LinkedThread<EngineLink>;

/** Where engines find the spare thread. */
export class Spares {
  #offered: { readonly thread: Thread; readonly taken: () => void } | undefined;

  /** Whether there is one. */
  get ready(): boolean {
    return this.#offered !== undefined;
  }

  /** It can be taken until the function that is returned is called; `taken` hears of it. */
  offer(thread: Thread, taken: () => void): () => void {
    const offered = { thread, taken };
    this.#offered = offered;
    return () => {
      if (this.#offered === offered) this.#offered = undefined;
    };
  }

  /** From then on it is who takes it that owns it. */
  take(): Thread | undefined {
    const offered = this.#offered;
    this.#offered = undefined;
    offered?.taken();
    return offered?.thread;
  }
}

interface SpareDeps {
  readonly log: Logger;
  readonly threads: ThreadOptions;
  readonly spares: Spares;
}

/** The `spare` effect. */
export function spareEffect({ log, threads, spares }: SpareDeps) {
  return fromCallback<EventObject, { config: Config }>(({ sendBack, self }) => {
    const say = sendBack as (event: SpareEvent) => void;
    let started: Thread;
    try {
      started = startEngineThread('spare', threads);
    } catch (error) {
      say(endOf(error));
      return undefined;
    }
    const { thread, link, end } = started;
    let over = false;
    let failure: unknown;
    let withdraw = () => {};
    const onError = (error: Error) => {
      failure = error;
      log.error({ actor: pathOf(self), err: error }, 'the spare thread failed');
    };
    const onExit = (code: number) => {
      withdraw();
      if (!over) say(endOf(failure, code));
    };
    const taken = () => {
      over = true;
      thread.off('error', onError);
      thread.off('exit', onExit);
      say({ type: 'spare.taken' });
    };
    thread.on('error', onError);
    thread.on('exit', onExit);
    link.stats().then(
      () => {
        if (over) return;
        withdraw = spares.offer(started, taken);
        say({ type: 'spare.ready' });
      },
      (error: unknown) => {
        if (!over) say(endOf(error));
      },
    );
    reportFigures(self, () => ({ thread: thread.threadId }));
    return () => {
      withdraw();
      if (over) return;
      over = true;
      end();
    };
  });
}
