/**
 * The Python programs of the C daemon's repository that model, save and ask: what they send, how
 * they read and what they look for. Those that render are in `python-renders`.
 */

import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Conversation, type Manner, type Step, withProgram } from '../../support/conversation.ts';
import { decodePicture } from '../../support/pictures.ts';
import { type Places, type Started, startAs } from '../../support/programs.ts';

const test = suite('Python programs');

const ID_FIRST = ['jsonrpc', 'id', 'method', 'params'] as const;
const ID_LAST = ['jsonrpc', 'method', 'params', 'id'] as const;

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

const COLOR_DEMO: Manner = {
  members: ['jsonrpc', 'method', 'id', 'params'],
  reads: 'to a newline',
  recv_bytes: 4096,
  reconnects: true,
};

test('colour analysis demo', () =>
  withProgram(COLOR_DEMO, async (program) => {
    const rainbow = [
      ...[
        [255, 0, 0],
        [255, 127, 0],
        [255, 255, 0],
        [0, 255, 0],
      ],
      ...[
        [0, 0, 255],
        [75, 0, 130],
        [148, 0, 211],
      ],
    ];
    await program.get('goxel.create_project');
    for (const [i, color] of rainbow.entries()) {
      const at = (y: number, rgb: readonly number[]): Step => [
        'goxel.add_voxel',
        { x: i * 2, y, z: 0, color: [...rgb, 255] },
      ];
      await program.play([...times(5, (y) => at(y, color)), at(6, [255, 255, 255])]);
    }
    const count = 'goxel.get_color_histogram';
    const counts = ['"total_voxels":42', '"unique_colors":8', '"color":"#FFFFFFFF"', '"count":7'];
    const exact = await program.get(count, { sort_by_count: true }, ...counts);
    for (const entry of exact.histogram as { percentage: unknown; rgba: unknown[] }[]) {
      assert.type(entry.percentage, 'number');
      assert.is(entry.rgba.length, 4);
    }
    const binning = { bin_size: 32, sort_by_count: true, top_n: 5 };
    const { histogram } = await program.get(count, binning, '"unique_colors":');
    assert.is((histogram as unknown[]).length, 5);
    const upper = { min: [0, 5, 0], max: [20, 10, 5] };
    const merging = { merge_similar: true, merge_threshold: 50, sort_by_count: true };
    const find = 'goxel.find_voxels_by_color';
    const first = ['"locations":[{', '"x":0', '"y":0', '"z":0'];
    const near = { color: [255, 50, 50], tolerance: 100, include_locations: false };
    const white = { color: [255, 255, 255], region: upper, include_locations: true };
    const colors = ['"hex":"#FF0000FF"', '"rgba":[255,0,0,255]'];
    await program.play([
      [find, { color: [255, 0, 0], include_locations: true }, '"match_count":5', ...first],
      [find, near, '"match_count":'],
      [find, white, '"match_count":7'],
      ['goxel.get_unique_colors', undefined, '"count":8', ...colors],
      ['goxel.get_unique_colors', merging, '"count":', '"colors":[{"hex":"#'],
      [count, { sort_by_count: true, top_n: 10 }, '"rgba":[255,255,255,255]'],
    ]);
  }));

/** An older version calls the same methods without the prefix. */
for (const [version, prefix] of [
  ['', 'goxel.'],
  [' of v14.6', ''],
] as const) {
  const manner: Manner = {
    ...{ members: ID_FIRST, no_params: {}, same_id: true },
    ...{ reads: 'to a newline', recv_bytes: 4096, reconnects: true },
  };
  test(`client of the Homebrew test${version}`, () =>
    withProgram(manner, async (program, { places }) => {
      const path = join(places.directory, 'homebrew_test.obj');
      const red = { r: 255, g: 0, b: 0, a: 255 };
      await program.play([
        [`${prefix}get_version`, undefined, '"version":"'],
        [`${prefix}create_project`, { name: 'homebrew_test' }],
        [`${prefix}add_voxel`, { position: { x: 0, y: 0, z: 0 }, color: red }],
        [`${prefix}export_model`, { path, format: 'obj' }],
      ]);
      assert.ok(existsSync(path));
    }));
}

