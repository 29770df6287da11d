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
import { SECTIONS, SETTINGS } from './settings.ts';
import { V14_RENAMED, V14_UNUSED } from './v14.ts';

const V14_ROOT = 'daemon';
const V14_KEYS = [...V14_RENAMED.keys(), ...V14_UNUSED.keys()];
const V14_SECTIONS = new Set(
  V14_KEYS.flatMap((key) =>
    key
      .split('.')
      .slice(0, -1)
      .map((_, index, names) => names.slice(0, index + 1).join('.')),
  ),
);

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
  const readSection = (map: YAMLMap, section: string, v14: boolean): void => {
    for (const pair of map.items) {
      const origin = placeOf(pair.key, name);
      const key = section + String(isScalar(pair.key) ? pair.key.value : pair.key);
      const today = (v14 ? V14_RENAMED.get(key) : undefined) ?? key;
      const node = isAlias(pair.value) ? pair.value.resolve(document) : pair.value;
      if (key === V14_ROOT && !v14) {
        if (isMap(node)) readSection(node, '', true);
        else if (!isNothing(node)) source.problems.push(`${origin}: ${key}: expected a section`);
      } else if (v14 && V14_UNUSED.has(key)) {
        noteUnused(source, origin, key, toValue(node));
      } else if (SETTINGS.has(today)) {
        readSetting(today, node, origin);
      } else if (SECTIONS.has(key) || (v14 && V14_SECTIONS.has(key))) {
        if (isMap(node)) readSection(node, `${key}.`, v14);
        else if (!isNothing(node)) source.problems.push(`${origin}: ${key}: expected a section`);
      } else {
        const known = [...SETTINGS.keys(), ...SECTIONS.keys(), ...(v14 ? V14_KEYS : [])];
        source.problems.push(unknownKey(origin, key, known));
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
  if (isMap(root)) readSection(root, '', false);
  else if (!isNothing(root))
    source.problems.push(`${name}:1:1: expected sections, such as limits:`);
  return source;
}

function isNothing(node: unknown): boolean {
  return node === null || node === undefined || (isScalar(node) && node.value === null);
}

function noteUnused(source: Source, origin: string, key: string, value: unknown): void {
  const unused = V14_UNUSED.get(key);
  if (unused === undefined || ('fits' in unused && unused.fits === value)) return;
  const message = `${origin}: ${V14_ROOT}.${key} has no effect: ${unused.instead}`;
  (unused.fatal ? source.problems : source.warnings).push(message);
}
