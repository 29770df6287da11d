/** Voxels that cross in bulk: that nobody can tell, and that whole regions are exact. */

import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../../engine/document/document.ts';
import { channels } from '../../../engine/volume/color.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { voxelLines } from '../../support/fixtures.ts';
import { SEED } from '../../support/seed.ts';
import { failure, run, value } from './script-support.ts';

const test = suite('scripts in bulk');

const near = fc.integer({ min: -20, max: 20 });
const at = fc.tuple(near, near, near);
const color = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.constantFrom(0, 1, 255));
/** What a script can do to one of two volumes, or ask of it. */
const action = fc.record({
  volume: fc.nat(1),
  kind: fc.constantFrom(
    'set',
    'set',
    'set',
    'set',
    'get',
    'count',
    'fill',
    'copy',
    'clear',
    'iter',
  ),
  at,
  to: at,
  color,
});

/** Performs the actions one at a time, with a Map of packed colours for each volume. */
function byRule(actions: readonly (typeof action extends fc.Arbitrary<infer T> ? T : never)[]) {
  let maps = [new Map<string, string>(), new Map<string, string>()];
  const seen: unknown[] = [];
  const put = (map: Map<string, string>, key: string, rgba: readonly number[]) => {
    if (rgba[3] === 0) map.delete(key);
    else map.set(key, rgba.join());
  };
  for (const { volume, kind, at, to, color } of actions) {
    const map = maps[volume]!;
    if (kind === 'set') put(map, at.join(), color);
    else if (kind === 'get') seen.push(map.get(at.join()) ?? '0,0,0,0');
    else if (kind === 'count') seen.push(map.size);
    else if (kind === 'clear') map.clear();
    else if (kind === 'iter') seen.push([...map].map(String).sort());
    else if (kind === 'copy') maps = [map, new Map(map)];
    else {
      for (let x = at[0]; x < to[0]; x++) {
        for (let y = at[1]; y < to[1]; y++) {
          for (let z = at[2]; z < to[2]; z++) put(map, `${x},${y},${z}`, color);
        }
      }
    }
  }
  return seen;
}

const PERFORM = `
  let volumes = [new Volume(), goxel.image.activeLayer.volume];
  const seen = [];
  const list = ({ r, g, b, a }) => [r, g, b, a].join();
  for (const { volume, kind, at, to, color } of args) {
    const v = volumes[volume];
    if (kind === 'set') v.setAt(at, color);
    else if (kind === 'get') seen.push(list(v.getAt(at)));
    else if (kind === 'count') seen.push(v.count);
    else if (kind === 'clear') v.clear();
    else if (kind === 'fill') v.fillBox(at, to, color);
    else if (kind === 'copy') volumes = [v, v.copy()];
    else {
      const found = [];
      v.iter((p, c) => found.push([p.x, p.y, p.z].join() + ',' + list(c)));
      seen.push(found.sort());
    }
  }
  seen`;

test('any order of writes and reads gives what one at a time gives', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 60 }), async (actions) => {
      assert.equal(await value(PERFORM, { input: { args: actions } }), byRule(actions));
    }),
    { seed: SEED, numRuns: 60 },
  );
});

test('an iteration goes through what there was when it began', async () => {
  const code = `
    const v = new Volume();
    v.fillBox([0, 0, 0], [20, 20, 20], [1, 2, 3, 255]);
    let seen = 0;
    v.iter((p) => {
      seen++;
      v.setAt([p.x + 100, p.y, p.z], [9, 9, 9, 255]);
      v.setAt(p, [0, 0, 0, 0]);
    });
    let inner = 0;
    v.iter(() => { if (inner === 0) v.iter(() => inner++); });
    [seen, v.count, v.box.min.x, inner]`;
  assert.equal(await value(code), [8000, 8000, 100, 8000]);
});

test('an iteration that throws can be caught, and hundreds of them', async () => {
  const code = `
    const v = goxel.image.activeLayer.volume;
    v.fillBox([0, 0, 0], [40, 40, 40], [1, 2, 3, 255]);
    let caught = 0;
    for (let i = 0; i < 200; i++) try { v.iter(() => { throw 1; }); } catch { caught++; }
    caught`;
  assert.is(await value(code), 200);
});