/** Two of its methods have had other names. */
for (const [version, prefix, exports, renders] of [
  ['', 'goxel.', 'export_model', 'render_scene'],
  [' of v14.6', '', 'export_project', 'render_image'],
] as const) {
  const manner: Manner = { members: ID_FIRST, no_params: {}, reads: 'once', recv_bytes: 65_536 };
  test(`JSON-RPC client example${version}`, () =>
    withProgram(manner, async (program, { places }) => {
      const add = (x: number, y: number, z: number, [r = 0, g = 0, b = 0]: number[]): Step => [
        `${prefix}add_voxel`,
        { x, y, z, r, g, b, a: 255 },
      ];
      const square = (side: number, from: number, y: number, color: number[]) =>
        times(side * side, (i) => add(from + Math.floor(i / side), y, from + (i % side), color));
      await program.play([
        [`${prefix}get_version`],
        [`${prefix}create_project`, { name: 'python_demo' }],
        ...square(3, -1, 0, [255, 0, 0]),
        // Between the voxels, as it has always sent it.
        ...square(2, -0.5, 1, [0, 255, 0]),
        add(0, 2, 0, [0, 0, 255]),
        [`${prefix}save_project`, { path: 'pyramid.gox' }],
        [`${prefix}${exports}`, { format: 'obj', path: 'pyramid.obj' }],
      ]);
      for (const name of ['pyramid.gox', 'pyramid.obj']) {
        assert.ok(existsSync(join(places.directory, name)), name);
      }
      const camera = { camera_position: [5, 5, 5], camera_target: [0, 1, 0] };
      const rendering = { width: 512, height: 512, ...camera };
      const { image } = await program.get(`${prefix}${renders}`, rendering);
      const picture = decodePicture(Buffer.from(String(image), 'base64'));
      assert.equal([picture.width, picture.height], [512, 512]);
    }));
}

test('workflow from MCP to the window', () => {
  const manner: Manner = { members: ID_FIRST, no_params: {}, reads: 'once', recv_bytes: 65_536 };
  return withProgram(manner, async (program, { places }) => {
    const colors = [
      { r: 255, g: 0, b: 0 },
      { r: 0, g: 255, b: 0 },
      { r: 0, g: 0, b: 255 },
    ];
    await program.play([
      ['goxel.create_project', { name: 'mcp_demo_tower' }],
      ...colors.flatMap((color, y) =>
        times(9, (i): Step => {
          const at = { x: Math.floor(i / 3) - 1, y: y - 16, z: (i % 3) - 1 };
          return ['goxel.add_voxel', { ...at, ...color, a: 255 }];
        }),
      ),
      ['goxel.save_project', { path: 'mcp_demo_tower.gox' }],
      ['goxel.export_model', { format: 'obj', path: 'mcp_demo_tower.obj' }],
    ]);
    const saved = readFileSync(join(places.directory, 'mcp_demo_tower.gox'));
    assert.is(saved.toString('latin1', 0, 4), 'GOX ');
    assert.ok(existsSync(join(places.directory, 'mcp_demo_tower.obj')));
  });
});

test('demo of real MCP calls', () => {
  const manner: Manner = { members: ID_FIRST, no_params: {}, reads: 'once', recv_bytes: 8192 };
  return withProgram(manner, async (program, { places }) => {
    await program.play([
      ['ping', undefined, '"pong":true'],
      ['version', undefined, '"version":"'],
      ['list_methods', undefined, '"ping"'],
      ['goxel.create_project', { name: 'mcp_demo' }],
      ['goxel.add_voxel', { x: 0, y: -16, z: 0, r: 255, g: 0, b: 0, a: 255 }],
      ['goxel.save_project', { path: 'actual_mcp_demo.gox' }],
    ]);
    assert.ok(statSync(join(places.directory, 'actual_mcp_demo.gox')).size > 0);
  });
});

for (const name of ['simple demo', 'proof of concept of the workflow']) {
  const manner: Manner = { members: ID_FIRST, no_params: {}, reads: 'once', recv_bytes: 1024 };
  test(name, () =>
    withProgram(manner, async (program) => {
      const { timestamp } = await program.get('ping', undefined, '"pong":true');
      assert.type(timestamp, 'number');
    }),
  );
}

