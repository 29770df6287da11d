/** Requests between the socket of a connection and its sessions, and where their replies go. */

import type { GoxError } from '../../conf/errors.ts';
import { CURRENT_PROJECT, isProjectName } from '../../engine/catalogue/schemas.ts';
import type { MethodSpec } from '../../engine/catalogue/spec.ts';
import type { PendingReply, Request } from '../../transport/jsonrpc.ts';
import type { Call } from '../engines/call.ts';
import type { Project } from '../engines/project.ts';
import type { Queued } from './admission.ts';

/** A session, as its connection sees it. */
export interface SessionHandle {
  submit(requests: readonly SessionRequest[]): void;
  /** The client has read what blocked its connection. */
  resume(): void;
  /** Whether it has no request, waiting or under way, and no job. */
  idle(): boolean;
  /** So many of its requests at most, the oldest: those that have left, then those that wait. */
  held(most: number): HeldRequest[];
  /** Gives up the request of this id, if it has it. */
  cancel(is: (reply: PendingReply) => boolean, why: GoxError): boolean;
  /** The client is gone: ends what is of no use to anybody. */
  abandon(): void;
  /** Refuses what waits and cancels what is under way, which may still be answered. */
  giveUp(why: GoxError): void;
  /** Answers all that is left. */
  refuseRest(why: GoxError): void;
}

/** A request of a session, and whether it has left for its engine. */
export interface HeldRequest {
  readonly request: SessionRequest;
  readonly left: boolean;
}

/** A session that is to be started. */
export interface SessionNeed {
  readonly session: string;
  /** Numbers sessions of a connection; used again after their end. */
  readonly slot: number;
  /** Whether the session that has this number now is to be stopped first: it has nothing to do. */
  readonly retire: boolean;
}

/** A request for an engine, with the place of its reply. */
export interface SessionRequest extends Omit<Call, 'project' | 'method'>, Queued {
  /** Gets a flag when it is the first for its project. */
  method: number;
  /** Set when it leaves. */
  project: Project | undefined;
  readonly spec: MethodSpec;
  readonly reply: PendingReply;
  /** Of an edit that has one: no other request with it may be under way. */
  readonly op_id?: string | undefined;
}

/** One that has left for its engine. */
export type DepartedRequest = SessionRequest & Call & { project: Project };

/** The project that a request is for; nothing for what is no name, however long. */
export function projectNamed({ project }: Pick<Request, 'project'>): string | undefined {
  if (project === undefined) return CURRENT_PROJECT;
  return isProjectName(project) ? project : undefined;
}

/** Whether it opens or closes a project, or reads or writes a file. */
export function worksOnFiles({ spec }: SessionRequest): boolean {
  return spec.project !== undefined || spec.barrier === true;
}

/** Whether what follows it may be about what it does. */
export function holdsBackAll({ spec }: SessionRequest): boolean {
  return spec.project !== undefined || spec.edits;
}

/** So many of them at the most, the oldest first. */
export function heldOf(
  departed: Iterable<SessionRequest>,
  waiting: readonly SessionRequest[],
  most: number,
): HeldRequest[] {
  const held: HeldRequest[] = [];
  for (const request of departed) {
    if (held.length === most) break;
    held.push({ request, left: true });
  }
  for (const request of waiting.slice(0, most - held.length)) held.push({ request, left: false });
  return held;
}
