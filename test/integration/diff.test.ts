/** Comparing projects of two engines, whatever becomes of them meanwhile. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { connect } from '../../transport/client.ts';
import { startDaemon, withDaemon } from '../support/daemon.ts';
import { MARKER } from '../support/deadly.ts';
import {
  actors,
  eventually,
  RawConnection,
  type RawReply,
  request,
  treeOf,
} from '../support/raw.ts';

const TWO = { 'workers.count': 2 };
const DEADLY = {
  NODE_OPTIONS: `--import ${new URL('../support/deadly.js', import.meta.url).href}`,
};

const shared = await startDaemon({ settings: TWO, env: DEADLY });
const { socket } = shared;

const apart = suite('projects of two engines');

/** For a daemon whose own limit is short, which a busy machine may exceed. */
const PATIENT = { _meta: { timeout_ms: 60_000 } };

/** Projects a and b, each of an engine of its own, that differ in one voxel. */
async function twoProjects(at = socket): Promise<RawConnection> {
  const connection = await RawConnection.open(at);
  await eventually('both engines were there', async () => {
    const engines = actors(await treeOf(connection), /^engine:\d$/);
    return engines.filter(({ state }) => state.startsWith('ready')).length === 2;
  });
  for (const project of ['a', 'b']) {
    await connection.call('goxel.create_project', { project, ...PATIENT });
    await connection.call('goxel.add_voxel', { x: 0, y: 0, z: 0, project, ...PATIENT });
  }
  await connection.call('goxel.add_voxel', { x: 5, y: 6, z: 7, project: 'b', ...PATIENT });
  const { result } = await connection.call('goxel.list_projects');
  const { projects } = result as { projects: { project: string; engine: number }[] };
  const own = projects.filter(({ project }) => /^[ab]$/.test(project));
  assert.equal(own.map(({ engine }) => engine).sort(), [0, 1]);
  return connection;
}

/** Has the engine of a project run a script that does not end, on a connection of its own. */
async function busy(project: string, at = socket): Promise<RawConnection> {
  const connection = await RawConnection.open(at);
  const asked = { script: 'for (;;);', timeout_ms: 20_000, project, _meta: { timeout_ms: 60_000 } };
  connection.write(request('goxel.execute_script', asked, 'script'));
  const looker = await RawConnection.open(at);
  await eventually('the script ran', async () => {
    const calls = actors(await treeOf(looker), /^calls$/);
    return calls.some(({ figures }) => figures?.running === 'script.execute');
  });
  looker.destroy();
  return connection;
}

/** So many sessions stand in line at one engine. */
async function inLine(count: number): Promise<void> {
  const looker = await RawConnection.open(socket);
  await eventually(`${count} stood in line`, async () => {
    const calls = actors(await treeOf(looker), /^calls$/);
    return calls.some(({ figures }) => figures?.sessions_waiting === count);
  });
  looker.destroy();
}

/** Ends the script. */
async function release(connection: RawConnection): Promise<void> {
  connection.write(request('$/cancelRequest', { id: 'script' }));
  await connection.line();
  connection.destroy();
}

const AGAINST_A = { project: 'b', from: { project: 'a' } };

interface Diff {
  readonly changed: number;
  readonly created: number;
  readonly removed: number;
  readonly layers: readonly { readonly name: string; readonly only_in?: string }[];
}

function diffOf({ result, error }: RawReply): Diff {
  if (error !== undefined) throw new Error(JSON.stringify(error));
  return result as Diff;
}

function codeOf({ error }: RawReply) {
  return [error?.data.code ?? 'none', error?.data.details?.parameter] as const;
}

async function next(connection: RawConnection): Promise<RawReply> {
  return JSON.parse(await connection.line()) as RawReply;
}

async function jobs(connection: RawConnection): Promise<unknown[]> {
  const { result } = await connection.call('goxel.list_jobs');
  return (result as { jobs: unknown[] }).jobs;
}

