/** The `worker` effect: the thread of an engine, from its start to its death. */

import type { Logger } from 'pino';
import { type EventObject, fromCallback } from 'xstate';
import type { EngineDefect, EngineOptions } from '../engine/port.ts';
import type { EngineChildInput, EngineEvent } from '../machines/engine.ts';
import type { CallsRegistry } from './calls.ts';
import { startEngineThread } from './thread.ts';
import { reportFigures } from './vitals.ts';

export interface WorkerDeps extends CallsRegistry {
  readonly log: Logger;
  readonly options: EngineOptions;
  /** Shared by all endpoints: how many threads poll. */
  readonly polling: SharedArrayBuffer;
}

/** The `worker` effect of an engine. */
export function workerEffect({ calls, log, options, polling }: WorkerDeps) {
  return fromCallback<EventObject, EngineChildInput>(({ input, sendBack, self }) => {
    const { index } = input;
    const say = sendBack as (event: EngineEvent) => void;
    const { thread, link, end } = startEngineThread(`engine:${index}`, options, polling);
    let stopped = false;
    let reason: string | undefined;

    link.stats().then(
      () => {
        if (stopped) return;
        calls.get(index)?.send({ type: 'worker.attached', link });
        say({ type: 'worker.ready' });
      },
      (error: unknown) => say({ type: 'worker.exited', reason: String(error) }),
    );
    thread.on('message', ({ method, stack }: EngineDefect) => {
      log.error({ engine: index, method, stack }, 'a defect in an engine');
    });
    thread.on('error', (error) => {
      reason = error instanceof Error ? error.message : String(error);
      log.error({ engine: index, err: error }, 'an engine failed');
    });
    thread.on('exit', (code) => {
      if (stopped) return;
      say({ type: 'worker.exited', reason: reason ?? `its thread ended with code ${code}` });
    });
    reportFigures(self, () => ({ thread: thread.threadId }));
    return () => {
      stopped = true;
      end();
    };
  });
}
