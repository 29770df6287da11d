/**
 * `npm run bench -- edits render --beside DIST`: the same groups of this build and of another one,
 * such as that of the commit before, in turns. What counts is the median of the ratios between
 * neighbours in time, row by row, of what each prints in its columns.
 */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, table } from './table.ts';

/** Numbers of one run by row and column. */
type Figures = ReadonlyMap<string, ReadonlyMap<string, number>>;

export interface Beside {
  readonly group: string;
  /** The `dist` of the other build. */
  readonly dist: string;
  readonly turns: number;
  readonly args: readonly string[];
}

export function compareBuilds({ group, dist, turns, args }: Beside): void {
  const here = fileURLToPath(new URL('../..', import.meta.url));
  const runs = Array.from({ length: turns }, (_, turn) => {
    // Who comes first may have the warmer machine.
    const order = turn % 2 === 0 ? [here, dist] : [dist, here];
    const figures = new Map(order.map((one) => [one, figuresOf(run(one, group, args))]));
    return { ours: figures.get(here)!, theirs: figures.get(dist)! };
  });
  console.log(report(runs));
}

function run(dist: string, group: string, args: readonly string[]): string {
  const script = join(dist, 'test/bench', `${group}.js`);
  const { status, stdout } = spawnSync(process.execPath, [script, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`${script} ended with ${status}`);
  return stdout;
}

/** Of Markdown tables, and of lines such as `name: 12 ms, processor 10 ms (prepare 3.1)`. */
function figuresOf(output: string): Figures {
  const figures = new Map<string, Map<string, number>>();
  let head: string[] | undefined;
  for (const line of output.split('\n')) {
    const cells = line.split('|').slice(1, -1);
    const [name = '', ...rest] = cells.map((cell) => cell.trim());
    if (cells.length === 0) {
      head = undefined;
      const [, title, numbers] = /^(.+?): (\d.*)$/.exec(line) ?? [];
      if (title !== undefined) figures.set(title, listed(`all ${numbers}`));
    } else if (head === undefined) head = rest;
    else if (!name.startsWith('--')) {
      const numbers = rest.map((cell, i) => [head![i]!, Number.parseFloat(cell)] as const);
      figures.set(name, new Map(numbers.filter(([, number]) => !Number.isNaN(number))));
    }
  }
  return figures;
}

function listed(text: string): Map<string, number> {
  const pairs = [...text.matchAll(/([a-z]+) ([\d.]+)/g)];
  return new Map(pairs.map(([, name, number]) => [name!, Number(number)]));
}

/** This build's numbers as parts of the other's. */
function report(runs: readonly { ours: Figures; theirs: Figures }[]): string {
  const [first] = runs;
  const columns = new Set([...first!.ours.values()].flatMap((row) => [...row.keys()]));
  const rows = [...first!.ours.keys()].map((name) => {
    const cells = [...columns].map((column) => {
      const ratios = runs.flatMap(({ ours, theirs }) => {
        const [a, b] = [ours.get(name)?.get(column), theirs.get(name)?.get(column)];
        return a === undefined || b === undefined || b === 0 ? [] : [a / b];
      });
      return ratios.length === 0 ? '–' : median(ratios).toFixed(2);
    });
    return [name, ...cells];
  });
  return table(['beside the other build', ...columns], rows);
}
