/** A configuration file as assignments that know their line and column. */

import { emptySource, type Source, unknownKey } from './assignment.ts';
import { FORMER_KEYS, FORMER_SECTIONS, keyOfToday } from './former-keys.ts';
import { SECTIONS, SETTINGS } from './settings.ts';
import { type Entry, readYaml } from './yaml.ts';

/** The root of the original's file; ours may leave it out. */
const ROOT = 'daemon';

const KNOWN = [...SETTINGS.keys(), ...SECTIONS.keys()];
const TAKEN = [...KNOWN, ...FORMER_KEYS.keys(), ...FORMER_SECTIONS];

/** Reads the text of a file; `name` stands in messages. Never throws for what the text holds. */
export function fromYaml(text: string, name: string): Source {
  const { root, problems, entriesOf } = readYaml(text, name);
  const source = emptySource();
  source.problems.push(...problems);

  /** Goes through a section; `section` is the key so far, '' or ending in '.'. */
  const readSection = (entries: readonly Entry[], section: string, isRoot: boolean): void => {
    const first = new Map<string, string>();
    for (const entry of entries) {
      const key = section + entry.name;
      const before = first.get(key);
      if (before !== undefined) {
        source.problems.push(`${entry.origin}: ${key} stands here twice, first at ${before}`);
        continue;
      }
      first.set(key, entry.origin);
      const below = isRoot && key === ROOT ? '' : `${key}.`;
      if (SETTINGS.has(keyOfToday(key))) readSetting(key, entry);
      else if (below === '' || SECTIONS.has(key) || FORMER_SECTIONS.has(key)) {
        if (entry.section !== undefined) readSection(entriesOf(entry.section), below, false);
        else if (!entry.isEmpty) source.problems.push(noSection(key, entry));
      } else if (entry.name === '<<') {
        source.problems.push(`${entry.origin}: merge keys (<<) are not taken; write the keys`);
      } else source.problems.push(unknownKey(entry.origin, key, nearTo(section)));
    }
  };

  const readSetting = (written: string, entry: Entry): void => {
    // A key left empty keeps its default.
    if (entry.isEmpty) return;
    const key = keyOfToday(written);
    // Where text is wanted, what is written counts: `0600`, or the number of a user.
    const asText = SETTINGS.get(key)?.type === 'text' ? entry.written : undefined;
    const value = entry.section === undefined ? (asText ?? entry.value) : {};
    source.assignments.push({ key, value, origin: entry.value_origin, written });
  };

  if (root !== undefined) readSection(entriesOf(root), '', true);
  return source;
}

function noSection(key: string, { origin }: Entry): string {
  const below = KNOWN.find((known) => key === ROOT || known.startsWith(`${key}.`));
  const example = below === undefined ? '' : `, such as ${below.split('.').at(-1)}:`;
  return `${origin}: ${key}: expected a section${example}`;
}

/** Names for "did you mean": those of the section first, which are as near as they are alike. */
function nearTo(section: string): string[] {
  const siblings = TAKEN.filter((key) => key.startsWith(section));
  return section === '' ? KNOWN : [...siblings, ...KNOWN];
}
