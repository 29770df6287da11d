/** What can be seen through: each sample mixes all surfaces that a ray meets, in their order. */

import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../../engine/document/document.ts';
import type { Layer } from '../../../engine/document/layer.ts';
import { newMaterial } from '../../../engine/document/scene.ts';
import { prepareRender } from '../../../engine/render/direct.ts';
import type { CameraChoice, Preset } from '../../../engine/render/options.ts';
import { renderPictures, runRenderPart } from '../../../engine/render/render.ts';
import { type Area, partsOf, Veils } from '../../../engine/render/veils.ts';
import type { Vec3 } from '../../../engine/volume/box.ts';
import { pack } from '../../../engine/volume/color.ts';
import { BLUE, decodePicture, FLAT, GREEN, pixelAt, RED, render } from '../../support/pictures.ts';
import { seenThrough } from '../../support/see-through.ts';
import { SEED } from '../../support/seed.ts';

const WHITE = pack(255, 255, 255, 255);

/** A layer of a material of its own. */
function pane(document: Document, opacity: number, rgba: number, min: Vec3, max: Vec3): Layer {
  const layer = document.addLayer('');
  const color = Float32Array.of(1, 1, 1, opacity);
  layer.set({ material: document.addMaterial({ ...newMaterial('glass'), color }) });
  layer.volume.fillBox(min, max, rgba);
  return layer;
}

interface Pane {
  readonly rgba: number;
  readonly opacity: number;
}

/** Panes from the nearest to the farthest over what is behind all: red, green, blue and alpha. */
function mixed(panes: readonly Pane[], behind: readonly number[]): number[] {
  let [r, g, b, a] = behind.map((byte) => byte / 255) as [number, number, number, number];
  [r, g, b] = [r * a, g * a, b * a];
  for (const { rgba, opacity } of [...panes].reverse()) {
    const alpha = Math.round(opacity * 255) / 255;
    const over = (shift: number, below: number) =>
      (alpha * ((rgba >>> shift) & 0xff)) / 255 + (1 - alpha) * below;
    [r, g, b, a] = [over(0, r), over(8, g), over(16, b), alpha + (1 - alpha) * a];
  }
  return [(r / a) * 255, (g / a) * 255, (b / a) * 255, a * 255];
}

function assertNear(found: readonly number[], expected: readonly number[], where: string): void {
  const near = found.every((byte, i) => Math.abs(byte - expected[i]!) <= 1);
  assert.ok(near, `${where}: ${found.join(' ')}, not ${expected.map((v) => v.toFixed(1))}`);
}

const PANES: readonly Pane[] = [
  { rgba: pack(220, 30, 40, 255), opacity: 0.3 },
  { rgba: pack(30, 200, 60, 255), opacity: 0.55 },
  { rgba: pack(20, 60, 230, 255), opacity: 0.2 },
  { rgba: pack(250, 220, 10, 255), opacity: 0.7 },
  { rgba: pack(90, 10, 120, 255), opacity: 0.4 },
  { rgba: pack(0, 0, 0, 255), opacity: 0.1 },
  { rgba: pack(255, 255, 255, 255), opacity: 0.5 },
];

const SIDES: readonly [low: Preset, high: Preset][] = [
  ['left', 'right'],
  ['front', 'back'],
  ['bottom', 'top'],
];

const panes = suite('panes');

panes('a row of them follows the formula from both of its ends, in any order of layers', () => {
  for (const [axis, [low, high]] of SIDES.entries()) {
    for (const turned of [false, true]) {
      const document = Document.empty();
      const places = [...PANES.keys()];
      if (turned) places.reverse();
      for (const i of places) {
        const [min, max] = [
          [0, 0, 0],
          [8, 8, 8],
        ] as [[number, number, number], [number, number, number]];
        [min[axis], max[axis]] = [i * 9, i * 9 + 1];
        pane(document, PANES[i]!.opacity, PANES[i]!.rgba, min, max);
      }
      for (const orthographic of [false, true]) {
        for (const [camera, seen] of [
          [low, PANES],
          [high, PANES.toReversed()],
        ] as const) {
          const view = { width: 33, height: 33, camera, orthographic };
          const picture = render(document, view, FLAT);
          const where = `${camera} ${turned} ${orthographic}`;
          assertNear(pixelAt(picture, 16, 16), mixed(seen, [0, 0, 0, 0]), where);
          const behind = [10, 200, 90, 255] as const;
          const opaque = render(document, view, { ...FLAT, background: behind });
          assertNear(pixelAt(opaque, 16, 16), mixed(seen, behind), where);
        }
      }
    }
  }
});

