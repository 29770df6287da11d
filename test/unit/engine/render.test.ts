/** What our own pictures promise: order of depth, light, materials, formats, and sameness. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import { Document } from '../../../engine/document/document.ts';
import { newMaterial } from '../../../engine/document/scene.ts';
import { formatFor } from '../../../engine/formats/index.ts';
import { prepareRender } from '../../../engine/render/direct.ts';
import type { RenderOptions, View } from '../../../engine/render/options.ts';
import { renderPictures, runRenderPart } from '../../../engine/render/render.ts';
import type { Soup } from '../../../engine/render/soup.ts';
import { fillSoup, smoothen } from '../../../engine/render/soup-of.ts';
import type { Vec3 } from '../../../engine/volume/box.ts';
import { pack } from '../../../engine/volume/color.ts';
import { model } from '../../support/fixtures.ts';
import {
  axes,
  boxes,
  CLEAR,
  cube,
  decodePicture,
  FLAT,
  GREEN,
  GREY,
  pixelAt,
  RED,
  render,
  WHITE,
} from '../../support/pictures.ts';

const surfaces = suite('surfaces');
const FRONT = { width: 64, height: 64, camera: 'front', orthographic: true } as const;

surfaces('what is nearer covers what is farther, in any order', () => {
  for (const [near, far] of [
    [0, 20],
    [3, 4],
    [0, 300],
  ] as const) {
    const size = (y: number): [Vec3, Vec3] => [
      [0, y, 0],
      [2, y + 1, 2],
    ];
    for (const turned of [false, true]) {
      const list: [Vec3, Vec3, number][] = [
        [...size(near), RED],
        [...size(far), GREEN],
      ];
      const document = boxes(...(turned ? list.reverse() : list));
      for (const [camera, color] of [
        ['front', [255, 0, 0, 255]],
        ['back', [0, 255, 0, 255]],
      ] as const) {
        for (const orthographic of [false, true]) {
          const picture = render(document, { ...FRONT, camera, orthographic }, FLAT);
          assert.equal(pixelAt(picture, 32, 32), color);
        }
      }
    }
  }
});

surfaces('voxels of alpha below 127 are not there', () => {
  const document = boxes([[0, 0, 0], [1, 1, 1], pack(9, 9, 9, 126)]);
  assert.ok(render(document, FRONT, CLEAR).data.every((byte) => byte === 0));
  document.activeLayer.volume.set(0, 0, 0, pack(9, 9, 9, 127));
  assert.is(pixelAt(render(document, FRONT, CLEAR), 32, 32)[3], 255);
});

surfaces('materials colour, shine and let through; without them they do not', () => {
  const document = boxes([[0, 0, 0], [4, 4, 4], WHITE]);
  document.addMaterial({ ...newMaterial('glass'), color: new Float32Array([0, 1, 0, 0.5]) });
  document.addMaterial({ ...newMaterial('lamp'), emission: new Float32Array([0, 0, 1]) });
  const layer = document.addLayer('front');
  layer.set({ material: 1 });
  layer.volume.fillBox([0, -2, 0], [4, -1, 4], WHITE);
  const light = { intensity: 0, ambient: 0.5, shadow: 0 };
  const options = { ...CLEAR, light, occlusion: 0 };
  // Half white is 188, half green over it in sRGB as on the screen: (0 + 188) / 2.
  assert.equal(pixelAt(render(document, FRONT, options), 32, 32), [94, 188, 94, 255]);
  layer.set({ material: 2 });
  assert.equal(pixelAt(render(document, FRONT, options), 32, 32), [188, 188, 255, 255]);
  const plain = { ...options, materials: false };
  assert.equal(pixelAt(render(document, FRONT, plain), 32, 32), [188, 188, 188, 255]);
  layer.set({ visible: false });
  assert.equal(pixelAt(render(document, FRONT, options), 32, 32), [188, 188, 188, 255]);
});

/** A floor and a roof above a part of it, lit from straight above. */
const roofed = () => boxes([[0, 0, 0], [20, 20, 1], GREY], [[5, 5, 8], [15, 15, 9], GREY]);
const BELOW_ROOF: View = {
  width: 100,
  height: 100,
  camera: { eye: [10, -60, 25], target: [10, 10, 0] },
};

surfaces('a shadow falls where something is in the light, and nowhere else', () => {
  const light = { pitch_degrees: 0, shadow: 1 };
  const lit = render(roofed(), BELOW_ROOF, { light: { ...light, shadow: 0 }, occlusion: 0 });
  const shaded = render(roofed(), BELOW_ROOF, { light, occlusion: 0 });
  let darker = 0;
  for (let at = 0; at < lit.data.length; at += 4) {
    assert.ok(shaded.data[at]! <= lit.data[at]!);
    if (shaded.data[at]! < lit.data[at]! - 20) darker++;
  }
  assert.ok(darker > 300, `${darker} darker pixels`);
  // Above the floor beside the roof there is only light.
  const top = { width: 100, height: 100, camera: 'top', orthographic: true } as const;
  const above = render(roofed(), top, { light, occlusion: 0 });
  const open = render(roofed(), top, { light: { ...light, shadow: 0 }, occlusion: 0 });
  assert.ok(Buffer.from(above.data).equals(Buffer.from(open.data)), 'no surface shades itself');
});

