/**
 * Whose a socket is. In a directory like /tmp anybody can put one where a daemon is looked for, and
 * would be told whatever commands say, tokens too; so commands speak to those of their own user, of
 * root and of the user of the configuration only, unless they are told to.
 */

import { accessSync, constants, lstatSync, readFileSync, statSync } from 'node:fs';
import { CliError, EXIT } from './exit-codes.ts';

/**
 * Nothing for one that is not there, or that this user may not connect to: to connect says that.
 *
 * @param daemon_uid the user that the configuration names for the daemon, who owns its socket
 * @throws CliError for a socket, or a link to one, that another user has made
 */
export function checkOwner(path: string, daemon_uid?: number, own_uid = process.geteuid?.()): void {
  if (own_uid === undefined) return;
  const known = [0, own_uid, daemon_uid];
  const stranger = ownersOf(path).find((uid) => !known.includes(uid));
  if (stranger === undefined || !isWritable(path)) return;
  throw new CliError(
    EXIT.NOPERM,
    `${path} belongs to ${userName(stranger)}, who may have put it there for you to find; if ` +
      'that is the daemon you mean, say so with --any-owner, or run this as its user',
  );
}

/** The name of a user, where /etc/passwd knows it. */
export function userName(uid: number): string {
  try {
    const entries = readFileSync('/etc/passwd', 'utf8').split('\n');
    const entry = entries.map((line) => line.split(':')).find((fields) => fields[2] === `${uid}`);
    return entry?.[0] ?? `user ${uid}`;
  } catch {
    return `user ${uid}`;
  }
}

/** Of the socket, and of the link if the path is one: whoever made it chose where it leads. */
function ownersOf(path: string): number[] {
  try {
    return [lstatSync(path).uid, statSync(path).uid];
  } catch {
    return [];
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
