import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { closest, didYouMean, editDistance } from '../../../conf/suggest.ts';
import { SEED } from '../../support/seed.ts';

const suggest = suite('did you mean');

suggest('counts insertions, deletions, replacements and swaps', () => {
  assert.is(editDistance('', ''), 0);
  assert.is(editDistance('depth', 'depth'), 0);
  assert.is(editDistance('dept', 'depth'), 1);
  assert.is(editDistance('depths', 'depth'), 1);
  assert.is(editDistance('debth', 'depth'), 1);
  assert.is(editDistance('depht', 'depth'), 1);
  assert.is(editDistance('kitten', 'sitting'), 3);
  assert.is(editDistance('', 'abc'), 3);
});

suggest('has the laws of a distance that bounds it', () => {
  const word = fc.string({ maxLength: 8, unit: fc.constantFrom('a', 'b', 'c') });
  fc.assert(
    fc.property(word, word, (left, right) => {
      const edits = editDistance(left, right);
      assert.is(edits, editDistance(right, left));
      assert.is(edits === 0, left === right);
      assert.ok(edits >= Math.abs(left.length - right.length));
      assert.ok(edits <= Math.max(left.length, right.length));
    }),
    { seed: SEED },
  );
});

suggest('offers the nearest name, and none that is far', () => {
  assert.is(closest('cal', ['run', 'call', 'tree']), 'call');
  assert.is(closest('CALL', ['run', 'call']), 'call');
  assert.is(closest('tre', ['three', 'tree']), 'tree');
  assert.is(closest('xyz', ['run', 'call', 'tree']), undefined);
  assert.is(closest('x', []), undefined);
  assert.is(didYouMean('rnu', ['run', 'call']), '; did you mean run?');
  assert.is(didYouMean('xyz', ['run']), '');
});

suggest.run();