test('JSON-RPC integration test', () => {
  const manner: Manner = {
    ...{ members: ID_LAST, no_params: [], reads: 'to a newline' },
    ...{ recv_bytes: 4096, reconnects: true },
  };
  const headless = ({ socket }: Places) => ['--daemon', '--socket', socket];
  const act = async (program: Conversation, { places }: Started) => {
    const [saved, exported] = ['test_project.gox', 'test_export.obj'].map((name) =>
      join(places.directory, name),
    ) as [string, string];
    const there = ['"success":true', '"x":0', '"y":-16', '"z":0'];
    const made = ['"jsonrpc":"2.0"', '"success":true', '"name":"Test Project"'];
    const layer = ['"success":true', '"name":"Test Layer"', '"visible":true'];
    const sides = ['"width":32', '"height":32', '"depth":32'];
    await program.play([
      ['goxel.create_project', ['Test Project', 32, 32, 32], ...made, ...sides],
      ['goxel.get_status', undefined, '"version":', '"layer_count":', ...sides],
      ['goxel.add_voxel', [0, -16, 0, 255, 0, 0, 255, 0], ...there],
      ['goxel.get_voxel', [0, -16, 0], ...there.slice(1), '"exists":true', '"color":[255,0,0'],
      ['goxel.list_layers', undefined, '"count":', '"layers":[{'],
      ['goxel.create_layer', ['Test Layer', 128, 128, 255, true], ...layer],
      ['goxel.remove_voxel', [0, -16, 0, 0], ...there],
      ['goxel.save_project', [saved], '"success":true', `"path":"${saved}"`],
      ['goxel.load_project', [saved], '"success":true', `"path":"${saved}"`],
      ['goxel.export_model', [exported], '"success":true', `"path":"${exported}"`],
    ]);
    const { error } = await program.ask('unknown.method');
    assert.is(error?.code, -32601);
  };
  return withProgram(manner, act, headless, 'goxel-headless');
});

test('CI test', () => {
  const manner: Manner = {
    ...{ members: ['jsonrpc', 'method', 'id', 'params'], reads: 'once', recv_bytes: 8192 },
    same_id: true,
  };
  return withProgram(manner, async (program, { places }) => {
    const file = (name: string) => join(places.directory, name);
    const found = (values: number[]): Step => {
      const color = `"color":${JSON.stringify(values.slice(3))}`;
      return ['goxel.get_voxel', values.slice(0, 3), '"exists":true', color];
    };
    const voxels = [
      ...[
        [16, 16, 16, 255, 0, 0, 255],
        [17, 16, 16, 0, 255, 0, 255],
      ],
      [16, 17, 16, 0, 0, 255, 255],
    ];
    await program.play([
      ['goxel.get_status', undefined, '"version":"'],
      ['goxel.create_project', ['CITest', 32, 32, 32]],
      ...voxels.map((values): Step => ['goxel.add_voxel', values]),
      ...voxels.map(found),
      ['goxel.save_project', [file('ci_test.gox')]],
      ...['obj', 'ply', 'vox'].map(
        (format): Step => ['goxel.export_model', [file(`ci_test.${format}`), format]],
      ),
    ]);
    for (const format of ['gox', 'obj', 'ply', 'vox']) {
      assert.ok(existsSync(file(`ci_test.${format}`)), format);
    }
    await program.get('goxel.load_project', [file('ci_test.gox')]);
    const rendering = { output_path: file('ci_render.png'), width: 256, height: 256 };
    await program.get('goxel.render_scene', rendering);
    assert.is(decodePicture(readFileSync(file('ci_render.png'))).width, 256);
  });
});

test('benchmark against the command line of v13', () => {
  const manner: Manner = {
    ...{ members: ID_LAST, no_params: [], reads: 'to a newline' },
    ...{ recv_bytes: 4096, reconnects: true },
  };
  const args = ({ socket, pid_file, log_file }: Places) => [
    ...['--daemon', '--socket', socket, '--pid-file', pid_file, '--log-file', log_file],
  ];
  const act = async (program: Conversation, { places }: Started) => {
    for (let i = 0; i < 100; i++) {
      await program.play([
        ['goxel.create_project', ['Perf Test Project', 32, 32, 32]],
        ['goxel.add_voxel', [0, -16, 0, 255, 0, 0, 255, 0]],
        ['goxel.get_voxel', [0, -16, 0]],
        ['goxel.get_status'],
      ]);
    }
    // Ten clients at a time, each with a connection for each request.
    const clients = times(10, () => new Conversation(places.socket, manner));
    await Promise.all(
      clients.map((client) => client.play(times(50, (): Step => ['goxel.get_status']))),
    );
  };
  return withProgram(manner, act, args, 'goxel-headless');
});

test('runner of the benchmarks', () => {
  const manner: Manner = { members: ID_LAST, reads: 'once', recv_bytes: 4096 };
  const args = ({ socket, pid_file }: Places) => ['--socket', socket, '--pid-file', pid_file];
  // It starts it in a session of its own, and wants this process to be the daemon.
  const act = async (program: Conversation, { places, child }: Started) => {
    await program.get('ping');
    assert.is(Number(readFileSync(places.pid_file, 'utf8')), child.pid);
  };
  return withProgram(manner, act, args);
});

test('validator of platforms', async () => {
  for (let i = 0; i < 5; i++) {
    const run = startAs(() => ['--version']);
    assert.is(await run.ended(), 0);
  }
});

test.run();
