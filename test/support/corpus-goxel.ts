/** Debian's Goxel 0.11 asked about the whole corpus: what it reads of ours, what it writes. */

import type { Document } from '../../engine/document/document.ts';
import { corpusModels, type Outcome } from './corpus.ts';
import type { Check } from './corpus-differences.ts';
import { readableInputs } from './corpus-load.ts';
import { attempt, SAVINGS, savedAs, verdictOn } from './corpus-save.ts';
import { open, readAs, written } from './documents.ts';
import { type Goxel, sortedLines } from './goxel.ts';

/** What Goxel 0.11 reads on its command line. */
const GOXEL_READS = ['gox', 'vox', 'qb', 'kvx', 'kv6', 'vxl', 'txt'];

/** What it writes there, and we read. */
const GOXEL_WRITES = ['vox', 'qb', 'kvx', 'vxl', 'txt', 'obj', 'ply', 'gltf'];

/** A megabyte of text takes it seconds. */
const VOXELS_MAX = 100_000;

/** A question for Goxel, and what we say when it has answered. */
export interface Question {
  readonly format: string;
  readonly check: Check;
  readonly name: string;
  answer(): string;
}

/** The answers, each in its turn; it is Goxel's failure when there is none. */
export function outcomesOf(questions: readonly Question[]): Outcome[] {
  return questions.map(({ format, check, name, answer }) => {
    return { format, check, name, verdict: attempt(answer) };
  });
}

const among = (formats: readonly string[]) =>
  SAVINGS.filter(({ format }) => formats.includes(format));

/** Whether Goxel reads our files as we do, of all those formats or of some. */
export function readingQuestions(goxel: Goxel, formats = GOXEL_READS): Question[] {
  const questions: Question[] = [];
  for (const fixture of corpusModels()) {
    const document = plain(open(fixture));
    if (document.merged().count() > VOXELS_MAX) continue;
    for (const own of among(formats)) {
      const file = attemptFile(() => savedAs(own, document));
      if (file === undefined) continue;
      const name = `${fixture.name}.${own.extension}`;
      goxel.add(name, () => file);
      goxel.convert(name, `${name}.txt`);
      questions.push({
        format: own.format,
        check: 'Goxel reads',
        name: fixture.name,
        answer: () => sameText(readAs(own.format, file), goxel.result(`${name}.txt`)),
      });
    }
  }
  return questions;
}

/** Whether Goxel reads what we make of the files by others, once it is saved as .gox. */
export function reopeningQuestions(goxel: Goxel): Question[] {
  return readableInputs().flatMap(({ format, name, document }) => {
    plain(document);
    if (document.merged().count() > VOXELS_MAX) return [];
    goxel.add(`${name}.gox`, () => written(document, 'gox'));
    goxel.convert(`${name}.gox`, `${name}.gox.txt`);
    const answer = () => sameText(document, goxel.result(`${name}.gox.txt`));
    return [{ format, check: 'Goxel reopens', name, answer }];
  });
}

/** Whether we read what Goxel makes of the models. It gets them as text. */
export function writingQuestions(goxel: Goxel): Question[] {
  const questions: Question[] = [];
  for (const fixture of corpusModels()) {
    const document = open(fixture);
    if (document.merged().count() > VOXELS_MAX) continue;
    const text = written(document, 'txt');
    const model = readAs('txt', text);
    goxel.add(`${fixture.name}.txt`, () => text);
    for (const own of among(GOXEL_WRITES)) {
      const name = `${fixture.name}.out.${own.extension}`;
      goxel.convert(`${fixture.name}.txt`, name);
      questions.push({
        format: own.format,
        check: 'Goxel writes',
        name: fixture.name,
        answer: () => verdictOn(own, model, goxel.result(name), { y_up: own.format === 'gltf' }),
      });
    }
  }
  return questions;
}

/**
 * With clones and shapes made plain layers: Goxel's command line adds a file to a new image, where
 * a clone of layer 2 finds the wrong base and the image box is another.
 */
function plain(document: Document): Document {
  document.refresh();
  for (const layer of document.layers) if (layer.derived) layer.makePlain();
  return document;
}

/** A file, or undefined when its format does not hold the document. */
function attemptFile(write: () => Buffer): Buffer | undefined {
  let file: Buffer | undefined;
  attempt(() => {
    file = write();
    return '';
  });
  return file;
}

function sameText(document: Document, goxels: Buffer): string {
  // Ground without a colour is brown in 0.15 and black in 0.11.
  const ours = written(document, 'txt')
    .toString('latin1')
    .replace(/ 5b4040$/gm, ' 000000');
  const theirs = goxels.toString('latin1').replace(/ 5b4040$/gm, ' 000000');
  return sortedLines(ours).join('\n') === sortedLines(theirs).join('\n') ? 'same' : 'voxels';
}
