/** A configuration file, YAML 1.2, as assignments that know their line and column. */

import {
  isAlias,
  isMap,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import { type Source, unknownKey } from './assignment.ts';
import { FORMER_SECTIONS, keyOfToday } from './former-keys.ts';
import { SECTIONS, SETTINGS } from './settings.ts';

/** The root of the original's file; ours may leave it out. */
const ROOT = 'daemon';

/** Reads the text of a file; `name` stands in messages. Never throws for what the text holds. */
export function fromYaml(text: string, name: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const source: Source = { assignments: [], problems: [], warnings: [] };
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  for (const flaw of [...document.errors, ...document.warnings]) {
    source.problems.push(`${at(flaw.pos[0])}: ${flaw.message}`);
  }
  if (source.problems.length > 0) return source;

  const placeOf = (node: unknown, otherwise: string): string => {
    const range = (node as Node | null)?.range;
    return range ? at(range[0]) : otherwise;
  };

  /** Goes through a section; `section` is the key so far, '' or ending in '.'. */
  const readSection = (map: YAMLMap, section: string, isRoot: boolean): void => {
    for (const pair of map.items) {
      const origin = placeOf(pair.key, name);
      const key = section + String(isScalar(pair.key) ? pair.key.value : pair.key);
      const node = isAlias(pair.value) ? pair.value.resolve(document) : pair.value;
      const isBelow = isRoot && key === ROOT;
      if (SETTINGS.has(keyOfToday(key))) {
        readSetting(keyOfToday(key), node, origin);
      } else if (isBelow || SECTIONS.has(key) || FORMER_SECTIONS.has(key)) {
        if (isMap(node)) readSection(node, isBelow ? '' : `${key}.`, false);
        else if (!isNothing(node)) source.problems.push(`${origin}: ${key}: expected a section`);
      } else {
        source.problems.push(unknownKey(origin, key, [...SETTINGS.keys(), ...SECTIONS.keys()]));
      }
    }
  };

  const readSetting = (key: string, node: unknown, origin: string): void => {
    const setting = SETTINGS.get(key);
    // A key left empty keeps its default.
    if (isNothing(node)) return;
    // 0600 is the number 600 to YAML: where text is wanted, what is written counts.
    const written = isScalar(node) && typeof node.value !== 'string' ? node.source : undefined;
    const value = setting?.type === 'text' && written !== undefined ? written : toValue(node);
    source.assignments.push({ key, value, origin: placeOf(node, origin) });
  };

  const toValue = (node: unknown): unknown =>
    isScalar(node) ? node.value : (node as Node).toJS(document);

  const root = document.contents;
  if (isMap(root)) readSection(root, '', true);
  else if (!isNothing(root))
    source.problems.push(`${name}:1:1: expected sections, such as limits:`);
  return source;
}

function isNothing(node: unknown): boolean {
  return node === null || node === undefined || (isScalar(node) && node.value === null);
}
