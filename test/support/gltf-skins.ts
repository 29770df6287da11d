/** Skinned and morphed models for tests of glTF, and what three.js makes of one. */

import { Matrix4, type Mesh, Vector3 } from 'three';
import { GLTFLoader } from 'three/examples/jsm/loaders/GLTFLoader.js';
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
    const m = new Matrix4().makeRotationX(between(random, -1, 1));
    return m.setPosition(between(random, -4, 4), between(random, -4, 4), 0).toArray();
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

/** The triangles that three.js shows of a .glb, as an .obj. */
export async function shownByThree(glb: Buffer): Promise<Buffer> {
  const bytes = glb.buffer.slice(glb.byteOffset, glb.byteOffset + glb.length);
  const { scene } = await new GLTFLoader().parseAsync(bytes as ArrayBuffer, '');
  scene.updateMatrixWorld(true);
  const lines: string[] = [];
  let before = 0;
  scene.traverse((object) => {
    if (!(object as Mesh).isMesh) return;
    const mesh = object as Mesh;
    const { position } = mesh.geometry.attributes;
    const point = new Vector3();
    for (let i = 0; i < position!.count; i++) {
      mesh.getVertexPosition(i, point).applyMatrix4(mesh.matrixWorld);
      lines.push(`v ${point.toArray().join(' ')}`);
    }
    const { index } = mesh.geometry;
    const corner = (i: number) => before + 1 + (index === null ? i : index.getX(i));
    const total = index === null ? position!.count : index.count;
    for (let i = 0; i + 2 < total; i += 3) {
      lines.push(`f ${corner(i)} ${corner(i + 1)} ${corner(i + 2)}`);
    }
    before += position!.count;
  });
  return Buffer.from(`${lines.join('\n')}\n`);
}
