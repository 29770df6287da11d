/** Skins and morph targets of glTF stand where three.js shows them. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatFor } from '../../../engine/formats/index.ts';
import { Random } from '../../fuzz/random.ts';
import { voxelLines } from '../../support/fixtures.ts';
import { FLOAT, GltfMaker, UBYTE, USHORT } from '../../support/gltf-maker.ts';
import { skinnedModel } from '../../support/gltf-skins.ts';
import { ROOT } from '../../support/modules.ts';
import { SEED } from '../../support/seed.ts';
import { shownByThree } from '../../support/three-shown.ts';

const MODELS = 25;

function voxels(name: string, bytes: Uint8Array) {
  return formatFor(name).read!(bytes, name).merged();
}

const test = suite('skins of glTF');

test('gltf-skinned-node-transform: the node of a skinned mesh says nothing of its place', () => {
  const path = join(ROOT, 'test/fixtures/cases/gltf-skinned-node-transform/skinned.gltf');
  const volume = voxels('skinned.gltf', readFileSync(path));
  assert.is(volume.count(), 121);
  assert.is.not(volume.get(10, 0, 10), 0);
});

test('joints, bind matrices, morphs and nodes are as three.js shows them', async () => {
  for (let i = 0; i < MODELS; i++) {
    const seed = SEED + i;
    const glb = skinnedModel(new Random(seed)).glb();
    const theirs = voxelLines(voxels('three.obj', await shownByThree(glb))).split('\n');
    const ours = voxelLines(voxels('ours.glb', glb)).split('\n');
    // Of numbers that are rounded otherwise, a voxel in a thousand falls to the other side.
    const places = new Set(theirs.map((line) => line.slice(0, line.lastIndexOf(' '))));
    const missed = ours.filter((line) => !places.has(line.slice(0, line.lastIndexOf(' '))));
    assert.ok(ours.length > 100, `seed ${seed}: ${ours.length} voxels`);
    const apart = missed.length + Math.abs(ours.length - theirs.length);
    assert.ok(apart * 500 <= ours.length, `seed ${seed}: ${apart} of ${ours.length} are elsewhere`);
  }
});

/** A square of 10 by 10 whose two right corners follow another joint than its left ones. */
function bent(change: (maker: GltfMaker, attributes: Record<string, number>) => void): GltfMaker {
  const maker = new GltfMaker();
  const attributes: Record<string, number> = {
    POSITION: maker.accessor(FLOAT, 3, [0, 0, 0, 10, 0, 0, 10, 10, 0, 0, 10, 0]),
    JOINTS_0: maker.accessor(UBYTE, 4, [0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]),
    WEIGHTS_0: maker.accessor(FLOAT, 4, [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]),
  };
  const indices = maker.accessor(USHORT, 1, [0, 1, 2, 0, 2, 3]);
  maker.json.meshes = [{ primitives: [{ attributes, indices }] }];
  maker.json.nodes = [
    { mesh: 0, skin: 0, rotation: [1, 0, 0, 0], translation: [5, 5, 5] },
    { name: 'left' },
    { name: 'right', translation: [20, 0, 0] },
  ];
  maker.json.scenes = [{ nodes: [0] }];
  maker.json.skins = [{ joints: [1, 2] }];
  change(maker, attributes);
  return maker;
}

const sizeOf = (maker: GltfMaker) => voxels('a.glb', maker.glb()).count();

test('joints that are in no scene, and matrices that are left out', () => {
  assert.is(sizeOf(bent(() => {})), 31 * 11);
});

test('weights that do not sum to one, are normalised bytes, or are none at all', () => {
  const weighted = (type: number, values: number[]) =>
    bent((maker, attributes) => {
      const normalized = type !== FLOAT;
      attributes.WEIGHTS_0 = maker.accessor(type, 4, values, { normalized });
    });
  const all = (weight: number) => Array.from({ length: 16 }, (_, i) => (i % 4 === 0 ? weight : 0));
  assert.is(sizeOf(weighted(FLOAT, all(0.25))), 31 * 11);
  assert.is(sizeOf(weighted(UBYTE, all(200))), 31 * 11);
  assert.is(sizeOf(weighted(USHORT, all(60_000))), 31 * 11);
  assert.is(sizeOf(weighted(FLOAT, all(0))), 31 * 11);
});

test('a second set of joints counts as much as the first', () => {
  const maker = bent((m, attributes) => {
    const half = [0.5, 0, 0, 0];
    attributes.WEIGHTS_0 = m.accessor(FLOAT, 4, [...half, ...half, ...half, ...half]);
    attributes.WEIGHTS_1 = m.accessor(FLOAT, 4, [...half, ...half, ...half, ...half]);
    attributes.JOINTS_1 = m.accessor(UBYTE, 4, Array(16).fill(1));
  });
  // The left side halfway to the right joint, the right side wholly.
  assert.is(sizeOf(maker), 21 * 11);
});

test('a skin that is damaged leaves the mesh where its node is', () => {
  const maker = bent((m, attributes) => {
    attributes.JOINTS_0 = m.accessor(UBYTE, 4, Array(16).fill(9));
  });
  assert.is(sizeOf(maker), 121);
  const short = bent((m) => {
    const inverseBindMatrices = m.accessor(FLOAT, 16, Array(16).fill(1));
    m.json.skins = [{ joints: [1, 2], inverseBindMatrices }];
  });
  assert.is(sizeOf(short), 121);
});

test.run();
