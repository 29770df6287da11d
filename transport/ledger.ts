import type { Config } from '../conf/schema.ts';
import type { Limited } from './limits.ts';

type LedgerLimits = Pick<Config['limits'], 'held_bytes_max'>;

/**
 * The bytes that wait in the daemon for all its connections: requests that are not answered,
 * replies that are not read, messages that are half there. Each connection counts its own by its
 * `Replies`; this is the whole, and its ceiling, `limits.held_bytes_max`. A connection that must
 * stop for the whole's sake is told when there is room again.
 */
export class Ledger {
  readonly #config: Limited<LedgerLimits>;
  readonly #waiting = new Set<() => void>();
  #bytes = 0;

  constructor(config: Limited<LedgerLimits>) {
    this.#config = config;
  }

  get bytes_max(): number {
    return this.#config.limits.held_bytes_max;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get full(): boolean {
    return this.#bytes > this.bytes_max;
  }

  /** Counts bytes in, or out when there are fewer. */
  move(bytes: number): void {
    this.#bytes += bytes;
    if (bytes >= 0 || this.full || this.#waiting.size === 0) return;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }

  /** Has `wake` called once, when there is room. */
  awaitRoom(wake: () => void): void {
    this.#waiting.add(wake);
  }

  /** Nobody waits with it any more. */
  forget(wake: () => void): void {
    this.#waiting.delete(wake);
  }
}
