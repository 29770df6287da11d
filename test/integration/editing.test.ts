/** Editing through a whole daemon: a clipboard for all engines, scripts, edits over budget. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startDaemon } from '../support/daemon.ts';
import { RawConnection, type RawReply, request } from '../support/raw.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const MIB = 1024 * 1024;

const directory = temporaryDirectory();
const daemon = await startDaemon({
  cwd: directory,
  settings: {
    'workers.count': 2,
    'limits.script_memory_bytes_max': 32 * MIB,
    'limits.voxel_bytes_max': 4 * MIB,
    'limits.project_voxel_bytes_max': MIB,
  },
});

const open = () => RawConnection.open(daemon.socket);

/** The result of a request, or a throw of its error. */
async function ask<T>(connection: RawConnection, method: string, params?: unknown): Promise<T> {
  const { result, error } = await connection.call(method, params);
  if (error !== undefined) throw new Error(`${method}: ${error.message}`);
  return result as T;
}

async function refusal(
  connection: RawConnection,
  method: string,
  params?: unknown,
): Promise<NonNullable<RawReply['error']>> {
  const { error } = await connection.call(method, params);
  if (error === undefined) throw new Error(`${method} succeeded`);
  return error;
}

interface Counted {
  readonly voxel_count: number;
}

const editing = suite('editing');

editing.after(async () => {
  await daemon.stop();
});

editing('what is copied in one project is pasted in all, whichever engine has them', async () => {
  const connection = await open();
  const projects = ['one', 'two', 'three', 'four'];
  for (const project of projects) await ask(connection, 'goxel.create_project', { project });
  for (const [i, project] of projects.entries()) {
    const max = [i, 0, 0];
    await ask(connection, 'goxel.clear_voxels', { project });
    await ask(connection, 'goxel.fill_region', { project, min: [0, 0, 0], max, color: '#FF0000' });
    await ask(connection, 'goxel.copy', { project });
    for (const other of projects) {
      // On another connection, which waits for nothing.
      const elsewhere = await open();
      const position = [0, 10, i];
      const pasted = await ask(elsewhere, 'goxel.paste', { project: other, position });
      assert.is((pasted as { pasted: number }).pasted, i + 1, `${project} to ${other}`);
      elsewhere.destroy();
    }
  }
  const tree = JSON.stringify((await connection.call('goxel.list_projects')).result);
  for (const project of projects) assert.match(tree, `"${project}"`);
  connection.destroy();
});

editing('scripts run, also pipelined with edits, in their order', async () => {
  const connection = await open();
  await ask(connection, 'goxel.create_project', { project: 's' });
  const script = 'goxel.image.activeLayer.volume.setAt([args, 0, 0], [255, 0, 0, 255]); args';
  const requests = Array.from({ length: 20 }, (_, i) =>
    i % 2 === 0
      ? request('script.execute', { project: 's', script, args: i }, i)
      : request('goxel.remove_voxel', { project: 's', x: i - 1, y: 0, z: 0 }, i),
  );
  connection.write(requests.join(''));
  const lines = await connection.lines(20);
  const replies = lines.map((line) => JSON.parse(line) as RawReply);
  for (const { id, result } of replies) {
    if (Number(id) % 2 === 0) assert.is((result as { value: number }).value, id);
  }
  const info = await ask<Counted>(connection, 'goxel.get_project_info', { project: 's' });
  assert.is(info.voxel_count, 0);
  connection.destroy();
});