panes('of one layer all are seen, and an opaque body between them hides the rest', () => {
  const document = Document.empty();
  const layer = pane(document, 0.35, RED, [0, 0, 0], [8, 1, 8]);
  layer.volume.fillBox([0, 4, 0], [8, 5, 8], GREEN);
  layer.volume.fillBox([0, 8, 0], [8, 9, 8], BLUE);
  const view = { width: 40, height: 40, camera: 'front', orthographic: true } as const;
  const colors = [RED, GREEN, BLUE].map((rgba) => ({ rgba, opacity: 0.35 }));
  assertNear(pixelAt(render(document, view, FLAT), 20, 20), mixed(colors, [0, 0, 0, 0]), 'three');
  document.activeLayer = document.layers[0]!;
  document.activeLayer.volume.fillBox([0, 6, 0], [8, 7, 8], WHITE);
  const two = mixed(colors.slice(0, 2), [255, 255, 255, 255]);
  assertNear(pixelAt(render(document, view, FLAT), 20, 20), two, 'two');
});

panes('a body has no faces inside, whatever blocks and colours it is of', () => {
  const document = Document.empty();
  const layer = pane(document, 0.5, RED, [-20, -20, -20], [20, 20, 20]);
  layer.volume.fillBox([-3, 0, -3], [3, 20, 3], GREEN);
  for (const camera of ['front', 'isometric', { yaw_degrees: 45, pitch_degrees: 30 }] as const) {
    for (const orthographic of [false, true]) {
      for (const width of [40, 41, 64]) {
        // In the middle of odd pictures a sample lies on an edge of the body, or of its blocks.
        const view = { width, height: width, camera, orthographic };
        const { data } = render(document, view, { ...FLAT, samples: 1 });
        const colors = new Set(new Uint32Array(data.buffer, data.byteOffset, width * width));
        const where = `${JSON.stringify(camera)} ${orthographic} ${width}`;
        assert.equal([...colors].sort(), [0, pack(255, 0, 0, 128)].sort(), where);
      }
    }
  }
});

panes('that cross are each the nearer one on its side', () => {
  const document = Document.empty();
  pane(document, 0.6, RED, [0, 0, 0], [20, 1, 10]);
  // From before the first on the left to behind it on the right.
  const other = pane(document, 0.6, BLUE, [0, 0, 0], [0, 0, 0]);
  for (let x = 0; x < 20; x++) other.volume.fillBox([x, x - 10, 0], [x + 1, x - 9, 10], BLUE);
  const view = { width: 80, height: 80, camera: 'front', orthographic: true } as const;
  const picture = render(document, { ...view, pixels_per_voxel: 4 }, FLAT);
  const [red, blue] = [
    { rgba: RED, opacity: 0.6 },
    { rgba: BLUE, opacity: 0.6 },
  ];
  assertNear(pixelAt(picture, 10, 40), mixed([blue, red], [0, 0, 0, 0]), 'left');
  assertNear(pixelAt(picture, 70, 40), mixed([red, blue], [0, 0, 0, 0]), 'right');
});

panes('in one place: the lower layer comes first, as of opaque ones', () => {
  const document = Document.empty();
  pane(document, 0.6, RED, [0, 0, 0], [8, 8, 8]);
  pane(document, 0.3, BLUE, [0, 0, 0], [8, 8, 8]);
  for (const camera of ['front', 'back', 'top'] as const) {
    const picture = render(document, { width: 20, height: 20, camera }, FLAT);
    const both = [
      { rgba: RED, opacity: 0.6 },
      { rgba: BLUE, opacity: 0.3 },
    ];
    assertNear(pixelAt(picture, 10, 10), mixed(both, [0, 0, 0, 0]), camera);
  }
});

panes('meshes in place of voxels are met once a body, too', () => {
  const document = Document.empty();
  pane(document, 0.4, RED, [0, 0, 0], [12, 4, 12]);
  pane(document, 0.7, BLUE, [0, 8, 0], [12, 12, 12]);
  const bodies = [
    { rgba: RED, opacity: 0.4 },
    { rgba: BLUE, opacity: 0.7 },
  ];
  for (const kind of ['marching', 'smooth'] as const) {
    for (const [camera, seen] of [
      ['front', bodies],
      ['back', bodies.toReversed()],
    ] as const) {
      // In the middle of odd pictures a sample lies on edges of triangles.
      for (const width of [40, 41]) {
        const options = { ...FLAT, views: [{ width, height: width, camera, orthographic: true }] };
        const [picture] = renderPictures(document, options, { kind, bytes_max: 2 ** 26 });
        const pixels = decodePicture(picture!.bytes);
        for (let at = 8; at < width - 8; at++) {
          const where = `${kind} ${camera} ${width} ${at}`;
          assertNear(pixelAt(pixels, at, at), mixed(seen, [0, 0, 0, 0]), where);
        }
      }
    }
  }
});