test('volumes that a script drops are freed', async () => {
  const code = `
    const v = new Volume();
    v.fillBox([0, 0, 0], [160, 160, 1], [1, 2, 3, 255]);
    for (let i = 0; i < 2000; i++) v.copy().setAt([1, 1, 1], [i & 255, 1, 1, 255]);
    [v.getAt([1, 1, 0]).r, v.count]`;
  assert.equal(await value(code), [1, 25_600]);
});

test('a region is the bytes of its voxels', async () => {
  await fc.assert(
    fc.asyncProperty(at, at, fc.array(fc.tuple(at, color)), async (min, max, voxels) => {
      const document = Document.empty();
      const truth = new Volume();
      for (const [[x, y, z], [r, g, b, a]] of voxels) {
        document.activeLayer.volume.set(x, y, z, ((a << 24) | (b << 16) | (g << 8) | r) >>> 0);
        truth.set(x, y, z, ((a << 24) | (b << 16) | (g << 8) | r) >>> 0);
      }
      const bytes: number[] = [];
      for (let z = min[2]; z < max[2]; z++) {
        for (let y = min[1]; y < max[1]; y++) {
          for (let x = min[0]; x < max[0]; x++) bytes.push(...channels(truth.get(x, y, z)));
        }
      }
      const input = { args: { min, max } };
      const code = 'Array.from(goxel.image.activeLayer.volume.getRegion(args.min, args.max))';
      assert.equal(await value(code, { document, input }), bytes);
    }),
    { seed: SEED, numRuns: 40 },
  );
});

test('a region put back elsewhere is the same region, larger than one exchange too', async () => {
  const document = Document.empty();
  const code = `
    const v = goxel.image.activeLayer.volume;
    for (let i = 0; i < 5000; i++) {
      v.setAt([(i * 7) % 61, (i * 13) % 53, (i * 29) % 47], [i & 255, 1, 2, 1 + (i & 127)]);
    }
    const bytes = v.getRegion([0, 0, 0], [61, 53, 47]);
    // Through a part of a larger buffer that is not aligned to words.
    const part = new Uint8Array(bytes.length + 5).subarray(3, 3 + bytes.length);
    part.set(bytes);
    const copy = goxel.image.addLayer('copy').volume;
    copy.fillBox([-100, -100, -100], [-30, -30, -30], [5, 5, 5, 255]);
    copy.setRegion([-100, -100, -100], [61, 53, 47], part);
    part.fill(0);
    [bytes.length, copy.count - (70 ** 3 - 61 * 53 * 47) === v.count]`;
  assert.equal(await value(code, { document }), [61 * 53 * 47 * 4, true]);
  const [from, to] = document.layers;
  const moved = new Volume();
  for (const line of voxelLines(from!.volume).trim().split('\n')) {
    const [x, y, z] = line.split(' ').map(Number);
    moved.set(x! - 100, y! - 100, z! - 100, from!.volume.get(x!, y!, z!));
  }
  to!.volume.fillBox([-39, -100, -100], [-30, -30, -30], 0);
  to!.volume.fillBox([-100, -47, -100], [-30, -30, -30], 0);
  to!.volume.fillBox([-100, -100, -53], [-30, -30, -30], 0);
  assert.is(voxelLines(to!.volume), voxelLines(moved));
});

test('the fast iteration gives words', async () => {
  const code = `
    const v = new Volume();
    v.setAt([-3, 4, 5], [1, 2, 3, 255]);
    v.fillBox([16, 16, 16], [48, 48, 48], [9, 9, 9, 9]);
    const seen = [];
    let total = 0;
    v.iterPacked((words, count) => { seen.push(...words.slice(0, 4)); total += count; });
    [seen.slice(0, 4), total]`;
  assert.equal(await value(code), [[-3, 4, 5, 0xff03_0201 | 0], 32 ** 3 + 1]);
});

