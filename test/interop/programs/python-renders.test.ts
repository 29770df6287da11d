/** The Python programs of the C daemon's repository that render: what they send, read and want. */

import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Conversation, type Manner, type Step, withProgram } from '../../support/conversation.ts';
import { decodePicture, pixelAt } from '../../support/pictures.ts';
import { PlainClient } from '../../support/programs.ts';

const test = suite('Python programs that render');

const ID_LAST = ['jsonrpc', 'method', 'params', 'id'] as const;
const MANAGED = { return_mode: 'file_path' } as const;

interface Managed {
  readonly path: string;
  readonly size: number;
  readonly format: string;
  readonly dimensions: { readonly width: number; readonly height: number };
  readonly checksum: string;
  readonly created_at: number;
  readonly expires_at: number;
}

type Stats = Readonly<Record<string, number | boolean>>;

/** Has a picture made that the daemon keeps, and reads it as a program does. */
async function rendered(program: Conversation, width: number, height: number): Promise<Managed> {
  const params = { width, height, options: MANAGED };
  const result = await program.get('goxel.render_scene', params, '"success":true', '"file":{');
  const file = result.file as Managed;
  assert.equal([file.format, file.dimensions], ['png', { width, height }]);
  assert.is(file.size, readFileSync(file.path).length);
  assert.ok(file.checksum.length > 0 && file.expires_at > file.created_at);
  return file;
}

/** Lines of voxels, as positional parameters. */
function voxels(count: number, at: (index: number) => readonly number[]): Step[] {
  return Array.from({ length: count }, (_, i): Step => ['goxel.add_voxel', at(i)]);
}

/** It sends `[]` where it has no parameters, or none in its object. */
const V16: Manner = { members: ID_LAST, no_params: [], reads: 'once', recv_bytes: 65_536 };

async function statistics(program: Conversation): Promise<Stats> {
  const { stats } = await program.get('goxel.get_render_stats', undefined, '"success":true');
  const figures = ['active_renders', 'current_cache_size', 'max_cache_size', 'total_renders'];
  for (const name of [...figures, 'cache_usage_percent', 'files_cleaned']) {
    assert.type((stats as Stats)[name], 'number', name);
  }
  assert.type((stats as Stats).cleanup_thread_active, 'boolean');
  return stats as Stats;
}

/** Compares renders that the daemon keeps with those at a path of the program's. */
async function comparesModes(program: Conversation, directory: string): Promise<void> {
  const at = (i: number) => [32 + Math.floor(i / 20), 32 + (i % 20), 32, 255, 0, 0, 255];
  await program.play([['goxel.create_project', ['PerfTest', 64, 64, 64]], ...voxels(400, at)]);
  const sizes = [
    [200, 200],
    [400, 400],
    [800, 600],
    [1920, 1080],
  ] as [number, number][];
  for (const [width, height] of sizes) {
    const { path } = await rendered(program, width, height);
    await program.get('goxel.cleanup_render', { path });
    assert.not(existsSync(path));
    const own = join(directory, `render_${width}x${height}.png`);
    await program.get('goxel.render_scene', [own, width, height], '"success":true');
    assert.ok(statSync(own).size > 0);
    rmSync(own);
  }
}

/** Removes what is older than nothing at all, by the list of renders. */
async function cleansUp(program: Conversation): Promise<void> {
  const before = await statistics(program);
  for (let i = 0; i < 10; i++) await rendered(program, 200 + i * 10, 200 + i * 10);
  const after = await statistics(program);
  assert.is(Number(after.active_renders), Number(before.active_renders) + 10);
  const { renders } = await program.get('goxel.list_renders');
  for (const { path, created_at } of renders as Managed[]) {
    assert.ok(Date.now() / 1000 > created_at);
    await program.get('goxel.cleanup_render', { path });
  }
  assert.is((await statistics(program)).active_renders, 0);
}

test('client of v0.16 that manages renders', () =>
  withProgram(V16, async (program, { places }) => {
    await statistics(program);
    const row = (i: number) => [16 + i, 16, 16, 255, 100, 0, 255];
    await program.play([['goxel.create_project', ['Demo', 32, 32, 32]], ...voxels(10, row)]);
    const { path } = await rendered(program, 400, 400);
    copyFileSync(path, join(places.directory, 'demo_output.png'));
    await program.get('goxel.cleanup_render', { path });
    await comparesModes(program, places.directory);
    await cleansUp(program);
    // Five at a time, each on a connection of its own.
    const files = await Promise.all(
      [100, 200, 300, 400, 500].map(async (side) => {
        const one = new Conversation(places.socket, V16);
        await statistics(one);
        const file = await rendered(one, side, side);
        one.close();
        return file;
      }),
    );
    for (const file of files) await program.get('goxel.cleanup_render', { path: file.path });
  }));

