/**
 * Whose a socket is. In a directory like /tmp anybody can put one where a daemon is looked for, and
 * would be told whatever commands say, tokens too; so commands speak to those of their own user, of
 * root and of the user of the configuration only, unless they are told to.
 */

import { accessSync, constants, lstatSync, readFileSync, statSync } from 'node:fs';
import { lookUpUser } from '../../conf/accounts.ts';
import { CliError, EXIT } from './exit-codes.ts';

/**
 * The users to whose sockets a command speaks.
 *
 * @param daemon the user that the configuration names for the daemon; empty for none
 */
export function trustedUsers(daemon: string): readonly number[] {
  const uids = [0, process.geteuid?.(), daemon === '' ? undefined : lookUpUser(daemon)?.uid];
  return uids.filter((uid) => uid !== undefined);
}

/**
 * Nothing for one that is not there, or that this user may not connect to: to connect says that.
 *
 * @throws CliError for a socket, or a link to one, that another user has made
 */
export function checkOwner(path: string, trusted: readonly number[]): void {
  const stranger = strangerOf(ownersOf(path), trusted);
  if (stranger !== undefined && isWritable(path)) throw strangersSocket(path, stranger);
}

/**
 * The same once we are connected, before anything is sent: who keeps putting a socket there and
 * taking it away may have had it there just then. Nobody can take away one of ours or of root in a
 * directory like /tmp, so what is there still is what was connected to.
 *
 * @throws CliError also when there is none any more
 */
export function checkReached(path: string, trusted: readonly number[]): void {
  const owners = ownersOf(path);
  const stranger = strangerOf(owners, trusted);
  if (stranger !== undefined) throw strangersSocket(path, stranger);
  if (owners.length > 0) return;
  throw new CliError(EXIT.TEMPFAIL, `${path} went away in the moment of connecting; try again`);
}

function strangerOf(owners: readonly number[], trusted: readonly number[]): number | undefined {
  return owners.find((uid) => !trusted.includes(uid));
}

function strangersSocket(path: string, stranger: number): CliError {
  return new CliError(
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
