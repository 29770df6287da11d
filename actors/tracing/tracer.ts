/**
 * Notes the ways of all requests of a daemon, for those who look: hooks, `system.trace`, the log of
 * what is slow, and its debug lines. What is not asked for by any of them is not noted.
 *
 * The latest ways are kept, and apart from them the latest of the slow ones, which else would be
 * gone within a moment of a busy daemon.
 */

import type { Logger } from 'pino';
import type { AnyActorRef } from 'xstate';
import type { Config } from '../../conf/schema.ts';
import { pathOf } from '../about.ts';
import type { Hooks } from '../hooks.ts';
import { Latest } from './latest.ts';
import { LineBudget } from './line-budget.ts';
import { moment_ms } from './moment.ts';
import { type Traffic, Trail, type TrailDeps } from './trail.ts';
import type { Stage, Way } from './way.ts';

/** The number of pino's level `debug`. */
const DEBUG = 20;
/** Lines a second about slow requests. */
const SLOW_LINES_MAX = 5;
/** Debug lines a second about requests. */
const DEBUG_LINES_MAX = 1000;

export interface TracerDeps {
  readonly config: Pick<Config, 'tracing'>;
  readonly log: Pick<Logger, 'warn' | 'debug' | 'levelVal'>;
  readonly hooks: Hooks;
}

export class Tracer implements TrailDeps {
  readonly #deps: TracerDeps;
  readonly #trails = new Set<Trail>();
  readonly #latest: Latest<Way>;
  readonly #slow: Latest<Way>;
  readonly #slowLines = new LineBudget(SLOW_LINES_MAX);
  readonly #debugLines = new LineBudget(DEBUG_LINES_MAX);
  #count = 0;
  #slowCount = 0;

  constructor(deps: TracerDeps) {
    this.#deps = deps;
    const most = () => deps.config.tracing.kept_max;
    this.#latest = new Latest(most);
    this.#slow = new Latest(most);
  }

  get noting(): boolean {
    const { config, hooks, log } = this.#deps;
    const { kept_max, slow_ms } = config.tracing;
    return kept_max > 0 || slow_ms > 0 || hooks.heard || log.levelVal <= DEBUG;
  }

  /** Requests that were noted, and those that were slow, since the start. */
  get counts(): { readonly noted: number; readonly slow: number } {
    return { noted: this.#count, slow: this.#slowCount };
  }

  /** A connection has come. */
  open(connection: number, listener: string, traffic: Traffic): Trail {
    const { hooks } = this.#deps;
    const trail = new Trail(connection, listener, traffic, this);
    this.#trails.add(trail);
    if (hooks.heard) hooks.tell({ type: 'connection.opened', facts: trail.opening });
    return trail;
  }

  /** The ways that are kept and those under way, the latest request first. */
  ways(): Way[] {
    const all = new Set([...this.#latest.list(), ...this.#slow.list()]);
    for (const trail of this.#trails) for (const way of trail) all.add(way);
    return [...all].sort((a, b) => b.number - a.number);
  }

  /** Tells of requests that take long already. To be called now and then. */
  look(): void {
    const { slow_ms } = this.#deps.config.tracing;
    const now_ms = moment_ms();
    for (const trail of slow_ms > 0 ? this.#trails : []) {
      for (const way of trail) {
        if (way.took_ms(now_ms) < slow_ms) break;
        if (!way.told) this.#tellSlow(way, now_ms);
        way.told = true;
      }
    }
    this.#tellLeftOut(now_ms);
  }

  next(): number {
    this.#count += 1;
    return this.#count;
  }

  stage(type: Stage, trace: Way): void {
    const { hooks } = this.#deps;
    if (type === 'request.received') trace.heard = hooks.heard;
    if (trace.heard) hooks.tell({ type, trace });
  }

  ended(way: Way): void {
    const { config, log } = this.#deps;
    const { slow_ms } = config.tracing;
    this.#latest.add(way);
    const now_ms = way.answered_ms ?? 0;
    if (slow_ms > 0 && way.took_ms(now_ms) >= slow_ms) {
      if (!way.told) this.#slowCount += 1;
      this.#slow.add(way);
      if (this.#slowLines.admits(now_ms)) {
        log.warn({ ...linesOf(way), ...this.#slowLines.takeLeftOut() }, 'a request was slow');
      }
    }
    if (log.levelVal <= DEBUG && this.#debugLines.admits(now_ms)) {
      log.debug({ ...linesOf(way), ...this.#debugLines.takeLeftOut() }, 'a request was answered');
    }
    this.stage('request.answered', way);
  }

  left(trail: Trail): void {
    const { hooks } = this.#deps;
    if (!this.#trails.delete(trail) || !hooks.heard) return;
    hooks.tell({ type: 'connection.closed', facts: trail.closing });
  }

  #tellSlow(way: Way, now_ms: number): void {
    this.#slowCount += 1;
    if (!this.#slowLines.admits(now_ms)) return;
    const running_ms = rounded(way.took_ms(now_ms));
    const about = { ...linesOf(way), running_ms, ...this.#slowLines.takeLeftOut() };
    this.#deps.log.warn(about, 'a request is under way for long');
  }

  /** What no line has told, since there came none after it. */
  #tellLeftOut(now_ms: number): void {
    const { log } = this.#deps;
    if (this.#slowLines.behind && this.#slowLines.admits(now_ms))
      log.warn(this.#slowLines.takeLeftOut(), 'more requests were slow');
    if (this.#debugLines.behind && this.#debugLines.admits(now_ms))
      log.debug(this.#debugLines.takeLeftOut(), 'more requests were answered');
  }
}

/** Fields of a line of the log; times are counted from when the request was received. */
function linesOf(way: Way) {
  return {
    ...{ connection: way.connection, request: way.id, method: way.method, project: way.project },
    ...{ job: way.job, ...timesOf(way), code: way.code },
    ...{ bytes_in: way.bytes_in, bytes_out: way.bytes_out },
    ...{ traceparent: way.traceparent },
  };
}

/** The stages that a request has reached, in milliseconds after it was received. */
export function timesOf({ received_ms, queued_ms, started_ms, journaled_ms, answered_ms }: Way) {
  const after = (at_ms: number | undefined) =>
    at_ms === undefined ? undefined : rounded(at_ms - received_ms);
  return {
    queued_ms: after(queued_ms),
    started_ms: after(started_ms),
    journaled_ms: after(journaled_ms),
    answered_ms: after(answered_ms),
  };
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}

/** Which listener a connection came by, by the path of one of its actors. */
export function listenerOf(actor: AnyActorRef): string {
  const id = pathOf(actor)
    .split('/')
    .find((one) => one.startsWith(LISTENER));
  return id === undefined ? '(none)' : id.slice(LISTENER.length);
}

const LISTENER = 'listener:';
