/**
 * Frees shared memory that nobody holds any more. V8 counts the bytes of a SharedArrayBuffer
 * against no thread's heap, so that nothing ever seems to press it to look for those that are
 * garbage: each thread that has seen a block keeps it until some collection of its old generation,
 * which a thread of few objects makes hardly ever. So the thread itself looks at what its buffers
 * add up to, and asks for a collection when they have grown; that takes some ten milliseconds.
 */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const CHECK_MS = 5000;
/** Garbage that is worth a collection. */
const GARBAGE_BYTES = 32 * 1024 * 1024;
/** What a collection left may have become garbage since, without any growth. */
const AGAIN_MS = 10_000;

/** What a thread's buffers add up to, and when they were collected last. */
export interface Buffers {
  readonly bytes: number;
  /** What the thread knows to be in use. */
  readonly held_bytes: number;
  readonly left_bytes: number;
  readonly since_ms: number;
}

export function isWorthCollecting({ bytes, held_bytes, left_bytes, since_ms }: Buffers): boolean {
  if (bytes <= held_bytes + GARBAGE_BYTES) return false;
  return bytes > left_bytes + GARBAGE_BYTES || since_ms >= AGAIN_MS;
}

/** Undefined when there is no descriptor left, which Node needs for another of these figures. */
function bufferBytes(): number | undefined {
  try {
    return process.memoryUsage().arrayBuffers;
  } catch {
    return undefined;
  }
}

let collector: (() => void) | undefined;

/** A full collection in this thread: some milliseconds for each 10 MB. */
export function collectGarbage(): void {
  collector ??= exposedCollector();
  collector();
}

/** Node has no other way to it than the flag, which contexts made from then on go by. */
function exposedCollector(): () => void {
  setFlagsFromString('--expose-gc');
  try {
    return runInNewContext('gc') as () => void;
  } finally {
    // V8 takes compiled code only under the flags that it was compiled under (scripts/load.cjs).
    setFlagsFromString('--no-expose-gc');
  }
}

let dropped_bytes = 0;

/**
 * This thread gave up shared memory that another one has made, which counts among the buffers of
 * that one, and is there until this one looks for garbage.
 */
export function noteDropped(bytes: number): void {
  dropped_bytes += bytes;
}

/** Begins to watch this thread; the watching keeps no thread alive. */
export function collectSharedGarbage(held_bytes: () => number): void {
  let left_bytes = 0;
  let last_ms = performance.now();
  setInterval(() => {
    const bytes = bufferBytes();
    if (bytes === undefined) return;
    const since_ms = performance.now() - last_ms;
    const worth = isWorthCollecting({ bytes, held_bytes: held_bytes(), left_bytes, since_ms });
    if (!worth && dropped_bytes <= GARBAGE_BYTES) return;
    dropped_bytes = 0;
    collectGarbage();
    left_bytes = bufferBytes() ?? bytes;
    last_ms = performance.now();
  }, CHECK_MS).unref();
}
