/** Projects over connections: shared or isolated, in order, and whole whatever goes wrong. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startDaemon } from '../support/daemon.ts';
import { actors, RawConnection, type RawReply, request, treeOf } from '../support/raw.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const daemon = await startDaemon();
const directory = temporaryDirectory();
const broken = join(directory, 'broken.gox');
writeFileSync(broken, 'GOX \x02\0\0\0LAYR\xff\xff\0\0', 'latin1');

const open = () => RawConnection.open(daemon.socket);

/** One connection for a test, and an empty current project. */
async function fresh(): Promise<RawConnection> {
  const connection = await open();
  await connection.call('goxel.create_project');
  return connection;
}

async function exists(connection: RawConnection, position: number[], project?: string) {
  const [x, y, z] = position;
  return found(await connection.call('goxel.get_voxel', { x, y, z, project }));
}

async function projects(connection: RawConnection): Promise<string[]> {
  const { result } = await connection.call('goxel.list_projects');
  const list = (result as { projects: { project: string; state: string }[] }).projects;
  return list.map(({ project, state }) => `${project} ${state}`).sort();
}

/** Sends requests in one write; gives the replies by their ids, which are their places. */
async function pipeline(
  connection: RawConnection,
  requests: readonly (readonly [method: string, params?: unknown])[],
): Promise<RawReply[]> {
  connection.write(requests.map(([method, params], id) => request(method, params, id)).join(''));
  const lines = await connection.lines(requests.length);
  const replies = lines.map((line) => JSON.parse(line) as RawReply);
  return replies.sort((a, b) => Number(a.id) - Number(b.id));
}

/** Whether the voxel that a reply is about is there. */
function found(reply: RawReply | undefined): boolean {
  const { exists } = (reply?.result ?? {}) as { exists?: boolean };
  if (exists === undefined) throw new Error(`${JSON.stringify(reply)} tells of no voxel`);
  return exists;
}

function codes(replies: readonly RawReply[]): string[] {
  return replies.map(({ error }) => error?.data.code ?? 'ok');
}

const sharing = suite('sharing');

sharing('the current project is one for all connections, and outlives them', async () => {
  const one = await fresh();
  await one.call('goxel.add_voxel', [1, 2, 3]);
  one.destroy();
  const two = await open();
  assert.is(await exists(two, [1, 2, 3]), true);
  assert.is(await exists(two, [1, 2, 3], 'default'), true, 'its name is default');
  two.destroy();
});

sharing('named projects know nothing of each other', async () => {
  const one = await fresh();
  const two = await open();
  for (const project of ['a', 'b', 'c']) await one.call('goxel.create_project', { project });
  await one.call('goxel.add_voxel', { x: 0, y: 0, z: 0, project: 'a' });
  await two.call('goxel.add_voxel', { x: 0, y: 0, z: 1, project: 'b' });
  assert.is(await exists(two, [0, 0, 0], 'a'), true);
  assert.is(await exists(two, [0, 0, 1], 'a'), false);
  assert.is(await exists(one, [0, 0, 1], 'b'), true);
  assert.is(await exists(one, [0, 0, 0], 'b'), false);
  assert.is(await exists(one, [0, 0, 0]), false);
  await two.call('goxel.close_project', { project: 'a' });
  const gone = await one.call('goxel.get_voxel', { x: 0, y: 0, z: 0, project: 'a' });
  assert.is(gone.error?.data.code, 'GOX_PROJECT_NOT_FOUND');
  assert.equal(await projects(one), ['b open', 'c open', 'default open']);
  for (const project of ['b', 'c']) await one.call('goxel.close_project', { project });
  one.destroy();
  two.destroy();
});

sharing('projects are spread over the engines', async () => {
  const connection = await fresh();
  const names = ['p', 'q', 'r'];
  for (const project of names) await connection.call('goxel.create_project', { project });
  const { result } = await connection.call('goxel.list_projects');
  const engines = (result as { projects: { engine: number }[] }).projects.map((p) => p.engine);
  assert.equal(engines.sort(), [0, 0, 1, 1]);
  for (const project of names) await connection.call('goxel.close_project', { project });
  connection.destroy();
});

sharing.run();

const order = suite('order');

order('requests on a project run in the order of their arrival, across openings', async () => {
  const connection = await fresh();
  const path = join(directory, 'one.gox');
  const at = (x: number) => ({ x, y: 0, z: 0, project: 'ordered' });
  const replies = await pipeline(connection, [
    ['goxel.get_voxel', at(1)],
    ['goxel.create_project', { project: 'ordered' }],
    ['goxel.add_voxel', at(1)],
    ['goxel.save_project', { path, project: 'ordered' }],
    ['goxel.create_project', { project: 'ordered' }],
    ['goxel.get_voxel', at(1)],
    ['goxel.add_voxel', at(2)],
    ['goxel.load_project', { path, project: 'ordered' }],
    ['goxel.get_voxel', at(1)],
    ['goxel.get_voxel', at(2)],
    ['goxel.close_project', { project: 'ordered' }],
    ['goxel.get_voxel', at(1)],
    ['goxel.create_project', { project: 'ordered' }],
    ['goxel.get_voxel', at(1)],
    ['goxel.close_project', { project: 'ordered' }],
  ]);
  const none = 'GOX_PROJECT_NOT_FOUND';
  const expected: string[] = Array(replies.length).fill('ok');
  expected[0] = none;
  expected[11] = none;
  assert.equal(codes(replies), expected);
  assert.equal(
    [5, 8, 9, 13].map((i) => found(replies[i])),
    [false, true, false, false],
  );
  connection.destroy();
});

