/** How much memory a command may take at the moment without driving others out of theirs. */

import { readFileSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';
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
  return bytesIn(readOrNothing('/proc/self/cgroup'), readOrNothing) ?? process.memoryUsage.rss();
}

/** Where a control group tells of its memory: of cgroup v2, and of v1. */
const HIERARCHIES = [
  { line: /^0::(.*)$/m, root: '/sys/fs/cgroup', figure: /^anon (\d+)$/m },
  {
    line: /^\d+:(?:.*,)?memory(?:,.*)?:(.*)$/m,
    root: '/sys/fs/cgroup/memory',
    figure: /^total_rss (\d+)$/m,
  },
];

/**
 * @param groups what `/proc/self/cgroup` says
 * @param read gives the text of a file, or nothing
 */
export function bytesIn(groups: string, read: (path: string) => string): number | undefined {
  for (const { line, root, figure } of HIERARCHIES) {
    const [, path] = line.exec(groups) ?? [];
    if (path === undefined) continue;
    // In a container the path may be that outside of it, and the group the root here.
    for (const directory of [`${root}${path === '/' ? '' : path}`, root]) {
      const [, bytes] = figure.exec(read(`${directory}/memory.stat`)) ?? [];
      if (bytes !== undefined) return Number(bytes);
    }
  }
  return undefined;
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
