/**
 * Every crafted and published file: what we read is what Goxel makes of it, and the same after a
 * save as .gox, but for the differences that are expected.
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { surprises } from '../../support/corpus.ts';
import { loadings } from '../../support/corpus-load.ts';
import { readmeFaults } from '../../support/corpus-table.ts';

const FORMATS = ['gox', 'vox', 'qb', 'qbcl', 'kvx', 'kv6', 'vxl', 'mts', 'txt', 'obj'];
/** The corpus alone has any. */
const PUBLISHED_ONLY = ['qbcl', 'kv6'];

const test = suite('files of the corpus');

for (const format of FORMATS) {
  test(`of ${format} are read as expected`, () => {
    const outcomes = loadings(format);
    assert.ok(outcomes.length > 0 || PUBLISHED_ONLY.includes(format), 'no file');
    assert.equal(surprises(outcomes), []);
    assert.equal(readmeFaults(outcomes), []);
  });
}

test.run();
