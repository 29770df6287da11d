/** Starts the thread of an engine and gives the way into it. */

import { MessageChannel, Worker } from 'node:worker_threads';
import { type Endpoint, transfer, wrap } from 'comlink';
import { PollingEndpoint } from '../engine/endpoint.ts';
import type { EngineApi, EngineOptions, EngineThreadData } from '../engine/port.ts';
import type { EngineLink } from './calls.ts';

export interface EngineThread {
  readonly thread: Worker;
  /**
   * Calls into the thread, through comlink. One whose thread dies stays pending for ever, so
   * whoever calls listens to the thread's `exit` as well.
   */
  readonly link: EngineLink;
  /** Ends the thread, whatever it is doing. */
  end(): void;
}

/**
 * How long to wait for an answer before the thread does something else: a small request takes 20
 * µs.
 */
const ANSWER_MS = 0.1;

const ENTRY = new URL('../engine/worker.js', import.meta.url);

/** @param polling see `engine/endpoint.ts` */
export function startThread(
  name: string,
  options: EngineOptions,
  polling: SharedArrayBuffer,
): EngineThread {
  const { port1, port2 } = new MessageChannel();
  const data: EngineThreadData = { options, port: port2, polling };
  const thread = new Worker(ENTRY, { name, workerData: data, transferList: [port2] });
  const endpoint = new PollingEndpoint(port1, polling, ANSWER_MS);
  // It has the members of an endpoint that comlink uses for calls; the others are for browsers.
  const remote = wrap<EngineApi>(endpoint as unknown as Endpoint);
  // Each look at a member of the proxy makes another proxy.
  const { run, close, stats } = remote;
  return {
    thread,
    link: {
      run: (batch, alone) => {
        endpoint.eager = alone;
        const answer = run(transfer(batch, [batch]));
        endpoint.eager = false;
        return answer;
      },
      close: (project) => close(project),
      stats: () => stats(),
    },
    end: () => {
      endpoint.close();
      void thread.terminate();
    },
  };
}
