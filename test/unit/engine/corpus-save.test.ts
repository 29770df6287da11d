/**
 * Every model in every format: our file is Goxel's, holds what went in, and Goxel's is read, but
 * for the differences that are expected.
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { surprises } from '../../support/corpus.ts';
import { SAVINGS, savings } from '../../support/corpus-save.ts';
import { readmeFaults } from '../../support/corpus-table.ts';

const MODELS = 22;
const test = suite('models of the corpus');

for (const { format, holds, goxels } of SAVINGS) {
  test(`as ${format} are as expected`, () => {
    const outcomes = savings(format);
    const expected = MODELS * ((holds === undefined ? 0 : 1) + (goxels.length > 0 ? 1 / 4 : 0));
    assert.ok(outcomes.length >= expected, `${outcomes.length} comparisons`);
    assert.equal(surprises(outcomes), []);
    assert.equal(readmeFaults(outcomes), []);
  });
}

test.run();
