/** How late the main thread's event loop comes to what is due. */

import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { EventLoopDelay } from '../../machines/health-facts.ts';

/**
 * How often the delay is sampled. Each sample wakes the process, and a long delay shows in any
 * case: twenty a second cost nothing that can be measured, and are enough for a percentile.
 */
const RESOLUTION_MS = 50;

const NS_PER_MS = 1e6;

export class EventLoopMonitor {
  readonly #histogram: IntervalHistogram;

  constructor() {
    this.#histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    this.#histogram.enable();
  }

  /**
   * The delays since the last time. The sample after this one is not taken, since Node forgets
   * when the last was: ask in no phase of the event loop that comes before its timers.
   */
  take(): EventLoopDelay {
    const histogram = this.#histogram;
    const taken =
      histogram.count === 0
        ? { p50_ms: 0, p99_ms: 0, max_ms: 0 }
        : {
            p50_ms: delay(histogram.percentile(50)),
            p99_ms: delay(histogram.percentile(99)),
            max_ms: delay(histogram.max),
          };
    histogram.reset();
    return taken;
  }

  stop(): void {
    this.#histogram.disable();
  }
}

/** What is sampled is the time between two samples, which is the resolution when none is late. */
function delay(between_ns: number): number {
  return Math.max(0, Math.round((between_ns / NS_PER_MS - RESOLUTION_MS) * 10) / 10);
}
