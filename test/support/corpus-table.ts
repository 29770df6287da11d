/** The table of outcomes in engine/README.md, between two comments there, and the list below it. */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DIFFERENCES, type Outcome, WHOLE } from './corpus.ts';
import type { Check } from './corpus-differences.ts';

const README = fileURLToPath(new URL('../../../engine/README.md', import.meta.url));
const BEGIN = '<!-- corpus: npm run corpus -->\n';
const END = '<!-- /corpus -->\n';

/** The columns, in the order of the table. */
const TITLES: Readonly<Record<Check, string>> = {
  save: "same as Goxel's file",
  'read back': 'read back',
  'Goxel reads': 'Goxel reads it',
  "read Goxel's": "Goxel's files",
  'Goxel writes': "Goxel 0.11's",
  load: 'other files',
  resave: 'after a save',
  'Goxel reopens': 'in Goxel',
};
const CHECKS = Object.keys(TITLES) as Check[];

/** How many are the same of how many, for each format and check. */
function cells(outcomes: readonly Outcome[]): Map<string, Map<Check, string>> {
  const counts = new Map<string, Map<Check, { same: number; all: number }>>();
  for (const { format, check, verdict } of outcomes) {
    const row = counts.get(format) ?? new Map<Check, { same: number; all: number }>();
    counts.set(format, row);
    const count = row.get(check) ?? { same: 0, all: 0 };
    row.set(check, count);
    count.all++;
    if (verdict === 'same') count.same++;
  }
  const text = new Map<string, Map<Check, string>>();
  for (const [format, row] of counts) {
    const of = [...row].map(([check, { same, all }]) => [check, `${same} of ${all}`] as const);
    text.set(format, new Map(of));
  }
  return text;
}

/** One line for each reason: what it is about, the names, the reason. */
function list(): string {
  return DIFFERENCES.map(({ format, check, names, reason }) => {
    return `- **${format}**, ${TITLES[check]}: ${names.join(', ')}. ${reason}\n`;
  }).join('');
}

function table(outcomes: readonly Outcome[]): string {
  const lines = [
    ['', ...CHECKS.map((check) => TITLES[check])],
    ['---', ...CHECKS.map(() => '---')],
    ...[...cells(outcomes)].map(([format, row]) => [
      format,
      ...CHECKS.map((check) => row.get(check) ?? ''),
    ]),
  ];
  return lines.map((line) => `| ${line.join(' | ')} |\n`).join('');
}

function section(): { text: string; from: number; to: number } {
  const text = readFileSync(README, 'utf8');
  const [from, to] = [text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END)];
  if (from < BEGIN.length || to < from) throw new Error(`${README} has no place for the table`);
  return { text, from, to };
}

/** Writes table and list anew. */
export function updateReadme(outcomes: readonly Outcome[]): void {
  const { text, from, to } = section();
  const own = `${table(outcomes)}\n${list()}`;
  writeFileSync(README, text.slice(0, from) + own + text.slice(to));
}

/** What README says otherwise than these outcomes, if they are of the whole corpus. */
export function readmeFaults(outcomes: readonly Outcome[]): string[] {
  const { text, from, to } = section();
  const own = text.slice(from, to);
  const faults = own.endsWith(`\n\n${list()}`) ? [] : ['the list of differences is another'];
  if (!WHOLE) return faults;
  const said = new Map<string, string>();
  for (const line of own.split('\n').filter((row) => row.startsWith('| '))) {
    const [format, ...row] = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    for (const [i, check] of CHECKS.entries()) said.set(`${format}, ${check}`, row[i]!);
  }
  for (const [format, row] of cells(outcomes)) {
    for (const [check, cell] of row) {
      const there = said.get(`${format}, ${check}`);
      if (there !== cell) faults.push(`${format}, ${check}: ${there} should be ${cell}`);
    }
  }
  return faults.map((fault) => `engine/README.md: ${fault}; npm run corpus writes it anew`);
}
