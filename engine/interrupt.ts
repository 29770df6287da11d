/**
 * Whether the work that this thread does at the moment is to stop. Long loops, deep in operations,
 * formats and meshes, ask `checkInterrupt` once a block or every few thousand steps; whoever began
 * the work says by `interruptible` what the answer is. One thread does one thing at a time, so what
 * it does is known without handing it down through every function.
 */

let check: (() => void) | undefined;

/**
 * Runs `action`, during which `checkInterrupt` calls `stop`. It throws the GoxError that the work
 * is to end with, or returns. Without `stop` the action is not to be interrupted.
 */
export function interruptible<T>(stop: (() => void) | undefined, action: () => T): T {
  const outer = check;
  check = stop;
  try {
    return action();
  } finally {
    check = outer;
  }
}

/** Throws what the present work is to end with, when it is to end. Some nanoseconds otherwise. */
export function checkInterrupt(): void {
  check?.();
}
