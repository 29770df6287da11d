/** We read what Debian's Goxel 0.11 makes of every model, but for the differences expected. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Outcome, surprises } from '../support/corpus.ts';
import { outcomesOf, writingQuestions } from '../support/corpus-goxel.ts';
import { readmeFaults } from '../support/corpus-table.ts';
import { Goxel } from '../support/goxel.ts';

const goxel = new Goxel();
const questions = writingQuestions(goxel);
const formats = [...new Set(questions.map(({ format }) => format))];
const outcomes: Outcome[] = [];

const test = suite("files of Goxel's command line");

for (const format of formats) {
  test(`of ${format} are read as expected`, () => {
    const own = outcomesOf(questions.filter((question) => question.format === format));
    assert.equal(surprises(own), []);
    outcomes.push(...own);
  });
}

test('were many, with the counts of the table', () => {
  assert.ok(outcomes.length >= 160, `${outcomes.length} comparisons`);
  assert.equal(readmeFaults(outcomes), []);
});

test.run();
