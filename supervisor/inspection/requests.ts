/**
 * The ways of requests as messages between actors, while somebody looks: from the socket to its
 * connection, to the session, to the engine, to the job, and back. Requests pass no machine, so
 * these are what hooks tell, under the names that the tree has.
 */

import type { AnyActorRef } from 'xstate';
import type { HookEvent, Hooks, RequestTrace } from '../../actors/hooks.ts';
import type { ShownMessage } from '../inspector/service/options.ts';
import { childOf, childrenOf } from '../tree.ts';

/** Shows a message; false when it is left out, and with the first one all of its flow. */
type Tell = (message: ShownMessage) => boolean;

/** Flows that are shown at a time; who has more has lost the ends of the eldest. */
const FLOWS_MAX = 1024;
/** No other flow is begun for so long after one was left out: under load most of them would be. */
const PAUSE_MS = 20;
/** Connections that were found once. */
const FOUND_MAX = 1024;

type End = () => void;

/** Until the function that is returned is called. */
export function showRequests(hooks: Hooks, root: () => AnyActorRef, tell: Tell): End {
  const ways = new Ways(root, tell);
  return hooks.add((event) => ways.hear(event));
}

/** How far a request has come that is shown. */
interface Way {
  readonly connection: AnyActorRef;
  session?: AnyActorRef | undefined;
  engine?: AnyActorRef | undefined;
  job?: AnyActorRef | undefined;
}

class Ways {
  readonly #finder: Finder;
  readonly #tell: Tell;
  readonly #ways = new Map<number, Way>();
  /** When another flow may begin, and how many were not tried until then. */
  #resumes_ms = 0;
  #left_out = 0;

  constructor(root: () => AnyActorRef, tell: Tell) {
    this.#finder = new Finder(root);
    this.#tell = tell;
  }

  hear(event: HookEvent): void {
    if (!('trace' in event)) return;
    const { trace, type } = event;
    const way = type === 'request.received' ? this.#begin(trace) : this.#ways.get(trace.number);
    if (way === undefined) return;
    this.#follow(way, trace);
    if (type === 'request.answered') this.#end(way, trace);
  }

  /** Undefined when it is not to be shown. */
  #begin(trace: RequestTrace): Way | undefined {
    const now_ms = performance.now();
    const connection =
      now_ms < this.#resumes_ms ? undefined : this.#finder.connection(trace.connection);
    if (connection === undefined) {
      this.#left_out += 1;
      return undefined;
    }
    const shown = this.#show(trace, connection, childOf(connection, 'socket'), this.#left_out);
    this.#left_out = 0;
    if (!shown) {
      this.#resumes_ms = now_ms + PAUSE_MS;
      return undefined;
    }
    if (this.#ways.size >= FLOWS_MAX) {
      for (const eldest of this.#ways.keys()) {
        this.#ways.delete(eldest);
        break;
      }
    }
    const way = { connection };
    this.#ways.set(trace.number, way);
    return way;
  }

  /** Shows what it has come to since. */
  #follow(way: Way, trace: RequestTrace): void {
    const { session, engine, job } = trace;
    if (way.session === undefined && session !== undefined) {
      way.session = childOf(way.connection, `session:${session}`);
      if (way.session !== undefined) this.#show(trace, way.session, way.connection);
    }
    if (way.engine === undefined && engine !== undefined && trace.started_ms !== undefined) {
      way.engine = this.#finder.engine(engine);
      if (way.engine !== undefined) this.#show(trace, way.engine, way.session ?? way.connection);
    }
    if (way.job === undefined && job !== undefined && way.session !== undefined) {
      way.job = jobOf(way.session, job);
      if (way.job !== undefined) this.#show(trace, way.job, way.engine ?? way.session);
    }
  }

  /** The answer goes back the way that the request came. */
  #end(way: Way, trace: RequestTrace): void {
    this.#ways.delete(trace.number);
    const { connection, session, engine, job } = way;
    const type = `${trace.code ?? 'result'} #${trace.number}`;
    let from = job ?? engine;
    for (const to of [session, connection, childOf(connection, 'socket')]) {
      if (to === undefined) continue;
      if (from !== undefined) this.#message(trace, to, from, { ...timesOf(trace), type });
      from = to;
    }
  }

  #show(trace: RequestTrace, to: AnyActorRef, from?: AnyActorRef, left_out = 0): boolean {
    const { number, method, project, bytes_in } = trace;
    const about = project === undefined ? {} : { project };
    const event = { ...about, bytes_in, type: `${method} #${number}` };
    return this.#message(trace, to, from, event, left_out);
  }

  #message(
    trace: RequestTrace,
    to: AnyActorRef,
    from: AnyActorRef | undefined,
    event: ShownMessage['event'],
    left_out = 0,
  ): boolean {
    const flow = String(trace.number);
    return this.#tell({ to, ...(from === undefined ? {} : { from }), event, flow, left_out });
  }
}

function timesOf({ bytes_out, received_ms, answered_ms }: RequestTrace) {
  const took_ms = answered_ms === undefined ? undefined : rounded(answered_ms - received_ms);
  return { bytes_out, took_ms };
}

function rounded(ms: number): number {
  return Math.round(1000 * ms) / 1000;
}

/** Finds actors by the numbers that hooks have of them. */
class Finder {
  readonly #root: () => AnyActorRef;
  /** Those that were found last; one that has ended is looked for again. */
  readonly #connections = new Map<number, AnyActorRef>();

  constructor(root: () => AnyActorRef) {
    this.#root = root;
  }

  engine(number: number): AnyActorRef | undefined {
    const engines = childOf(this.#root(), 'engines');
    return engines === undefined ? undefined : childOf(engines, `engine:${number}`);
  }

  connection(number: number): AnyActorRef | undefined {
    const known = this.#connections.get(number);
    if (known?.getSnapshot().status === 'active') return known;
    if (this.#connections.size >= FOUND_MAX) this.#connections.clear();
    this.#connections.delete(number);
    const found = this.#look(number);
    if (found !== undefined) this.#connections.set(number, found);
    return found;
  }

  #look(number: number): AnyActorRef | undefined {
    const listeners = childOf(this.#root(), 'listeners');
    if (listeners === undefined) return undefined;
    for (const listener of childrenOf(listeners)) {
      const connections = childOf(listener, 'connections');
      if (connections === undefined) continue;
      for (const pool of childrenOf(connections)) {
        const found = childOf(pool, `connection:${number}`);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }
}

interface JobShape {
  readonly context?: { readonly number?: unknown };
}

/** Ids of jobs are used again, their numbers are not. */
function jobOf(session: AnyActorRef, number: number): AnyActorRef | undefined {
  return childrenOf(session).find(
    (child) =>
      child.id.startsWith('job:') && (child.getSnapshot() as JobShape).context?.number === number,
  );
}
