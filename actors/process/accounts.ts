/** The users and groups that the daemon may become, by name or number. */

import { lookUpGroup, lookUpUser, noGroup, noUser, type User } from '../../conf/accounts.ts';
import { StepError } from './step.ts';

/**
 * The user of a name or number. A number without an entry is a user of that group number, without
 * a home.
 *
 * @throws StepError when there is none
 */
export function findUser(user: string): User {
  const found = lookUpUser(user);
  if (found !== undefined) return found.home === '' ? { ...found, home: '/' } : found;
  const number = numberOf(user);
  if (number !== undefined) return { name: user, uid: number, gid: number, home: '/' };
  throw new StepError('wrong', `user: ${noUser(user)}`);
}

/**
 * Who `user` and `group` name; where they are empty, the user that this process has.
 *
 * @throws StepError when there is none
 */
export function findAccount(user: string, group: string): User {
  const account = findUser(user === '' ? String(process.getuid?.() ?? 0) : user);
  return group === '' ? account : { ...account, gid: findGroup(group) };
}

/** @throws StepError when there is none */
function findGroup(group: string): number {
  const gid = lookUpGroup(group) ?? numberOf(group);
  if (gid === undefined) throw new StepError('wrong', `group: ${noGroup(group)}`);
  return gid;
}

/** The largest number stands for none. */
function numberOf(text: string): number | undefined {
  if (!/^\d{1,10}$/.test(text)) return undefined;
  const number = Number(text);
  return number < 0xffff_ffff ? number : undefined;
}