test('benchmark of render transfer', () => {
  const manner: Manner = { ...V16, same_id: true };
  return withProgram(manner, async (program, { places }) => {
    await program.get('goxel.create_project', ['BenchmarkProject', 32, 32, 32]);
    await program.play(voxels(20, (i) => [16, 16, i, 255, 0, 0, 255]));
    for (let i = 0; i < 20; i++) await rendered(program, 400, 400);
    // It means five of each, and a slip of its own ends each after the first.
    for (const width of [100, 400, 800]) await rendered(program, width, width);
    await rendered(program, 1920, 1080);
    await rendered(program, 3840, 2160);
    const params = { width: 200, height: 200, options: MANAGED };
    const request = { jsonrpc: '2.0', method: 'goxel.render_scene', params };
    const ask = async (id: number) => {
      const client = await PlainClient.open(places.socket);
      const reply = await client.ask(`${JSON.stringify({ ...request, id })}\n`, 8192);
      client.close();
      return JSON.parse(reply).result.success;
    };
    const answers = await Promise.all(Array.from({ length: 10 }, (_, id) => ask(id)));
    assert.ok(answers.every((success) => success === true));
    for (let i = 0; i < 50; i++) await rendered(program, 100, 100);
    const { renders } = await program.get('goxel.list_renders');
    assert.is((renders as unknown[]).length, 85);
    await program.get('goxel.cleanup_expired');
    const { renders: left } = await program.get('goxel.list_renders');
    assert.is((left as unknown[]).length, 85, 'none is an hour old');
  });
});

/** The programs of `snoopy_test`. */
const SNOOPY: Manner = {
  ...{ members: ID_LAST, no_params: [] },
  ...{ reads: 'to a newline', recv_bytes: 4096 },
};
const WHITE = [255, 255, 255, 255];
const BLACK = [0, 0, 0, 255];

/** A box of voxels, one request each; the second corner is excluded. */
function box(from: readonly number[], to: readonly number[], color: readonly number[]): Step[] {
  const [x0 = 0, y0 = 0, z0 = 0] = from;
  const [x1 = 0, y1 = 0, z1 = 0] = to;
  const steps: Step[] = [];
  for (let x = x0; x < x1; x++) {
    for (let y = y0; y < y1; y++) {
      for (let z = z0; z < z1; z++) steps.push(['goxel.add_voxel', [x, y, z, ...color]]);
    }
  }
  return steps;
}

function dot(x: number, y: number, z: number): Step {
  return ['goxel.add_voxel', [x, y, z, ...BLACK]];
}

/** The model of `build_snoopy`, as good as the others need it, saved where they look for it. */
const SNOOPY_MODEL: readonly Step[] = [
  ['goxel.create_project', ['Snoopy', 32, 32, 32]],
  ...box([12, 12, 8], [20, 18, 14], WHITE),
  ...box([14, 12, 14], [19, 17, 20], WHITE),
  ...[...box([13, 12, 17], [16, 15, 22], BLACK), ...box([17, 12, 17], [20, 15, 22], BLACK)],
  ...[dot(16, 10, 17), dot(16, 9, 17), dot(14, 12, 18), dot(18, 12, 18)],
  ...box([20, 13, 10], [24, 16, 13], WHITE),
  ['goxel.save_project', ['./snoopy_test/snoopy.gox']],
];

test('Snoopy: build, debug the render, look once more', () =>
  withProgram(SNOOPY, async (program, { places }) => {
    const file = (name: string) => join(places.directory, 'snoopy_test', name);
    mkdirSync(join(places.directory, 'snoopy_test'));
    await program.play(SNOOPY_MODEL);
    const output_path = './snoopy_test/snoopy_render.png';
    const both = { width: 800, height: 600, options: MANAGED, output_path };
    await program.get('goxel.render_scene', both);
    for (const name of ['snoopy.gox', 'snoopy_render.png']) assert.ok(existsSync(file(name)), name);

    const debugging = new Conversation(places.socket, SNOOPY);
    const camera = { distance: 50, yaw: 45, pitch: 30 };
    await debugging.play([
      ['goxel.get_status'],
      ['goxel.load_project', ['./snoopy_test/snoopy.gox']],
      ['goxel.get_status'],
      ['goxel.get_voxel', [16, 16, 16], '"exists":true', '"color":[255,255,255,255]'],
      ['goxel.get_voxel', [14, 12, 18], '"exists":true', '"color":[0,0,0,255]'],
      ['goxel.get_voxel', [18, 12, 18], '"exists":true', '"color":[0,0,0,255]'],
      ['goxel.get_bounding_box'],
      ['goxel.render_scene', { width: 400, height: 300, camera, options: MANAGED }, '"file":{'],
      ['goxel.render_scene', ['./snoopy_test/snoopy_debug.png', 800, 600]],
      ['goxel.list_layers'],
      ['goxel.get_layer_voxels', [0], '"voxels":[{'],
    ]);
    debugging.close();
    assert.ok(existsSync(file('snoopy_debug.png')));

    const looking: Manner = { ...SNOOPY, reads: 'once' };
    const once = new Conversation(places.socket, looking);
    await once.play([
      ['goxel.load_project', ['./snoopy_test/snoopy.gox']],
      ['goxel.get_status', []],
      ['goxel.get_voxel', [16, 16, 16], '"exists":true'],
    ]);
    once.close();
  }));

