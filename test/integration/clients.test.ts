/**
 * What the clients of the v14 daemon send, and what they look for in the replies. Many of them
 * search for literal texts, so most replies are compared as such.
 */

import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startDaemon } from '../support/daemon.ts';
import { RawConnection, type RawReply } from '../support/raw.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const daemon = await startDaemon();
const client = await RawConnection.open(daemon.socket);

const pairs = suite('pairs of requests and replies');

const PAIRS: readonly (readonly [request: string, reply: string])[] = [
  [
    '{"jsonrpc":"2.0","method":"goxel.create_project","params":["tower",24,24,40],"id":11}',
    '{"jsonrpc":"2.0","id":11,"result":' +
      '{"success":true,"name":"tower","width":24,"height":24,"depth":40,"project":"default"}}',
  ],
  [
    '{"jsonrpc":"2.0","method":"goxel.add_voxel","params":[4,5,6,"#3366CC"],"id":"a"}',
    '{"jsonrpc":"2.0","id":"a","result":' +
      '{"success":true,"x":4,"y":5,"z":6,"layer_id":1,"color":[51,102,204,255],"changed":1}}',
  ],
  [
    '{"jsonrpc":"2.0","method":"goxel.add_voxel",' +
      '"params":{"position":[7,5,6],"r":12,"g":200,"b":90,"a":255},"id":12}',
    '{"jsonrpc":"2.0","id":12,"result":' +
      '{"success":true,"x":7,"y":5,"z":6,"layer_id":1,"color":[12,200,90,255],"changed":1}}',
  ],
  [
    '{"jsonrpc":"2.0","method":"goxel.get_voxel","params":{"x":4,"y":5,"z":6},"id":13}',
    '{"jsonrpc":"2.0","id":13,"result":' +
      '{"x":4,"y":5,"z":6,"exists":true,"color":[51,102,204,255]}}',
  ],
  [
    '{"jsonrpc":"2.0","method":"goxel.get_voxels_region",' +
      '"params":{"min":[0,0,0],"max":[9,9,9],"limit":1},"id":15}',
    '{"jsonrpc":"2.0","id":15,"result":{"voxels":[{"x":4,"y":5,"z":6,"color":[51,102,204,255]}],' +
      '"count":1,"truncated":true,"bbox":{"min":[4,5,6],"max":[4,5,6]}}}',
  ],
];

for (const [request, reply] of PAIRS) {
  pairs(request.slice(26, 70), async () => {
    assert.is(await client.ask(`${request}\n`), reply);
  });
}

pairs('create_layer succeeds, with the members of old and the id', async () => {
  const line = await client.ask(
    '{"jsonrpc":"2.0","method":"goxel.create_layer","params":{"name":"roof"},"id":14}\n',
  );
  const old =
    '{"jsonrpc":"2.0","id":14,"result":' +
    '{"success":true,"name":"roof","visible":true,"color":[255,255,255],"layer_id":';
  assert.ok(line.startsWith(old), line);
});

pairs('an unknown method', async () => {
  const line = await client.ask('{"jsonrpc":"2.0","method":"goxel.warp","id":18}\n');
  const start =
    '{"jsonrpc":"2.0","id":18,"error":{"code":-32601,"message":"Method not found: goxel.warp"';
  assert.ok(line.startsWith(start), line);
});

pairs('a batch with a notification', async () => {
  const line = await client.ask(
    '[{"jsonrpc":"2.0","method":"ping","id":1},{"jsonrpc":"2.0","method":"ping"}]\n',
  );
  assert.match(
    line,
    /^\[\{"jsonrpc":"2\.0","id":1,"result":\{"pong":true,"timestamp":\d{10}\}\}\]$/,
  );
});

pairs.run();

const spellings = suite('spellings');

/** Sends a request without more than a method and parameters. */
async function call(method: string, params?: unknown): Promise<RawReply> {
  return client.call(method, params);
}

async function colorAt(x: number, y: number, z: number): Promise<unknown> {
  const { result } = await call('get_voxel', [x, y, z]);
  const { exists, color } = result as { exists: boolean; color: unknown };
  return exists ? color : undefined;
}

