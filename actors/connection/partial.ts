/**
 * The message of a connection that is half there. Its machine hears of it, and gives its rest
 * `limits.partial_frame_timeout_ms`.
 *
 * Of a text nothing tells how much is to come, and some programs leave the last bracket out and
 * wait for an answer. So one that stands still is answered sooner: after `BARE_MS` when with one
 * bracket more it would be a bare object, such as `{"method":"ping"`, and after
 * `limits.stalled_text_timeout_ms` whatever it is. At the end of a line it does not stand still:
 * who types a request over some lines thinks between them.
 *
 * Only time counts in which there was nothing to read. It is looked now and then, a look counts no
 * more than its wait, however late it is, and bytes that lie in the kernel by then are read first:
 * neither a busy main thread nor a process that stood still makes a client late.
 */

import type { GoxError } from '../../conf/errors.ts';
import type { Config } from '../../conf/schema.ts';
import type { ConnectionEvent } from '../../machines/connection.ts';
import type { EnvelopeReader } from '../../transport/envelope.ts';
import type { Framer } from '../../transport/framing.ts';
import type { Request } from '../../transport/jsonrpc.ts';
import type { ServiceClock } from '../service-clock.ts';
import { bracketMissing, textStalled } from './refusals.ts';

/** Long enough for two writes of one client, short enough for benchmarks of hundreds of them. */
const BARE_MS = 100;
/** Looks in that time, and in what is left of the other. */
const LOOKS = 4;

export interface PartialDeps {
  readonly clock: Pick<ServiceClock, 'setTimeout' | 'clearTimeout'>;
  readonly config: Pick<Config, 'limits'>;
  readonly reader: Pick<EnvelopeReader, 'read'>;
}

export class PartialMessage {
  readonly #deps: PartialDeps;
  readonly #framer: Pick<Framer<Request>, 'pending' | 'midLine' | 'closed'>;
  readonly #say: (event: ConnectionEvent) => void;
  readonly #stalled: (error: GoxError) => void;
  #there = false;
  #paused = false;
  /** How long it has stood still, as far as that was seen. */
  #still_ms = 0;
  #timer: ReturnType<PartialDeps['clock']['setTimeout']> | undefined;
  #turn: NodeJS.Immediate | undefined;
  /** Nothing has come since the wait began. */
  #counts = false;

  /** @param stalled called once, with what the client is to be told */
  constructor(
    deps: PartialDeps,
    framer: Pick<Framer<Request>, 'pending' | 'midLine' | 'closed'>,
    say: (event: ConnectionEvent) => void,
    stalled: (error: GoxError) => void,
  ) {
    this.#deps = deps;
    this.#framer = framer;
    this.#say = say;
    this.#stalled = stalled;
  }

  /** Whether a message has begun to arrive. */
  get there(): boolean {
    return this.#there;
  }

  /** Something was read. @param ended whether messages ended in it */
  read(ended: boolean): void {
    const there = this.#framer.pending() > 0;
    if (!this.#paused && there && (!this.#there || ended)) this.#say({ type: 'frame.partial' });
    else if (!there && this.#there) this.#say({ type: 'frame.whole' });
    this.#there = there;
    this.#watch();
  }

  /** Nothing is read for now: its time does not count. */
  pause(): void {
    this.#paused = true;
    if (this.#there) this.#say({ type: 'frame.whole' });
    this.#watch();
  }

  resume(): void {
    this.#paused = false;
    if (this.#there) this.#say({ type: 'frame.partial' });
    this.#watch();
  }

  end(): void {
    this.#there = false;
    this.#watch();
  }

  /** Counts anew, if there is anything to count. */
  #watch(): void {
    this.#counts = false;
    const waits = this.#timer !== undefined && this.#still_ms < BARE_MS;
    this.#still_ms = 0;
    const watched = this.#there && !this.#paused && this.#framer.midLine;
    if (watched && waits) return;
    this.#unwatch();
    if (watched) this.#wait();
  }

  #unwatch(): void {
    if (this.#timer !== undefined) this.#deps.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#turn !== undefined) clearImmediate(this.#turn);
    this.#turn = undefined;
  }

  #wait(): void {
    const { stalled_text_timeout_ms } = this.#deps.config.limits;
    const early = this.#still_ms < BARE_MS;
    const whole_ms = early ? BARE_MS : stalled_text_timeout_ms - BARE_MS;
    const left_ms = stalled_text_timeout_ms - this.#still_ms;
    const wait_ms = Math.max(1, Math.min(whole_ms / LOOKS, left_ms));
    this.#timer = this.#deps.clock.setTimeout(() => {
      this.#timer = undefined;
      // What has come by now is read first.
      this.#turn = setImmediate(() => this.#look(wait_ms));
    }, wait_ms);
  }

  #look(waited_ms: number): void {
    this.#turn = undefined;
    if (this.#counts) this.#still_ms += waited_ms;
    this.#counts = true;
    const error = this.#overdue(waited_ms);
    if (error === undefined) this.#wait();
    else this.#stalled(error);
  }

  #overdue(waited_ms: number): GoxError | undefined {
    const { stalled_text_timeout_ms } = this.#deps.config.limits;
    if (this.#still_ms >= stalled_text_timeout_ms) return textStalled(stalled_text_timeout_ms);
    // Once: it is read for it.
    const now = this.#still_ms >= BARE_MS && this.#still_ms - waited_ms < BARE_MS;
    const whole = now ? this.#framer.closed() : undefined;
    if (whole === undefined) return undefined;
    const envelope = this.#deps.reader.read(whole);
    const bare = envelope.kind === 'request' && envelope.form !== undefined;
    return bare ? bracketMissing() : undefined;
  }
}
