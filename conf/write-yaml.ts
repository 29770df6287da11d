/** Values of keys as the text of a configuration file, in the layout of the original. */

import { stringify } from 'yaml';
import { SETTINGS } from './settings.ts';

export interface Written {
  readonly value: unknown;
  /** What stands behind it, as a comment. */
  readonly note?: string | undefined;
}

/** Below `daemon:`, in the order of the schema. */
export function writeYaml(values: ReadonlyMap<string, Written>): string {
  const lines = ['daemon:'];
  let sections: readonly string[] = [];
  for (const key of SETTINGS.keys()) {
    const written = values.get(key);
    if (written === undefined) continue;
    const names = key.split('.');
    const path = names.slice(0, -1);
    for (const [index, name] of path.entries()) {
      if (index < sections.length && path.slice(0, index + 1).every((n, i) => sections[i] === n)) {
        continue;
      }
      lines.push(`${indent(index)}${name}:`);
    }
    sections = path;
    const note = written.note === undefined ? '' : ` # ${oneLine(written.note)}`;
    lines.push(`${indent(path.length)}${names.at(-1)}: ${flow(written.value)}${note}`);
  }
  return lines.length === 1 ? 'daemon: {}\n' : `${lines.join('\n')}\n`;
}

/** Text on one line, whatever it holds. */
export function flow(value: unknown): string {
  const text = stringify(value, { collectionStyle: 'flow', lineWidth: 0, singleQuote: false });
  // What needs more than one line is quoted, as JSON is.
  return /\n./.test(text) ? JSON.stringify(value) : text.trimEnd();
}

export function oneLine(text: string): string {
  return text.replaceAll(/[^\P{C} ]/gu, '?');
}

function indent(depth: number): string {
  return '  '.repeat(depth + 1);
}
