/** Meshes that other programs for voxels wrote: they come back voxel by voxel. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { removeWritten, written } from '../../support/opened.ts';

const test = suite('meshes of voxels');

test.after(removeWritten);

/** Corners of a box and its sides, from 0. */
const SIDES = ['0 1 3 2', '4 6 7 5', '0 4 5 1', '2 3 7 6', '0 2 6 4', '1 5 7 3'];
const cornersOf = (low: readonly number[], high: readonly number[]) =>
  Array.from({ length: 8 }, (_, i) => {
    return [2, 1, 0].map((bit, axis) => (i & (1 << bit) ? high : low)[axis]!.toFixed(4)).join(' ');
  });

function objOf(start: string, low: readonly number[], high: readonly number[]): string {
  const corners = cornersOf(low, high).map((corner) => `v ${corner}`);
  const faces = SIDES.map((side) => `f ${side.replace(/\d/g, (at) => String(Number(at) + 1))}`);
  return [start, ...corners, ...faces].join('\n');
}

function plyOf(comment: string, low: readonly number[], high: readonly number[]): string {
  const header = [
    ...['ply', 'format ascii 1.0', comment, 'element vertex 8', 'property float x'],
    ...['property float y', 'property float z', 'element face 6'],
    ...['property list uchar int vertex_index', 'end_header'],
  ];
  return [...header, ...cornersOf(low, high), ...SIDES.map((side) => `4 ${side}`), ''].join('\n');
}

test('the grid of the voxels is found, whatever their length and the middle of the mesh', () => {
  const magica = '# MagicaVoxel @ Ephtracy\n';
  const vengi = '# version 0.0.34 github.com/vengi-voxel/vengi\n';
  const sizesOf = (file: string, text: string, options = {}) => {
    const { document, sizing } = written({ [file]: text }, options);
    const { min, max } = document.merged().box()!;
    return [min.map((low, axis) => max[axis]! - low), sizing!.by, sizing!.voxels_per_unit];
  };
  const cases: [name: string, text: string, sizes: number[], per_unit: number][] = [
    ['a.obj', objOf(magica, [-0.2, 0, -0.1], [0.3, 0.4, 0.2]), [5, 3, 4], 10],
    ['a.obj', objOf(magica, [-0.25, 0, -0.15], [0.25, 0.4, 0.15]), [5, 3, 4], 10],
    ['a.obj', objOf(magica, [0, 0, 0], [6, 1, 2]), [6, 2, 1], 1],
    ['a.obj', objOf(vengi, [0, 0, 0], [2, 1, 2]), [2, 2, 1], 1],
    ['a.obj', objOf(vengi, [0, 0, 0], [0.125, 0.375, 0.25]), [1, 2, 3], 8],
    ['a.ply', plyOf('comment : MagicaVoxel @ Ephtracy', [0, 0, 0], [0.5, 0.1, 0.3]), [5, 1, 3], 10],
    ['a.ply', plyOf(`comment ${vengi.slice(2, -1)}`, [0, 0, 0], [5, 1, 3]), [5, 3, 1], 1],
  ];
  for (const [name, text, sizes, per_unit] of cases) {
    const [found, by, factor] = sizesOf(name, text) as [number[], string, number];
    assert.equal([found, by, Math.round(factor * 1e6) / 1e6], [sizes, 'file', per_unit], text);
  }
  const box = objOf(magica, [-0.2, 0, -0.1], [0.3, 0.4, 0.2]);
  assert.equal(sizesOf('a.obj', box, { size: 10, solid: true }), [[10, 6, 8], 'size', 20]);
  const leaning = objOf(magica, [0, 0, 0], [0.5, 0.4, 0.3]).replace(/v 0.0000/, 'v 0.0700');
  assert.is(sizesOf('a.obj', leaning)[1], 'default');
  const others = objOf('# another program', [0, 0, 0], [0.5, 0.4, 0.3]);
  assert.is(sizesOf('a.obj', others)[1], 'default');
});

test.run();
