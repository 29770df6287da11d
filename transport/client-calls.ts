import { type ClientError, clientError, remoteError } from './client-error.ts';

/** How long a call may take, and how it is given up. */
export interface CallOptions {
  /**
   * Milliseconds for the request; 0 for no limit. The daemon is told, so that it ends what takes
   * longer, at its `limits.job_timeout_ms` at the latest; but with parameters by position the
   * client alone looks at the time. Absent, the client's own value holds, of which the daemon is
   * not told.
   */
  readonly timeout_ms?: number;
  /** Takes the call back when aborted: the daemon is told to cancel it, if it still can. */
  readonly signal?: AbortSignal;
}

/** What a call says about itself, which takes parameters by name. */
export interface CallMeta {
  /**
   * A name for an edit that no other one of its project has, such as a UUID. Sent again with it,
   * over another connection too, the edit is done once and gets its first result.
   */
  readonly op_id?: string;
  /** Whether the reply is to say the sequence and the epoch of what it tells of. */
  readonly durability?: boolean;
}

/** Somebody who waits for the reply to one id. */
interface Waiter {
  resolve(reply: Replied): void;
  reject(error: ClientError): void;
  /** Called when it has its reply, so that its timer can go. */
  release(): void;
}

/** The members of a reply with a result. */
export interface Replied {
  readonly result: unknown;
  readonly meta: unknown;
}

interface OpenCalls {
  readonly ids: readonly number[];
  readonly replies: readonly Promise<Replied>[];
}

/** The calls in flight, by their ids. Each is settled exactly once, whatever happens. */
export class Calls {
  #last_id = 0;
  readonly #waiters = new Map<number, Waiter>();
  readonly #onGivenUp: (ids: readonly number[]) => void;

  /** @param onGivenUp hears of calls that were aborted or timed out before their reply came */
  constructor(onGivenUp: (ids: readonly number[]) => void) {
    this.#onGivenUp = onGivenUp;
  }

  get count(): number {
    return this.#waiters.size;
  }

  /**
   * So many new ids, and the promises of their replies. They share one timer and one listener.
   *
   * A promise rejects with the `ClientError` of its reply, or with `CLIENT_TIMEOUT`,
   * `CLIENT_ABORTED`, `CLIENT_CLOSED`, `CLIENT_PROTOCOL` or `CLIENT_ENCODING`.
   */
  open(count: number, timeout_ms: number, signal: AbortSignal | undefined): OpenCalls {
    const ids = Array.from({ length: count }, () => ++this.#last_id);
    const giveUp = (error: ClientError) => {
      const waiting = ids.filter((id) => this.#waiters.has(id));
      for (const id of waiting) this.reject(id, error);
      this.#onGivenUp(waiting);
    };
    const abort = () => giveUp(abortion(signal));
    const expire = () =>
      giveUp(clientError('CLIENT_TIMEOUT', `No reply came within ${timeout_ms} ms.`));
    if (count === 0) return { ids, replies: [] };
    const timer = timeout_ms > 0 ? setTimeout(expire, timeout_ms) : undefined;
    signal?.addEventListener('abort', abort);
    let left = count;
    const release = () => {
      left -= 1;
      if (left > 0) return;
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    const replies = ids.map(
      (id) =>
        new Promise<Replied>((resolve, reject) => {
          this.#waiters.set(id, { resolve, reject, release });
        }),
    );
    return { ids, replies };
  }

  /** Rejects one call, if it is still in flight. */
  reject(id: number, error: ClientError): void {
    this.#take(id)?.reject(error);
  }

  /** Settles the call that a reply is for; false when there was none. Replies may come late. */
  settle(reply: Record<string, unknown>): boolean {
    const { id, result, _meta: meta } = reply;
    const error = reply.error == null ? undefined : remoteError(reply.error);
    if (id === null && error !== undefined) {
      // It answers something that the daemon could not read, and nobody can say which call that
      // was. All that wait get it: one of them would otherwise wait for ever.
      this.rejectAll(error);
      return true;
    }
    if (typeof id !== 'number' || !(id >= 1 && id <= this.#last_id)) return false;
    const waiter = this.#take(id);
    if (error === undefined) waiter?.resolve({ result, meta });
    else waiter?.reject(error);
    return true;
  }

  /** Rejects all calls in flight. */
  rejectAll(error: ClientError): void {
    for (const id of [...this.#waiters.keys()]) this.reject(id, error);
  }

  #take(id: number): Waiter | undefined {
    const waiter = this.#waiters.get(id);
    this.#waiters.delete(id);
    waiter?.release();
    return waiter;
  }
}

/** The error of a call whose signal was aborted. */
export function abortion(signal: AbortSignal | undefined): ClientError {
  return clientError('CLIENT_ABORTED', 'The call was aborted.', signal?.reason);
}