test('Snoopy: put it right, and bright cubes', () =>
  withProgram(SNOOPY, async (program, { places }) => {
    mkdirSync(join(places.directory, 'snoopy_test'));
    const at = (name: string) => `./snoopy_test/${name}`;
    const shot = (name: string, sides: object, camera: object): Step => [
      'goxel.render_scene',
      { ...sides, camera, output_path: at(name) } as Step[1],
      '"success":true',
    ];
    const [wide, square] = [
      { width: 800, height: 600 },
      { width: 600, height: 600 },
    ];
    await program.play([
      ['goxel.create_project', ['CenteredSnoopy', 64, 64, 64]],
      ...box([-4, -3, -2], [5, 4, 3], WHITE),
      ...box([-3, -2, 3], [4, 3, 8], WHITE),
      ...[...box([-4, -1, 5], [-2, 2, 9], BLACK), ...box([3, -1, 5], [5, 2, 9], BLACK)],
      ...[dot(0, -3, 5), dot(0, -4, 5), dot(-2, -2, 6), dot(2, -2, 6)],
      ['goxel.save_project', [at('snoopy_fixed.gox')]],
      shot('snoopy_fixed.png', wide, { distance: 25, yaw: 45, pitch: -20 }),
      ['goxel.render_scene', [at('snoopy_fixed_direct.png'), 600, 450], '"success":true'],
      ['goxel.create_project', ['BrightTest', 32, 32, 32]],
      ...box([0, 0, 0], [4, 4, 4], [255, 0, 0, 255]),
      ...box([6, 0, 0], [10, 4, 4], [0, 255, 0, 255]),
      ['goxel.save_project', [at('bright_test.gox')]],
      shot('bright_close.png', square, { distance: 15, yaw: 30, pitch: -15 }),
      shot('bright_medium.png', square, { distance: 30, yaw: 45, pitch: -30 }),
      shot('bright_far.png', square, { distance: 60, yaw: 60, pitch: -45 }),
    ]);
    const made = ['snoopy_fixed', 'snoopy_fixed_direct', 'bright_close', 'bright_far'];
    for (const name of made) assert.ok(existsSync(join(places.directory, at(`${name}.png`))), name);
  }));

/** Three more of them: one voxel, read with 4,096 bytes and the render with 8,192. */
for (const [name, color, background] of [
  ['high contrast', [255, 0, 0, 255], [0, 0, 0, 255]],
  ['framebuffer', WHITE, undefined],
  ['background colour', [255, 0, 0, 255], [0, 0, 0, 255]],
] as const) {
  const manner: Manner = { members: ID_LAST, reads: 'once', recv_bytes: 4096 };
  test(`Snoopy: ${name}`, () =>
    withProgram(manner, async (program, { places }) => {
      await program.play([
        ['goxel.create_project', ['Test', 8, 8, 8], '"success":true'],
        ['goxel.add_voxel', [4, 4, 4, ...color], '"success":true'],
      ]);
      program.close();
      const drawing = new Conversation(places.socket, { ...manner, recv_bytes: 8192 });
      const options = {
        ...MANAGED,
        ...(background === undefined ? {} : { background_color: background }),
      };
      const params = { width: 400, height: 300, options };
      const { file } = await drawing.get('goxel.render_scene', params, '"success":true');
      drawing.close();
      const picture = decodePicture(readFileSync((file as Managed).path));
      if (background !== undefined) assert.equal(pixelAt(picture, 0, 0), background);
      const [red = 0, , blue = 0] = pixelAt(picture, 200, 150);
      assert.ok(red > 100 && (background === undefined || blue < red), 'the voxel in the middle');
    }));
}

test.run();
