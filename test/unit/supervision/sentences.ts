/** The sentences of the specification, which are the names of its tests. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../support/modules.ts';

const TEXT = readFileSync(join(ROOT, 'machines/supervision/SPECIFICATION.md'), 'utf8');

/** By number; a sentence goes on over the lines that are indented below it. */
export const SENTENCES: ReadonlyMap<string, string> = new Map(
  [...TEXT.matchAll(/^- \*\*(\d+\.\d+)\*\* (.*(?:\n {2}.*)*)/gm)].map(([, number, sentence]) => [
    number ?? '',
    (sentence ?? '').replace(/\s+/g, ' '),
  ]),
);

/** The name of the test of a sentence. */
export function sentence(number: string): string {
  const text = SENTENCES.get(number);
  if (text === undefined) throw new Error(`the specification has no sentence ${number}`);
  return `${number} ${text}`;
}