const VOXELS: readonly (readonly [title: string, params: unknown, color: readonly number[]])[] = [
  ['positional, four channels', [1, 2, 3, 255, 128, 0, 200], [255, 128, 0, 200]],
  ['positional, without alpha', [1, 2, 3, 255, 128, 0], [255, 128, 0, 255]],
  ['positional, floats', [1, 2, 3, 1.0, 0.5, 0.0, 1.0], [255, 127, 0, 255]],
  ['positional, hex', [1, 2, 3, '#ff8000'], [255, 128, 0, 255]],
  ['positional, hex with alpha', [1, 2, 3, '#FF800080'], [255, 128, 0, 128]],
  ['positional, no colour', [1, 2, 3], [255, 255, 255, 255]],
  ['flat r, g, b, a', { x: 1, y: 2, z: 3, r: 9, g: 8, b: 7, a: 6 }, [9, 8, 7, 6]],
  ['flat r, g, b', { x: 1, y: 2, z: 3, r: 9, g: 8, b: 7 }, [9, 8, 7, 255]],
  ['color as an array', { x: 1, y: 2, z: 3, color: [9, 8, 7] }, [9, 8, 7, 255]],
  ['color as an object', { x: 1, y: 2, z: 3, color: { r: 9, g: 8, b: 7 } }, [9, 8, 7, 255]],
  ['color as a text', { x: 1, y: 2, z: 3, color: '#090807' }, [9, 8, 7, 255]],
  ['rgba', { x: 1, y: 2, z: 3, rgba: [9, 8, 7, 6] }, [9, 8, 7, 6]],
  ['position as an object', { position: { x: 1, y: 2, z: 3 }, color: [9, 8, 7] }, [9, 8, 7, 255]],
  ['position as an array', { position: [1, 2, 3], color: [9, 8, 7, 6] }, [9, 8, 7, 6]],
  ['no colour', { x: 1, y: 2, z: 3 }, [255, 255, 255, 255]],
];

for (const [title, params, color] of VOXELS) {
  for (const method of ['goxel.add_voxel', 'add_voxel', 'voxel.add']) {
    spellings(`${method}: ${title}`, async () => {
      await call('goxel.create_project');
      const { result } = await call(method, params);
      assert.is((result as { success?: boolean } | undefined)?.success, true);
      assert.equal(await colorAt(1, 2, 3), color);
    });
  }
}

spellings('coordinates between voxels are those of the voxel around', async () => {
  await call('goxel.create_project');
  assert.is(
    (await call('add_voxel', { x: -0.5, y: 0.5, z: 1.9, r: 1, g: 2, b: 3 })).error,
    undefined,
  );
  assert.equal(await colorAt(-1, 0, 1), [1, 2, 3, 255]);
});

spellings('texts as coordinates are errors, not 0', async () => {
  await call('goxel.create_project');
  const { error } = await call('goxel.add_voxel', { x: '1', y: '2', z: '3' });
  assert.is(error?.code, -32602);
  assert.is(await colorAt(0, 0, 0), undefined);
});

const LISTS: readonly (readonly [method: string, params: unknown])[] = [
  ['add_voxels', { voxels: [{ x: 1, y: 2, z: 3, r: 9, g: 8, b: 7 }] }],
  ['goxel.add_voxels', { voxels: [{ position: [1, 2, 3], color: [9, 8, 7] }] }],
  ['batch_add_voxels', { voxels: [{ x: 1, y: 2, z: 3, r: 9, g: 8, b: 7, a: 255 }] }],
  [
    'goxel.batch_operations',
    { operations: [{ type: 'add_voxel', x: 1, y: 2, z: 3, r: 9, g: 8, b: 7 }] },
  ],
  [
    'goxel.batch_operations',
    [{ operations: [{ type: 'add', position: [1, 2, 3], color: '#090807' }] }],
  ],
];

for (const [method, params] of LISTS) {
  spellings(`${method} ${JSON.stringify(params).slice(0, 60)}`, async () => {
    await call('goxel.create_project');
    assert.is((await call(method, params)).error, undefined);
    assert.equal(await colorAt(1, 2, 3), [9, 8, 7, 255]);
  });
}

spellings.run();

const literals = suite('literal texts');