surfaces('surfaces that stand in the light do not shade themselves at any angle', () => {
  const document = boxes([[0, 0, 0], [40, 40, 40], GREY]);
  for (let pitch = 5; pitch < 90; pitch += 17) {
    for (let yaw = 0; yaw < 360; yaw += 50) {
      const light = { pitch_degrees: pitch, yaw_degrees: yaw };
      const view = { width: 60, height: 60, camera: { yaw_degrees: yaw, pitch_degrees: 40 } };
      const with1 = render(document, view, { light: { ...light, shadow: 1 }, occlusion: 0 });
      const none = render(document, view, { light: { ...light, shadow: 0 }, occlusion: 0 });
      // Faces turned away are darkened as a whole.
      const differing = [];
      for (let at = 0; at < none.data.length; at += 4) {
        const [a, b] = [with1.data[at]!, none.data[at]!];
        if (a !== b && Math.abs(a / b - 0.73) > 0.04) differing.push(at);
      }
      assert.ok(differing.length <= 40, `${pitch} ${yaw}: ${differing.length}`);
    }
  }
});

surfaces('corners are darker, the more so the stronger occlusion is', () => {
  const document = boxes([[0, 0, 0], [9, 9, 1], GREY], [[0, 8, 1], [9, 9, 9], GREY]);
  const view = { width: 90, height: 90, camera: 'top', orthographic: true } as const;
  const options = { light: { intensity: 0, ambient: 1, shadow: 0 } };
  const at = (occlusion: number, y: number) =>
    pixelAt(
      render(document, { ...view, pixels_per_voxel: 10 }, { ...options, occlusion }),
      45,
      y,
    )[0]!;
  // The wall stands on the uppermost row of ten pixels.
  const [wall, corner, nearby, open] = [4, 11, 17, 60];
  assert.is(at(0, corner), 128);
  assert.ok(at(0.4, corner) < at(0.4, nearby) && at(0.4, nearby) < at(0.4, open));
  assert.is(at(0.4, open), 128);
  assert.is(at(0.4, wall), 128);
  assert.ok(at(1, corner) < at(0.4, corner));
});

surfaces('outlines darken silhouettes and borders of voxels, and only them', () => {
  const view = { ...FRONT, pixels_per_voxel: 16 };
  const plain = render(cube(2), view, FLAT);
  const lined = render(cube(2), view, { ...FLAT, outline: { silhouette: 1 } });
  assert.equal(pixelAt(lined, 16, 32), [128, 128, 128, 255]);
  assert.equal(pixelAt(lined, 32, 32), pixelAt(plain, 32, 32));
  const bordered = render(cube(2), view, { ...FLAT, outline: { borders: 1 } });
  assert.ok(pixelAt(bordered, 32, 40)[0]! < 140);
  assert.equal(pixelAt(bordered, 40, 40), [255, 255, 255, 255]);
});

/** The faces of a cube from 0 to `side`, two triangles each, normals outward or inward. */
function cubeSoup(side: number, rgba: number, sign: number): Soup {
  const positions: number[] = [];
  const normals: number[] = [];
  for (let axis = 0; axis < 3; axis++) {
    for (const at of [0, 1]) {
      const corner = (u: number, v: number) => {
        const point = [0, 0, 0];
        point[axis] = at * side;
        point[(axis + 1) % 3] = u * side;
        point[(axis + 2) % 3] = v * side;
        return point;
      };
      const normal = [0, 0, 0];
      normal[axis] = sign * (at === 1 ? 1 : -1);
      positions.push(...corner(0, 0), ...corner(1, 0), ...corner(1, 1));
      positions.push(...corner(0, 0), ...corner(0, 1), ...corner(1, 1));
      for (let i = 0; i < 6; i++) normals.push(...normal);
    }
  }
  const colors = new Uint32Array(36).fill(rgba);
  return { positions: Float32Array.from(positions), normals: Float32Array.from(normals), colors };
}

