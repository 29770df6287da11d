/** What a call of the client library can fail with, besides what the daemon answers. */
export const CLIENT_ERRORS = {
  /** The request cannot be encoded: a cycle or, in JSON, a bigint. Nothing was sent. */
  CLIENT_ENCODING: -32093,
  /** No connection came about: nobody listens, no permission, or the time ran out. */
  CLIENT_CONNECT: -32096,
  /** The connection ended before the reply came; whether the request was run is unknown. */
  CLIENT_CLOSED: -32097,
  /** The reply did not come within `timeout_ms`; the daemon was told to cancel the request. */
  CLIENT_TIMEOUT: -32095,
  /** The call's `signal` was aborted; the daemon was told to cancel the request. */
  CLIENT_ABORTED: -32094,
  /** What came from the other side is no JSON-RPC reply, or larger than `reply_bytes_max`. */
  CLIENT_PROTOCOL: -32098,
} as const;

export type ClientErrorCode = keyof typeof CLIENT_ERRORS;

/**
 * Why a call failed. For an error that the daemon answered, `code` is its `GOX_` code (or the
 * number as a text, from other servers), `number` the JSON-RPC code, and `data` what came with
 * it.
 */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly code: string;
  readonly number: number;
  readonly data: unknown;

  constructor(message: string, code: string, number: number, data?: unknown, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.number = number;
    this.data = data;
  }
}

/** An error of the client's own. */
export function clientError(code: ClientErrorCode, message: string, cause?: unknown): ClientError {
  return new ClientError(message, code, CLIENT_ERRORS[code], undefined, cause);
}

/** The `error` member of a reply as an error to be thrown. */
export function remoteError(value: unknown): ClientError {
  const { code, message, data } = (value ?? {}) as Record<string, unknown>;
  const number = typeof code === 'number' ? code : -32603;
  const text = typeof message === 'string' ? message : 'The reply has an error without a message.';
  const named = (data as { code?: unknown } | null | undefined)?.code;
  return new ClientError(text, typeof named === 'string' ? named : String(number), number, data);
}
