/** What one metric is, and the ways to write one down. */

import type { MetricFacts } from './facts.ts';

export type Labels = Readonly<Record<string, string>>;
export type Samples = Iterable<readonly [Labels, number]>;

export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  readonly labels: readonly string[];
  /** At one moment. */
  read(facts: MetricFacts): number | Samples;
}

export type Read = Family['read'];

export const gauge = (name: string, help: string, read: Read, ...labels: string[]): Family => {
  return { name, help, type: 'gauge', labels, read };
};

export const counter = (name: string, help: string, read: Read, ...labels: string[]): Family => {
  return { name, help, type: 'counter', labels, read };
};

/** A sample for each entry, labelled by its key. */
export function* by(label: string, counts: Iterable<readonly [string, number]>): Samples {
  for (const [value, count] of counts) yield [{ [label]: value }, count];
}

/** How many there are of each value; values that are named are told with 0 when there are none. */
export function census(
  label: string,
  values: Iterable<string>,
  named: readonly string[] = [],
): Samples {
  const counts = new Map(named.map((value) => [value, 0]));
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return by(label, counts);
}
