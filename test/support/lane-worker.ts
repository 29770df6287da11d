/** A thread that answers as an engine does, and tells in which order it was asked. */

import { setTimeout as sleep } from 'node:timers/promises';
import { type MessagePort, parentPort } from 'node:worker_threads';
import { type Endpoint, expose } from 'comlink';
import { AnsweringEndpoint, type Lanes, moved } from '../../engine/port/endpoint.ts';
import { onOrder } from '../../engine/port/order.ts';

export interface LaneOrder {
  readonly port: MessagePort;
  readonly lanes: Lanes;
}

/** Each call returns how many there were before it. */
export interface LaneApi {
  /** As many bytes as it was given, beside the number in the first word. */
  run(buffer: ArrayBuffer): ArrayBuffer;
  note(n: number): number;
  /** Works for so many milliseconds, which are in the first word. */
  work(buffer: ArrayBuffer): ArrayBuffer;
  /** Ends after as many turns of its event loop as the first word says, and ms as the second. */
  later(buffer: ArrayBuffer): Promise<ArrayBuffer>;
  /** How often a timer of every 10 ms has come since the last time. */
  ticks(): number;
}

const TICK_MS = 10;

onOrder<LaneOrder>(parentPort, ({ port, lanes }) => {
  let [asked, ticks] = [0, 0];
  setInterval(() => {
    ticks += 1;
  }, TICK_MS).unref();
  const endpoint = new AnsweringEndpoint(port, lanes);
  const turned = async (buffer: ArrayBuffer) => {
    const [turns = 0, ms] = new Uint32Array(buffer);
    await sleep(ms);
    for (let left = turns; left > 0; left -= 1) await new Promise(setImmediate);
    return new ArrayBuffer(4);
  };
  const api: LaneApi = {
    run(buffer) {
      const answer = buffer.slice(0);
      new Uint32Array(answer, 0, 1)[0] = asked++;
      return moved(answer);
    },
    note: () => asked++,
    work(buffer) {
      const until_ms = performance.now() + new Uint32Array(buffer)[0]!;
      while (performance.now() < until_ms);
      return new ArrayBuffer(4);
    },
    later: (buffer) => endpoint.late(turned(buffer)),
    ticks() {
      const had = ticks;
      ticks = 0;
      return had;
    },
  };
  expose(api, endpoint as unknown as Endpoint);
});
