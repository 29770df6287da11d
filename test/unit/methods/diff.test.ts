/** Comparing projects that two engines have. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { WithBytes } from '../../../engine/encode.ts';
import { decodePng } from '../../../engine/image/png.ts';
import { diffDocument } from '../../../engine/project/diff-document.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { TestEngine } from '../../support/engine.ts';
import { diffApart, lendingEngine, lentBy } from '../../support/lending.ts';
import { SEED } from '../../support/seed.ts';

const diff = suite('diff');

interface Counts {
  readonly changed: number;
  readonly created: number;
  readonly removed: number;
  readonly recolored: number;
  readonly bounding_box: { readonly min: number[]; readonly last: number[] } | null;
}

interface Diff extends Counts {
  readonly layers: readonly (Counts & {
    readonly layer_id: number;
    readonly name?: string;
    readonly only_in?: string;
  })[];
}

const OTHER = { from: { project: 'other' } };

/** Of the project of an engine with that of another one. */
function diffOf(engine: TestEngine, other: TestEngine, params: object = OTHER): Diff {
  return diffApart(engine, params, other) as Diff;
}

function counts({ changed, created, removed, recolored, bounding_box }: Counts): number[] {
  assert.is(changed, created + removed + recolored);
  assert.is(bounding_box === null, changed === 0);
  return [created, removed, recolored];
}

/** Layers of these names, in each a voxel at (x, 0, 0) of a colour. */
function layered(...layers: readonly [name: string, x: number, color: string][]): TestEngine {
  const engine = lendingEngine();
  const ids = layers.map(([name, x, color]) => {
    const made = engine.call('create_layer', { name }) as { layer_id: number };
    engine.call('add_voxel', [x, 0, 0, color]);
    return made.layer_id;
  });
  engine.call('delete_layer', { layer_id: 1 });
  assert.equal(
    ids,
    layers.map((_, i) => i + 2),
  );
  return engine;
}

diff('layers of two projects belong together by name, then by id', () => {
  const one = layered(['base', 0, '#F00'], ['roof', 1, '#F00'], ['tree', 2, '#F00']);
  const two = layered(['roof', 1, '#0F0'], ['base', 0, '#F00'], ['bush', 2, '#F00']);
  two.call('create_layer', { name: 'bush' });
  two.call('add_voxel', [9, 0, 0]);
  // base is the same; tree and the first bush have the same id; the other bush is new.
  const { layers, ...all } = diffOf(two, one);
  assert.equal(counts(all), [1, 0, 1]);
  assert.equal(
    layers.map(({ layer_id, name, only_in, ...layer }) => [
      ...[layer_id, name, only_in, ...counts(layer)],
    ]),
    [
      [2, 'roof', undefined, 0, 0, 1],
      [5, 'bush', 'to', 1, 0, 0],
    ],
  );
  const [roof, bush] = diffOf(one, two).layers;
  assert.equal([roof!.layer_id, roof!.name], [3, 'roof']);
  assert.equal([bush!.layer_id, bush!.name, bush!.only_in], [5, 'bush', 'from']);
});

diff('layers of one name belong together in their order', () => {
  const one = layered(['a', 0, '#F00'], ['a', 1, '#0F0']);
  const two = layered(['a', 0, '#F00'], ['a', 1, '#0F0'], ['a', 2, '#00F']);
  const { layers } = diffOf(two, one);
  assert.equal(
    layers.map(({ layer_id, only_in }) => [layer_id, only_in]),
    [[4, 'to']],
  );
});

diff('numbers are of what can be seen, those of layers also of what is hidden', () => {
  const one = layered(['a', 0, '#F00'], ['b', 0, '#0F0']);
  const two = layered(['a', 0, '#F00'], ['b', 0, '#0F0']);
  one.call('set_layer_visibility', { layer_id: 3, visible: false });
  const shown = diffOf(two, one);
  assert.equal([counts(shown), shown.layers], [[0, 0, 1], []]);
  two.call('set_layer_visibility', { layer_id: 3, visible: false });
  one.call('add_voxel', { x: 5, y: 5, z: 5, layer_id: 3 });
  const hidden = diffOf(two, one);
  assert.equal(
    [counts(hidden), counts(hidden.layers[0]!)],
    [
      [0, 0, 0],
      [0, 1, 0],
    ],
  );
});

