/**
 * Whether the work that this thread does at the moment is to stop. Long loops, deep in operations,
 * formats and meshes, ask `checkInterrupt` once a block or every few thousand steps; whoever began
 * the work says by `interruptible` what the answer is. One thread does one thing at a time, so what
 * it does is known without handing it down through every function.
 */

import { beat } from './port/pulse.ts';

let check: (() => void) | undefined;

/**
 * Runs `action`, during which `checkInterrupt` calls `stop`, and that of the work around it. It
 * throws the GoxError that the work is to end with, or returns. Without `stop` the action is not to
 * be interrupted.
 */
export function interruptible<T>(stop: (() => void) | undefined, action: () => T): T {
  const outer = check;
  check = outer === undefined || stop === undefined ? stop : both(outer, stop);
  try {
    return action();
  } finally {
    check = outer;
  }
}

function both(outer: () => void, inner: () => void): () => void {
  return () => {
    outer();
    inner();
  };
}

/**
 * Throws what the present work is to end with, when it is to end. Some nanoseconds otherwise. It
 * also tells that this thread lives, however long the work takes.
 */
export function checkInterrupt(): void {
  beat();
  check?.();
}
