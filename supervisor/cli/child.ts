/** Whether the daemon is the process that was called, or a child of it; and how the child knows. */

import { UPGRADE_VARIABLE } from '../../actors/upgrade/estate.ts';

/**
 * `background`: a child that goes on when its parent, which waits until it is ready, returns.
 * `beneath`: a child of a process that stays, passes signals on and ends with it.
 */
export type Way = 'here' | 'background' | 'beneath';

/** No key begins like that. The value is the way; it is not passed on to others. */
const VARIABLE = '_GOXEL_BACKGROUND';

/** Of the child: where it says that it is ready; beneath another, that it can be sent signals. */
export const READY_FD = 3;

/** What the child of a way is told by its environment. */
export function toChild(way: Way): Readonly<Record<string, string>> {
  return { [VARIABLE]: way };
}

/** Whether this process is to be the daemon, since another one started it to be. */
export function isStarted(env: NodeJS.ProcessEnv): boolean {
  return VARIABLE in env || UPGRADE_VARIABLE in env;
}

/** How it came to be the daemon; to be asked once. */
export function takeWay(env: NodeJS.ProcessEnv): Way {
  const text = env[VARIABLE];
  delete env[VARIABLE];
  return text === 'background' || text === 'beneath' ? text : 'here';
}
