/**
 * Giving up root: the groups first, since only root may change them, then the user, and then proof
 * that there is no way back. What was made before is handed to the user.
 */

import { accessSync, constants, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { User } from '../../conf/accounts.ts';
import { type Config, permissionBits } from '../../conf/schema.ts';
import { ENGINE_ENTRY } from '../entries.ts';
import { type PlaceConfig, STORE_MODE, storeDirectory } from '../journal/store-directory.ts';
import { directoryMode } from '../listener/held-socket.ts';
import { findAccount } from './accounts.ts';
import type { Belongings } from './belongings.ts';
import { type Step, StepError } from './step.ts';

export interface PrivilegesDeps {
  readonly config: PlaceConfig & Pick<Config, 'group' | 'sockets'>;
  readonly belongings: Belongings;
  readonly log: Logger;
}

export function privilegesStep({ config, belongings, log }: PrivilegesDeps): Step {
  return {
    begin: () => {
      const { user, group } = config;
      if (user === '' && group === '') return undefined;
      const wanted = findAccount(user, group);
      const { uid, gid, name } = wanted;
      const self = { uid: process.getuid?.(), gid: process.getgid?.() };
      // It is that user already, and there is nothing to give up.
      if (self.uid === uid && (group === '' || self.gid === gid)) return { user: name };
      if (self.uid !== 0) throw forbidden(`${user || group} is somebody else`);
      handOver(belongings, wanted, config);
      become(wanted);
      prove(wanted);
      settleIn(wanted);
      log.info({ user: name, uid, gid }, 'gave up root');
      return { user: name };
    },
    figures: () => ({ uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }),
  };
}

function forbidden(what: string): StepError {
  const remedy = 'start the daemon as root, or as that user and leave user and group empty';
  return new StepError(
    'forbidden',
    `user, group: only root may become another: ${what}; ${remedy}`,
  );
}

function handOver(
  belongings: Belongings,
  { uid, gid }: User,
  config: PrivilegesDeps['config'],
): void {
  const { unix } = config.sockets;
  try {
    // The socket is made by the user, who could not make a directory for it everywhere; nor one
    // for the projects.
    const mode = directoryMode(permissionBits(unix.permissions));
    const store = config.journal.ephemeral ? undefined : storeDirectory(config, process.env);
    if (typeof store === 'string') belongings.makeDirectory(store, STORE_MODE);
    if (unix.enabled) belongings.makeDirectory(dirname(unix.path), mode);
    belongings.handOver(uid, gid);
  } catch (error) {
    const { message } = error as Error;
    const text = `user: cannot make and hand over what the daemon needs: ${message}`;
    throw new StepError('forbidden', text, error);
  }
}

function become({ uid, gid, name }: User): void {
  try {
    process.setgroups?.([]);
    process.setgid?.(gid);
    process.setuid?.(uid);
  } catch (error) {
    const { message } = error as Error;
    throw new StepError(
      'forbidden',
      `user: cannot become ${name} (${uid}:${gid}): ${message}`,
      error,
    );
  }
}

/** @throws StepError unless this process is that user, in that group alone, and stays so */
function prove({ uid, gid, name }: User): void {
  const groups = process.getgroups?.() ?? [];
  const doubts = [
    ...(process.getuid?.() === uid && process.geteuid?.() === uid ? [] : ['the user is another']),
    ...(process.getgid?.() === gid && process.getegid?.() === gid ? [] : ['the group is another']),
    ...(groups.every((one) => one === gid) ? [] : ['there are further groups']),
    ...(uid !== 0 && comesBack(() => process.setuid?.(0)) ? ['it can become root again'] : []),
    ...(uid !== 0 && gid !== 0 && comesBack(() => process.setgid?.(0))
      ? ['it can take the group of root again']
      : []),
    ...kernelDoubts(uid, gid),
  ];
  if (doubts.length === 0) return;
  throw new StepError('forbidden', `user: not safely ${name}: ${doubts.join(', ')}`);
}

function comesBack(attempt: () => void): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}

/** What Linux says of the ids that are kept aside, and of what else makes root. */
function kernelDoubts(uid: number, gid: number): string[] {
  if (process.platform !== 'linux') return [];
  let text: string;
  try {
    text = readFileSync('/proc/self/status', 'utf8');
  } catch {
    return [];
  }
  const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(text)?.[1] ?? '';
  const are = (name: string, id: number) =>
    field(name)
      .split(/\s+/)
      .every((one) => Number(one) === id);
  const able = ['CapPrm', 'CapEff'].some((name) => /[1-9a-f]/.test(field(name)));
  return [
    ...(are('Uid', uid) ? [] : ['a saved user is another']),
    ...(are('Gid', gid) ? [] : ['a saved group is another']),
    ...(uid !== 0 && able ? ['it has capabilities of root'] : []),
  ];
}

/** What programs go by, and whether the daemon can go on as this user at all. */
function settleIn({ name, home }: User): void {
  Object.assign(process.env, { HOME: home, USER: name, LOGNAME: name });
  delete process.env.XDG_RUNTIME_DIR;
  const program = fileURLToPath(ENGINE_ENTRY);
  try {
    accessSync(program, constants.R_OK);
  } catch (error) {
    const text = `user: ${name} may not read the program: ${program}; install it where all may`;
    throw new StepError('forbidden', text, error);
  }
}
