/** A request for a method of the daemon, from when it was read until it is answered. */

import type { GoxError } from '../../conf/errors.ts';
import type { MethodSpec } from '../../engine/catalogue/spec.ts';
import type { Caller, Rights } from '../../transport/caller.ts';
import type { Encoding, Framing, PendingReply, RequestMeta } from '../../transport/jsonrpc.ts';
import { traceOf } from '../../transport/meta.ts';

/** What the calls of one connection share. */
export interface CallerConnection {
  readonly name: string;
  readonly framing: Framing;
  readonly rights: Rights;
  notify(method: string, params: unknown, encoding: Encoding): boolean;
  cancel(id: unknown): boolean;
}

export class DaemonCall implements Caller {
  readonly spec: MethodSpec;
  readonly params: Uint8Array;
  readonly reply: PendingReply;
  /** When it was received, by the service clock. */
  readonly since_ms: number;
  readonly meta: RequestMeta | undefined;
  readonly #from: CallerConnection;
  #controller: AbortController | undefined;
  #stopped: GoxError | undefined;

  constructor(
    spec: MethodSpec,
    params: Uint8Array,
    reply: PendingReply,
    since_ms: number,
    meta: RequestMeta | undefined,
    from: CallerConnection,
  ) {
    this.spec = spec;
    this.params = params;
    this.reply = reply;
    this.since_ms = since_ms;
    this.meta = meta;
    this.#from = from;
  }

  get connection(): string {
    return this.#from.name;
  }

  get framing(): Framing {
    return this.#from.framing;
  }

  get encoding(): Encoding {
    return this.reply.encoding;
  }

  get rights(): Rights {
    return this.#from.rights;
  }

  get trace(): string | undefined {
    return traceOf(this.meta);
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#stopped !== undefined) this.#controller.abort(this.#stopped);
    }
    return this.#controller.signal;
  }

  notify(method: string, params?: unknown): boolean {
    return this.#from.notify(method, params, this.reply.encoding);
  }

  cancel(id: unknown): boolean {
    return this.#from.cancel(id);
  }

  /** Tells whoever works at it that nobody waits for it any more. */
  stop(why: GoxError): void {
    this.#stopped ??= why;
    this.#controller?.abort(this.#stopped);
  }
}
