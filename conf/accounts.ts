/** Users and groups of this machine, by name or number. */

import { readFileSync } from 'node:fs';

export interface User {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** Directories of users may be asked over a network. */
const LOOKUP_MS_MAX = 10_000;

/** Undefined where nobody knows such a user. */
export function lookUpUser(user: string): User | undefined {
  const fields = entryOf('passwd', user);
  if (fields === undefined) return undefined;
  const [name = user, , uid, gid, , home = ''] = fields;
  return { name, uid: Number(uid), gid: Number(gid), home };
}

/** The number of a group; undefined where nobody knows such a group. */
export function lookUpGroup(group: string): number | undefined {
  const gid = entryOf('group', group)?.[2];
  return gid === undefined ? undefined : Number(gid);
}

/** Says so, and how to make one. */
export function noUser(user: string): string {
  const make = `useradd --system --shell /usr/sbin/nologin ${user}`;
  return `there is no user ${user} on this machine; make it with: ${make} (or systemd-sysusers)`;
}

export function noGroup(group: string): string {
  return `there is no group ${group} on this machine; make it with: groupadd --system ${group}`;
}

/** The fields of a line of passwd or group, from wherever the system has its users. */
function entryOf(database: 'passwd' | 'group', key: string): string[] | undefined {
  if (!/^[^-:\s][^:\s]*$/.test(key)) return undefined;
  // Loaded only where a user is named: commands should not wait for it.
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const { status, stdout } = spawnSync('getent', [database, key], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: LOOKUP_MS_MAX,
  });
  const text = status === null ? fileOf(database) : stdout;
  const lines = text.split('\n').map((line) => line.split(':'));
  return lines.find(([name, , id]) => name === key || (id !== undefined && id === key));
}

/** Where there is no program to ask. */
function fileOf(database: string): string {
  try {
    return readFileSync(`/etc/${database}`, 'utf8');
  } catch {
    return '';
  }
}
