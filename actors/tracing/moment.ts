/**
 * The time for traces: Unix time in milliseconds by a clock that only goes forward. Asking the
 * system takes some 70 ns, so what is done at one stroke for many requests asks once.
 */

/** Added to what `performance.now` gives. */
export const ORIGIN_MS = performance.timeOrigin;

let stroke = false;
/** The time of this stroke, once somebody has asked. */
let taken_ms: number | undefined;

export function moment_ms(): number {
  if (!stroke) return ORIGIN_MS + performance.now();
  taken_ms ??= ORIGIN_MS + performance.now();
  return taken_ms;
}

/** All that `action` asks for the time gets the same. It must take no time to speak of. */
export function atOneStroke(action: () => void): void {
  if (stroke) {
    action();
    return;
  }
  stroke = true;
  try {
    action();
  } finally {
    stroke = false;
    taken_ms = undefined;
  }
}
