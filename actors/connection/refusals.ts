/** What connections are told by the daemon itself, beside what engines and methods say. */

import { GoxError } from '../../conf/errors.ts';
import type { Config } from '../../conf/schema.ts';
import { PROJECT_NAME_RULE } from '../../engine/catalogue/schemas.ts';
import type { MethodSpec } from '../../engine/catalogue/spec.ts';
import type { SocketCommand } from '../../machines/connection.ts';
import type { Rights } from '../../transport/caller.ts';
import type { Project } from '../engines/project.ts';
import type { Quarantine } from '../engines/quarantine.ts';

/** What a client is told when its machine says that it is refused. */
export function refusalFor(
  why: Extract<SocketCommand, { type: 'socket.refuse' }>['why'],
  { limits, performance, security }: Config,
): GoxError {
  switch (why) {
    case 'too many':
      return tooManyConnections(performance.max_connections);
    case 'idle':
      return idleForLongest();
    case 'partial':
      return restOverdue(limits.partial_frame_timeout_ms);
    case 'unauthenticated':
      return authenticationOverdue(security.authentication_timeout_ms);
  }
}

/** To a client that is one too many. */
export function tooManyConnections(limit: number): GoxError {
  const text = `There are ${limit} connections, as many as performance.max_connections allows.`;
  return new GoxError('GOX_TOO_MANY_CONNECTIONS', text, { limit });
}

/** To who names a project by what cannot be a name. */
export function noProjectName(): GoxError {
  const text = `params.project: expected ${PROJECT_NAME_RULE}`;
  return new GoxError('GOX_INVALID_PARAMS', text, { parameter: 'params.project' });
}

/** To one that gives way to another. */
export function idleForLongest(): GoxError {
  const text = 'The connection was idle for longest, and another client needs its place.';
  return new GoxError('GOX_TOO_MANY_CONNECTIONS', text);
}

export function stopping(): GoxError {
  return new GoxError('GOX_SHUTTING_DOWN', 'The daemon is stopping.');
}

/** Why the rest of a client's work is given up once it is gone; nobody reads it. */
export const GONE = new GoxError('GOX_CANCELLED', 'The connection was closed.');

/** To a request that takes too long. @param own_ms the time it asked for itself, if it did */
export function requestOverdue(own_ms: number | undefined, request_timeout_ms: number): GoxError {
  const text =
    own_ms === undefined
      ? `The request did not end in performance.request_timeout_ms, ${request_timeout_ms} ms.`
      : `The request did not end in the ${own_ms} ms of its own _meta.timeout_ms.`;
  const timeout_ms = own_ms ?? request_timeout_ms;
  return new GoxError('GOX_REQUEST_TIMEOUT', text, { timeout_ms });
}

/** To a message that is half there. */
export function messageCrowdedOut(held_bytes_max: number): GoxError {
  const ceiling = `limits.held_bytes_max, ${held_bytes_max} bytes`;
  const text = `What waits for all clients exceeds ${ceiling}.`;
  return new GoxError('GOX_OVERLOADED', text, { held_bytes_max });
}

/** To a message whose rest does not come. */
function restOverdue(partial_frame_timeout_ms: number): GoxError {
  const text = `Parse error: a request's rest did not come in ${partial_frame_timeout_ms} ms.`;
  return new GoxError('GOX_FRAME_TIMEOUT', text, { partial_frame_timeout_ms });
}

/** To a text of which nothing more came for so long. */
export function textStalled(stalled_text_timeout_ms: number): GoxError {
  const text =
    "Parse error: a request's rest does not come: nothing was sent in the midst of a line for " +
    `limits.stalled_text_timeout_ms, ${stalled_text_timeout_ms} ms.`;
  return new GoxError('GOX_FRAME_TIMEOUT', text, { stalled_text_timeout_ms });
}

/** To a bare object that lacks nothing but its end. */
export function bracketMissing(): GoxError {
  return new GoxError('GOX_FRAME_TIMEOUT', 'Parse error: the last "}" of the request is missing.');
}

/** To a request for which there is no place in the queue of all engines. */
export function queueFull(waiting: number, queue_size: number, retry_after_ms: number): GoxError {
  const text =
    `${waiting} requests of all clients wait for an engine; workers.queue_size allows ` +
    `${queue_size}, shared among the clients.`;
  return new GoxError('GOX_OVERLOADED', text, { queue_size, retry_after_ms });
}

/** To a request that was not begun by the deadline that it has itself. */
export function notBegunByDeadline(own_ms: number): GoxError {
  return notBegun(`it has ${own_ms} ms by its own _meta.timeout_ms`);
}

/** To a request that waited for as long as one may run. */
export function notBegun(why: string): GoxError {
  return new GoxError('GOX_ENGINE_BUSY', `The request was not begun in time: ${why}.`);
}

/** To all that is asked before a token was shown. */
export function unauthenticated(): GoxError {
  return new GoxError('GOX_UNAUTHENTICATED', 'This connection has not shown a token yet.');
}

/** To one that asks for too much before it has shown a token. */
export function strangerCrowdedOut(most: string): GoxError {
  const text = `Before it has shown a token, a connection may send ${most}; it is closed.`;
  return new GoxError('GOX_UNAUTHENTICATED', text);
}

/** To one that shows none for too long. */
function authenticationOverdue(authentication_timeout_ms: number): GoxError {
  const text =
    `No token came in security.authentication_timeout_ms, ${authentication_timeout_ms} ms; ` +
    'the connection is closed.';
  return new GoxError('GOX_UNAUTHENTICATED', text, { authentication_timeout_ms });
}

/** To one that shows a wrong token. */
export function tokenRefused(attempts_left: number): GoxError {
  const text =
    attempts_left > 0
      ? 'The token is not known.'
      : 'The token is not known, and the connection is closed.';
  return new GoxError('GOX_TOKEN_REFUSED', text, { attempts_left });
}

/** To one whose token was taken out of the file. */
export function tokenWithdrawn(): GoxError {
  const text =
    'The token of this connection is no longer in security.token_file. What is under way is ' +
    'answered, and the connection is closed.';
  return new GoxError('GOX_UNAUTHENTICATED', text);
}

/** To a request that needs more than its connection may. */
export function forbidden({ name, level }: MethodSpec, rights: Rights): GoxError {
  const by = rights.token === '' ? 'the token of this connection' : `the token "${rights.token}"`;
  const text = `${name} needs level ${level}; ${by} has level ${rights.level}.`;
  return new GoxError('GOX_FORBIDDEN', text, { level_needed: level, level_held: rights.level });
}

/** Throws why a request must not leave for the project that it is about. */
export function requireAdmissible(
  request: { readonly params: Uint8Array; readonly spec: MethodSpec },
  project: Pick<Project, 'name' | 'admit'>,
  quarantine: Pick<Quarantine, 'refusal'>,
): void {
  project.admit(request.spec);
  const refusal = quarantine.refusal(request, project.name);
  if (refusal !== undefined) throw refusal;
}
