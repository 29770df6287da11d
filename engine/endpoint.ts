/**
 * A comlink endpoint over a `MessagePort` that may wait for the next message for a moment before it
 * lets its thread sleep.
 *
 * Waking a sleeping thread costs more than a small request does, and a request to an engine wakes
 * two. So, while messages keep coming, each side polls its port for at most `POLL_MS` after it has
 * posted: the main thread for the answer, the worker for the next request. The waiting adapts: it
 * begins only after `HOT_AFTER` messages in a row came soon enough to have been worth it, every
 * miss doubles the number of posts that go by without polling, and no more threads poll at a time
 * than there are cores. An idle daemon never polls.
 */

import { availableParallelism } from 'node:os';
import { type MessagePort, receiveMessageOnPort, type Transferable } from 'node:worker_threads';

type Listener = (event: { data: unknown }) => void;

/** Longest wait. About twice what waking a thread takes. */
const POLL_MS = 0.15;
/** Messages that must have come within `POLL_MS` of a post before the first wait. */
const HOT_AFTER = 4;
/** Ceiling of the posts without polling after misses. */
const SKIPS_MAX = 256;
/** Waits in a row after which the thread's event loop gets its turn. */
const RUN_MAX = 128;

const CORES = availableParallelism();

/** One count of polling threads, shared by every endpoint of a daemon. */
export function pollCounter(): SharedArrayBuffer {
  return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
}

/** The part of comlink's `Endpoint` that it uses for calls. */
export class PollingEndpoint {
  readonly #port: MessagePort;
  readonly #polling: Int32Array;
  readonly #listeners = new Set<Listener>();
  #posted_ms = 0;
  #hot = 0;
  #skips = 0;
  #skip = 0;
  #run = 0;

  constructor(port: MessagePort, polling: SharedArrayBuffer) {
    this.#port = port;
    this.#polling = new Int32Array(polling);
    port.on('message', (data) => {
      this.#run = 0;
      this.#noteArrival();
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
    this.#port.postMessage(message, transfer);
    this.#posted_ms = performance.now();
    if (this.#hot < HOT_AFTER || CORES === 1) return;
    if (this.#skip > 0) {
      this.#skip -= 1;
      return;
    }
    if (this.#run >= RUN_MAX) return;
    this.#poll();
  }

  /** Stops receiving, for good. */
  close(): void {
    this.#listeners.clear();
    this.#port.close();
  }

  #noteArrival(): void {
    const soon = performance.now() - this.#posted_ms <= 2 * POLL_MS;
    this.#hot = soon ? Math.min(this.#hot + 1, HOT_AFTER) : 0;
  }

  #poll(): void {
    if (Atomics.add(this.#polling, 0, 1) >= CORES) {
      Atomics.sub(this.#polling, 0, 1);
      return;
    }
    const until = this.#posted_ms + POLL_MS;
    let received: { message: unknown } | undefined;
    do {
      received = receiveMessageOnPort(this.#port);
    } while (received === undefined && performance.now() < until);
    Atomics.sub(this.#polling, 0, 1);
    if (received === undefined) {
      this.#skips = Math.min(SKIPS_MAX, 2 * this.#skips + 1);
      this.#skip = this.#skips;
      return;
    }
    this.#skips = 0;
    this.#run += 1;
    const { message } = received;
    // comlink posts its answers from a microtask; a listener called from within would never see it.
    queueMicrotask(() => this.#deliver(message));
  }

  #deliver(data: unknown): void {
    for (const listener of this.#listeners) listener({ data });
  }
}
