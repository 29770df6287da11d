import type { GoxError } from '../conf/errors.ts';
import { EMPTY, span } from './bytes.ts';
import type { FramingLimits, Limited } from './limits.ts';
import { sizeError } from './refusals.ts';
import { Residue } from './residue.ts';

/** An oversized frame is read past up to so many times the limit; then closing is cheaper. */
const SKIPPED_FRAMES_MAX = 16;

/**
 * A payload whose length was announced: collects exactly so many bytes, or reads past them when
 * they are more than a frame may have.
 */
export class SizedPayload {
  readonly #config: Limited<FramingLimits>;
  readonly #residue: Residue;
  #left_bytes = 0;
  #discarding = false;
  #bytes = EMPTY;

  constructor(config: Limited<FramingLimits>) {
    this.#config = config;
    this.#residue = new Residue(() => config.limits.frame_bytes_max);
  }

  /**
   * Expects `length` bytes. Returns the error to answer when they are too many; `fatal` when they
   * are too many even to be read past.
   */
  begin(length: number): { error: GoxError; fatal: boolean } | undefined {
    const { limits } = this.#config;
    const { frame_bytes_max } = limits;
    this.#left_bytes = length;
    this.#discarding = length > frame_bytes_max;
    this.#bytes = EMPTY;
    if (!this.#discarding) return undefined;
    return { error: sizeError(limits), fatal: length > frame_bytes_max * SKIPPED_FRAMES_MAX };
  }

  /** Takes its bytes from the chunk and returns the place behind them. */
  read(chunk: Uint8Array, at: number): number {
    const end = Math.min(chunk.length, at + this.#left_bytes);
    this.#left_bytes -= end - at;
    if (this.#discarding) return end;
    if (this.#left_bytes === 0 && this.#residue.length === 0) {
      this.#bytes = span(chunk, at, end);
    } else {
      this.#residue.append(chunk, at, end);
      if (this.#left_bytes === 0) this.#bytes = this.#residue.take();
    }
    return end;
  }

  get complete(): boolean {
    return this.#left_bytes === 0;
  }

  get pending_bytes(): number {
    return this.#residue.length;
  }

  /** The payload once it is complete; undefined when it was too large. */
  take(): Uint8Array | undefined {
    return this.#discarding ? undefined : this.#bytes;
  }
}