apart('are compared as they are, or at points of their histories', async () => {
  const connection = await twoProjects();
  const diff = async (params: object) => {
    const { created, removed, layers } = diffOf(await connection.call('goxel.diff', params));
    return [created, removed, layers.length];
  };
  assert.equal(await diff(AGAINST_A), [1, 0, 1]);
  assert.equal(await diff({ project: 'a', from: { project: 'b' } }), [0, 1, 1]);
  // Of a third project; nothing of it is in the result.
  const both = { from: { project: 'a' }, to: { project: 'b' } };
  assert.equal(await diff(both), [1, 0, 1]);
  assert.equal(await diff({ project: 'b', from: { project: 'a', step: 0 } }), [2, 0, 1]);
  const start = { project: 'b', checkpoint: 'start' };
  await connection.call('goxel.create_checkpoint', start);
  await connection.call('goxel.clear_voxels', { project: 'b' });
  assert.equal(await diff({ project: 'a', from: {}, to: { project: 'b' } }), [0, 1, 1]);
  assert.equal(await diff({ project: 'a', from: {}, to: start }), [1, 0, 1]);
  // By title, as with other methods.
  await connection.call('goxel.create_project', { project: 'c', name: 'Tower' });
  assert.equal(await diff({ project: 'a', from: { project: 'Tower' } }), [1, 0, 1]);
  const picture = { width: 64, height: 48, camera: 'front' };
  const { result } = await connection.call('goxel.diff', { ...both, picture });
  const drawn = (result as { picture: { width: number; image: string } }).picture;
  assert.is(drawn.width, 64);
  assert.is(Buffer.from(drawn.image, 'base64').toString('latin1', 1, 4), 'PNG');
  await connection.call('goxel.close_project', { project: 'c' });
  connection.destroy();
});

apart('say in MessagePack too what is wrong with the other', async () => {
  const connection = await twoProjects();
  const wrong: [object, string][] = [
    [{ project: 'nobody' }, 'GOX_PROJECT_NOT_FOUND'],
    [{ project: 'a', step: 99 }, 'GOX_STEP_NOT_FOUND'],
    [{ project: 'a', checkpoint: 'none' }, 'GOX_CHECKPOINT_NOT_FOUND'],
  ];
  for (const [to, code] of wrong) {
    const reply = await connection.call('goxel.diff', { project: 'b', from: {}, to });
    assert.equal(codeOf(reply), [code, 'params.to']);
  }
  const both = { from: { project: 'nobody' }, to: { project: 'nobody too' } };
  assert.equal(codeOf(await connection.call('goxel.diff', both)), [
    'GOX_PROJECT_NOT_FOUND',
    'params.from',
  ]);
  const client = await connect({ path: socket }, { encoding: 'msgpack' });
  const found = (await client.call('goxel.diff', AGAINST_A)) as Diff;
  assert.equal([found.created, found.layers[0]!.name], [1, 'Layer.1']);
  for (const [to, code] of wrong) {
    const failed = await client.call('goxel.diff', { ...AGAINST_A, to } as never).catch((e) => e);
    assert.is((failed as { code?: string }).code, code);
  }
  await client.close();
  connection.destroy();
});

apart('are compared behind what the same client asked of the other before', async () => {
  const connection = await twoProjects();
  // More than leave for an engine at a time, and slow ones, of which the rest is put back.
  const slow = 'const until = Date.now() + 40; while (Date.now() < until);';
  const asked = [0, 1, 2].map((id) =>
    request('goxel.execute_script', { project: 'a', script: slow }, id),
  );
  for (let x = 1; x <= 600; x++) {
    asked.push(request('goxel.add_voxel', { project: 'a', x, y: 1, z: 1 }));
  }
  connection.write(asked.join('') + request('goxel.diff', AGAINST_A, 'diff'));
  const replies: RawReply[] = [];
  for (let i = 0; i < 4; i++) replies.push(await next(connection));
  const diff = replies.find(({ id }) => id === 'diff')!;
  assert.is(diffOf(diff).removed, 600);
  connection.destroy();
});

apart('wait for each other, and nothing else waits', async () => {
  const connection = await twoProjects();
  const script = await busy('a');
  connection.write(request('goxel.diff', AGAINST_A, 'diff'));
  // What is to be compared of the project itself is what was there when the request came.
  await connection.call('goxel.clear_voxels', { project: 'b' }, 'other');
  assert.equal((await jobs(connection)).length, 1);
  await release(script);
  const reply = await next(connection);
  assert.equal([reply.id, diffOf(reply).created], ['diff', 1]);
  assert.equal(await jobs(connection), []);
  connection.destroy();
});

