/**
 * The way of log lines to a place that may be slow, full or gone. The log must never stop the
 * service, so no write waits and none is repeated in a loop. Lines that cannot be written now are
 * held, up to a bound, and tried again later; those past the bound are dropped and counted, and a
 * line says how many as soon as there is room.
 */

import type { LogFacts } from '../../machines/health-facts.ts';

/** Some 5000 lines. */
const HELD_BYTES_MAX = 1024 * 1024;
const RETRY_MS_MIN = 20;
const RETRY_MS_MAX = 5000;
/** How long the last lines may take to go out when the process ends. */
const FLUSH_MS_MAX = 500;
const FLUSH_STEP_MS = 10;

/** The reader is slow, and there is nothing else the matter. */
const BUSY = ['EAGAIN', 'EINTR', 'ENOBUFS'];

/** Where lines end up: a file, a stream, the socket of syslog. */
export interface Outlet {
  /** What it is, for people: a path, or `standard output`. */
  readonly name: string;
  /** What is wrong with it though lines are written; empty when nothing is. */
  readonly trouble: string;
  /**
   * Writes the bytes of a line from that place on, without waiting; returns how many it took.
   *
   * @throws the error of the system
   */
  write(line: Buffer, from: number): number;
  close(): void;
}

/** Makes the line that says how many were lost, and why. */
export type LossLine = (lost: number, reason: string) => string;

export class Sink {
  #outlet: Outlet;
  readonly #lossLine: LossLine;
  readonly #held: Buffer[] = [];
  #held_bytes = 0;
  /** Bytes of the first held line that are written. */
  #from = 0;
  #lost = 0;
  /** Those of them that no line has told of. */
  #untold = 0;
  /** What the last write failed with, if it failed. */
  #failure: NodeJS.ErrnoException | undefined;
  /** What lines were lost by. */
  #reason = '';
  #retry: NodeJS.Timeout | undefined;
  #retry_ms = RETRY_MS_MIN;

  constructor(outlet: Outlet, lossLine: LossLine) {
    this.#outlet = outlet;
    this.#lossLine = lossLine;
  }

  get figures(): Omit<LogFacts, 'id'> {
    const { name, trouble } = this.#outlet;
    const figures = { to: name, lost: this.#lost, held_bytes: this.#held_bytes };
    return { ...figures, trouble: this.#trouble || trouble };
  }

  write(line: string): void {
    const bytes = Buffer.from(line);
    const full = this.#held_bytes > 0 && this.#held_bytes + bytes.length > HELD_BYTES_MAX;
    // Once one is lost the next are too, until a line has said so in their place.
    if (full || this.#untold > 0) {
      this.#lost += 1;
      this.#untold += 1;
      return;
    }
    this.#hold(bytes);
    if (this.#retry === undefined) this.#pump();
  }

  /** Goes on with another outlet; a line of which the old one has a part is written whole. */
  moveTo(outlet: Outlet): void {
    const old = this.#outlet;
    this.#outlet = outlet;
    old.close();
    this.resume(true);
  }

  /**
   * Tries again now.
   *
   * @param elsewhere whether the outlet writes to another place now: there a line is written whole
   */
  resume(elsewhere: boolean): void {
    if (elsewhere) this.#from = 0;
    this.#retry_ms = RETRY_MS_MIN;
    this.#pump();
  }

  /** Writes what is held, as far as that is possible soon; pino calls it after a fatal line. */
  flushSync(): void {
    const end_ms = performance.now() + FLUSH_MS_MAX;
    const sleeper = new Int32Array(new SharedArrayBuffer(4));
    this.#pump();
    while (this.#retry !== undefined && isBusy(this.#failure)) {
      if (performance.now() > end_ms) return;
      Atomics.wait(sleeper, 0, 0, FLUSH_STEP_MS);
      this.#pump();
    }
  }

  /** Lets go of the outlet, and of what is held. */
  close(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#held.length = 0;
    this.#held_bytes = 0;
    this.#outlet.close();
  }

  get #trouble(): string {
    if (this.#failure === undefined) return '';
    if (!isBusy(this.#failure)) return this.#failure.message;
    return this.#untold > 0 ? SLOW : '';
  }

  #hold(bytes: Buffer): void {
    this.#held.push(bytes);
    this.#held_bytes += bytes.length;
  }

  /** Writes what is held, until that fails. */
  #pump(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    let done = 0;
    try {
      for (;;) {
        const line = this.#held[done];
        if (line === undefined) {
          if (this.#untold === 0) break;
          this.#hold(Buffer.from(this.#lossLine(this.#untold, this.#reason)));
          this.#untold = 0;
          continue;
        }
        this.#writeOn(line);
        if (this.#from < line.length) continue;
        done += 1;
        this.#from = 0;
        this.#held_bytes -= line.length;
      }
      this.#failure = undefined;
    } catch (error) {
      this.#failed(error as NodeJS.ErrnoException);
    }
    if (done === this.#held.length) this.#held.length = 0;
    else this.#held.splice(0, done);
  }

  #writeOn(line: Buffer): void {
    const taken = this.#outlet.write(line, this.#from);
    if (taken === 0) throw Object.assign(new Error('EAGAIN: nothing written'), { code: 'EAGAIN' });
    this.#from += taken;
    this.#retry_ms = RETRY_MS_MIN;
  }

  #failed(error: NodeJS.ErrnoException): void {
    this.#failure = error;
    this.#reason = isBusy(error) ? SLOW : error.message;
    this.#retry = setTimeout(() => this.#pump(), this.#retry_ms).unref();
    this.#retry_ms = Math.min(2 * this.#retry_ms, RETRY_MS_MAX);
  }
}

const SLOW = 'its reader is too slow';

function isBusy(error: NodeJS.ErrnoException | undefined): boolean {
  return BUSY.includes(error?.code ?? '');
}
