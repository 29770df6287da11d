/** Calls of tools on a real socket: all that holds for requests holds for them. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startDaemon, withDaemon } from '../support/daemon.ts';
import { RawConnection, request } from '../support/raw.ts';
import { LOOK, settings } from '../support/secrets.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const daemon = await startDaemon({ settings: { 'files.roots': '/' } });
const connection = await RawConnection.open(daemon.socket);
const directory = temporaryDirectory();
const RED = { r: 255, g: 0, b: 0, a: 255 };
const at = (x: number, y: number, z: number) => ({ position: { x, y, z } });

interface ToolReply {
  readonly success: boolean;
  readonly content?: Record<string, unknown>;
  readonly _meta?: unknown;
  readonly error_code?: number;
  readonly error_message?: string;
  readonly error_data?: { readonly code: string; readonly advice: string };
}

async function call(tool: string, named?: object, to = connection): Promise<ToolReply> {
  return JSON.parse(await to.ask(`${JSON.stringify({ tool, arguments: named })}\n`));
}

/** Each tool with arguments as documents and demonstrations have them, in an order that works. */
const CALLS: readonly [tool: string, named: object | undefined, content: object][] = [
  ['ping', undefined, { pong: true }],
  ['version', undefined, { type: 'daemon' }],
  [
    'goxel_create_project',
    { name: 'gundam', dimensions: { width: 32, height: 32, depth: 16 } },
    { name: 'gundam' },
  ],
  [
    'goxel_add_voxels',
    { ...at(4, 5, 6), color: RED, brush: { shape: 'cube', size: 1 } },
    { success: true, x: 4, y: 5, z: 6, color: [255, 0, 0, 255] },
  ],
  ['goxel_get_voxel', at(4, 5, 6), { x: 4, y: 5, z: 6, exists: true, color: [255, 0, 0, 255] }],
  ['goxel_get_voxel', { x: 4, y: 5, z: 6 }, { exists: true }],
  ['goxel_paint_voxels', { ...at(4, 5, 6), color: { r: 0, g: 0, b: 255 } }, { painted: 1 }],
  ['goxel_flood_fill', { ...at(4, 5, 6), color: RED }, { success: true }],
  ['goxel_procedural_shape', { shape_type: 'cube', size_x: 2 }, { shape_type: 'cube' }],
  [
    'goxel_batch_voxel_operations',
    { operations: [{ type: 'add', ...at(9, 9, 9), color: RED }] },
    { successful_operations: 1 },
  ],
  ['goxel_remove_voxels', at(9, 9, 9), { success: true }],
  ['goxel_new_layer', { name: 'roof' }, { success: true, name: 'roof' }],
  ['goxel_list_layers', undefined, { count: 2 }],
  ['goxel_set_layer_visibility', { layer_id: 2, visible: false }, { visible: false }],
  ['goxel_merge_layers', { source_layer_id: 2, target_layer_id: 1 }, { success: true }],
  ['goxel_new_layer', { name: 'more' }, { success: true }],
  ['goxel_delete_layer', { layer_name: 'more' }, { success: true }],
  ['goxel_save_file', { path: `${directory}/a.gox` }, { success: true }],
  ['goxel_export_file', { path: `${directory}/a.obj`, format: 'obj' }, { success: true }],
  ['goxel_open_file', { path: `${directory}/a.gox`, format: 'gox' }, { success: true }],
  [
    'goxel_render_scene',
    { output_path: `${directory}/a.png`, width: 16, height: 16 },
    { success: true, width: 16 },
  ],
];

const tools = suite('tools');

tools('each does what its method does', async () => {
  for (const [tool, named, wanted] of CALLS) {
    const { success, content, ...rest } = await call(tool, named);
    assert.is(success, true, `${tool}: ${JSON.stringify(rest)}`);
    for (const [name, value] of Object.entries(wanted)) {
      assert.equal(content?.[name], value, `${tool}: ${name}`);
    }
  }
  const { content } = await call('list_methods');
  assert.ok(Array.isArray(content?.methods));
});

tools('members may come in any order, and over many lines', async () => {
  const reply = '{"success":true,"content":{"x":0,"y":0,"z":90,"exists":false,"color":[0,0,0,0]}}';
  const parts = ['"tool": "goxel_get_voxel"', '"arguments": {"position": {"x":0, "y":0, "z":90}}'];
  assert.is(await connection.ask(`{${parts.join(',')}}`), reply);
  assert.is(await connection.ask(`{${parts.toReversed().join(',')}}`), reply);
  assert.is(await connection.ask(`{\n  ${parts.toReversed().join(',\n  ')}\n}\n`), reply);
});