diff('points of another project are those of its history, which stays as it is', () => {
  const other = lendingEngine();
  other.call('add_voxel', [0, 0, 0]);
  other.call('create_checkpoint', { checkpoint: 'one' });
  other.call('add_voxel', [1, 0, 0]);
  const before = other.call('get_history');
  const engine = lendingEngine();
  const with_ = (from: object) => counts(diffOf(engine, other, { from }));
  assert.equal(with_({ project: 'other' }), [0, 2, 0]);
  assert.equal(with_({ project: 'other', step: 0 }), [0, 0, 0]);
  assert.equal(with_({ project: 'other', checkpoint: 'one' }), [0, 1, 0]);
  assert.equal(other.call('get_history'), before);
  // Two points of the other one are compared as points of one project.
  const both = { from: { project: 'other', step: 0 }, to: { project: 'other' } };
  const { layers, ...all } = diffOf(engine, other, both);
  assert.equal([counts(all), layers.length, layers[0]!.name], [[2, 0, 0], 1, undefined]);
  engine.call('add_voxel', [1, 0, 0]);
  engine.call('copy', {});
  const clipboard = { from: { project: 'other' }, to: { clipboard: true } };
  const whole = diffOf(engine, other, clipboard);
  assert.equal([counts(whole), whole.layers], [[0, 1, 0], []]);
});

diff('what was lent stays as it was while its project goes on', () => {
  const [engine, other] = [lendingEngine(), lendingEngine()];
  other.call('fill_region', { min: [0, 0, 0], max: [15, 15, 15], color: '#F00' });
  const [ticket] = engine.tickets([{ method: 'goxel.diff', params: OTHER }]);
  const [lent] = lentBy(other, ticket!) as [readonly { voxels: { blocks: Uint32Array[] } }[]];
  const block = lent[0]!.voxels.blocks[0]!;
  const was = [...block];
  other.call('add_voxel', [3, 3, 3, '#00F']);
  other.call('clear_voxels');
  assert.equal([...block], was);
});

diff('says at once what is wrong with its own point, and of the other what its engine says', () => {
  const [engine, other] = [lendingEngine(), lendingEngine()];
  const wrong: [object, string][] = [
    [{ ...OTHER, to: { step: 9 } }, 'GOX_STEP_NOT_FOUND'],
    [{ ...OTHER, to: { checkpoint: 'x' } }, 'GOX_CHECKPOINT_NOT_FOUND'],
    [{ from: { project: 'other', clipboard: true } }, 'GOX_INVALID_PARAMS'],
    [{ from: { project: 'other', step: 1, checkpoint: 'x' } }, 'GOX_INVALID_PARAMS'],
    [{ from: { project: '' } }, 'GOX_INVALID_PARAMS'],
  ];
  for (const [params, code] of wrong) assert.is(engine.fail('diff', params).data.code, code);
  assert.throws(() => diffOf(engine, other, { from: { project: 'other', step: 9 } }), 'lends');
  // One that does its jobs itself has nobody to ask.
  const alone = new TestEngine().fail('diff', OTHER);
  assert.equal(
    [alone.data.code, alone.data.details?.parameter],
    ['GOX_PROJECT_NOT_FOUND', 'params.from'],
  );
});

diff('a picture holds what differs beside the project, and shares the rest with it', () => {
  const [old, now] = [new Volume(), new Volume()];
  for (const volume of [old, now]) volume.fillBox([0, 0, 0], [64, 16, 16], 0xff_80_80_80);
  now.set(33, 0, 0, 0xff_00_00_ff);
  old.set(100, 0, 0, 0xff_00_00_ff);
  const [rest, changes] = diffDocument(old, now).layers.map(({ volume }) => volume);
  assert.equal(
    [...changes!.blocks()].map(({ x }) => x),
    [32, 96],
  );
  assert.is(changes!.count(), 2);
  const shared = [...rest!.blocks()].filter(({ x, y, z, block }) => {
    return now.blockIn(now.slotAt(x, y, z)).block === block;
  });
  assert.is(shared.length, 3);
});

diff('counts as a walk over all voxels does, with a picture and without', () => {
  let seed = SEED;
  const random = (below: number) => {
    seed = (Math.imul(seed, 0x41c6_4e6d) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  for (let run = 0; run < 8; run++) {
    const engines = [lendingEngine(), lendingEngine()] as const;
    const models = engines.map((engine) => {
      const model = new Map<string, string>();
      for (let i = 0; i < 200; i++) {
        const at = [random(20) - 10, random(6), random(6)];
        const color = ['#FF0000', '#00FF00'][random(2)]!;
        engine.call('add_voxel', [...at, color]);
        model.set(at.join(), color);
      }
      return model;
    });
    const [old, now] = models as [Map<string, string>, Map<string, string>];
    const places = [...new Set([...old.keys(), ...now.keys()])];
    const expected = [
      places.filter((at) => !old.has(at)).length,
      places.filter((at) => !now.has(at)).length,
      places.filter((at) => old.has(at) && now.has(at) && old.get(at) !== now.get(at)).length,
    ];
    assert.equal(counts(diffOf(engines[1], engines[0])), expected);
    const picture = { width: 40, height: 30 };
    const drawn = diffApart(engines[1], { ...OTHER, picture }, engines[0]);
    assert.instance(drawn, WithBytes);
    const result = (drawn as WithBytes).result as Diff & { picture: { image: Uint8Array } };
    assert.equal(counts(result), expected);
    assert.is(decodePng(Buffer.from(result.picture.image), 40, 30).rgba.length, 40 * 30 * 4);
  }
});

diff.run();
