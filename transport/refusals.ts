/** The errors of the transport that more than one of its readers reports. */
import { GoxError, overLimit, resultTooLarge } from '../conf/errors.ts';
import { type Encoding, type Invalid, nullId } from './jsonrpc.ts';
import type { Limits } from './limits.ts';

/** A message that gets an error; its id is null's unless it could be read. */
export function invalid(encoding: Encoding, error: GoxError, id = nullId(encoding)): Invalid {
  return { kind: 'invalid', encoding, id, error };
}

export function parseError(reason: string, cause?: unknown): GoxError {
  return new GoxError('GOX_PARSE', `Parse error: ${reason}`, undefined, cause);
}

export function requestError(reason: string): GoxError {
  return new GoxError('GOX_INVALID_REQUEST', `Invalid Request: ${reason}`);
}

export function depthError(depth_max: number): GoxError {
  const text = `The request nests values deeper than ${depth_max}.`;
  return new GoxError('GOX_TOO_DEEP', text, { depth_max });
}

export function sizeError({ frame_bytes_max }: Pick<Limits, 'frame_bytes_max'>): GoxError {
  const text = `The request is larger than ${frame_bytes_max} bytes.`;
  // Its reader stops where it is too large.
  const [bytes, bytes_max] = [frame_bytes_max + 1, frame_bytes_max];
  const limit = { key: 'limits.frame_bytes_max', bytes, bytes_max };
  return overLimit('GOX_FRAME_TOO_LARGE', text, limit);
}

/** The error of a batch of this length, if it has one. */
export function batchError(length: number, { batch_length_max }: Limits): GoxError | undefined {
  if (length === 0) return requestError('a batch must not be empty.');
  if (length <= batch_length_max) return undefined;
  const text = `The batch has ${length} requests, more than ${batch_length_max}.`;
  return new GoxError('GOX_BATCH_TOO_LONG', text, { batch_length_max });
}

/** The parts of a request that were read, as values; undefined where the member is absent. */
export interface Members {
  readonly jsonrpc: unknown;
  readonly method: unknown;
  /** Whether the id is absent, a string, a number or null. */
  readonly id_valid: boolean;
  /** Whether the parameters are absent, an array or an object. */
  readonly params_valid: boolean;
}

/** Why a request is none by section 4 of the specification; undefined when it is one. */
export function requestProblem(members: Members): GoxError | undefined {
  if (!members.id_valid) return requestError('"id" must be a string, a number or null.');
  if (members.jsonrpc !== '2.0') return requestError('"jsonrpc" must be "2.0".');
  if (typeof members.method !== 'string') return requestError('"method" must be a string.');
  if (!members.params_valid) return requestError('"params" must be an array or an object.');
  return undefined;
}

/** In place of one of the results that wait for each other. */
export function batchTooLarge(bytes: number, result_bytes_max: number): GoxError {
  const text =
    `The request was carried out, but its result of ${bytes} bytes is not sent: with it what ` +
    'waits for other results would exceed limits.result_bytes_max, ' +
    `${result_bytes_max} bytes.`;
  return resultTooLarge(text, bytes, result_bytes_max);
}

/** In place of a result. */
export function resultCrowdedOut(bytes: number, held_bytes_max: number): GoxError {
  const text =
    `The request was carried out, but its result of ${bytes} bytes is not sent: what waits for ` +
    `all clients would exceed limits.held_bytes_max, ${held_bytes_max} bytes.`;
  return new GoxError('GOX_OVERLOADED', text, { bytes, held_bytes_max });
}
