/** The one class of errors, by the catalogue of `error-catalogue.ts`. */

import { ERRORS } from './error-catalogue.ts';

export type ErrorCode = keyof typeof ERRORS;

/** What travels beside the message: structured facts, never stack traces. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** The `error` member of a JSON-RPC reply. */
export interface ErrorObject {
  code: number;
  message: string;
  data: { code: ErrorCode; retryable: boolean; advice: string; details?: ErrorDetails };
}

/**
 * The one error class that crosses our boundaries. `message` is one English sentence that says what
 * is wrong and where; the catalogue adds what to do.
 */
export class GoxError extends Error {
  override readonly name = 'GoxError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails | undefined;

  constructor(code: ErrorCode, message: string, details?: ErrorDetails, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }

  /** The JSON-RPC form. */
  toObject(): ErrorObject {
    return errorObject(this.code, this.message, this.details);
  }
}

/**
 * The refusal of a request that needs more bytes, at least, than a key of the configuration allows.
 * `key`, `bytes` and `bytes_max` say so in the details of all of them.
 */
export function overLimit(
  code: ErrorCode,
  message: string,
  limit: { readonly key: string; readonly bytes: number; readonly bytes_max: number },
  details?: ErrorDetails,
): GoxError {
  return new GoxError(code, message, { ...details, ...limit });
}

/** The refusal of a result of so many bytes, at least. */
export function resultTooLarge(message: string, bytes: number, bytes_max: number): GoxError {
  const limit = { key: 'limits.result_bytes_max', bytes, bytes_max };
  return overLimit('GOX_RESULT_TOO_LARGE', message, limit);
}

/** The JSON-RPC form of an error of the catalogue. */
export function errorObject(code: ErrorCode, message: string, details?: ErrorDetails): ErrorObject {
  const { number, retryable, advice } = ERRORS[code];
  // A shortage passes, whatever else the code may mean.
  const passes = retryable || details?.retryable === true;
  const data: ErrorObject['data'] = { code, retryable: passes, advice };
  if (details !== undefined) data.details = details;
  return { code: number, message, data };
}
