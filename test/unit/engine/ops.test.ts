/** Every edit script that real Goxel ran, run on our engine: the same voxels, to the last bit. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { operations } from '../../support/fixtures.ts';
import { runLab } from '../../support/lab.ts';

/** A dump of a mask that Goxel did not have left no file. */
const NO_MASK = 'selbox_fill_selection_box.mask.out.txt';

const test = suite('ops');

for (const { title, script, file } of operations()) {
  test(`${title} makes what Goxel made`, () => {
    const dumps = runLab(script, file);
    assert.ok(dumps.size > 0, 'a script without a dump');
    for (const [output, lines] of dumps) {
      const expected = file(output) ?? (output === NO_MASK ? '' : undefined);
      assert.ok(expected !== undefined, `no ${output}`);
      assert.ok(lines === expected, differences(lines, expected));
    }
  });
}

/** How many lines differ, and the first of each side. */
function differences(ours: string, expected: string): string {
  const [a, b] = [new Set(ours.split('\n')), new Set(expected.split('\n'))];
  const [more, less] = [[...a].filter((v) => !b.has(v)), [...b].filter((v) => !a.has(v))];
  const first = (lines: string[]) => `${lines.length} (${lines.slice(0, 5).join(', ')})`;
  return `voxels only in ours: ${first(more)}; only in Goxel's: ${first(less)}`;
}

test.run();
