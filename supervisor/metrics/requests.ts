/**
 * What the hooks tell of requests and connections, counted for the metrics. A request costs two
 * look-ups and a few additions here, since prom-client would take labels apart at each; the rest is
 * done when somebody scrapes.
 */

import type { Hook, RequestTrace } from '../../actors/hooks.ts';
import { ERRORS } from '../../conf/error-catalogue.ts';
import { findMethod } from '../../engine/catalogue/methods.ts';

/** Upper bounds in seconds: from less than a small request takes to long renders. */
export const BUCKETS_S: readonly number[] = [
  ...[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
];

const UNKNOWN = '(unknown)';
/** What hooks call what is no request. */
const INVALID = '(invalid)';
/** The code of what was answered with a result. */
const OK = 'ok';
/** That of a notification that failed in its engine. */
const ERROR = '(error)';

export interface MethodFigures {
  /** Requests that were answered, by the code of the answer. */
  readonly codes: Map<string, number>;
  /** Those that took up to each bound, and longer than the one before; the rest last. */
  readonly buckets: Float64Array;
  sum_s: number;
  count: number;
}

export interface ListenerFigures {
  opened: number;
  closed: number;
}

export class RequestMeter {
  readonly methods: Map<string, MethodFigures> = new Map();
  /** By the kind of the listener: `unix`, `tcp`. */
  readonly listeners: Map<string, ListenerFigures> = new Map();
  bytes_in = 0;
  bytes_out = 0;

  readonly hook: Hook = (event) => {
    switch (event.type) {
      case 'request.answered':
        this.#answered(event.trace);
        return;
      case 'connection.opened':
        this.#listener(event.facts.listener).opened += 1;
        return;
      case 'connection.closed':
        this.#listener(event.facts.listener).closed += 1;
    }
  };

  #answered({ method, code = OK, received_ms, answered_ms, bytes_in, bytes_out }: RequestTrace) {
    const figures = this.methods.get(method) ?? this.#method(method);
    const known = figures.codes.get(code);
    if (known !== undefined) figures.codes.set(code, known + 1);
    else countAnew(figures.codes, code);
    const took_s = Math.max(0, (answered_ms ?? received_ms) - received_ms) / 1000;
    let bucket = 0;
    while (bucket < BUCKETS_S.length && took_s > BUCKETS_S[bucket]!) bucket += 1;
    figures.buckets[bucket]! += 1;
    figures.sum_s += took_s;
    figures.count += 1;
    this.bytes_in += bytes_in;
    this.bytes_out += bytes_out ?? 0;
  }

  /** Names are those of the catalogue, whatever clients send. */
  #method(name: string): MethodFigures {
    const label = name === INVALID || findMethod(name) !== undefined ? name : UNKNOWN;
    const known = this.methods.get(label);
    if (known !== undefined) return known;
    const buckets = new Float64Array(BUCKETS_S.length + 1);
    const figures = { codes: new Map<string, number>(), buckets, sum_s: 0, count: 0 };
    this.methods.set(label, figures);
    return figures;
  }

  #listener(id: string): ListenerFigures {
    const kind = id.replace(/^listener:/, '');
    const known = this.listeners.get(kind);
    if (known !== undefined) return known;
    const figures = { opened: 0, closed: 0 };
    this.listeners.set(kind, figures);
    return figures;
  }
}

function countAnew(codes: Map<string, number>, code: string): void {
  const isKnown = code === OK || code === ERROR || Object.hasOwn(ERRORS, code);
  const label = isKnown ? code : UNKNOWN;
  codes.set(label, (codes.get(label) ?? 0) + 1);
}
