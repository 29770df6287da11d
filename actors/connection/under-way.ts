/**
 * The requests of one connection for methods of the daemon that are not answered at once. Each is
 * answered when its promise is settled, or before that with the reason why it ends: it was
 * cancelled, its time is over, its client has gone, the daemon stops. What its promise gives after
 * that is of no use to anybody.
 */

import type { GoxError } from '../../conf/errors.ts';
import type { Config } from '../../conf/schema.ts';
import type { PendingReply } from '../../transport/jsonrpc.ts';
import type { Replies } from '../../transport/replies.ts';
import type { ServiceClock } from '../service-clock.ts';
import type { DaemonCall } from './daemon-call.ts';
import { GONE, requestOverdue } from './refusals.ts';

export interface UnderWayDeps {
  readonly config: Pick<Config, 'limits' | 'performance'>;
  readonly clock: Pick<ServiceClock, 'now_ms' | 'setTimeout' | 'clearTimeout'>;
  readonly replies: Replies;
  /** The error to answer for what a method threw. */
  readonly errorOf: (call: DaemonCall, error: unknown) => GoxError;
  /** Hears of a defect that the connection cannot live with. */
  readonly failed: (error: unknown) => void;
}

type Timer = ReturnType<ServiceClock['setTimeout']>;

export class UnderWay {
  readonly #deps: UnderWayDeps;
  readonly #timers = new Map<DaemonCall, Timer>();

  constructor(deps: UnderWayDeps) {
    this.#deps = deps;
  }

  /** Answers a call when that is settled. */
  begin(call: DaemonCall, answered: Promise<Uint8Array>): void {
    const { config, clock, replies, errorOf, failed } = this.#deps;
    const own_ms = call.meta?.timeout_ms;
    const { request_timeout_ms } = config.performance;
    const rest_ms =
      own_ms === undefined ? request_timeout_ms : call.since_ms + own_ms - clock.now_ms();
    const expire = () => {
      try {
        this.#give(call, requestOverdue(own_ms, request_timeout_ms));
        replies.flush();
      } catch (error) {
        failed(error);
      }
    };
    this.#timers.set(call, clock.setTimeout(expire, Math.max(0, rest_ms)));
    answered
      .then(
        (body) => {
          if (!this.#take(call)) return;
          replies.answer(call.reply, false, body);
          replies.flush();
        },
        (error: unknown) => {
          const taken = this.#take(call);
          // Who was told to stop says so, as a rule; only what nobody expects is worth a line.
          if (!taken && (error as Error | undefined)?.name === 'AbortError') return;
          const refusal = errorOf(call, error);
          if (!taken) return;
          replies.fail(call.reply, refusal);
          replies.flush();
        },
      )
      .catch(failed);
  }

  /** Gives up a call; false when none of them is the one. */
  cancel(is: (reply: PendingReply) => boolean, why: GoxError): boolean {
    for (const call of this.#timers.keys()) {
      if (!is(call.reply)) continue;
      this.#give(call, why);
      return true;
    }
    return false;
  }

  giveUp(why: GoxError): void {
    for (const call of [...this.#timers.keys()]) this.#give(call, why);
  }

  /** The client is gone: what it waited for is of no use, and what it only asked for is. */
  abandon(): void {
    for (const call of [...this.#timers.keys()]) {
      if (call.reply.id !== undefined) this.#give(call, GONE);
    }
  }

  /** The connection has ended. */
  end(): void {
    const calls = [...this.#timers.keys()];
    for (const call of calls) {
      this.#take(call);
      call.stop(GONE);
    }
  }

  #give(call: DaemonCall, why: GoxError): void {
    if (!this.#take(call)) return;
    this.#deps.replies.fail(call.reply, why);
    call.stop(why);
  }

  /** Whether it was under way, which it is no more. */
  #take(call: DaemonCall): boolean {
    this.#deps.clock.clearTimeout(this.#timers.get(call));
    return this.#timers.delete(call);
  }
}
