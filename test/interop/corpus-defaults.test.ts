/** What is done by default is never worse than like Goxel, and README says how much better. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { WHOLE } from '../support/corpus.ts';
import { ASPECTS, keptByDefault, readOtherwise } from '../support/corpus-defaults.ts';
import { saysDefaults } from '../support/defaults-table.ts';

const test = suite('defaults');

test('keep at least what is kept like Goxel, of every format', () => {
  const kept = keptByDefault();
  assert.ok(kept.length > 10);
  for (const { format, goxel, ours } of kept) {
    for (const aspect of ASPECTS) {
      assert.ok(ours[aspect] >= goxel[aspect], `${format}, ${aspect}: ${ours[aspect]}`);
    }
  }
  if (!WHOLE) return;
  const said = saysDefaults(kept, readOtherwise());
  assert.ok(said, 'engine/README.md says otherwise; npm run corpus writes it anew');
});

test.run();