surfaces(
  'triangles of the shape of voxels look as voxels do, whatever side their normals are',
  () => {
    for (const orthographic of [false, true]) {
      const views = [0, 30, 200].map((yaw_degrees) => {
        const camera = { yaw_degrees, pitch_degrees: 25 };
        return { width: 90, height: 80, camera, orthographic };
      });
      const options = { views, occlusion: 0, background: 'transparent' } as const;
      const voxels = renderPictures(boxes([[0, 0, 0], [6, 6, 6], RED]), options);
      for (const sign of [1, -1]) {
        const document = boxes([[0, 0, 0], [6, 6, 6], GREEN]);
        const soup = renderPictures(document, options, () => cubeSoup(6, RED, sign));
        for (const [i, { bytes }] of voxels.entries()) {
          const [a, b] = [decodePicture(bytes).data, decodePicture(soup[i]!.bytes).data];
          const differing = a.filter((value, at) => Math.abs(value - b[at]!) > 2).length;
          assert.ok(differing <= 12, `view ${i}, normals ${sign}: ${differing} bytes differ`);
        }
      }
    }
  },
);

surfaces('colours and normals of triangles run from corner to corner', () => {
  const positions = Float32Array.of(0, 0, 0, 8, 0, 0, 0, 0, 8);
  const normals = Float32Array.of(0, -1, 0, 0, -1, 0, 0, -1, 0);
  const soup = { positions, normals, colors: Uint32Array.of(RED, GREEN, WHITE) };
  const view = { ...FRONT, pixels_per_voxel: 8 };
  const [bytes] = renderPictures(cube(8), { ...FLAT, views: [view] }, () => soup);
  const picture = decodePicture(bytes!.bytes);
  const [left, right, top] = [
    pixelAt(picture, 1, 62),
    pixelAt(picture, 61, 63),
    pixelAt(picture, 0, 1),
  ];
  assert.ok(left[0]! > 240 && left[1]! < 80 && left[2]! < 80, left.join(' '));
  assert.ok(right[1]! > 240 && right[0]! < 80, right.join(' '));
  assert.ok(Math.min(...top) > 220, top.join(' '));
  assert.equal(pixelAt(picture, 40, 20), [0, 0, 0, 0]);
});

surfaces('a soup of batches is flat, or smooth where triangles meet', () => {
  const up: Vec3 = [0, 0, 1];
  const side: Vec3 = [1, 0, 0];
  // Two triangles that meet in the first two of their corners, the second of twice the area.
  const first = [0, 0, 0, 0, 2, 0, 2, 0, 0];
  const second = [0, 2, 0, 0, 0, 0, 0, 0, 4];
  const batch = (positions: number[], normal: number) => ({
    count: 1,
    positions: [...positions, 99, 99],
    colors: [RED, GREEN, WHITE, 99],
    normals: [normal, 99],
  });
  const surface = { normals: [up, side], batches: () => [batch(first, 0), batch(second, 1)] };
  const flat = {
    positions: new Float32Array(18),
    normals: new Float32Array(18),
    colors: new Uint32Array(6),
  };
  fillSoup(surface, flat);
  assert.equal([...flat.positions], [...first, ...second]);
  assert.equal([...flat.colors], [RED, GREEN, WHITE, RED, GREEN, WHITE]);
  assert.equal([...flat.normals], [...up, ...up, ...up, ...side, ...side, ...side]);
  const mean = [2 * 4, 0, 4];
  const smooth = flat;
  smoothen(smooth);
  const [alone, other] = [
    [0, 0, 4],
    [8, 0, 0],
  ];
  assert.equal([...smooth.normals], [...mean, ...mean, ...alone, ...mean, ...mean, ...other]);
});

surfaces('a mesh is the same picture for one thread and for parts that share memory', () => {
  const document = boxes([[0, 0, 0], [9, 9, 9], RED], [[4, 4, 9], [8, 8, 20], GREEN]);
  for (const kind of ['marching', 'smooth'] as const) {
    const options = { views: [{ width: 50, height: 50 }] };
    const meshing = { kind, bytes_max: 2 ** 24 };
    const whole = renderPictures(document, options, meshing)[0]!.bytes;
    // Every part on a copy of the job, as a thread gets one.
    const job = prepareRender(document, { ...options, threads: 2 }, meshing);
    let bytes: Uint8Array | undefined;
    const copies = [structuredClone(job), structuredClone(job)];
    for (const [stage, parts] of job.stages.entries()) {
      for (let part = 0; part < parts; part++) {
        bytes = runRenderPart(copies[part % 2]!, stage, part);
      }
    }
    assert.ok(Buffer.from(whole).equals(bytes!), kind);
  }
});

surfaces('a mesh that would take more than a job may is refused, and not made', () => {
  const document = boxes([[0, 0, 0], [40, 40, 40], RED]);
  for (const kind of ['marching', 'smooth'] as const) {
    const job = prepareRender(
      document,
      { views: [{ width: 8, height: 8 }] },
      { kind, bytes_max: 2 ** 20 },
    );
    assert.throws(
      () => runRenderPart(job, 0, 0),
      (error: unknown) =>
        error instanceof GoxError &&
        error.code === 'GOX_MEMORY_LIMIT' &&
        error.details?.key === 'limits.job_bytes_max',
    );
    assert.is(job.mesh!.memory.byteLength, 0);
  }
});

