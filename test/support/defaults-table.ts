/** The second table of engine/README.md: what the defaults do better than like Goxel. */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ASPECTS, type Kept, type Otherwise } from './corpus-defaults.ts';

const README = fileURLToPath(new URL('../../../engine/README.md', import.meta.url));
const BEGIN = '<!-- defaults: npm run corpus -->\n';
const END = '<!-- /defaults -->\n';

const TITLES = {
  voxels: 'what is seen',
  place: 'in its place',
  colours: 'in its colours',
  layers: 'in its layers',
} as const;

function table(kept: readonly Kept[]): string {
  const rows = kept.map(({ format, models, goxel, ours }) => [
    format,
    ...ASPECTS.map((aspect) => {
      const [before, now] = [goxel[aspect], ours[aspect]];
      return before === now ? `${now} of ${models}` : `${before} → **${now}** of ${models}`;
    }),
  ]);
  const lines = [
    ['', ...ASPECTS.map((aspect) => TITLES[aspect])],
    ['---', ...ASPECTS.map(() => '---')],
  ];
  return [...lines, ...rows].map((line) => `| ${line.join(' | ')} |\n`).join('');
}

function list(others: readonly Otherwise[]): string {
  return others
    .map(
      ({ format, name, goxel, ours }) =>
        `- **${format}**, ${name}: like Goxel ${goxel}; by default ${ours}.\n`,
    )
    .join('');
}

function textOf(kept: readonly Kept[], others: readonly Otherwise[]): string {
  return `${table(kept)}\n${list(others)}`;
}

function section(): { text: string; from: number; to: number } {
  const text = readFileSync(README, 'utf8');
  const [from, to] = [text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END)];
  if (from < BEGIN.length || to < from) throw new Error(`${README} has no place for the defaults`);
  return { text, from, to };
}

/** Writes table and list anew. */
export function updateDefaults(kept: readonly Kept[], others: readonly Otherwise[]): void {
  const { text, from, to } = section();
  writeFileSync(README, text.slice(0, from) + textOf(kept, others) + text.slice(to));
}

/** Whether README says just this. */
export function saysDefaults(kept: readonly Kept[], others: readonly Otherwise[]): boolean {
  const { text, from, to } = section();
  return text.slice(from, to) === textOf(kept, others);
}
