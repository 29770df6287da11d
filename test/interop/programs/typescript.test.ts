/**
 * The TypeScript and JavaScript programs of the C daemon's repository: what they send, how many at
 * a time, and what they look for. All but two speak through its client library (`LineClient`).
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { LineClient, type Params, Refused, type Reply } from '../../support/line-client.ts';
import { PlainClient, type Started, startAndWait } from '../../support/programs.ts';

const test = suite('TypeScript programs');

/** What it asks of its daemon; the members that are there in the result, where it reads them. */
type Step = readonly [method: string, params?: Params | undefined, ...read: string[]];

async function withDaemon(played: (daemon: Started) => Promise<void>): Promise<void> {
  const daemon = await startAndWait(({ socket }) => ['--foreground', '--socket', socket]);
  try {
    await played(daemon);
  } finally {
    assert.is(await daemon.stop(), 0, daemon.output());
  }
}

async function withClient(
  played: (client: LineClient, daemon: Started) => Promise<void>,
): Promise<void> {
  await withDaemon(async (daemon) => {
    const client = await LineClient.open(daemon.places.socket);
    try {
      await played(client, daemon);
      assert.equal(client.strays, []);
    } finally {
      client.close();
    }
  });
}

/** One after the other; each must succeed. */
async function play(client: LineClient, steps: readonly Step[]): Promise<void> {
  for (const [method, params, ...read] of steps) {
    const result = await client.call(method, params);
    for (const member of read) assert.ok(result[member] !== undefined, `${method}: ${member}`);
  }
}

/** All before the first is answered; each must succeed. */
async function together(client: LineClient, steps: readonly Step[]): Promise<readonly Reply[]> {
  return await Promise.all(steps.map(([method, params]) => client.call(method, params)));
}

function voxel(x: number, y: number, z: number, r: number, g: number, b: number): Step {
  return ['add_voxel', { x, y, z, r, g, b, a: 255 }];
}

function grid(size: number, make: (x: number, z: number) => Step): Step[] {
  const sides = [...Array(size).keys()];
  return sides.flatMap((x) => sides.map((z) => make(x, z)));
}

/** How many of the voxels are there, of that colour; the programs do not look, we do. */
async function present(client: LineClient, voxels: readonly Step[]): Promise<number> {
  const asked = voxels.map(([, params]): Step => {
    const { x, y, z } = params as Readonly<Record<string, number>>;
    return ['goxel.get_voxel', { x: x!, y: y!, z: z! }];
  });
  const found = await together(client, asked);
  return voxels.filter(([, params], i) => {
    const { r, g, b, a } = params as Readonly<Record<string, number>>;
    return found[i]!.exists === true && String(found[i]!.color) === `${r},${g},${b},${a}`;
  }).length;
}

function written({ places }: Started, name: string): Buffer {
  return readFileSync(join(places.directory, name));
}

function corners(obj: Buffer): number {
  return obj.toString().match(/^v /gm)?.length ?? 0;
}

test('manual socket test', () =>
  withDaemon(async ({ places }) => {
    const client = await PlainClient.open(places.socket);
    // It takes the first newline for the end of the reply.
    const reply = await client.ask('{"jsonrpc":"2.0","method":"version","id":1}\n', 65_536);
    const json = reply.slice(reply.indexOf('{'), reply.lastIndexOf('}') + 1);
    assert.is(`${json}\n`, reply);
    assert.type(JSON.parse(json).result.version, 'string');
    client.close();
  }));

test('connection test', () =>
  withClient(async (client) => {
    const said = { message: 'Hello from a client!', timestamp: '2025-07-26T10:00:00.000Z' };
    await play(client, [
      ['version', undefined, 'version'],
      ['status', undefined, 'status'],
      ['ping', undefined, 'pong'],
    ]);
    assert.equal(await client.call('echo', said), said);
    await play(client, [['list_methods', undefined, 'count', 'methods']]);
  }));

test('simple client test', () =>
  withClient(async (client) => {
    await client.call('version', undefined, { timeout_ms: 10_000 });
  }));

test('simple example', () =>
  withClient(async (client, daemon) => {
    const voxels = [
      voxel(0, -16, 0, 255, 0, 0),
      voxel(1, -16, 0, 0, 255, 0),
      voxel(0, -16, 1, 0, 0, 255),
    ];
    await play(client, [
      ['get_version', undefined, 'version'],
      ['create_project', { name: 'simple_example' }],
      ...voxels,
      ['export_project', { format: 'obj', path: './simple_example.obj' }],
    ]);
    assert.is(await present(client, voxels), 3);
    assert.ok(corners(written(daemon, 'simple_example.obj')) >= 8);
  }));

