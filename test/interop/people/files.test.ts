/** Files of people, of formats that are told apart by what they hold. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import { formatFor } from '../../../engine/formats/index.ts';
import { caseFile, voxelLines } from '../../support/fixtures.ts';

const test = suite('files of people');

test('vxl-tiberian-sun-unclear: told for what it is, and that it was cut off', () => {
  const bytes = caseFile('vxl-tiberian-sun-unclear', 'tank.vxl');
  try {
    formatFor('tank.vxl').read!(bytes, 'tank.vxl');
  } catch (error) {
    assert.instance(error, GoxError);
    assert.match(
      (error as GoxError).message,
      /is a \.vxl of Command & Conquer \(Tiberian Sun, Red Alert 2\) that was cut off/,
    );
    return;
  }
  assert.unreachable('was read');
});

for (const file of ['two.txt', 'lead.txt', 'rgba.txt', 'float.txt']) {
  test(`txt-spaces-refused: ${file} is read as by Goxel`, () => {
    const bytes = caseFile('txt-spaces-refused', file);
    const document = formatFor(file).read!(bytes, file);
    assert.is(voxelLines(document.merged()), '1 2 3 ff0000ff\n');
  });
}

test.run();
