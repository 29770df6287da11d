/** Debian's Goxel 0.11 opens what we make of every file of the corpus, saved as .gox. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Outcome, surprises } from '../support/corpus.ts';
import { outcomesOf, reopeningQuestions } from '../support/corpus-goxel.ts';
import { readmeFaults } from '../support/corpus-table.ts';
import { Goxel } from '../support/goxel.ts';

const goxel = new Goxel();
const questions = reopeningQuestions(goxel);
const formats = [...new Set(questions.map(({ format }) => format))];
const outcomes: Outcome[] = [];

const test = suite('files saved as .gox, in Goxel');

for (const format of formats) {
  test(`of ${format} hold the same voxels`, () => {
    const own = outcomesOf(questions.filter((question) => question.format === format));
    assert.equal(surprises(own), []);
    outcomes.push(...own);
  });
}

test('were many, with the counts of the table', () => {
  assert.ok(outcomes.length >= 25, `${outcomes.length} comparisons`);
  assert.equal(readmeFaults(outcomes), []);
});

test.run();
