/** `system.trace`: the ways of requests that are kept, as its spec has them. */

import { moment_ms } from '../actors/tracing/moment.ts';
import { type Tracer, timesOf } from '../actors/tracing/tracer.ts';
import type { Way } from '../actors/tracing/way.ts';
import type { Config } from '../conf/schema.ts';
import { findMethod } from '../engine/catalogue/methods.ts';
import type { Params, Result } from '../engine/catalogue/spec.ts';
import { TRACE_LIMIT, type trace } from '../engine/catalogue/tracing.ts';

export function traceResult(
  tracer: Pick<Tracer, 'ways' | 'counts'>,
  { kept_max }: Config['tracing'],
  wanted: Params<typeof trace>,
): Result<typeof trace> {
  const now_ms = moment_ms();
  const is = filterBy(wanted, now_ms);
  const found = tracer.ways().filter(is);
  const requests = found.slice(0, wanted.limit ?? TRACE_LIMIT).map((way) => told(way, now_ms));
  return { count: requests.length, requests, ...tracer.counts, kept_max };
}

function filterBy(wanted: Params<typeof trace>, now_ms: number): (way: Way) => boolean {
  const { connection, min_ms = 0, running, failed } = wanted;
  const method = findMethod(wanted.method ?? '')?.spec.name ?? wanted.method;
  return (way) =>
    (method === undefined || way.method === method) &&
    (connection === undefined || way.connection === connection) &&
    (running === undefined || running === (way.answered_ms === undefined)) &&
    (failed === undefined || failed === (way.code !== undefined)) &&
    way.took_ms(now_ms) >= min_ms;
}

function told(way: Way, now_ms: number): Result<typeof trace>['requests'][number] {
  const given = {
    ...{ request: way.id, project: way.project, session: way.session, engine: way.engine },
    ...{ job: way.job, traceparent: way.traceparent, tracestate: way.tracestate },
    ...{ ...timesOf(way), code: way.code, bytes_out: way.bytes_out },
  };
  const known = Object.entries(given).filter(([, value]) => value !== undefined);
  return {
    ...{ number: way.number, connection: way.connection, method: way.method },
    received: new Date(way.received_ms).toISOString(),
    took_ms: Math.round(way.took_ms(now_ms) * 100) / 100,
    running: way.answered_ms === undefined,
    bytes_in: way.bytes_in,
    ...Object.fromEntries(known),
  };
}