editing('a script that hangs or eats memory ends, and the daemon goes on', async () => {
  const connection = await open();
  await ask(connection, 'goxel.create_project', { project: 'h' });
  await ask(connection, 'goxel.add_voxel', { project: 'h', x: 1, y: 2, z: 3 });
  const bad: readonly [string, string][] = [
    ['for (;;);', 'GOX_SCRIPT_TIMEOUT'],
    ['const all = []; for (;;) all.push(new Array(10000).fill(all.length));', 'GOX_SCRIPT_MEMORY'],
    ['(function deeper() { deeper(); })()', 'GOX_SCRIPT_FAILED'],
    ['/(a+)+$/.test("a".repeat(40) + "b")', 'GOX_SCRIPT_TIMEOUT'],
    ['goxel.image.activeLayer.volume.clear(); throw new Error("no")', 'GOX_SCRIPT_FAILED'],
  ];
  const bystander = await open();
  for (const [script, code] of bad) {
    // Others are to end by what they do, also where a second is not enough for that.
    const limit = code === 'GOX_SCRIPT_TIMEOUT' ? { timeout_ms: 1000 } : {};
    const params = { project: 'h', script, ...limit };
    const { data } = await refusal(connection, 'script.execute', params);
    assert.is(data.code, code, script);
    assert.is(
      (await ask<Counted>(bystander, 'goxel.get_project_info', { project: 'h' })).voxel_count,
      1,
    );
  }
  const status = (await bystander.call('status')).result;
  assert.not.match(JSON.stringify(status), /restarting|failed/);
  const again = await ask<{ value: number }>(connection, 'script.execute', ['6 * 7']);
  assert.is(again.value, 42);
  connection.destroy();
  bystander.destroy();
});

editing('an edit over the budget names the key and changes nothing', async () => {
  const connection = await open();
  await ask(connection, 'goxel.create_project', { project: 'b' });
  // Blocks of one word alone take next to nothing, so most are not filled to the brim.
  const region = { project: 'b', min: [1, 1, 1], max: [46, 46, 46], color: '#808080' };
  await ask(connection, 'goxel.fill_region', region);
  const before = await ask(connection, 'goxel.get_project_info', { project: 'b' });
  for (const [method, params] of [
    ['goxel.fill_region', { ...region, max: [99, 99, 99] }],
    ['goxel.procedural_shape', { size: 1000 }],
    ['goxel.duplicate_layer', { index: 0, name: 'one' }],
    ['goxel.transform_layer', { scale: 100 }],
  ] as const) {
    if (method === 'goxel.duplicate_layer')
      await connection.call(method, { project: 'b', ...params });
    const { data, message } = await refusal(connection, method, { project: 'b', ...params });
    assert.is(data.code, 'GOX_MEMORY_LIMIT', method);
    assert.match(message, /limits\.project_voxel_bytes_max/);
    if (method === 'goxel.duplicate_layer') {
      await ask(connection, 'goxel.delete_layer', { project: 'b', layer_name: 'one' });
    }
  }
  const after = await ask(connection, 'goxel.get_project_info', { project: 'b' });
  assert.equal(after, { ...(before as object), active_layer_id: 1 });
  await ask(connection, 'goxel.close_project', { project: 'b' });
  connection.destroy();
});

editing('files are imported, and scripts read from them', async () => {
  const connection = await open();
  await ask(connection, 'goxel.create_project', { project: 'f' });
  await ask(connection, 'goxel.fill_region', { project: 'f', min: [0, 0, 0], max: [3, 3, 3] });
  await ask(connection, 'goxel.export_model', { project: 'f', path: 'cube.obj' });
  assert.match(readFileSync(join(directory, 'cube.obj'), 'utf8'), /^v /m);
  const solid = { project: 'f', path: 'cube.obj', solid: true, size: 8 };
  const { layer_ids, voxel_count } = await ask<Counted & { layer_ids: number[] }>(
    connection,
    'goxel.import_file',
    solid,
  );
  assert.equal([layer_ids, voxel_count], [[2], 512]);
  writeFileSync(join(directory, 'count.js'), 'goxel.layers.length');
  const { value } = await ask<{ value: number }>(connection, 'script.execute', {
    project: 'f',
    path: 'count.js',
  });
  assert.is(value, 2);
  connection.destroy();
});

editing('the history tells clients apart, those too that are gone', async () => {
  const first = await open();
  await ask(first, 'goxel.create_project', { project: 'who' });
  first.destroy();
  for (let i = 0; i < 2; i++) {
    const connection = await open();
    await ask(connection, 'goxel.add_voxel', { project: 'who', x: i, y: 0, z: 0 });
    connection.destroy();
  }
  const connection = await open();
  const { done } = (await ask(connection, 'goxel.get_history', { project: 'who' })) as {
    done: { client: number }[];
  };
  assert.is(new Set(done.map(({ client }) => client)).size, 2);
  await ask(connection, 'goxel.close_project', { project: 'who' });
  connection.destroy();
});

editing.run();
