/** Voxlap's models. Goxel reads them and cannot write them. */

import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatFor } from '../../../engine/formats/index.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { refused, refusesEveryCut, survivesNoise } from '../../support/damage.ts';
import { documentOf, readAs, VOLUMES, written } from '../../support/documents.ts';
import { imports, voxelLines } from '../../support/fixtures.ts';
import { SEED } from '../../support/seed.ts';

const test = suite('kv6');

/** What Goxel makes of a model whose alpha bytes are 0, out of what we do. */
function withoutAlpha(volume: Volume): Volume {
  const { min, max } = volume.box()!;
  const result = new Volume();
  for (let x = min[0]; x < max[0]; x++) {
    for (let y = min[1]; y < max[1]; y++) {
      // Of each solid part it keeps the inside, from the top, all in the colour of the top.
      let fill = 0;
      for (let z = max[2] - 1; z >= min[2]; z--) {
        if (volume.get(x, y, z) === 0) fill = 0;
        else if (fill === 0) fill = volume.get(x, y, z);
        if (fill !== 0 && volume.get(x, y, z - 1) !== 0) result.set(x, y, z, fill);
      }
    }
  }
  return result;
}

for (const fixture of imports('kv6', ['imports', 'real'])) {
  const wrong = fixture.name === 'vengi_voxlap5.kv6';
  const how = wrong ? 'with the colours that Goxel loses' : 'as in Goxel';
  test(`${fixture.title} is read ${how}`, () => {
    const volume = readAs('kv6', fixture.bytes).merged();
    const truth = fixture.beside('.import.voxels.txt')!.toString();
    assert.ok(voxelLines(wrong ? withoutAlpha(volume) : volume) === truth, 'other voxels');
  });
}

/** One column, from the top: z, colour and sides of each voxel. */
function column(height: number, ...voxels: [z: number, bgra: number, sides: number][]): Buffer {
  const head = Buffer.alloc(32);
  head.write('Kvxl');
  for (const [i, v] of [1, 1, height].entries()) head.writeUInt32LE(v, 4 + 4 * i);
  head.writeUInt32LE(voxels.length, 28);
  const body = voxels.flatMap(([z, bgra, sides]) => [bgra, z | (sides << 16)]);
  const counts = [voxels.length, voxels.length];
  return Buffer.concat([
    head,
    Buffer.from(Uint32Array.from(body).buffer),
    Buffer.from(Uint32Array.from(counts).buffer).subarray(0, 6),
  ]);
}

const TOP = 16;
const BOTTOM = 32;

test('fills what is closed, in the colour of its top, and leaves open what is open', () => {
  const bytes = column(
    12,
    [0, 0x8001_0203, TOP],
    [3, 0x8004_0506, BOTTOM],
    [6, 0x8007_0809, TOP],
    [7, 0x000a_0b0c, 0],
    [11, 0x800d_0e0f, BOTTOM],
  );
  const lines = voxelLines(readAs('kv6', bytes).merged());
  assert.equal(lines.split('\n').reverse().slice(1), [
    '0 0 5 01020380',
    '0 0 4 010203ff',
    '0 0 3 010203ff',
    '0 0 2 04050680',
    '0 0 -1 07080980',
    '0 0 -2 0a0b0cff',
    '0 0 -3 070809ff',
    '0 0 -4 070809ff',
    '0 0 -5 070809ff',
    '0 0 -6 0d0e0f80',
  ]);
});

test('reads what it writes: all places of the centred model, and its upper colours', () => {
  fc.assert(
    fc.property(VOLUMES, (volume) => {
      const bytes = written(documentOf(volume), 'kv6');
      const again = readAs('kv6', bytes).merged();
      const [a, b] = [volume.box()!, again.box()!];
      const shift = [0, 1, 2].map((i) => b.min[i]! - a.min[i]!) as [number, number, number];
      assert.is(again.count(), volume.count());
      // The pivot is where the origin lies, y and z counted from the other end.
      assert.is(bytes.readFloatLE(16), -a.min[0]);
      assert.is(bytes.readFloatLE(20), a.max[1]);
      assert.is(bytes.readFloatLE(24), a.max[2]);
      for (const { x, y, z, data } of volume.blocks()) {
        for (const [i, rgba] of data.entries()) {
          const [vx, vy, vz] = [x + (i & 15), y + ((i >> 4) & 15), z + (i >> 8)];
          if (rgba === 0) continue;
          const found = again.get(vx + shift[0], vy + shift[1], vz + shift[2]);
          assert.not.equal(found, 0);
          if (volume.get(vx, vy, vz + 1) === 0) {
            assert.is(found, ((rgba & 0xff_ffff) | 0x8000_0000) >>> 0);
          }
        }
      }
    }),
    { seed: SEED },
  );
});

test('refuses what a file cannot hold', () => {
  const volume = new Volume();
  volume.set(0, 0, 0, 0xff00_0000);
  volume.set(0, 0, 70_000, 0xff00_0000);
  assert.throws(
    () => formatFor('x.kv6').write!(documentOf(volume)),
    (error: { code: string }) => error.code === 'GOX_FORMAT_LIMIT',
  );
});

const sound = column(9, [0, 0xff01_0203, TOP], [4, 0xff01_0203, BOTTOM], [8, 0xff09_0909, 63]);

test('refuses damage', () => {
  const changed = (at: number, value: number, bytes = 4) => {
    const copy = Buffer.from(sound);
    copy.writeUIntLE(value, at, bytes);
    return copy;
  };
  refused('kv6', changed(0, 7), 'GOX_FORMAT_BROKEN', /no \.kv6 model/);
  refused('kv6', changed(28, 0xffff_ffff), 'GOX_FORMAT_BROKEN', /voxels do not fit/);
  refused('kv6', changed(4, 0xffff_ffff), 'GOX_FORMAT_BROKEN', /table of slices do not fit/);
  refused('kv6', changed(12, 5), 'GOX_FORMAT_BROKEN', /depth 8 is out of order/);
  refused('kv6', changed(sound.length - 2, 4, 2), 'GOX_FORMAT_BROKEN', /too many voxels/);
  const back = column(9, [5, 0, TOP], [4, 0, BOTTOM]);
  refused('kv6', back, 'GOX_FORMAT_BROKEN', /depth 4 is out of order/);
});

test('a file cut anywhere, or with noise, is read or refused', () => {
  refusesEveryCut('kv6', sound);
  survivesNoise('kv6', sound);
});

test.run();
