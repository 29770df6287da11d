/** An older configuration as one of today, with what became of each of its keys. */

import type { YAMLMap } from 'yaml';
import { contradictions } from '../contradictions.ts';
import { configOf, defaults } from '../load.ts';
import { readYaml, type YamlText } from '../yaml.ts';
import { fit } from './fit.ts';
import { LAYOUTS, layoutOf, ruleOf } from './layouts.ts';
import type { Layout, Outcome } from './rule.ts';

/** A key of the older file, and what became of it. */
export interface Move {
  readonly from: string;
  /** Where it stands: `daemon_config.json:6:5`. */
  readonly origin: string;
  /** Its value; undefined where it must not be shown. */
  readonly before: unknown;
}

export interface Kept extends Move {
  readonly key: string;
  readonly value: unknown;
  readonly note: string | undefined;
}

export interface Unused extends Move {
  /** What to do instead, or why nothing has to be done. */
  readonly instead: string;
}

export interface Migration {
  readonly layout: Layout;
  readonly kept: readonly Kept[];
  readonly unused: readonly Unused[];
}

/** One key of the older file that has a value, and no more below it. */
interface Leaf {
  readonly key: string;
  readonly value: unknown;
  readonly written: string | undefined;
  readonly origin: string;
}

/** `problems` say why the text is no older configuration. */
export type Migrated = Migration | { readonly problems: readonly string[] };

/** @param name the file's, for messages */
export function migrate(text: string, name: string): Migrated {
  const yaml = readYaml(text, name);
  if (yaml.problems.length > 0) return { problems: yaml.problems };
  const leaves = yaml.root === undefined ? [] : leavesOf(yaml, yaml.root, '');
  if (leaves.length === 0) return { problems: [`${name}: has no keys`] };
  const layout = layoutOf(leaves.map(({ key }) => key));
  if (layout === undefined) {
    const known = LAYOUTS.map(({ title }) => title).join('; ');
    return { problems: [`${name}: its keys are of no layout that is known, which are: ${known}`] };
  }
  return moveAll(leaves, layout, text.trimStart().startsWith('{'));
}

function leavesOf(yaml: YamlText, section: YAMLMap, above: string): Leaf[] {
  return yaml.entriesOf(section).flatMap((entry): Leaf[] => {
    const key = above + entry.name;
    if (entry.section !== undefined && entry.section.items.length > 0) {
      return leavesOf(yaml, entry.section, `${key}.`);
    }
    const value = entry.section === undefined ? entry.value : {};
    return [{ key, value, written: entry.written, origin: entry.origin }];
  });
}

function moveAll(leaves: readonly Leaf[], layout: Layout, isJson: boolean): Migration {
  const others = new Map(leaves.map(({ key, value }) => [key, value]));
  const kept = new Map<string, Kept>();
  const unused: Unused[] = [];
  for (const leaf of leaves) {
    const rule = ruleOf(layout, leaf.key);
    const move = { from: leaf.key, origin: leaf.origin, before: leaf.value };
    if (leaf.value === null || leaf.value === undefined) {
      unused.push({ ...move, instead: 'is empty, so that the default holds' });
    } else if (rule === undefined) {
      unused.push({ ...move, instead: `is no key of ${layout.title}` });
    } else {
      for (const outcome of rule(leaf.value, others)) {
        const moved = moveOne(leaf, move, outcome, isJson);
        const before = 'key' in moved ? kept.get(moved.key) : undefined;
        if ('instead' in moved) unused.push(moved);
        else if (before === undefined) kept.set(moved.key, moved);
        else unused.push({ ...move, instead: `${before.from} gave ${moved.key} its value` });
      }
    }
  }
  unused.push(...settle(kept));
  return { layout, kept: [...kept.values()], unused };
}

function moveOne(leaf: Leaf, move: Move, outcome: Outcome, isJson: boolean): Kept | Unused {
  if ('instead' in outcome) {
    const { instead, secret } = outcome;
    return secret ? { ...move, before: undefined, instead } : { ...move, instead };
  }
  const { key, value } = outcome;
  // What a rule has made of the value no longer stands in the file.
  const written = value === leaf.value ? leaf.written : undefined;
  const fitted = fit(key, value, written, isJson);
  if ('refused' in fitted) return { ...move, instead: fitted.refused };
  const notes = [outcome.note, fitted.note].filter((note) => note !== undefined);
  return {
    ...move,
    key,
    value: fitted.value,
    note: notes.length === 0 ? undefined : notes.join('; '),
  };
}

/** Takes out what does not go together, until the rest does. */
function settle(kept: Map<string, Kept>): Unused[] {
  const unused: Unused[] = [];
  for (;;) {
    const values = defaults();
    for (const { key, value } of kept.values()) values.set(key, value);
    const [conflict] = contradictions(configOf(values)).flatMap(({ keys, problem }) => {
      const found = keys.map((key) => kept.get(key)).find((one) => one !== undefined);
      return found === undefined ? [] : [{ found, problem }];
    });
    if (conflict === undefined) return unused;
    const { found, problem } = conflict;
    kept.delete(found.key);
    const { from, origin, before, key } = found;
    unused.push({
      from,
      origin,
      before,
      instead: `would be ${key}, but ${problem((other) => other)}`,
    });
  }
}
