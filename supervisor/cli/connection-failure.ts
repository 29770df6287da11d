/** Why there is no connection to a socket, and what to do: another advice for each reason. */

import { type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { CliError, EXIT, type ExitCode } from './exit-codes.ts';
import { userName } from './socket-owner.ts';

const START_ONE = 'start one with: goxel-supervisor run';

/** @param error what `connect` of the client library rejected with */
export function connectionFailure(path: string, error: Error): CliError {
  const code = codeOf(error.cause);
  const [exit_code, message] = reason(path, code) ?? [
    EXIT.UNAVAILABLE,
    `no daemon answers on ${path} (${error.message})`,
  ];
  return new CliError(exit_code, message, error);
}

function reason(path: string, code: string): [ExitCode, string] | undefined {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return [
        EXIT.UNAVAILABLE,
        `no daemon answers on ${path}: there is no such socket; ${START_ONE}`,
      ];
    case 'ECONNREFUSED':
    case 'ENOTSOCK':
      return refused(path);
    case 'EACCES':
    case 'EPERM':
      return [EXIT.NOPERM, denied(path)];
    case 'EAGAIN':
      return [
        EXIT.TEMPFAIL,
        `the daemon on ${path} does not take connections: as many wait as ` +
          'sockets.unix.backlog lets; it is busy, stopped or hung',
      ];
    case 'ABORT_ERR':
      return [EXIT.TEMPFAIL, `the daemon on ${path} did not take the connection in time`];
    case 'EPROTOTYPE':
      return [EXIT.UNAVAILABLE, `${path} is a socket of another kind; no daemon of ours made it`];
    case 'EMFILE':
    case 'ENFILE':
      return [
        EXIT.OSERR,
        `cannot connect to ${path}: this process has too few file descriptors (see ulimit -n)`,
      ];
    default:
      return undefined;
  }
}

function refused(path: string): [ExitCode, string] {
  if (statOf(path)?.isSocket() === false) {
    return [EXIT.UNAVAILABLE, `no daemon answers on ${path}: it is no socket; see --socket`];
  }
  return [
    EXIT.UNAVAILABLE,
    `no daemon answers on ${path}: nobody listens there any more, the socket is left of one ` +
      `that was killed; ${START_ONE}`,
  ];
}

function denied(path: string): string {
  const socket = statOf(path);
  if (socket === undefined) {
    return `this user may not connect to ${path}: not enter ${dirname(path)}, or one above it`;
  }
  const mode = (socket.mode & 0o777).toString(8).padStart(4, '0');
  return (
    `this user may not connect to ${path}: it belongs to ${userName(socket.uid)} and has mode ` +
    `${mode}; see sockets.unix.permissions`
  );
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return (error as NodeJS.ErrnoException).code ?? '';
}
