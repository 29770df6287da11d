/** Where the system tells of the control group of this process: cgroup v2, and v1 (cgroups(7)). */

import { readFileSync } from 'node:fs';

/** What `/proc/self/cgroup` says, and how the files of its groups are read. */
export interface ControlGroups {
  readonly groups: string;
  /** Gives the text of a file, or nothing where it cannot be read. */
  readonly read: (path: string) => string;
}

const ROOT = '/sys/fs/cgroup';

/** Those of this process; of none where the system has no such thing. */
export function ownGroups(): ControlGroups {
  return { groups: textOrNothing('/proc/self/cgroup'), read: textOrNothing };
}

/**
 * The texts of a file of this name from the own group up to the root, as far as they are there. In
 * a container the path may be that outside of it, and the group the root here.
 *
 * @param controller of cgroup v1, which has a tree for each, such as `memory`
 */
export function groupFiles(
  { groups, read }: ControlGroups,
  controller: string,
  name: string,
): string[] {
  const trees = [
    [ROOT, /^0::(.*)$/m],
    [`${ROOT}/${controller}`, new RegExp(`^\\d+:(?:.*,)?${controller}(?:,.*)?:(.*)$`, 'm')],
  ] as const;
  return trees.flatMap(([root, line]) => {
    const [, path] = line.exec(groups) ?? [];
    if (path === undefined) return [];
    const parts = path.split('/').filter((part) => part !== '');
    const directories = [...parts, ''].map((_, above) =>
      [root, ...parts.slice(0, parts.length - above)].join('/'),
    );
    return directories.map((directory) => read(`${directory}/${name}`)).filter(Boolean);
  });
}

/** The text of a file, or nothing where it cannot be read. */
export function textOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