surfaces.run();

const pictures = suite('pictures');

pictures('a transparent background has alpha 0, and a part of it at edges', () => {
  const picture = render(cube(3), { width: 61, height: 61 }, CLEAR);
  const alphas = new Set<number>();
  for (let at = 3; at < picture.data.length; at += 4) alphas.add(picture.data[at]!);
  assert.equal(
    [...alphas].sort((a, b) => a - b),
    [0, 64, 128, 191, 255],
  );
  assert.equal(pixelAt(picture, 0, 0), [0, 0, 0, 0]);
});

pictures('a colour behind is that colour; the gradient is dark at the top', () => {
  const view = { width: 9, height: 100, camera: { eye: [0, 0, 9], target: [0, 0, 99] } } as const;
  assert.equal(
    pixelAt(render(cube(1), view, { background: [1, 2, 3, 255] }), 4, 4),
    [1, 2, 3, 255],
  );
  assert.equal(pixelAt(render(cube(1), view, { background: [9, 8, 7, 99] }), 4, 4), [9, 8, 7, 99]);
  const gradient = render(cube(1), view);
  assert.equal(pixelAt(gradient, 4, 0), [20, 20, 20, 255]);
  assert.equal(pixelAt(gradient, 4, 99), [120, 120, 120, 255]);
});

pictures('PNG and JPEG have the size asked for, and show the same', () => {
  const views = [1, 2, 7, 130, 300].map((width) => ({ width, height: 303 - width }));
  const pngs = renderPictures(axes(), { views });
  const jpegs = renderPictures(axes(), { views, format: 'jpeg', quality: 95 });
  for (const [i, { width, height }] of views.entries()) {
    const [png, jpeg] = [decodePicture(pngs[i]!.bytes), decodePicture(jpegs[i]!.bytes)];
    assert.equal([png.width, png.height], [width, height]);
    assert.equal([jpeg.width, jpeg.height], [width, height]);
    let sum = 0;
    for (let at = 0; at < png.data.length; at++) sum += Math.abs(png.data[at]! - jpeg.data[at]!);
    assert.ok(sum / png.data.length < 3, `${width}: ${sum / png.data.length}`);
  }
  const poor = renderPictures(axes(), { views, format: 'jpeg', quality: 10 });
  assert.ok(poor[4]!.bytes.length < jpegs[4]!.bytes.length);
});

pictures('an empty document gives the background', () => {
  const picture = render(Document.empty(), { width: 20, height: 10 }, CLEAR);
  assert.ok(picture.data.every((byte) => byte === 0));
});

pictures('any number of threads gives the same bytes, and so does a copy of the job', () => {
  const document = formatFor('a.gox').read!(model('csg').bytes, 'csg');
  const views: View[] = [
    { width: 200, height: 301 },
    { width: 64, height: 64, camera: 'left' },
    { width: 640, height: 333, camera: 'isometric' },
  ];
  const bytesFor = (threads: number, options: Omit<RenderOptions, 'views'>): string[] => {
    const job = prepareRender(document, { ...options, views, threads });
    const made: string[] = [];
    for (const [stage, parts] of job.stages.entries()) {
      // Backwards, each part with its own copy, as if every part had a thread of its own.
      for (let part = parts - 1; part >= 0; part--) {
        const copy = structuredClone(job);
        const bytes = runRenderPart(threads === 1 ? job : copy, stage, part);
        if (bytes !== undefined) made[part] = Buffer.from(bytes).toString('latin1');
      }
    }
    return made;
  };
  for (const options of [{}, { outline: { silhouette: 0.5, borders: 0.5 } }] as const) {
    const one = bytesFor(1, options);
    assert.equal(bytesFor(2, options), one);
    assert.equal(bytesFor(5, options), one);
    const whole = renderPictures(document, { ...options, views });
    assert.equal(
      whole.map(({ bytes }) => Buffer.from(bytes).toString('latin1')),
      one,
    );
  }
});

pictures('a later edit does not show in a job that was prepared before it', () => {
  const document = cube(4);
  const options = { views: [{ width: 40, height: 40 }] };
  const before = Buffer.from(renderPictures(document, options)[0]!.bytes);
  const job = prepareRender(document, options);
  document.activeLayer.volume.fillBox([0, 0, 0], [4, 4, 2], 0);
  let after: Uint8Array | undefined;
  for (const [stage, parts] of job.stages.entries()) {
    for (let part = 0; part < parts; part++) after = runRenderPart(job, stage, part) ?? after;
  }
  assert.ok(before.equals(after!));
});

pictures.run();
