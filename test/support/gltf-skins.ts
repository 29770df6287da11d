/** Skinned and morphed models for tests of glTF. */

import type { Random } from '../fuzz/random.ts';
import { FLOAT, GltfMaker, type Json, UBYTE, USHORT } from './gltf-maker.ts';

/** The corners of a box. */
const BOX = Array.from({ length: 8 }, (_, i) => [i & 1, (i >> 1) & 1, i >> 2]);
const SIDES = [
  ...[0, 2, 3, 0, 3, 1, 4, 5, 7, 4, 7, 6, 0, 1, 5, 0, 5, 4],
  ...[2, 6, 7, 2, 7, 3, 0, 4, 6, 0, 6, 2, 1, 3, 7, 1, 7, 5],
];

function between(random: Random, low: number, high: number): number {
  return low + (random.below(10_000) / 10_000) * (high - low);
}

function rotation(random: Random): number[] {
  const parts = [0, 1, 2, 3].map(() => between(random, -1, 1));
  const length = Math.hypot(...parts) || 1;
  return parts.map((part) => part / length);
}

function place(random: Random, reach: number): Json {
  return {
    translation: [0, 1, 2].map(() => between(random, -reach, reach)),
    rotation: rotation(random),
    scale: [0, 1, 2].map(() => between(random, 0.5, 1.5)),
  };
}

/** Weights of `sets` times four joints a vertex, which sum to one. */
function weights(random: Random, sets: number, count: number): number[][] {
  return Array.from({ length: count }, () => {
    const parts = Array.from({ length: sets * 4 }, () => between(random, 0, 1));
    const sum = parts.reduce((a, b) => a + b);
    return parts.map((part) => part / sum);
  });
}

/** Boxes by one or two skins, with morph targets, whose nodes and joints stand anywhere. */
export function skinnedModel(random: Random): GltfMaker {
  const maker = new GltfMaker();
  const { json } = maker;
  const joints = 1 + random.below(5);
  const points = BOX.map((corner) => corner.map((value) => value * 12 - 3 + value));
  const deltas = () => BOX.flatMap(() => [0, 1, 2].map(() => between(random, -3, 3)));
  const target = () => ({ POSITION: maker.accessor(FLOAT, 3, deltas()) });
  const all = weights(random, 1, 8);
  const attributes = {
    POSITION: maker.accessor(FLOAT, 3, points.flat()),
    JOINTS_0: maker.accessor(
      UBYTE,
      4,
      points.flatMap(() => [0, 1, 2, 3].map(() => random.below(joints))),
    ),
    WEIGHTS_0: maker.accessor(FLOAT, 4, all.flat()),
  };
  const indices = maker.accessor(USHORT, 1, SIDES);
  const targets = [target(), target()];
  const morphed = random.chance(0.5) ? { weights: [0.3, between(random, 0, 1)] } : {};
  const { POSITION } = attributes;
  json.meshes = [
    { primitives: [{ attributes, indices, targets }], ...morphed },
    { primitives: [{ attributes: { POSITION }, indices, targets }], ...morphed },
  ];
  const bound = Array.from({ length: joints }, () => {
    const angle = between(random, -1, 1);
    const [c, d] = [Math.cos(angle), Math.sin(angle)];
    const place = [between(random, -4, 4), between(random, -4, 4), 0, 1];
    return [1, 0, 0, 0, 0, c, d, 0, 0, -d, c, 0, ...place];
  });
  // A chain of joints, below a node that is moved, too; meshes before and behind them.
  const first = 3;
  const bones = Array.from({ length: joints }, (_, i) => ({
    ...place(random, 6),
    ...(i + 1 < joints ? { children: [first + i + 1] } : {}),
  }));
  const ownWeights = random.chance(0.5) ? { weights: [between(random, 0, 1), 0.5] } : {};
  json.nodes = [
    { mesh: 0, skin: 0, ...place(random, 50), ...ownWeights },
    { mesh: 1, ...place(random, 20) },
    { children: [first, first + joints], ...place(random, 10) },
    ...bones,
    { mesh: 0, skin: 1, ...place(random, 50) },
  ];
  json.scenes = [{ nodes: [0, 1, 2] }];
  json.scene = 0;
  const numbers = Array.from({ length: joints }, (_, i) => first + i);
  const inverseBindMatrices = maker.accessor(FLOAT, 16, bound.flat());
  json.skins = [{ joints: numbers, inverseBindMatrices }, { joints: numbers.toReversed() }];
  return maker;
}
