/** `params._meta`, from what a message has there to what the daemon goes by. */

import { GoxError } from '../conf/errors.ts';
import { checkMeta } from '../engine/catalogue/meta.ts';
import type { Request, RequestMeta } from './jsonrpc.ts';
import type { Limits } from './limits.ts';

/**
 * What a request says about itself, or the GOX_INVALID_PARAMS that it is answered with. Nothing
 * for nothing and for null.
 */
export function metaOf(
  value: unknown,
  { job_timeout_ms }: Pick<Limits, 'job_timeout_ms'>,
): RequestMeta | GoxError | undefined {
  if (value === undefined || value === null) return undefined;
  try {
    const { timeout_ms, traceparent, tracestate, op_id, durability = false } = checkMeta(value);
    // Who waits for longer than anything may take is told then that it took too long.
    const within_ms = timeout_ms === undefined ? undefined : Math.min(timeout_ms, job_timeout_ms);
    return { timeout_ms: within_ms, traceparent, tracestate, op_id, durability };
  } catch (error) {
    if (error instanceof GoxError) return error;
    throw error;
  }
}

/** What a request that is not refused says about itself. */
export function soundMeta({ meta }: Pick<Request, 'meta'>): RequestMeta | undefined {
  return meta instanceof GoxError ? undefined : meta;
}

/** Version, trace, parent and flags, and not all zeros where that is forbidden. */
const TRACEPARENT =
  /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:$|-)/;

/**
 * The trace that a request belongs to, as it was sent; nothing when it is none by W3C Trace
 * Context, which wants others ignored rather than refused.
 */
export function traceOf(meta: Pick<RequestMeta, 'traceparent'> | undefined): string | undefined {
  const trace = meta?.traceparent;
  return trace !== undefined && TRACEPARENT.test(trace) ? trace : undefined;
}

/** W3C Trace Context has a tracer pass on 512 characters, and may have it drop what is longer. */
const TRACESTATE_MAX = 512;

/** What is to be passed on with the trace of a request, which must have one. */
export function traceStateOf(meta: RequestMeta | undefined): string | undefined {
  const state = meta?.tracestate;
  return state !== undefined && state.length <= TRACESTATE_MAX ? state : undefined;
}