order('close, add and get of the current project in one write', async () => {
  const connection = await fresh();
  await connection.call('goxel.add_voxel', [9, 9, 9]);
  const replies = await pipeline(connection, [
    ['goxel.close_project'],
    ['goxel.add_voxel', [1, 1, 1]],
    ['goxel.get_voxel', [1, 1, 1]],
    ['goxel.get_voxel', [9, 9, 9]],
  ]);
  assert.equal(codes(replies), ['ok', 'ok', 'ok', 'ok']);
  assert.equal(replies.slice(2).map(found), [true, false]);
  connection.destroy();
});

order('each of many edits in one write is seen by the read behind it', async () => {
  const connection = await fresh();
  const requests = Array.from({ length: 400 }, (_, i): readonly [string, unknown] => [
    ['goxel.add_voxel', 'goxel.get_voxel', 'goxel.remove_voxel', 'goxel.get_voxel'][i % 4] ?? '',
    [5, 5, 5],
  ]);
  const replies = await pipeline(connection, requests);
  for (let i = 0; i < replies.length; i += 4) {
    assert.is(found(replies[i + 1]), true);
    assert.is(found(replies[i + 3]), false);
  }
  connection.destroy();
});

order('many clients that make the current project anew at once are all answered', async () => {
  const clients = await Promise.all(Array.from({ length: 8 }, open));
  const replies = await Promise.all(
    clients.map((client) =>
      pipeline(client, [
        ['goxel.create_project', ['new']],
        ['goxel.add_voxel', [1, 1, 1]],
        ['goxel.get_project_info'],
      ]),
    ),
  );
  for (const some of replies) assert.equal(codes(some), ['ok', 'ok', 'ok']);
  for (const client of clients) client.destroy();
});

order(
  'a project is edited and closed, and made again, in one write, any number of times',
  async () => {
    const connection = await open();
    const edit = ['goxel.add_voxel', { x: 1, y: 2, z: 3, project: 'again' }] as const;
    const close = ['goxel.close_project', { project: 'again' }] as const;
    const create = ['goxel.create_project', { project: 'again' }] as const;
    const steps = [create, edit, close];
    for (let times = 0; times < 5; times += 1) {
      const replies = await pipeline(connection, [...steps, ...steps]);
      assert.equal(codes(replies), new Array(6).fill('ok'));
    }
    connection.destroy();
  },
);

order.run();

const states = suite('states');

interface Listed {
  readonly project: string;
  readonly state: string;
  readonly title: string;
  readonly unsaved: boolean;
}

async function listed(connection: RawConnection, name: string): Promise<Listed | undefined> {
  const { result } = await connection.call('goxel.list_projects');
  return (result as { projects: Listed[] }).projects.find(({ project }) => project === name);
}

states('a project is unsaved from its first edit to a save that holds the last', async () => {
  const connection = await open();
  const of = (params: object) => ({ project: 'kept', ...params });
  await connection.call('goxel.create_project', of({ name: 'tower' }));
  const unsaved = async () => (await listed(connection, 'kept'))?.unsaved;
  assert.is(await unsaved(), false);
  await connection.call('goxel.get_voxel', of({ x: 1, y: 1, z: 1 }));
  assert.is(await unsaved(), false);
  await connection.call('goxel.add_voxel', of({ x: 1, y: 1, z: 1 }));
  assert.is(await unsaved(), true);
  const path = join(directory, 'kept.gox');
  await connection.call('goxel.save_project', of({ path }));
  assert.is(await unsaved(), false);
  // A ball whose save is a job, beside which edits go on.
  const ball = { shape: 'sphere', box: { min: [0, 0, 0], max: [200, 200, 200] } };
  const made = await connection.call('goxel.paint_shape', of(ball));
  assert.is(made.error, undefined, JSON.stringify(made.error));
  const saved = connection.call('goxel.save_project', of({ path }));
  const editor = await open();
  await editor.call('goxel.add_voxel', of({ x: 2, y: 1, z: 1 }));
  await saved;
  const { result } = await connection.call('goxel.get_project_info', of({}));
  assert.is(await unsaved(), (result as { unsaved: boolean }).unsaved, 'as its engine says');
  await connection.call('goxel.save_project', of({ path }));
  assert.is(await unsaved(), false);
  await connection.call('goxel.load_project', of({ path }));
  const { title, state } = (await listed(connection, 'kept'))!;
  assert.equal([title, state, await unsaved()], [path, 'open', false]);
  editor.destroy();
  await connection.call('goxel.close_project', of({}));
  connection.destroy();
});