literals('those that the C tests search for', async () => {
  await call('goxel.create_project');
  const added = await client.ask(
    '{"jsonrpc":"2.0","method":"goxel.add_voxel","params":[1,2,3,255,0,0,255],"id":1}\n',
  );
  for (const text of ['"jsonrpc":"2.0"', '"success":true', '"id":1', '"color":[255,0,0,255]']) {
    assert.match(added, text);
  }
  const got = await client.ask(
    '{"jsonrpc":"2.0","method":"goxel.get_voxel","params":[1,2,3],"id":2}\n',
  );
  assert.match(got, '"exists":true');
  const echo = await client.ask('{"jsonrpc":"2.0","method":"echo","params":[1,2,3],"id":3}\n');
  assert.match(echo, '[1,2,3]');
  const path = join(temporaryDirectory(), 'x.gox');
  const saved = await client.ask(
    `{"jsonrpc":"2.0","method":"goxel.save_project","params":["${path}"],"id":4}\n`,
  );
  assert.match(saved, '"success":true');
  assert.match(saved, `"path":"${path}"`);
});

literals('the id stands in the first 4095 bytes of a large reply', async () => {
  const text = 'x'.repeat(70_000);
  const line = await client.ask(
    `{"jsonrpc":"2.0","method":"echo","params":{"text":"${text}"},"id":1000}\n`,
  );
  assert.match(line.slice(0, 4095), '"id":1000');
  assert.ok(line.endsWith(`${text}"}}`));
});

literals('a parse error says so', async () => {
  const line = await client.ask('{"jsonrpc":"2.0","method":"ping","params":[1,2\n{"id":1}\n');
  assert.match(line, 'Parse error');
  await client.line();
});

literals('requests without jsonrpc or id, as the benchmarks send them, are answered', async () => {
  const bare = await RawConnection.open(daemon.socket);
  const asked = ['ping"', 'get_voxel","params":{"x":0,"y":0,"z":0}', 'get_project_info"'];
  for (const rest of asked) {
    bare.write(`{"method":"${rest}}`);
    assert.match(await bare.line(), '{"jsonrpc":"2.0","id":null,"result":{');
  }
  bare.destroy();
});

/** Bare and dotted names that clients call; each must find a method. */
const NAMES = [
  'echo',
  'version',
  'status',
  'ping',
  'list_methods',
  'add_voxel',
  'get_voxel',
  'remove_voxel',
  'create_project',
  'get_status',
  'get_version',
  'goxel.get_version',
  'goxel.ping',
  'goxel.echo',
  'get_project_info',
  'export_project',
  'batch_add_voxels',
  'daemon.status',
  'daemon.stats',
  'project.create',
  'project.save',
  'voxel.add',
  'voxel.remove',
  'voxel.get',
  'layer.add',
  'layer.list',
  'layer.select',
  'export.obj',
  'goxel.open_file',
  'goxel.save_file',
  'goxel.export_file',
  'goxel.add_voxel_batch',
  'goxel.get_voxel_info',
  'goxel.set_active_layer',
  'goxel.get_daemon_status',
  'load_project',
  'save_project',
  'list_layers',
  'create_layer',
];

literals('the names of today are known', async () => {
  for (const name of NAMES) {
    const { error } = await call(name);
    assert.is.not(error?.code, -32601, name);
  }
});

literals('get_status without parameters succeeds on a fresh daemon', async () => {
  const fresh = await startDaemon();
  const first = await RawConnection.open(fresh.socket);
  for (const method of ['get_status', 'goxel.get_bounding_box', 'goxel.get_layer_voxels']) {
    assert.is((await first.call(method)).error, undefined, method);
  }
  first.destroy();
  assert.equal(await fresh.stop(), { code: 0, signal: null });
});

literals('a thousand requests at once are all answered, in order', async () => {
  const ids = Array.from({ length: 1000 }, (_, id) => id);
  client.write(
    ids
      .map((id) => `{"jsonrpc":"2.0","method":"add_voxel","params":[${id},0,0],"id":${id}}\n`)
      .join(''),
  );
  const lines = await client.lines(1000);
  for (const [id, line] of lines.entries()) {
    assert.ok(line.startsWith(`{"jsonrpc":"2.0","id":${id},"result":{"success":true`), line);
  }
});

literals('the daemon stops in order', async () => {
  client.destroy();
  assert.equal(await daemon.stop(), { code: 0, signal: null });
});

literals.run();
