/** How much memory a command may take at the moment without driving others out of theirs. */

import { freemem, totalmem } from 'node:os';
import { type ControlGroups, groupFiles, ownGroups } from '../../conf/control-group.ts';
import { type Memory, memoryThere } from '../../conf/shares.ts';

/**
 * What is free: of the machine, and of the control group where that has a limit. Files that the
 * system keeps in memory count as free, since it gives them up for what is asked for.
 */
export function freeMemory(): Memory {
  const there = memoryThere();
  // Elsewhere the system tells what nobody uses, and not what it would give up.
  const machine = process.platform === 'linux' ? freemem() : Math.max(freemem(), totalmem() / 2);
  const group = there.bytes < totalmem() ? there.bytes - bytesOfGroup() : machine;
  return { bytes: Math.max(0, Math.min(machine, group)), what: 'that are free' };
}

/** Bytes that no file stands behind, of all processes of the control group; or of this one. */
function bytesOfGroup(): number {
  return bytesIn(ownGroups()) ?? process.memoryUsage.rss();
}

/** The same of a control group; undefined where it does not tell. */
export function bytesIn(groups: ControlGroups): number | undefined {
  for (const text of groupFiles(groups, 'memory', 'memory.stat')) {
    // The one is of cgroup v2, the other of v1.
    const [, bytes] = /^(?:anon|total_rss) (\d+)$/m.exec(text) ?? [];
    if (bytes !== undefined) return Number(bytes);
  }
  return undefined;
}
