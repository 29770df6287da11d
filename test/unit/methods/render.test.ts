/** Pictures through the method: sizes, cameras, where they go, and what is refused. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decode, TestEngine } from '../../support/engine.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

interface Rendered {
  readonly width: number;
  readonly height: number;
  readonly format: string;
  readonly output_path?: string;
  readonly image?: string;
  readonly pictures?: readonly { width: number; bytes: number; path?: string; image?: string }[];
}

/** A red cube of 8 with a blue one of 4 on its +x side. */
function engine(roots: string[] = []): TestEngine {
  const made = new TestEngine({ roots });
  made.call('goxel.fill_region', { min: [0, 0, 0], max: [7, 7, 7], color: '#FF0000' });
  made.call('goxel.fill_region', { min: [8, 2, 2], max: [11, 5, 5], color: '#0000FF' });
  return made;
}

const render = (of: TestEngine, params: object): Rendered =>
  of.call('goxel.render_scene', params) as Rendered;

function pixels(image: string | undefined): PNG {
  return PNG.sync.read(Buffer.from(image ?? '', 'base64'));
}

/** Parts of the picture that are mostly red, mostly blue, and empty. */
function shares({ data, width, height }: PNG): { red: number; blue: number; empty: number } {
  let [red, blue, empty] = [0, 0, 0];
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] === 0) empty++;
    else if (data[i]! > 2 * data[i + 2]!) red++;
    else if (data[i + 2]! > 2 * data[i]!) blue++;
  }
  const all = width * height;
  return { red: red / all, blue: blue / all, empty: empty / all };
}

const test = suite('render');

test('gives the picture in the result when there is no path', () => {
  const { width, height, format, image } = render(engine(), { width: 40, height: 30 });
  assert.equal([width, height, format], [40, 30, 'png']);
  const picture = pixels(image);
  assert.equal([picture.width, picture.height], [40, 30]);
});

test('is binary in MessagePack', () => {
  const params = { width: 16, height: 16 };
  const request = { method: 'goxel.render_scene', params, msgpack: true };
  const [answer] = engine().run([request]);
  const { image } = decode(answer!, true) as { image: Uint8Array };
  assert.ok(image instanceof Uint8Array);
  assert.is(PNG.sync.read(Buffer.from(image)).width, 16);
});

test('each preset shows its side', () => {
  const made = engine();
  const seen = (camera: string) => {
    const params = { width: 64, height: 64, camera, orthographic: true };
    return shares(pixels(render(made, { ...params, background: 'transparent' }).image));
  };
  const [front, left, right, top] = ['front', 'left', 'right', 'top'].map(seen);
  // From +x the blue cube hides a quarter of the red one; from -x it is hidden.
  assert.is(left!.blue, 0);
  assert.ok(right!.blue > 0.15);
  for (const view of [front!, top!]) {
    assert.ok(view.red > 0.3 && view.blue > 0.05, JSON.stringify(view));
    assert.ok(Math.abs(view.red / view.blue - 4) < 0.3, 'a face of 8 beside one of 4');
  }
});

test('fills the picture with what is there, and leaves the margin', () => {
  const made = engine();
  const params = { width: 100, height: 100, camera: 'top', orthographic: true, margin: 0.1 };
  const picture = pixels(render(made, { ...params, background: 'transparent' }).image);
  const columns = [...Array(100).keys()].filter((x) =>
    [...Array(100).keys()].some((y) => picture.data[4 * (x + 100 * y) + 3]! > 0),
  );
  assert.ok(Math.abs(columns[0]! - 10) <= 1 && Math.abs(columns.at(-1)! - 89) <= 1, `${columns}`);
});

test('writes files: one by its path, several with numbers', () => {
  const root = temporaryDirectory();
  const made = engine([root]);
  const path = join(root, 'a.png');
  const one = render(made, { output_path: path, width: 20, height: 20 });
  assert.equal(one, {
    ...{ success: true, width: 20, height: 20, format: 'png', output_path: path },
    bytes: readFileSync(path).length,
  });
  const turn = { output_path: join(root, 'turn.jpg'), width: 24, height: 16 };
  const { pictures, format } = render(made, { ...turn, turntable: { count: 3 } });
  assert.is(format, 'jpeg');
  assert.equal(
    pictures!.map((picture) => picture.path),
    ['000', '001', '002'].map((number) => join(root, `turn-${number}.jpg`)),
  );
  for (const { path: file, bytes } of pictures!) {
    const content = readFileSync(file!);
    assert.is(content.length, bytes);
    const { width, height } = jpeg.decode(content);
    assert.equal([width, height], [24, 16]);
  }
  assert.not(readFileSync(pictures![0]!.path!).equals(readFileSync(pictures![1]!.path!)));
});

