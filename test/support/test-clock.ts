/** A service clock that goes by the simulated one of xstate. */

import type { SimulatedClock } from 'xstate';
import type { ServiceClock } from '../../actors/service-clock.ts';

type Clock = Pick<ServiceClock, 'now_ms' | 'setTimeout' | 'clearTimeout'>;

/** @param waiting timers that were set, until they are cleared */
export function testClock(time: SimulatedClock, waiting = new Set<unknown>()): Clock {
  return {
    now_ms: () => time.now(),
    setTimeout: (action, wait_ms) => {
      const timer = time.setTimeout(action, wait_ms);
      waiting.add(timer);
      return timer as never;
    },
    clearTimeout: (timer) => {
      waiting.delete(timer);
      time.clearTimeout(timer as never);
    },
  };
}
