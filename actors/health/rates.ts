/** How many requests there were over the last minute: samples of counts that only grow. */

const WINDOW_MS = 60_000;
/** Closer samples would add nothing; so there are never more than some sixty. */
const APART_MS = 1000;

export interface Totals {
  readonly requests: number;
  readonly failed: number;
}

export interface RateFigures {
  /** What the rates are over: a minute, less for a daemon that is younger. */
  readonly window_ms: number;
  readonly requests_per_s: number;
  readonly failed_per_s: number;
}

interface Sample extends Totals {
  readonly at_ms: number;
}

export class Rates {
  /** From the oldest; never none. */
  readonly #samples: Sample[];

  constructor(now_ms: number) {
    this.#samples = [{ at_ms: now_ms, requests: 0, failed: 0 }];
  }

  /** @param now_ms of a clock that only runs forward */
  sample(now_ms: number, { requests, failed }: Totals): void {
    const samples = this.#samples;
    if (now_ms - samples.at(-1)!.at_ms < APART_MS) return;
    samples.push({ at_ms: now_ms, requests, failed });
    while (samples[0]!.at_ms < now_ms - WINDOW_MS) samples.shift();
  }

  /** The rates from the first sample of the window until now. */
  figures(now_ms: number, { requests, failed }: Totals): RateFigures {
    const samples = this.#samples;
    const first = samples.find(({ at_ms }) => at_ms >= now_ms - WINDOW_MS) ?? samples.at(-1)!;
    const window_ms = Math.max(1, Math.round(now_ms - first.at_ms));
    const rate = (count: number) => Math.round((count * 1e6) / window_ms) / 1000;
    return {
      window_ms,
      requests_per_s: rate(requests - first.requests),
      failed_per_s: rate(failed - first.failed),
    };
  }
}