test('client demo', () =>
  withDaemon(async (daemon) => {
    const part = async (played: (client: LineClient) => Promise<void>): Promise<void> => {
      const client = await LineClient.open(daemon.places.socket);
      await played(client);
      assert.equal(client.strays, []);
      client.close();
    };
    await part((client) =>
      play(client, [
        ['get_version', undefined, 'version'],
        ['create_project', { name: 'demo_project' }],
        voxel(0, -16, 0, 255, 0, 0),
        ['export_project', { format: 'obj', path: './demo_output.obj' }],
        ['get_project_info', undefined, 'name'],
      ]),
    );
    await part(async (client) => {
      await play(client, [['get_version'], ['get_status']]);
      // It expects no reply; a line would be a stray one.
      client.notify('log_message', { level: 'info', message: 'from a client' });
      await client.call('ping');
    });
    await part(async (client) => {
      await refused(client.call('nonexistent_method'), -32_601);
      await refused(client.call('add_voxel', { x: 'invalid', y: -16, z: 0, r: 255 }), -32_602);
      // Either an error or none within 100 ms will do.
      await refused(client.call('slow_method', {}), -32_601);
    });
    await part(async (client) => {
      await client.call('get_version', undefined, { id: 'request-1753500000000' });
      await together(client, [['get_version'], ['get_status'], ['get_project_info']]);
      const floor = grid(5, (x, z) => voxel(x, -16, z, x * 51, z * 51, 128));
      await together(client, floor);
      assert.is(await present(client, floor), 25);
      const options = { includeNormals: true, includeTextures: false };
      await client.call('export_project', { format: 'obj', path: './advanced_demo.obj', options });
      assert.ok(corners(written(daemon, 'advanced_demo.obj')) > 0);
    });
    await part(async (client) => {
      const ids = [...Array(100).keys()].map((i) => `perf-${i}`);
      await Promise.all(ids.map((id) => client.call('get_version', undefined, { id })));
      const voxels = grid(100, (z, x) => voxel(x, -16, z, 255, 128, 64)).filter(
        ([, params]) => (params as Readonly<Record<string, number>>).x! < 10,
      );
      const { added } = await client.call('batch_add_voxels', {
        voxels: voxels.map(([, params]) => params),
      });
      assert.is(added, 1000);
    });
  }));

async function refused(call: Promise<unknown>, code: number): Promise<void> {
  const answer = await call.catch((error: unknown) => error);
  if (!(answer instanceof Refused)) throw new Error(`wanted a refusal, got ${String(answer)}`);
  assert.is(answer.code, code);
}

test('tool handler of an MCP server', () =>
  withClient(async (client, daemon) => {
    const floor = grid(5, (x, z) => voxel(x - 2, -16, z - 2, 0, 255, 0));
    await play(client, [
      ['get_version'],
      ['create_project', { name: 'mcp_demo' }],
      voxel(0, -16, 0, 255, 0, 0),
    ]);
    await together(client, floor);
    await play(client, [
      ['get_project_info'],
      ['export_project', { format: 'obj', path: './mcp_demo_output.obj' }],
    ]);
    assert.is(await present(client, floor), 25);
    assert.ok(corners(written(daemon, 'mcp_demo_output.obj')) > 0);
  }));

test('voxel art generator', () =>
  withClient(async (client, daemon) => {
    await client.call('create_project', { name: 'voxel_art_gallery' });
    const board = grid(10, (x, z) => {
      const shade = (x + z) % 2 === 0 ? 255 : 0;
      return voxel(x - 5, -16, z - 5, shade, shade, shade);
    });
    const ball = grid(9, (x, z) => voxel(x - 4, -10, z + 6, 255, 16 * x, 16 * z)).concat(
      grid(9, (x, z) => voxel(x - 4, -9, z + 6, 200, 16 * x, 16 * z)),
    );
    for (const art of [board, ball]) await together(client, art);
    assert.is(await present(client, board), 100);
    for (const format of ['obj', 'gox', 'vox']) {
      await client.call('export_project', { format, path: `./voxel_art_gallery.${format}` });
    }
    assert.ok(corners(written(daemon, 'voxel_art_gallery.obj')) > 0);
    assert.is(written(daemon, 'voxel_art_gallery.gox').toString('latin1', 0, 4), 'GOX ');
    assert.is(written(daemon, 'voxel_art_gallery.vox').toString('latin1', 0, 4), 'VOX ');
  }));

test('client of the v14.0 release', () =>
  withClient(async (client, daemon) => {
    const colors = [
      [255, 0, 0],
      [0, 255, 0],
      [0, 0, 255],
      [255, 255, 0],
      [255, 0, 255],
    ];
    const row = colors.map(([r, g, b], i): Step => {
      return ['voxel.add', { x: i * 2, y: 0, z: 0, r: r!, g: g!, b: b!, a: 255 }];
    });
    const second = [...Array(10).keys()].map((x): Step => {
      return ['voxel.add', { x, y: 5, z: 0, r: 0, g: 255, b: 255, a: 255 }];
    });
    await play(client, [
      ['daemon.status'],
      ['project.create', { path: 'typescript_test.gox' }],
      ...row,
      ['shape.sphere', { center: [10, 10, 10], radius: 5, color: [255, 128, 0, 255] }],
      ['layer.add', { name: 'Second Layer' }],
    ]);
    assert.is(await present(client, row), 0, 'the new layer is the active one');
    // By its place, counted from 0.
    await play(client, [['layer.select', { index: 1 }], ...second]);
    assert.is(await present(client, second), 10);
    await play(client, [
      ['export.obj', { path: 'typescript_test.obj' }],
      ['project.save'],
      ['daemon.stats'],
    ]);
    assert.ok(corners(written(daemon, 'typescript_test.obj')) > 0);
    assert.is(written(daemon, 'typescript_test.gox').toString('latin1', 0, 4), 'GOX ');
  }));

test('client of the migration scenarios', () =>
  withClient(async (client, daemon) => {
    await client.call('save_project', { path: 'test.gox' });
    await play(client, [
      ['add_voxel', { x: 10, y: 20, z: 30, rgba: [255, 0, 0, 255] }],
      ['load_project', { path: 'test.gox' }],
      ['export_model', { output_path: 'test.obj', format: 'obj' }],
    ]);
    assert.is(corners(written(daemon, 'test.obj')), 0, 'the project as it was saved is empty');
  }));

test.run();