panes.run();

const scenes = suite('scenes');

const SIDE = 24;

type RandomBox = [a: Vec3, b: Vec3, rgb: number];

/** A few boxes each of an opaque layer and of two or three that can be seen through. */
const corner = fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9));
const color = fc.integer({ min: 0, max: 0xff_ffff });
const boxList: fc.Arbitrary<RandomBox[]> = fc.array(fc.tuple(corner, corner, color), {
  minLength: 1,
  maxLength: 5,
});
const opacity = fc.double({ min: 0.05, max: 0.95, noNaN: true });
const glassList = fc.array(fc.tuple(boxList, opacity), { minLength: 2, maxLength: 3 });
/** None looks along an axis, where whole rows of rays would run along edges. */
const cameras: fc.Arbitrary<CameraChoice> = fc
  .tuple(fc.integer({ min: 0, max: 359 }), fc.integer({ min: -80, max: 80 }))
  .map(([yaw, pitch]) => ({ yaw_degrees: yaw + 0.123, pitch_degrees: pitch + 0.321 }));
const styles = fc.record({
  orthographic: fc.boolean(),
  samples: fc.constantFrom(1 as const, 2 as const),
});

function randomScene(solid: readonly RandomBox[], glass: readonly [RandomBox[], number][]) {
  const document = Document.empty();
  const fill = ({ volume }: Layer, list: readonly RandomBox[]) => {
    for (const [a, b, rgb] of list) {
      const low = (i: 0 | 1 | 2) => Math.min(a[i], b[i]) - 5;
      const end = (i: 0 | 1 | 2) => Math.max(a[i], b[i]) - 4;
      const max: Vec3 = [end(0), end(1), end(2)];
      volume.fillBox([low(0), low(1), low(2)], max, (rgb | 0xff00_0000) >>> 0);
    }
  };
  fill(document.activeLayer, solid.slice(0, 2));
  for (const [list, share] of glass) fill(pane(document, share, 0, [0, 0, 0], [0, 0, 0]), list);
  return document;
}

scenes('of boxes in each other are what rays see that walk from voxel to voxel', () => {
  const property = fc.property(
    ...[boxList, glassList, cameras, styles],
    (solid, glass, camera, { orthographic, samples }) => {
      const document = randomScene(solid, glass);
      const view = { width: SIDE, height: SIDE, camera, orthographic };
      const options = { ...FLAT, samples };
      const { projection } = prepareRender(document, { ...options, views: [view] }).views[0]!;
      const picture = render(document, view, options);
      const truth = pixelsOf(seenThrough(document, projection), samples);
      let wrong = 0;
      for (const [i, expected] of truth.entries()) {
        const found = pixelAt(picture, i % SIDE, Math.floor(i / SIDE));
        // The less alpha, the fewer bits has a colour.
        const off = found.map((v, c) => (v - expected[c]!) * (c === 3 ? 1 : expected[3]! / 255));
        if (off.some((by) => Math.abs(by) > 1.01)) wrong++;
      }
      // A ray through an edge may go either way.
      assert.ok(wrong <= 2, `${wrong} pixels differ`);
    },
  );
  fc.assert(property, { seed: SEED, numRuns: 30, endOnFailure: true });
});

/** The means of so many samples along each side of a pixel, each as far as it covers. */
function pixelsOf(colors: readonly number[][], samples: number): number[][] {
  return Array.from({ length: SIDE * SIDE }, (_, i) => {
    const sum = [0, 0, 0, 0];
    for (let s = 0; s < samples * samples; s++) {
      const x = (i % SIDE) * samples + (s % samples);
      const y = Math.floor(i / SIDE) * samples + Math.floor(s / samples);
      const [r, g, b, a] = colors[y * SIDE * samples + x] as [number, number, number, number];
      for (const [c, value] of [r * a, g * a, b * a, a].entries()) sum[c]! += value;
    }
    const alpha = sum[3]!;
    if (alpha === 0) return sum;
    return [sum[0]! / alpha, sum[1]! / alpha, sum[2]! / alpha, alpha / (samples * samples)];
  });
}

/** So many panes of one layer behind each other, with a wall behind them all. */
function tower(count: number): Document {
  const document = Document.empty();
  const layer = pane(document, 0.02, RED, [0, 0, 0], [0, 0, 0]);
  for (let i = 0; i < count; i++) {
    const rgba = pack((i * 37) % 256, (i * 91) % 256, (i * 53) % 256, 255);
    layer.volume.fillBox([0, i * 2, 0], [16, i * 2 + 1, 16], rgba);
  }
  return document;
}