tools('errors have the codes of that protocol, and ours', async () => {
  const cases: [string, object | undefined, number, string, RegExp][] = [
    ['goxel_add_voxel', {}, -1001, 'GOX_METHOD_NOT_FOUND', /did you mean goxel_add_voxels\?/],
    ['goxel_get_voxel', { z: {} }, -1002, 'GOX_INVALID_PARAMS', /params\.z/],
    ['goxel_delete_layer', { layer_id: 99 }, -1003, 'GOX_LAYER_NOT_FOUND', /99/],
  ];
  for (const [tool, named, error_code, code, message] of cases) {
    const reply = await call(tool, named);
    assert.is(reply.success, false, tool);
    assert.is(reply.error_code, error_code);
    assert.is(reply.error_data?.code, code);
    assert.ok(reply.error_data?.advice);
    assert.match(reply.error_message!, message);
  }
});

tools('replies come in the order of the calls, however long each takes', async () => {
  const render = { tool: 'goxel_render_scene', arguments: { width: 200, height: 200 } };
  const texts = [
    JSON.stringify(render),
    '{"tool":"goxel_nothing"}',
    '{"method":"echo","params":{"bare":1}}',
    'nonsense\n',
    '{"tool":"ping"}',
    '{"tool":"goxel_list_layers"}',
  ];
  connection.write(texts.join(''));
  const [picture, ...others] = await connection.lines(texts.length);
  assert.match(picture!, /^\{"success":true,"content":\{.*"width":200/);
  const starts = [
    '{"success":false,"error_code":-1001',
    '{"jsonrpc":"2.0","id":null,"result":{"bare":1}}',
    '{"jsonrpc":"2.0","id":null,"error":{"code":-32700',
    '{"success":true,"content":{"pong":true',
    '{"success":true,"content":{"count":',
  ];
  for (const [i, start] of starts.entries()) assert.is(others[i]!.slice(0, start.length), start);
});

tools(
  'an edit that is sent again with its op_id is done once, and undone as one step',
  async () => {
    const named = { ...at(50, 50, 50), color: RED, _meta: { op_id: 'tool-1' } };
    const [first, second] = [
      await call('goxel_add_voxels', named),
      await call('goxel_add_voxels', named),
    ];
    assert.equal(second.content, first.content);
    assert.is((second._meta as { repeated?: boolean }).repeated, true);
    const undone = JSON.parse(await connection.ask(request('goxel.undo', {}, 1)));
    assert.is(undone.error, undefined);
    assert.is((await call('goxel_get_voxel', at(50, 50, 50))).content?.exists, false);
  },
);

tools('its own deadline, its trace, and a project of its own hold for a call', async () => {
  const named = { name: 'other', project: 'tools', _meta: { timeout_ms: 5000 } };
  assert.is((await call('goxel_create_project', named)).success, true);
  const wrong = await call('goxel_list_layers', { _meta: { timeout_ms: 'soon' } });
  assert.equal([wrong.error_code, wrong.error_data?.code], [-1002, 'GOX_INVALID_PARAMS']);
  const traced = JSON.parse(await connection.ask(request('system.trace', {}, 2)));
  const ways = traced.result.requests as { method: string; project?: string }[];
  assert.ok(
    ways.some(({ method, project }) => method === 'goxel.create_project' && project === 'tools'),
    JSON.stringify(ways.slice(0, 3)),
  );
});

tools('a level is needed as for the method', () =>
  withDaemon({ settings: settings() }, async ({ socket }) => {
    const client = await RawConnection.open(socket);
    const stranger = await call('ping', undefined, client);
    assert.equal([stranger.success, stranger.error_data?.code], [false, 'GOX_UNAUTHENTICATED']);
    await client.call('system.authenticate', { token: LOOK });
    assert.is((await call('goxel_list_layers', undefined, client)).success, true);
    const edit = await call('goxel_add_voxels', { ...at(0, 0, 0), color: RED }, client);
    assert.equal([edit.error_code, edit.error_data?.code], [-1003, 'GOX_FORBIDDEN']);
    client.destroy();
  }),
);

tools('the daemon stops in order', async () => {
  connection.destroy();
  assert.is((await daemon.stop()).code, 0);
});

tools.run();
