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
/** Growth that is worth a collection, beside half of what was left by the one before. */
const GROWTH_BYTES = 32 * 1024 * 1024;

/** Whether buffers have grown enough, from what the last collection left, for the next one. */
export function isWorthCollecting(bytes: number, left_bytes: number): boolean {
  return bytes > 1.5 * left_bytes + GROWTH_BYTES;
}

/** Begins to watch this thread; the watching keeps no thread alive. */
export function collectSharedGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let left_bytes = 0;
  setInterval(() => {
    const bytes = process.memoryUsage().arrayBuffers;
    // What was freed without a collection is no growth.
    left_bytes = Math.min(left_bytes, bytes);
    if (!isWorthCollecting(bytes, left_bytes)) return;
    collect();
    left_bytes = process.memoryUsage().arrayBuffers;
  }, CHECK_MS).unref();
}
