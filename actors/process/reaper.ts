/**
 * What the first process of a container owes to the others: processes whose parent has gone become
 * its children, and stay as zombies until it waits for them. Node waits for those that it started
 * itself, and for no others.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { libc } from '../native/libc.ts';

/** Node waits for its own children at once; what is still there then is nobody's. */
const PATIENCE_MS = 1000;
const WNOHANG = 1;

/**
 * Waits for orphans that have ended, from now on. Does nothing for any process but the first of its
 * namespace, nor without koffi: then an init of the container has to (`docker run --init`).
 *
 * @returns what ends it
 */
export function reapOrphans(pid: number = process.pid): () => void {
  const waitpid = pid === 1 ? libc()?.systemCall('waitpid', 'int', 'void *', 'int') : undefined;
  if (waitpid === undefined) return () => {};
  let timer: NodeJS.Timeout | undefined;
  const reap = () => {
    timer = undefined;
    for (const zombie of zombiesOf(pid)) {
      try {
        waitpid(zombie, null, WNOHANG);
      } catch {
        // It was Node's after all, which has waited meanwhile.
      }
    }
  };
  const soon = () => {
    timer ??= setTimeout(reap, PATIENCE_MS).unref();
  };
  process.on('SIGCHLD', soon);
  // Those from before.
  soon();
  return () => {
    process.off('SIGCHLD', soon);
    clearTimeout(timer);
  };
}

/** Children of a process that have ended and were not waited for. */
function zombiesOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const text = readFileSync(`/proc/${name}/stat`, 'utf8');
        // The second field is the name in parentheses, which may hold anything.
        const [state, ppid] = text.slice(text.lastIndexOf(')') + 2).split(' ');
        return state === 'Z' && ppid === String(parent);
      } catch {
        return false;
      }
    })
    .map(Number);
}
