/** Names of sides mean the same in pictures, in shapes and in documents, by `conventions.ts`. */

import { PNG } from 'pngjs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GLYPH_HEIGHT, GLYPH_WIDTH, glyph } from '../../../engine/procedural/font.ts';
import { TestEngine } from '../../support/engine.ts';

const PARALLEL = { orthographic: true, background: 'transparent', occlusion: 0 };

function picture(engine: TestEngine, params: object): PNG {
  const { image } = engine.call('goxel.render_scene', params) as { image: string };
  return PNG.sync.read(Buffer.from(image, 'base64'));
}

/** The channel that is strongest at a place; nothing where there is no model. */
function hueAt({ data, width }: PNG, x: number, y: number): 'red' | 'green' | 'blue' | undefined {
  const at = 4 * (Math.floor(x) + width * Math.floor(y));
  const [r, g, b, a] = data.subarray(at, at + 4) as unknown as [number, number, number, number];
  if (a === 0) return undefined;
  return r > g && r > b ? 'red' : g > b ? 'green' : 'blue';
}

/** A cube of 9 whose voxels on one side are red, those on the opposite side blue. */
function sided(axis: 0 | 1 | 2, way: 1 | -1): TestEngine {
  const engine = new TestEngine();
  const layer = (place: number, color: string) => {
    const [min, max] = [
      [0, 0, 0],
      [8, 8, 8],
    ] as [number[], number[]];
    [min[axis], max[axis]] = [place, place];
    engine.call('fill_region', { min, max, color });
  };
  engine.call('fill_region', { min: [0, 0, 0], max: [8, 8, 8], color: '#00FF00' });
  layer(way > 0 ? 8 : 0, '#FF0000');
  layer(way > 0 ? 0 : 8, '#0000FF');
  return engine;
}

const axes = suite('axes');

const SIDES = [
  ['front', 1, -1],
  ['back', 1, 1],
  ['left', 0, -1],
  ['right', 0, 1],
  ['top', 2, 1],
  ['bottom', 2, -1],
] as const;

for (const [name, axis, way] of SIDES) {
  for (const key of ['camera', 'camera_preset']) {
    axes(`${key} ${name} shows the side at ${way > 0 ? '+' : '-'}${'xyz'[axis]}`, () => {
      const params = { ...PARALLEL, [key]: name, width: 18, height: 18, margin: 0 };
      assert.is(hueAt(picture(sided(axis, way), params), 9, 9), 'red');
    });
  }
}

for (const name of ['isometric', 'perspective', 'default']) {
  axes(`${name} sees the top, the front to the left and the right side to the right`, () => {
    const looks = [
      [2, 1, 50, 30],
      [1, -1, 30, 65],
      [0, 1, 70, 65],
    ] as const;
    for (const [axis, way, x, y] of looks) {
      const params = { camera: name, background: 'transparent', width: 100, height: 100 };
      assert.is(hueAt(picture(sided(axis, way), params), x, y), 'red', `${'xyz'[axis]}`);
    }
  });
}

/** What a text looks like, a row of `#` and `.` for each line of pixels. */
function written(text: string): string[] {
  const glyphs = [...text].map((character) => glyph(character)!);
  return Array.from({ length: GLYPH_HEIGHT }, (_, row) =>
    glyphs.map((rows) => rows[row]).join('.'),
  );
}

const PIXELS = 4;

/** What the picture shows where the text is, in the same form. */
function read({ data, width, height }: PNG): string[] {
  return Array.from({ length: height / PIXELS }, (_, row) =>
    Array.from({ length: width / PIXELS }, (_, column) => {
      const [x, y] = [(column + 0.5) * PIXELS, (row + 0.5) * PIXELS];
      return data[4 * (x + width * y) + 3] === 0 ? '.' : '#';
    }).join(''),
  );
}

for (const [axis, camera, opposite] of [
  ['y', 'front', 'back'],
  ['x', 'right', 'left'],
  ['z', 'top', 'bottom'],
] as const) {
  axes(`text along ${axis} can be read from the ${camera}, and is mirrored from behind`, () => {
    const engine = new TestEngine();
    engine.call('procedural_shape', { shape_type: 'text', text: 'RF', axis });
    const size = { width: (2 * GLYPH_WIDTH + 1) * PIXELS, height: GLYPH_HEIGHT * PIXELS };
    const view = { ...PARALLEL, ...size, margin: 0, pixels_per_voxel: PIXELS };
    const text = written('RF');
    assert.equal(read(picture(engine, { ...view, camera })), text);
    const behind = read(picture(engine, { ...view, camera: opposite }));
    // Seen from below it is the other way up, as a page that is turned over at its lower edge.
    const mirrored = text.map((row) => [...row].reverse().join(''));
    assert.equal(behind, opposite === 'bottom' ? [...text].reverse() : mirrored);
  });
}

axes.run();
