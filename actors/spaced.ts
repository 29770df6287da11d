/** What is said by the hundred is said once in a while. */

/** Does it now and then only, however often it is asked. */
export function spaced<A extends unknown[]>(interval_ms: number, action: (...args: A) => void) {
  let next_ms = 0;
  return (...args: A): void => {
    const now = performance.now();
    if (now < next_ms) return;
    next_ms = now + interval_ms;
    action(...args);
  };
}