scenes('with more surfaces than are kept at a time are drawn in parts, and are the same', () => {
  const count = 200;
  const document = tower(count);
  const camera = 'front';
  const seen = Array.from({ length: count }, (_, i) => ({
    rgba: document.activeLayer.volume.get(0, i * 2, 0),
    opacity: 0.02,
  }));
  const expected = mixed(seen, [0, 0, 0, 0]);
  // A band of this has 2 · 32 rows of 2 · 64 samples, of 200 surfaces each: 1.6 million.
  const size = { width: 64, height: 64, camera, orthographic: true, pixels_per_voxel: 4 } as const;
  const picture = render(document, size, FLAT);
  for (let i = 0; i < 64 * 64; i++) {
    assertNear(pixelAt(picture, i % 64, Math.floor(i / 64)), expected, `pixel ${i}`);
  }
});

scenes('are the same bytes for any number of threads, and for copies of the job', () => {
  const document = tower(8);
  pane(document, 0.5, BLUE, [4, -4, 4], [12, 40, 12]);
  document.layers[0]!.volume.fillBox([-4, 20, -4], [8, 21, 20], WHITE);
  const views = [
    { width: 150, height: 133 },
    { width: 90, height: 200, camera: 'isometric' },
  ] as const;
  for (const mesh of [undefined, { kind: 'smooth', bytes_max: 2 ** 26 } as const]) {
    const whole = renderPictures(document, { views }, mesh);
    for (const threads of [1, 4]) {
      const job = prepareRender(document, { views, threads }, mesh);
      for (const [stage, parts] of job.stages.entries()) {
        for (let part = parts - 1; part >= 0; part--) {
          // Each part with its own copy, as if every part had a thread of its own.
          const bytes = runRenderPart(structuredClone(job), stage, part);
          if (bytes === undefined) continue;
          assert.ok(Buffer.from(bytes).equals(Buffer.from(whole[part]!.bytes)), `${threads}`);
        }
      }
    }
  }
});

scenes.run();

const lists = suite('lists');

/** The numbers of the surfaces of a sample, nearest first. */
function idsAt(veils: Veils, x: number, y: number): number[] {
  const found: number[] = [];
  for (let i = veils.firstOf(x, y); i < veils.endOf(x, y); i++) found.push(veils.idOf(i));
  return found;
}

lists('any number of surfaces of a sample is sorted, and equal ones of a group are one', () => {
  const depths = fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 90, size: 'max' });
  const property = fc.property(depths, depths, (first, second) => {
    const veils = new Veils();
    veils.start({ left: 4, right: 6, top: 8, bottom: 10 });
    const given = [...first, ...second];
    for (const [id, depth] of given.entries()) {
      veils.group = id < first.length ? 0 : 1;
      veils.add(5, 9, depth, id);
      if (id % 2 === 0) veils.add(4, 9, depth, id);
    }
    veils.sort();
    const once = [...given.keys()].filter((id) => {
      const group = id < first.length ? first : second;
      return group.indexOf(given[id]!) === (id < first.length ? id : id - first.length);
    });
    const expected = once.sort((a, b) => given[b]! - given[a]! || a - b);
    assert.equal(idsAt(veils, 5, 9), expected);
    assert.equal(idsAt(veils, 5, 8), []);
  });
  fc.assert(property, { seed: SEED, numRuns: 100 });
});

lists('what finds no room is counted, and the area is cut into pixels at the smallest', () => {
  const veils = new Veils();
  veils.start({ left: 0, right: 2, top: 0, bottom: 2 });
  const room = 2 ** 20;
  for (let i = 0; i < room + 9; i++) veils.add(i & 1, (i >> 1) & 1, i, i);
  assert.equal([veils.count, veils.parts], [room + 9, 2]);
  veils.sort();
  assert.is(veils.endOf(1, 1), room);
  const cells = new Set<string>();
  const split = (area: Area, depth: number): void => {
    const parts = partsOf(area, 3, 2);
    if (parts.length > 1) for (const part of parts) split(part, depth + 1);
    else cells.add(`${area.left} ${area.right} ${area.top} ${area.bottom} ${depth < 9}`);
  };
  split({ left: 0, right: 10, top: 0, bottom: 14 }, 0);
  const pixels = Array.from({ length: 35 }, (_, i) => [(i % 5) * 2, Math.floor(i / 5) * 2]);
  const expected = pixels.map(([x, y]) => `${x} ${x! + 2} ${y} ${y! + 2} true`);
  assert.equal([...cells].sort(), expected.sort());
});

lists.run();
