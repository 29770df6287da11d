/** What became of an older configuration, as a file of today and as sentences. */

import { flow, oneLine, type Written, writeYaml } from '../write-yaml.ts';
import type { Migration, Move } from './migrate.ts';

const VALUE_LENGTH_MAX = 60;

/** The configuration of today; what has no counterpart stands in comments at its top. */
export function migratedYaml(migration: Migration, file: string): string {
  const { layout, kept, unused } = migration;
  const values = new Map<string, Written>(
    kept.map(({ key, value, note }) => [key, { value, note }]),
  );
  const head = [
    `# Made by goxel-supervisor config migrate from ${file},`,
    `# ${layout.title}.`,
    ...(unused.length === 0 ? [] : ['#', '# Keys of it that have no counterpart here:', '#']),
    ...unused.map((move) => `#   ${keyAndValue(move)}: ${move.instead}`),
    '',
  ];
  return `${head.map(oneLine).join('\n')}\n${writeYaml(values)}`;
}

/** A sentence for each key that is not as before. */
export function migrationNotes({ kept, unused }: Migration): string[] {
  return [
    ...unused.map((move) => `${move.origin}: ${keyAndValue(move)}: ${move.instead}`),
    ...kept.flatMap((move) => {
      const { origin, key, value, note } = move;
      if (note === undefined) return [];
      return [`${origin}: ${keyAndValue(move)} is now ${key}: ${flow(value)}: ${note}`];
    }),
  ].map(oneLine);
}

function keyAndValue({ from, before }: Move): string {
  if (before === undefined) return `${from} (not shown)`;
  const text = flow(before);
  const cut = text.length > VALUE_LENGTH_MAX ? `${text.slice(0, VALUE_LENGTH_MAX)}…` : text;
  return `${from}: ${cut}`;
}
