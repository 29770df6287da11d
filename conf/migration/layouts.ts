/** The layouts that are known, and which of them a file has. */

import { FORMER_KEYS, keyOfToday } from '../former-keys.ts';
import { SETTINGS } from '../settings.ts';
import { DAEMON_CONFIG_JSON } from './daemon-config-json.ts';
import { DOCUMENTS } from './documents.ts';
import { RELEASE } from './release.ts';
import { type Layout, type Rule, to } from './rule.ts';
import { STRUCTURES } from './structures.ts';

/** Ours, with the keys of before, and the layout of the v14.6 design, whose root is `daemon:`. */
export const OURS: Layout = {
  name: 'goxel-supervisor',
  title: 'the configuration of goxel-supervisor, or of the v14.6 design',
  rules: Object.fromEntries(
    [...SETTINGS.keys(), ...FORMER_KEYS.keys()].flatMap((key): [string, Rule][] => [
      [key, to(keyOfToday(key))],
      [`daemon.${key}`, to(keyOfToday(key))],
    ]),
  ),
};

/** Where two fit alike, the first is taken. */
export const LAYOUTS: readonly Layout[] = [
  OURS,
  DAEMON_CONFIG_JSON,
  RELEASE,
  DOCUMENTS,
  STRUCTURES,
];

/** A file that has fewer keys of a layout is of another program, or full of mistakes. */
const SHARE_MIN = 0.5;

/** Keys that files of all programs have. */
const OF_ANY_PROGRAM: ReadonlySet<string> = new Set(['$schema', 'version', 'description']);

/** The layout that knows most of the keys. */
export function layoutOf(all_keys: readonly string[]): Layout | undefined {
  const keys = all_keys.filter((key) => !OF_ANY_PROGRAM.has(key));
  let best: Layout | undefined;
  let best_share = 0;
  for (const layout of LAYOUTS) {
    const known = keys.filter((key) => ruleOf(layout, key) !== undefined).length;
    const share = known / keys.length;
    if (share < SHARE_MIN || share <= best_share) continue;
    best = layout;
    best_share = share;
  }
  return best;
}

export function ruleOf({ rules }: Layout, key: string): Rule | undefined {
  if (Object.hasOwn(rules, key)) return rules[key];
  const names = key.split('.');
  for (let depth = names.length - 1; depth > 0; depth--) {
    const pattern = `${names.slice(0, depth).join('.')}.*`;
    if (Object.hasOwn(rules, pattern)) return rules[pattern];
  }
  return undefined;
}
