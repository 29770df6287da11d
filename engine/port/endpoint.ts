/**
 * A comlink endpoint over a `MessagePort` that may wait for the next message for a moment before it
 * lets its thread sleep.
 *
 * Waking a sleeping thread costs more than a small request does, and a request to an engine wakes
 * two. So each side may poll its port for a fraction of a millisecond after it has posted: the main
 * thread for the answer, the worker for the next request. Its user says when that may be worth it
 * (`eager`): while a few requests are under way and no others are known, since else the processor
 * has better to do. The waiting adapts: after a row of misses it is tried only now and then, and no
 * more threads poll at a time than there are cores. Without messages nobody polls.
 */

import { availableParallelism } from 'node:os';
import { type MessagePort, receiveMessageOnPort, type Transferable } from 'node:worker_threads';
import { Parcels, packed } from './parcels.ts';

type Listener = (event: { data: unknown }) => void;

/**
 * Misses in a row after which polling is not worth it, and posts until it is tried again. It is
 * tried as often in a row, since it succeeds only while the other side does the same.
 */
const MISSES_MAX = 16;
const POSTS_UNTIL_RETRY = 64;
/** The largest batch that is answered soon enough to be waited for. */
export const EAGER_REQUESTS_MAX = 32;
/** Messages polled in a row after which the thread's event loop gets its turn. */
const RUN_MAX = 128;

const CORES = availableParallelism();

/** One count of polling threads, shared by every endpoint of a daemon. */
export function pollCounter(): SharedArrayBuffer {
  return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
}

/** The part of comlink's `Endpoint` that it uses for calls. */
export class PollingEndpoint {
  /** Whether it is worth it to wait after the next post. */
  eager = false;
  readonly #port: MessagePort;
  readonly #polling: Int32Array;
  readonly #wait_ms: number;
  readonly #listeners = new Set<Listener>();
  readonly #parcels = new Parcels();
  #misses = 0;
  #skip = 0;
  #run = 0;

  /** @param wait_ms the longest wait: some times what waking a thread takes */
  constructor(port: MessagePort, polling: SharedArrayBuffer, wait_ms: number) {
    this.#port = port;
    this.#wait_ms = wait_ms;
    this.#polling = new Int32Array(polling);
    port.on('message', (data) => {
      this.#run = 0;
      this.#deliver(data);
    });
  }

  addEventListener(_type: string, listener: Listener): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: string, listener: Listener): void {
    this.#listeners.delete(listener);
  }

  postMessage(message: unknown, transfer: readonly Transferable[] = []): void {
    const { parts, message: rest } = packed(message);
    for (const part of parts) this.#port.postMessage(part);
    this.#port.postMessage(rest, transfer);
    if (!this.eager || CORES === 1 || this.#run >= RUN_MAX) return;
    if (this.#skip > 0) this.#skip -= 1;
    else this.#poll();
  }

  /** Stops receiving, for good. */
  close(): void {
    this.#listeners.clear();
    this.#port.close();
  }

  #poll(): void {
    if (Atomics.add(this.#polling, 0, 1) >= CORES) {
      Atomics.sub(this.#polling, 0, 1);
      return;
    }
    const until = performance.now() + this.#wait_ms;
    let received: { message: unknown } | undefined;
    do {
      received = receiveMessageOnPort(this.#port);
    } while (received === undefined && performance.now() < until);
    Atomics.sub(this.#polling, 0, 1);
    if (received === undefined) {
      this.#misses += 1;
      if (this.#misses === MISSES_MAX) {
        this.#misses = 0;
        this.#skip = POSTS_UNTIL_RETRY;
      }
      return;
    }
    this.#misses = 0;
    this.#run += 1;
    const { message } = received;
    // comlink posts its answers from a microtask; a listener called from within would never see it.
    queueMicrotask(() => this.#deliver(message));
  }

  #deliver(data: unknown): void {
    const received = this.#parcels.receive(data);
    if (received === undefined) return;
    for (const listener of this.#listeners) listener({ data: received.message });
  }
}
