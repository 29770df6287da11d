/**
 * The requests that are under way, for who looks: read from what sessions hold anyway. No engine is
 * asked, and of however many requests there are only so many are looked at.
 */

import { requestId } from '../../transport/values.ts';
import { presentOf } from '../engines/present.ts';
import type { CallsRegistry } from '../engines/registry.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { HeldRequest } from './request.ts';
import type { PlacedConnection } from './sessions.ts';

/** sent: with its engine, behind others of a batch. job: long work beside the engine. */
type Stage = 'waiting' | 'sent' | 'running' | 'job';

export interface ToldRequest {
  readonly connection: number;
  /** As the client sent it, cut when it is long; null for a notification. */
  readonly request: string | number | null;
  readonly method: string;
  readonly project: string;
  readonly stage: Stage;
  readonly age_ms: number;
  readonly engine?: number;
  readonly job?: number;
}

export interface ToldDeps extends Pick<CallsRegistry, 'calls' | 'clock'> {
  readonly connections: ReadonlyMap<
    number,
    Pick<PlacedConnection, 'sessions'> & { readonly replies: { readonly open: number } }
  >;
  readonly jobs: Pick<Jobs, 'numberOf'>;
}

interface Found extends HeldRequest {
  readonly connection: number;
  readonly project: string;
}

/** Of one session, and of all of them. */
const SESSION_MAX = 32;
const LOOKED_AT_MAX = 10_000;

const ID_LENGTH_MAX = 64;

/**
 * So many of them, those that came first before the others.
 *
 * @returns `open`: how many requests of all connections have no answer yet, this one among them
 */
export function toldRequests(deps: ToldDeps, most: number) {
  const running = new Set<unknown>();
  for (const queue of deps.calls.values()) running.add(presentOf(queue)?.call);
  const found: Found[] = [];
  let open = 0;
  for (const [connection, { replies, sessions }] of deps.connections) {
    open += replies.open;
    for (const held of sessions.held(SESSION_MAX)) {
      if (found.length < LOOKED_AT_MAX) found.push({ ...held, connection });
    }
  }
  found.sort((one, other) => one.request.since_ms - other.request.since_ms);
  const now_ms = deps.clock.now_ms();
  const requests = found
    .slice(0, most)
    .map((held) => told(held, deps, running.has(held.request), now_ms));
  return { open, requests };
}

function told(
  { request, left, connection, project: name }: Found,
  { jobs }: ToldDeps,
  runs: boolean,
  now_ms: number,
): ToldRequest {
  const { spec, reply, project, since_ms } = request;
  const job = project === undefined ? undefined : jobs.numberOf(request as Departed);
  const stage = !left ? 'waiting' : job !== undefined ? 'job' : runs ? 'running' : 'sent';
  return {
    connection,
    request: idOf(requestId(reply)),
    method: spec.name,
    project: project?.name ?? name,
    stage,
    age_ms: Math.max(0, Math.round(now_ms - since_ms)),
    ...(left && project !== undefined ? { engine: project.engine } : {}),
    ...(job === undefined ? {} : { job }),
  };
}

type Departed = Parameters<Jobs['numberOf']>[0];

function idOf(id: unknown): string | number | null {
  if (typeof id === 'number') return id;
  return typeof id === 'string' ? id.slice(0, ID_LENGTH_MAX) : null;
}
