import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NameCache } from '../../../transport/names.ts';
import { Residue } from '../../../transport/residue.ts';
import { latin1 } from './support.ts';

const residue = suite('what is kept between chunks');

residue('takes no more memory than a frame may have, nor much more than it was given', () => {
  const kept = new Residue(() => 5000);
  const piece = Buffer.alloc(100, 'x');
  for (let i = 0; i < 50; i++) {
    kept.append(piece, 0, piece.length);
    assert.ok(kept.bytes.length <= Math.min(5000, Math.max(1024, 2 * kept.length)));
  }
  assert.is(kept.take().length, 5000);
});

residue('gives its bytes away for good', () => {
  const kept = new Residue(() => 5000);
  kept.append(Buffer.from('-first-'), 1, 6);
  const first = kept.take();
  kept.append(Buffer.from('second'), 0, 6);
  assert.is(latin1(first), 'first');
  assert.is(latin1(kept.take()), 'second');
  assert.is(kept.length, 0);
});

residue.run();

const names = suite('names that were met before');

names('are never mistaken for each other, however many there are', () => {
  const cache = new NameCache();
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 20_000; i++) {
      const name = `goxel.method_${i * 7919}_${i % 3}`;
      assert.is(cache.read(Buffer.from(`"${name}"`), 1, name.length + 1), name);
    }
  }
  const long = 'x'.repeat(1000);
  assert.is(cache.read(Buffer.from(long), 0, 1000), long);
  assert.is(cache.read(Buffer.from(''), 0, 0), '');
});

names.run();
