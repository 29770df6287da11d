/** Binary STL: triangles of the mesh, outward normals, Z up unless asked. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../../engine/document/document.ts';
import { type ExportOptions, formatFor } from '../../../engine/formats/index.ts';

const TRIANGLE_FLOATS = 12;

type N = number;
/** Normal and three corners. */
type Triangle = [N, N, N, N, N, N, N, N, N, N, N, N];

function triangles(document: Document, options: ExportOptions = {}): number[][] {
  const file = Buffer.concat([...formatFor('x.stl').write!(document, options)]);
  assert.is.not(file.toString('latin1', 0, 5), 'solid');
  const count = file.readUInt32LE(80);
  assert.is(file.length, 84 + count * 50);
  return Array.from({ length: count }, (_, i) => {
    assert.is(file.readUInt16LE(84 + i * 50 + 48), 0);
    return Array.from({ length: TRIANGLE_FLOATS }, (__, j) =>
      file.readFloatLE(84 + i * 50 + j * 4),
    );
  });
}

/** Six times the volume that the triangles enclose, and checks their normals. */
function enclosed(list: number[][]): number {
  let sum = 0;
  for (const triangle of list) {
    const [nx, ny, nz, ax, ay, az, bx, by, bz, cx, cy, cz] = triangle as Triangle;
    const [ux, uy, uz, vx, vy, vz] = [bx - ax, by - ay, bz - az, cx - ax, cy - ay, cz - az];
    const cross = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
    const length = Math.hypot(...cross);
    assert.ok(Math.abs(cross[0]! / length - nx) < 1e-6);
    assert.ok(Math.abs(cross[1]! / length - ny) < 1e-6);
    assert.ok(Math.abs(cross[2]! / length - nz) < 1e-6);
    sum += ax * cross[0]! + ay * cross[1]! + az * cross[2]!;
  }
  return sum;
}

function box(): Document {
  const document = Document.empty();
  document.activeLayer.volume.fillBox([-3, 2, 10], [20, 7, 13], 0xff00_00ff);
  return document;
}

const test = suite('stl');

test('encloses the voxels', () => {
  for (const mesh of ['blocks', 'greedy'] as const) {
    for (const y_up of [false, true]) {
      assert.is(enclosed(triangles(box(), { mesh, y_up })), 6 * 23 * 5 * 3, `${mesh} ${y_up}`);
    }
  }
  assert.is(triangles(box(), { mesh: 'greedy' }).length, 12);
});

test('has Z up by default, and Y up when asked', () => {
  const bounds = (list: number[][], axis: number) => {
    const values = list.flatMap((t) => [t[3 + axis]!, t[6 + axis]!, t[9 + axis]!]);
    return [Math.min(...values), Math.max(...values)];
  };
  const [zUp, y_up] = [triangles(box()), triangles(box(), { y_up: true })];
  assert.equal(
    [bounds(zUp, 0), bounds(zUp, 1), bounds(zUp, 2)],
    [
      [-3, 20],
      [2, 7],
      [10, 13],
    ],
  );
  assert.equal(
    [bounds(y_up, 0), bounds(y_up, 1), bounds(y_up, 2)],
    [
      [-3, 20],
      [10, 13],
      [-7, -2],
    ],
  );
});

test('hidden layers are left out, and nothing is a file of no triangles', () => {
  const document = box();
  document.activeLayer.set({ visible: false });
  assert.is(triangles(document).length, 0);
});

test('pieces are at most 1 MiB and whole', () => {
  const document = Document.empty();
  const { volume } = document.activeLayer;
  for (let x = 0; x < 2000; x += 2) for (let y = 0; y < 4; y += 2) volume.set(x, y, 0, 0xff00_00ff);
  const pieces = [...formatFor('x.stl').write!(document)];
  assert.ok(pieces.length > 2 && pieces.every((piece) => piece.length <= 1024 * 1024));
  assert.is(triangles(document).length, 2000 * 12);
});

test.run();
