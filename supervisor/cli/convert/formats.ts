/** `goxel-supervisor formats`: the file formats, what they keep, and their options. */

import { type FormatFacts, formatFacts } from '../../../engine/conversion/formats.ts';
import type { CommandLine } from '../args.ts';
import { columns } from '../columns.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { writeData } from '../output.ts';
import { requireFormat } from './plan.ts';

type Line = Extract<CommandLine, { command: 'formats' }>;

export async function formats({ options: { json }, positionals }: Line): Promise<ExitCode> {
  const [asked] = positionals;
  requireFormat('FORMAT', asked);
  const facts = formatFacts(asked);
  const text = json === true ? JSON.stringify(facts, undefined, 2) : tableOf(facts);
  await writeData(`${text}\n`);
  return EXIT.OK;
}

const HEAD = ['FORMAT', 'EXTENSIONS', 'READ', 'WRITTEN', 'KEEPS'];

function tableOf(facts: readonly FormatFacts[]): string {
  const rows = facts.map((one) => [
    ...[one.name, one.extensions.map((extension) => `.${extension}`).join(' ')],
    ...[one.reads ? 'yes' : '–', one.writes ? 'yes' : '–'],
    keptBy(one),
  ]);
  const widths = HEAD.map((head, at) => {
    return Math.max(head.length, ...rows.map((row) => row[at]!.length));
  });
  const lines = [HEAD, ...rows].map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at]!))
      .join('  ')
      .trimEnd(),
  );
  const asked = facts.filter(({ reading, writing }) => reading.length + writing.length > 0);
  const options = asked.map(({ name, reading, writing }): [string, string] => [
    name,
    [part('read', reading), part('written', writing)].filter((text) => text !== '').join('; '),
  ]);
  if (options.length === 0) return lines.join('\n');
  return [...lines, '', 'Options of `convert` that are about one:', ...columns(options, 100)].join(
    '\n',
  );
}

/** In words, what is written of a project. */
function keptBy({ keeps, writes }: FormatFacts): string {
  if (keeps === undefined) return writes ? 'a picture of the model' : '';
  const { colors, ...more } = keeps;
  const count = typeof colors === 'number' ? `${colors} colors` : 'colors';
  const others = Object.entries(more).flatMap(([name, kept]) => (kept ? [name] : []));
  return [...(colors === false ? [] : [count]), ...others].join(', ');
}

function part(title: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  return `${title}: ${names.map((name) => `--${name.replaceAll('_', '-')}`).join(' ')}`;
}
