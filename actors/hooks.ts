/**
 * The performance hooks: what whoever watches over a daemon may hear of requests and connections.
 * Nothing is noted while nobody hears. One daemon has one `Hooks`; the same facts go to the
 * channels of `node:diagnostics_channel` (`goxel:request.start`, `goxel:request.end`,
 * `goxel:connection.open`, `goxel:connection.close`), for tracers that know nothing of us.
 */

/** Times are Unix times by a clock that only goes forward; undefined: not reached yet. */
export interface RequestTrace {
  /** Counts requests of this daemon that were heard of; the same in all facts about one. */
  readonly number: number;
  readonly connection: number;
  /** The id that the client gave to it; undefined for a notification. */
  readonly id: unknown;
  /** The canonical name; what no method has is `(unknown)`, so that there are not too many. */
  readonly method: string;
  /** Undefined for what is about the daemon itself. */
  readonly project: string | undefined;
  /** The slot of its session at the connection: `session:N` in the tree. */
  readonly session: number | undefined;
  readonly engine: number | undefined;
  /** The number of the job that it became. */
  readonly job: number | undefined;
  /** W3C trace context, as it was sent in `_meta`. */
  readonly traceparent: string | undefined;
  readonly bytes_in: number;
  readonly bytes_out: number | undefined;
  readonly received_ms: number;
  /** It waits for its engine. */
  readonly queued_ms: number | undefined;
  /** It left for its engine, or is worked at. */
  readonly started_ms: number | undefined;
  /** What it changed is on disk. */
  readonly journaled_ms: number | undefined;
  readonly answered_ms: number | undefined;
  /** `GOX_…` of an error; undefined while it is not answered, or was with a result. */
  readonly code: string | undefined;
}

export interface ConnectionFacts {
  readonly connection: number;
  readonly listener: string;
  readonly at_ms: number;
  /** Only when it closes. */
  readonly lived_ms?: number;
  readonly bytes_in?: number;
  readonly bytes_out?: number;
}

/** What a hook hears. A stage is told with the trace as it is then; the object may change later. */
export type HookEvent =
  | {
      readonly type: 'request.received' | 'request.queued' | 'request.started' | 'request.answered';
      readonly trace: RequestTrace;
    }
  | { readonly type: 'connection.opened' | 'connection.closed'; readonly facts: ConnectionFacts };

export type Hook = (event: HookEvent) => void;

/** Hooks of one daemon. */
export class Hooks {
  readonly #hooks = new Set<Hook>();

  /** Whether anybody hears: asked at each request, so that nothing is noted for nobody. */
  get heard(): boolean {
    return this.#hooks.size > 0;
  }

  /** Calls `hook` with all that happens, until the function that is returned is called. */
  add(hook: Hook): () => void {
    this.#hooks.add(hook);
    return () => this.#hooks.delete(hook);
  }

  tell(event: HookEvent): void {
    for (const hook of this.#hooks) hook(event);
  }
}
