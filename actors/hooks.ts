/**
 * The performance hooks: what whoever watches over a daemon may hear of requests and connections.
 * Nothing is noted while nobody hears. One daemon has one `Hooks`; the same facts go to the
 * channels of `node:diagnostics_channel` (`goxel:request.start`, `goxel:request.end`,
 * `goxel:connection.open`, `goxel:connection.close`), for tracers that know nothing of us.
 */

import { CHANNELS } from './tracing/channels.ts';

/** Times are Unix times by a clock that only goes forward; undefined: not reached yet. */
export interface RequestTrace {
  /** Counts requests of this daemon that were heard of; the same in all facts about one. */
  readonly number: number;
  readonly connection: number;
  /** The id that the client gave to it; undefined for a notification. */
  readonly id: unknown;
  /**
   * The canonical name; what no method has is `(unknown)`, so that there are not too many, and what
   * is no request, though it has a place in a batch, is `(invalid)`.
   */
  readonly method: string;
  /** Undefined for what is about the daemon itself. */
  readonly project: string | undefined;
  /** The slot of its session at the connection: `session:N` in the tree. */
  readonly session: number | undefined;
  readonly engine: number | undefined;
  /** The number of the job that it became. */
  readonly job: number | undefined;
  /** W3C trace context, as it was sent in `_meta`; undefined for what is none. */
  readonly traceparent: string | undefined;
  /** Only beside a `traceparent`. */
  readonly tracestate: string | undefined;
  /** Of its parameters, encoded. */
  readonly bytes_in: number;
  /** Of its result or error, encoded; 0 for what is not answered. */
  readonly bytes_out: number | undefined;
  readonly received_ms: number;
  /** It waits for its engine. */
  readonly queued_ms: number | undefined;
  /** It left for its engine, the last time if it was put back, or is worked at. */
  readonly started_ms: number | undefined;
  /** What it changed is on disk. */
  readonly journaled_ms: number | undefined;
  readonly answered_ms: number | undefined;
  /**
   * `GOX_…` of an error; undefined while it is not answered, or was with a result. `(error)` of a
   * notification that failed in its engine, which tells nobody why.
   */
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

/**
 * What a hook hears. A stage is told with the trace as it is then; the object is the same for all
 * of them and goes on changing. Each request that was received is answered once, whatever happens;
 * one that an engine puts back is queued and started again. Methods of the daemon are not queued,
 * and what is refused is not started. What was received before somebody heard is not told of.
 */
export type HookEvent =
  | {
      readonly type:
        | 'request.received'
        | 'request.queued'
        | 'request.started'
        /** A job of its own was started for it, which may have begun. */
        | 'request.became_job'
        | 'request.answered';
      readonly trace: RequestTrace;
    }
  | { readonly type: 'connection.opened' | 'connection.closed'; readonly facts: ConnectionFacts };

export type Hook = (event: HookEvent) => void;

/** What the channels of `node:diagnostics_channel` carry. */
export interface ChannelMessage {
  /** Tells daemons of one process apart. */
  readonly daemon: number;
}

/** Of `goxel:request.start` and `goxel:request.end`: the same `trace` object in both. */
export interface RequestMessage extends ChannelMessage {
  readonly trace: RequestTrace;
}

/** Of `goxel:connection.open` and `goxel:connection.close`. */
export interface ConnectionMessage extends ChannelMessage {
  readonly facts: ConnectionFacts;
}

let daemons = 0;

/** Hooks of one daemon. */
export class Hooks {
  /** The number of the daemon among those of this process, from 1. */
  readonly daemon: number;
  readonly #hooks = new Set<Hook>();
  /** Hears of what those have thrown that hear of this: it harms nobody else. */
  readonly defect: (error: unknown) => void;

  constructor(defect: (error: unknown) => void = () => {}) {
    daemons += 1;
    this.daemon = daemons;
    this.defect = defect;
  }

  /** Whether anybody hears: asked at each request, so that nothing is noted for nobody. */
  get heard(): boolean {
    return this.#hooks.size > 0 || CHANNELS.heard;
  }

  /** Calls `hook` with all that happens, until the function that is returned is called. */
  add(hook: Hook): () => void {
    // The same function may be added twice, and each is removed alone.
    const own: Hook = (event) => hook(event);
    this.#hooks.add(own);
    return () => this.#hooks.delete(own);
  }

  tell(event: HookEvent): void {
    for (const hook of this.#hooks) {
      try {
        hook(event);
      } catch (error) {
        this.defect(error);
      }
    }
    if (CHANNELS.heard) CHANNELS.publish(this.daemon, event);
  }
}