test('wrong arguments are errors of the script that say what is wrong', async () => {
  const v = 'const v = new Volume();';
  const wrong: [string, RegExp][] = [
    ['v.setAt([0.5, 0, 0], [1, 1, 1, 1])', /three integers of 32 bits, not \[0\.5,0,0\]/],
    ['v.setAt([0, 0, 2147483648], [1, 1, 1, 1])', /three integers of 32 bits/],
    ['v.setAt([0, 0], [1, 1, 1, 1])', /three integers/],
    ['v.setAt(["0", 0, 0], [1, 1, 1, 1])', /three integers/],
    ['v.setAt(null, [1, 1, 1, 1])', /three integers of 32 bits, not null/],
    ['v.setAt([0, 0, NaN], [1, 1, 1, 1])', /three integers/],
    ['v.setAt([0, 0, 0], [256, 0, 0, 255])', /numbers from 0 to 255, not \[256,0,0,255\]/],
    ['v.setAt([0, 0, 0], [-1, 0, 0, 255])', /numbers from 0 to 255/],
    ['v.setAt([0, 0, 0], "red")', /numbers from 0 to 255, not red/],
    ['v.setAt([0, 0, 0])', /numbers from 0 to 255, not undefined/],
    ['v.setAt([0, 0, 0], [NaN, 0, 0, 255])', /numbers from 0 to 255/],
    ['v.fillBox([0, 0, 0], [1, 1], [1, 1, 1, 1])', /three integers/],
    ['v.iter()', /a function is needed, not undefined/],
    ['v.setRegion([0, 0, 0], [1, 1, 1], new Uint8Array(3))', /1 x 1 x 1 voxels is 4 bytes, not 3/],
    ['v.setRegion([0, 0, 0], [1, 1, 1], [1, 2, 3, 4])', /are a Uint8Array/],
    ['v.setRegion([0, 0, 0], [-1, 1, -1], new Uint8Array(4))', /size is not negative/],
    ['v.getRegion([0, 0, 0], [2147483647, 2147483647, 9])', /voxels is too large/],
    ['v.setRegion([2147483647, 0, 0], [2, 1, 1], new Uint8Array(8))', /leaves the coordinates/],
    ['goxel.registerScript({ name: "x" })', /a function is needed/],
    ['goxel.registerScript("x")', /object with a name/],
    ['new goxel.image.activeLayer.constructor({}, 5)', /made by goxel\.image\.addLayer/],
    ['goxel.image.activeLayer = { id: 1 }', /a layer is needed/],
    ['Volume.prototype.setAt.call({}, [0, 0, 0], [1, 1, 1, 1])', /private/],
    ['new Box([1, 2])', /matrix of 16 numbers/],
  ];
  for (const [code, message] of wrong) {
    assert.match((await failure(`${v}\n ${code}`)).message, message, code);
    const caught = await run(`${v} try { ${code} } catch (e) { e.message }`);
    assert.match(String(caught.value), message, code);
  }
});

test('blocks are limited, and a script cannot go on over it', async () => {
  const given = { limits: { blocks_max: 64 } };
  const layer = 'goxel.image.activeLayer.volume';
  const many: string[] = [
    `${layer}.fillBox([0, 0, 0], [160, 160, 160], [1, 1, 1, 255])`,
    `${layer}.fillBox([-2147483648, 0, 0], [2147483647, 2147483647, 1], [1, 1, 1, 255])`,
    `for (let i = 0; i < 100; i++) ${layer}.setAt([i * 16, 0, 0], [1, 1, 1, 255])`,
    `const all = []; for (let i = 0; i < 100; i++) { const v = new Volume();
       v.setAt([0, 0, 0], [1, 1, 1, 1]); all.push(v); }`,
    `const all = []; for (;;) all.push(goxel.image.getLayersVolume())`,
    `try { ${layer}.fillBox([0, 0, 0], [160, 160, 160], [1, 1, 1, 255]) } catch {}
     for (;;) try { ${layer}.setAt([0, 0, 0], [1, 1, 1, 255]); ${layer}.count } catch {}`,
  ];
  for (const code of many) {
    const { message } = await failure(code, 'GOX_MEMORY_LIMIT', given);
    assert.match(message, /script\.js/, code);
  }
  const after = `try { ${many[0]} } catch {} print('after')`;
  assert.equal((await failure(after, 'GOX_MEMORY_LIMIT', given)).details?.output, []);
  const near = `${layer}.fillBox([0, 0, 0], [64, 64, 64], [1, 1, 1, 255]); ${layer}.count`;
  assert.is(await value(near, given), 64 ** 3);
});

test.run();
