/**
 * Programs of the C daemon's MCP. Its own tests of the MCP handler are linked with the handler and
 * open no socket; what they give to it is sent to ours here. The proxy of v14.6 stood between old
 * clients and a daemon.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PlainClient, type Started, startAndWait } from '../../support/programs.ts';

const test = suite('MCP programs');

/** As large as the buffer that the proxy reads a reply into, in one read. */
const RECV_BYTES = 8191;

async function withDaemon(
  protocol: 'auto' | 'mcp',
  played: (client: PlainClient, daemon: Started) => Promise<void>,
): Promise<void> {
  const line = ['--foreground', '--protocol', protocol, '--socket'];
  const daemon = await startAndWait(({ socket }) => [...line, socket]);
  const client = await PlainClient.open(daemon.places.socket);
  try {
    await played(client, daemon);
  } finally {
    client.close();
    assert.is(await daemon.stop(), 0, daemon.output());
  }
}

/** A member in the reply, which is told by its text; `success` among those looked for first. */
async function ask(client: PlainClient, message: string, ...wanted: string[]): Promise<string> {
  const reply = await client.ask(message, RECV_BYTES);
  for (const text of wanted) assert.ok(reply.includes(text), `${message}\n${reply}`);
  assert.ok(reply.endsWith('\n'), 'the whole reply in one read');
  return reply;
}

const DONE = '"success":true';
const AT = '"position": {"x": 10, "y": 20, "z": 30}';
const RED = '"color": {"r": 255, "g": 0, "b": 0, "a": 255}';

/** The tools that the tests of the handler translate, in the order in which they do. */
const TOOLS: readonly (readonly [tool: string, named?: string | undefined, ...wanted: string[]])[] =
  [
    ['ping', undefined, '"pong":true'],
    ['version', undefined, '"version":"'],
    ['list_methods', undefined, '"methods":['],
    ['goxel_create_project', '{"name": "test_project"}', '"name":"test_project"'],
    ['goxel_save_file', '{"path": "./test.gox"}', 'test.gox"'],
    ['goxel_open_file', '{"path": "./test.gox", "format": "gox"}', 'test.gox"'],
    ['goxel_add_voxels', `{${AT}, ${RED}}`, '"x":10,"y":20,"z":30', '"color":[255,0,0,255]'],
    ['goxel_get_voxel', `{${AT}}`, '"exists":true,"color":[255,0,0,255]'],
    ['goxel_remove_voxels', `{${AT}}`],
    ['goxel_get_voxel', `{${AT}}`, '"exists":false'],
    ['goxel_new_layer', '{"name": "test_layer"}', '"name":"test_layer"'],
    ['goxel_list_layers', undefined, '"count":2'],
    ['goxel_export_file', '{"path": "./export.obj", "format": "obj"}', 'export.obj"'],
  ];

function toolText(tool: string, named?: string): string {
  return `{"tool": "${tool}"${named === undefined ? '' : `, "arguments": ${named}`}}`;
}

for (const protocol of ['auto', 'mcp'] as const) {
  test(`protocol test suite, --protocol ${protocol}`, () =>
    withDaemon(protocol, async (client, { places }) => {
      for (const [tool, named, ...wanted] of TOOLS) {
        await ask(client, toolText(tool, named), DONE, '"content":', ...wanted);
      }
      assert.ok(existsSync(join(places.directory, 'export.obj')));
      // A batch of ten.
      client.send(Array.from({ length: 10 }, () => toolText('ping')).join('\n'));
      for (let i = 0; i < 10; i++) assert.match(await client.line(), DONE);
    }));
}

test('unit tests of the handler', () =>
  withDaemon('auto', async (client) => {
    const named = '{"name": "test_project", "path": "./test"}';
    await ask(client, toolText('goxel_create_project', named), DONE);
    await ask(client, '{"tool":"ping","arguments":null}', DONE);
    const unknown = ['"success":false', '"error_code":-1001', '"error_message":"'];
    for (const tool of [
      'unknown_tool',
      'invalid_tool_name',
      '',
      'a',
      'tool_with_€',
      '!@#$%^&*()',
    ]) {
      await ask(client, toolText(tool, '{"param": "value"}'), ...unknown);
    }
    const invalid = ['"success":false', '"error_code":-1002', '"error_message":"'];
    for (const odd of ['[1,2,3,4,5]', '42', '"string"', '{"position": {"x": 1}}']) {
      await ask(client, toolText('goxel_get_voxel', odd), ...invalid);
    }
    // What is no JSON has no tool to answer for; the one after it is answered.
    await ask(client, '{"tool":"ping","arguments":}\n', '"error":');
    await ask(client, '{"tool":"ping","arguments":{"key":"value","key":"duplicate"}}', 'success');
  }));

test('stress test of the handler', () =>
  withDaemon('auto', async (_, { places }) => {
    const tools = [
      ...['ping', 'version', 'list_methods'].map((tool) => toolText(tool)),
      toolText('goxel_create_project', '{"name": "stress_test"}'),
    ];
    const thread = async (): Promise<void> => {
      const client = await PlainClient.open(places.socket);
      for (let i = 0; i < 20; i++) await ask(client, tools[i % tools.length]!, DONE);
      client.close();
    };
    await Promise.all(Array.from({ length: 8 }, thread));
  }));

/** What the proxy makes of a request of an old client, in the style of its JSON library. */
const PROXIED: readonly (readonly [method: string, params: string, ...wanted: string[]])[] = [
  ['goxel.create_project', '{ "name": "old" }'],
  [
    'goxel.add_voxels',
    '{ "position": { "x": 10, "y": 20, "z": 30 },' +
      ' "color": { "r": 255, "g": 0, "b": 0, "a": 255 },' +
      ' "brush": { "shape": "cube", "size": 1 } }',
    '"added":1',
  ],
  ['goxel.get_voxel', '{ "x": 10, "y": 20, "z": 30 }', '"color":[255,0,0,255]'],
  [
    'goxel.remove_voxel',
    '{ "position": { "x": 10, "y": 20, "z": 30 }, "brush": { "shape": "cube", "size": 1 } }',
    '"removed":1',
  ],
  ['goxel.list_layers', '{ }', '"layers":['],
  ['goxel.export_file', '{ "path": "old.obj", "format": "obj" }', 'old.obj"'],
  ['save_project', '{ "path": "old.gox" }', 'old.gox"'],
  ['goxel.open_file', '{ "path": "old.gox" }', 'old.gox"'],
];

test('compatibility proxy', () =>
  withDaemon('auto', async (client) => {
    for (const [id, [method, params, ...wanted]] of PROXIED.entries()) {
      const about = `"method": "${method}", "params": ${params}, "id": ${id + 1}`;
      client.send(`{ "jsonrpc": "2.0", ${about} }`);
      client.send('\n');
      const reply = await client.receive(RECV_BYTES);
      const { result } = JSON.parse(reply) as { result?: unknown };
      assert.ok(result !== undefined, `${method}: ${reply}`);
      for (const text of wanted) assert.ok(reply.includes(text), `${method}: ${reply}`);
    }
  }));

test.run();