states('the tree shows each', async () => {
  const connection = await fresh();
  await connection.call('goxel.create_project', { project: 'seen', name: 'tower' });
  await connection.call('goxel.add_voxel', { project: 'seen', x: 0, y: 0, z: 0 });
  const found = actors(await treeOf(connection), /^project:\d+$/).find(
    ({ figures }) => figures?.name === 'seen',
  );
  assert.is(found?.state, 'open.unsaved');
  const { engine, kept_bytes, ...figures } = found?.figures ?? {};
  assert.equal(figures, { name: 'seen', title: 'tower', waiting: 0 });
  assert.type(engine, 'number');
  assert.ok(Number(kept_bytes) > 0, 'what was made of it is kept');
  await connection.call('goxel.close_project', { project: 'seen' });
  connection.destroy();
});

states('one that a notification opens has a title, and closed by it tells its name', async () => {
  const connection = await open();
  connection.write(
    `${JSON.stringify({
      ...{ jsonrpc: '2.0', method: 'goxel.create_project' },
      params: { project: 'quiet', name: 'bridge' },
    })}\n`,
  );
  await connection.call('goxel.get_project_info', { project: 'quiet' });
  assert.is((await listed(connection, 'quiet'))?.title, 'bridge');
  const { result } = await connection.call('goxel.close_project', { project: 'bridge' });
  assert.is((result as { project: string }).project, 'quiet');
  connection.destroy();
});

states.run();

const failures = suite('failures');

for (const path of [broken, join(directory, 'absent.gox'), '/proc/self/mem.gox', directory]) {
  failures(
    `a load of ${path.slice(path.lastIndexOf('/') + 1)} that fails leaves the project`,
    async () => {
      const connection = await fresh();
      await connection.call('goxel.add_voxel', [1, 2, 3]);
      const before = await connection.call('goxel.get_project_info');
      const [load, get] = await pipeline(connection, [
        ['goxel.load_project', { path }],
        ['goxel.get_voxel', [1, 2, 3]],
      ]);
      assert.match(
        load?.error?.data.code ?? '',
        /^GOX_(FILE|FORMAT_BROKEN|FORMAT_UNKNOWN|PATH_REFUSED)$/,
      );
      assert.is(found(get), true);
      assert.equal((await connection.call('goxel.get_project_info')).result, before.result);
      connection.destroy();
    },
  );
}

failures('a load into a new name that fails leaves no project', async () => {
  const connection = await fresh();
  const before = await projects(connection);
  const replies = await pipeline(connection, [
    ['goxel.load_project', { path: broken, project: 'new' }],
    ['goxel.get_voxel', { x: 0, y: 0, z: 0, project: 'new' }],
    ['goxel.load_project', { path: broken, project: 'new' }],
    ['goxel.create_project', { project: 'new', width: 'wide' }],
  ]);
  assert.equal(codes(replies), [
    'GOX_FORMAT_BROKEN',
    'GOX_PROJECT_NOT_FOUND',
    'GOX_FORMAT_BROKEN',
    'GOX_INVALID_PARAMS',
  ]);
  assert.equal(await projects(connection), before);
  connection.destroy();
});

failures('a create with wrong parameters leaves the project', async () => {
  const connection = await fresh();
  await connection.call('goxel.add_voxel', [1, 2, 3]);
  const { error } = await connection.call('goxel.create_project', { width: 'wide' });
  assert.is(error?.data.code, 'GOX_INVALID_PARAMS');
  assert.is(await exists(connection, [1, 2, 3]), true);
  connection.destroy();
});

for (const project of ['', 'x'.repeat(129), 'a\nb', 7, null]) {
  failures(`${JSON.stringify(project).slice(0, 12)} is no name of a project`, async () => {
    const connection = await fresh();
    const before = await projects(connection);
    const { error } = await connection.call('goxel.create_project', { project });
    if (project === null) assert.is(error, undefined, 'null is a name left out');
    else assert.is(error?.data.code, 'GOX_INVALID_PARAMS');
    assert.equal(await projects(connection), before);
    connection.destroy();
  });
}

failures('more names than sessions are kept, all served', async () => {
  const connection = await fresh();
  const names = Array.from({ length: 40 }, (_, i) => `many ${i}`);
  const replies = await pipeline(connection, [
    ...names.map((project) => ['goxel.create_project', { project }] as const),
    ...names.map((project, x) => ['goxel.add_voxel', { x, y: 0, z: 0, project }] as const),
    ...names.map((project, x) => ['goxel.get_voxel', { x, y: 0, z: 0, project }] as const),
    ...names.map((project) => ['goxel.close_project', { project }] as const),
  ]);
  assert.equal([...new Set(codes(replies))], ['ok']);
  assert.equal([...new Set(replies.slice(80, 120).map(found))], [true]);
  connection.destroy();
});

failures('the daemon stops in order', async () => {
  assert.equal(await daemon.stop(), { code: 0, signal: null });
});

failures.run();
