/**
 * Debian's Goxel 0.11 reads our files of every model as we do: in the formats of its own and of
 * MagicaVoxel and Qubicle. (`corpus-reads-classic` has the others; together they take long.)
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Outcome, surprises } from '../support/corpus.ts';
import { outcomesOf, readingQuestions } from '../support/corpus-goxel.ts';
import { readmeFaults } from '../support/corpus-table.ts';
import { Goxel } from '../support/goxel.ts';

const goxel = new Goxel();
const questions = readingQuestions(goxel, ['gox', 'txt', 'vox', 'qb']);
const formats = [...new Set(questions.map(({ format }) => format))];
const outcomes: Outcome[] = [];

const test = suite('our files in Goxel');

for (const format of formats) {
  test(`of ${format} hold the same voxels`, () => {
    const own = outcomesOf(questions.filter((question) => question.format === format));
    assert.equal(surprises(own), []);
    outcomes.push(...own);
  });
}

test('were many, with the counts of the table', () => {
  assert.ok(outcomes.length >= 80, `${outcomes.length} comparisons`);
  assert.equal(readmeFaults(outcomes), []);
});

test.run();