test('several views have their own sizes and cameras', () => {
  const views = [{ camera: 'top' }, { width: 10, camera: { yaw: 30, pitch: 10 } }];
  const { pictures } = render(engine(), { width: 20, height: 12, views });
  assert.equal(
    pictures!.map(({ image }) => pixels(image)).map(({ width, height }) => [width, height]),
    [
      [20, 12],
      [10, 12],
    ],
  );
});

test("takes the forms of the v14 daemon's clients", () => {
  const root = temporaryDirectory();
  const made = engine([root]);
  const path = join(root, 'b.png');
  const result = render(made, [path, 0, 16] as unknown as object);
  assert.equal([result.width, result.height], [512, 16]);
  assert.ok(existsSync(path));
  const options = { background_color: [0, 255, 0], return_mode: 'base64' };
  const old = { width: 8, height: 8, camera_preset: 'Isometric', options };
  const { data } = pixels(render(made, old).image);
  assert.equal([...data.subarray(0, 4)], [0, 255, 0, 255]);
  const eye = { camera_position: [100, 100, 100], camera_target: [4, 4, 4] };
  assert.is(pixels(render(made, { ...eye, width: 8, height: 8 }).image).width, 8);
});

test("exports to a picture as Goxel does: a square of 1024 by the project's camera", () => {
  const root = temporaryDirectory();
  const made = engine([root]);
  const path = join(root, 'export.png');
  const exported = made.call('goxel.export_model', { path });
  const content = readFileSync(path);
  assert.equal(exported, { success: true, path, format: 'png', bytes: content.length });
  const { width, height } = PNG.sync.read(content);
  assert.equal([width, height], [1024, 1024]);
});

test('smooth surfaces show other faces than blocks', () => {
  const made = engine();
  const images = ['blocks', 'marching', 'smooth'].map(
    (surface) => render(made, { width: 64, height: 64, surface }).image,
  );
  assert.is(new Set(images).size, 3);
});

test('traces paths of light, within a time budget', () => {
  const made = engine();
  const params = { width: 48, height: 32, camera: 'isometric', background: 'transparent' };
  const traced = render(made, { ...params, trace: { samples: 2, seed: 1 } });
  const again = render(made, { ...params, trace: { samples: 2, seed: 1 } });
  assert.is(traced.image, again.image);
  assert.is.not(traced.image, render(made, params).image);
  const { red, empty } = shares(pixels(traced.image));
  const drawn = shares(pixels(render(made, params).image));
  assert.ok(Math.abs(red - drawn.red) < 0.05 && Math.abs(empty - drawn.empty) < 0.05);
  const since = performance.now();
  render(made, { ...params, trace: { samples: 10_000, time_ms: 100 } });
  assert.ok(performance.now() - since < 20_000, '10,000 samples would take minutes');
});

const REFUSED: readonly (readonly [title: string, params: object, code: string])[] = [
  ['a side too long', { width: 8193 }, 'GOX_INVALID_PARAMS'],
  ['too many pixels', { width: 8192, height: 8192, turntable: { count: 9 } }, 'GOX_MEMORY_LIMIT'],
  ['a camera that is not there', { camera: { index: 7 } }, 'GOX_INVALID_PARAMS'],
  [
    'a camera in its target',
    { camera: { eye: [1, 1, 1], target: [1, 1, 1] } },
    'GOX_INVALID_PARAMS',
  ],
  ['another format', { output_path: 'a.gif' }, 'GOX_FORMAT_UNKNOWN'],
  ['a path outside', { output_path: '/a.png' }, 'GOX_PATH_REFUSED'],
  ['a smooth surface to trace', { trace: true, surface: 'smooth' }, 'GOX_INVALID_PARAMS'],
  ['a kept file where nobody keeps any', { return_mode: 'file_path' }, 'GOX_INVALID_PARAMS'],
];

for (const [title, params, code] of REFUSED) {
  test(`refuses ${title}`, () => {
    const made = engine();
    assert.is(made.fail('goxel.render_scene', params).data.code, code);
    assert.is(made.defects.length, 0);
  });
}

test('refuses a directory that is not there before it renders', () => {
  const root = temporaryDirectory();
  const { data } = engine([root]).fail('goxel.render_scene', {
    output_path: join(root, 'none', 'a.png'),
  });
  assert.is(data.code, 'GOX_FILE');
  assert.equal(readdirSync(root), []);
});

test.run();
