/**
 * The corpus: models and files with their truth, in what ways we are compared with real Goxel on
 * each, and whether the outcomes are those expected (`corpus-differences.ts`).
 */

import { type Check, EXPECTED } from './corpus-differences.ts';
import { type Fixture, models, published } from './fixtures.ts';

export interface Outcome {
  readonly format: string;
  readonly check: Check;
  /** The model, with the end of the file's name where it has several; or the file. */
  readonly name: string;
  /** `same`, or what is not. */
  readonly verdict: string;
}

/** Outcomes that are expected not to be `same`, with one reason. */
export interface Difference {
  readonly format: string;
  readonly check: Check;
  readonly verdict: string;
  readonly names: readonly string[];
  readonly reason: string;
}

export const DIFFERENCES: readonly Difference[] = Object.entries(EXPECTED).flatMap(
  ([format, checks]) =>
    Object.entries(checks).flatMap(([check, entries]) =>
      entries.map(([verdict, names, reason]) => {
        return { format, check: check as Check, verdict, names: names.split(' '), reason };
      }),
    ),
);

/** The outcomes that are not as expected, and the differences that are no more. */
export function surprises(outcomes: readonly Outcome[]): string[] {
  const key = (outcome: Omit<Outcome, 'verdict'>) =>
    `${outcome.format}, ${outcome.check}, ${outcome.name}`;
  const expected = new Map<string, string>();
  const compared = new Set(outcomes.map(({ format, check }) => `${format}, ${check}`));
  for (const { format, check, verdict, names } of DIFFERENCES) {
    if (!compared.has(`${format}, ${check}`)) continue;
    for (const name of names) expected.set(key({ format, check, name }), verdict);
  }
  const found: string[] = [];
  for (const outcome of outcomes) {
    const { verdict } = outcome;
    const before = expected.get(key(outcome)) ?? 'same';
    if (verdict !== before) found.push(`${key(outcome)}: ${verdict}, expected ${before}`);
    expected.delete(key(outcome));
  }
  if (WHOLE) found.push(...[...expected.keys()].map((name) => `${name}: was not compared`));
  return found;
}

/** Whether the larger corpus is there, files by other programs among it. */
export const WHOLE = published('vox').length > 0;

/** The models, those of the larger corpus when it is there. */
export function corpusModels(): Fixture[] {
  return largest(models());
}

/** Of fixtures in both corpora, those of the larger one. */
export function largest<T extends { readonly title: string }>(fixtures: readonly T[]): T[] {
  const larger = fixtures.filter(({ title }) => title.startsWith('corpus'));
  return larger.length > 0 ? larger : [...fixtures];
}