apart('can be cancelled, and has deadlines, while it waits', () =>
  withDaemon({ settings: { ...TWO, 'performance.request_timeout_ms': 500 } }, async (daemon) => {
    const connection = await twoProjects(daemon.socket);
    const script = await busy('a', daemon.socket);
    const patient = { ...AGAINST_A, ...PATIENT };
    connection.write(request('goxel.diff', patient, 'diff'));
    connection.write(request('$/cancelRequest', { id: 'diff' }));
    assert.equal(codeOf(await next(connection)), ['GOX_CANCELLED', undefined]);
    const short = { ...AGAINST_A, _meta: { timeout_ms: 200 } };
    const late = await connection.call('goxel.diff', short);
    assert.equal(codeOf(late), ['GOX_REQUEST_TIMEOUT', undefined]);
    const busyOne = await connection.call('goxel.diff', AGAINST_A);
    assert.equal(codeOf(busyOne), ['GOX_ENGINE_BUSY', 'params.from']);
    assert.equal(await jobs(connection), []);
    await release(script);
    assert.is(diffOf(await connection.call('goxel.diff', patient)).created, 1);
    connection.destroy();
  }),
);

apart('end with the client that asked', async () => {
  const connection = await twoProjects();
  const script = await busy('a');
  const leaver = await RawConnection.open(socket);
  leaver.write(request('goxel.diff', AGAINST_A, 'diff'));
  await eventually('it waited', async () => (await jobs(connection)).length === 1);
  leaver.destroy();
  await eventually('it ended', async () => (await jobs(connection)).length === 0);
  await release(script);
  // One that has only ended its side gets its answer.
  const half = await RawConnection.open(socket);
  half.write(request('goxel.diff', AGAINST_A, 'diff'));
  half.end();
  assert.is(diffOf(JSON.parse((await half.rest()).toString()) as RawReply).created, 1);
  connection.destroy();
});

apart('say so when the other is closed, or opened anew, meanwhile', async () => {
  const connection = await twoProjects();
  let script = await busy('a');
  const other = await RawConnection.open(socket);
  other.write(request('goxel.create_project', { project: 'a' }, 1));
  await inLine(1);
  connection.write(request('goxel.diff', AGAINST_A, 'diff'));
  await inLine(2);
  await release(script);
  assert.is(diffOf(await next(connection)).created, 2, 'it is empty by now');
  script = await busy('a');
  await other.line();
  other.write(request('goxel.close_project', { project: 'a' }, 2));
  await inLine(1);
  connection.write(request('goxel.diff', AGAINST_A, 'diff'));
  await inLine(2);
  await release(script);
  assert.equal(codeOf(await next(connection)), ['GOX_PROJECT_NOT_FOUND', 'params.from']);
  other.destroy();
  connection.destroy();
});

/** A request that ends the engine of a project. */
function deadly(project: string): string {
  const params = `{"project":"${project}","name":${MARKER}}`;
  return `{"jsonrpc":"2.0","method":"goxel.create_layer","params":${params},"id":9}\n`;
}

apart('are compared though the engine of the other dies before it has lent', async () => {
  const connection = await twoProjects();
  const script = await busy('a');
  const killer = await RawConnection.open(socket);
  killer.write(deadly('a'));
  await inLine(1);
  connection.write(request('goxel.diff', AGAINST_A, 'diff'));
  await inLine(2);
  await release(script);
  assert.is(diffOf(await next(connection)).created, 1);
  assert.match(await killer.line(), 'GOX_REQUEST_QUARANTINED');
  assert.is(diffOf(await connection.call('goxel.diff', AGAINST_A)).created, 1);
  killer.destroy();
  connection.destroy();
});

apart('are compared though the engine that was asked has ended', async () => {
  const connection = await twoProjects();
  const script = await busy('a');
  const killer = await RawConnection.open(socket);
  connection.write(request('goxel.diff', AGAINST_A, 'diff'));
  await inLine(1);
  await killer.ask(deadly('b'));
  await release(script);
  assert.is(diffOf(await next(connection)).created, 1);
  killer.destroy();
  connection.destroy();
});

apart('are answered when the daemon stops', () =>
  withDaemon({ settings: { ...TWO, 'performance.shutdown_timeout_ms': 4000 } }, async (daemon) => {
    const connection = await twoProjects(daemon.socket);
    const script = await busy('a', daemon.socket);
    connection.write(request('goxel.diff', AGAINST_A, 'diff'));
    const looker = await RawConnection.open(daemon.socket);
    await eventually('it waited', async () => (await jobs(looker)).length === 1);
    const stopped = daemon.stop();
    const lines = (await connection.rest()).toString().trim().split('\n');
    const reply = lines.map((line) => JSON.parse(line) as RawReply).find(({ id }) => id === 'diff');
    assert.is(reply?.error?.data.code, 'GOX_SHUTTING_DOWN');
    assert.is((await stopped).code, 0);
    for (const one of [connection, script, looker]) one.destroy();
  }),
);

apart.after(async () => {
  await shared.stop();
});
apart.run();
