/**
 * Exactly once, as clients see it: an edit with an `op_id` is done once, whoever sends it again and
 * whatever died in between.
 */

import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Client, connect } from '../../transport/client.ts';
import { type Daemon, startDaemon } from '../support/daemon.ts';
import { MARKER } from '../support/deadly.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const DEADLY = {
  NODE_OPTIONS: `--import ${new URL('../support/deadly.js', import.meta.url).href}`,
};
const ADD = 'goxel.add_voxel';
const VOXEL = { x: 1, y: 2, z: 3, color: '#336699' };

const ops = suite('op ids');
let daemon: Daemon;
const clients: Client[] = [];

ops.before(async () => {
  const settings = { 'health.restart_delay_ms': 0, 'files.roots': '/' };
  daemon = await startDaemon({ env: DEADLY, settings });
});
ops.after(async () => {
  await daemon.stop();
});
ops.after.each(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

async function client(encoding: 'json' | 'msgpack' = 'json'): Promise<Client> {
  const one = await connect({ path: daemon.socket }, { encoding });
  clients.push(one);
  return one;
}

async function make(one: Client, project: string): Promise<void> {
  await one.call('goxel.create_project', { project });
}

async function stepsOf(one: Client, project: string): Promise<number> {
  const { done } = await one.call<{ done: unknown[] }>('goxel.get_history', { project });
  return done.length;
}

ops('the same edit over many connections at once is done once', async () => {
  const project = 'at once';
  const all = await Promise.all(
    Array.from({ length: 8 }, (_, i) => client(i % 2 ? 'msgpack' : 'json')),
  );
  const script =
    'let n = 0; for (let i = 0; i < 2e6; i++) n += i; goxel.call("add_voxel", [n % 2, 0, 0]);';
  await make(all[0]!, project);
  const replies = await Promise.all(
    all.map((one) => one.callForMeta('script.execute', { project, script }, { op_id: 'a' })),
  );
  const [{ result, meta }] = replies as [(typeof replies)[0]];
  for (const reply of replies) {
    assert.equal(reply.result, result);
    assert.equal([reply.meta?.sequence, reply.meta?.epoch], [meta?.sequence, meta?.epoch]);
  }
  assert.is(replies.filter(({ meta }) => meta?.repeated !== true).length, 1);
  assert.is(await stepsOf(all[0]!, project), 1);
});

ops('a load that is sent again while it runs, and after, is done once', async () => {
  const project = 'loaded';
  const [one, other] = [await client(), await client('msgpack')];
  const path = join(temporaryDirectory(), 'a.gox');
  const box = { position: [0, 0, 0], size: [100, 100, 100] };
  await make(one, 'model');
  await make(one, project);
  await one.call('goxel.procedural_shape', { project: 'model', shape: 'sphere', ...box });
  await one.call('goxel.save_project', { project: 'model', path });
  await one.call(ADD, { project, ...VOXEL });
  const load = (by: Client) =>
    by.callForMeta('goxel.load_project', { project, path }, { op_id: 'l' });
  const [first, second] = await Promise.all([load(one), load(other)]);
  await one.call(ADD, { project, x: 500, y: 0, z: 0 });
  const third = await load(one);
  assert.equal([second.result, third.result], [first.result, first.result]);
  assert.equal(
    [first, second, third].map(({ meta }) => meta?.repeated === true),
    [false, true, true],
  );
  const { voxel_count } = await one.call<{ voxel_count: number }>('goxel.get_project_info', {
    project,
  });
  const model = await one.call<{ voxel_count: number }>('goxel.get_project_info', {
    project: 'model',
  });
  assert.is(voxel_count, model.voxel_count + 1);
});

ops('what was done is known after the thread of its engine died', async () => {
  const project = 'mortal';
  const one = await client();
  await make(one, project);
  const first = await one.callForMeta(ADD, { project, ...VOXEL }, { op_id: 'a' });
  await one.call('goxel.undo', { project });
  const dead = await one
    .call('goxel.create_layer', { project, name: JSON.parse(MARKER) })
    .catch(codeOf);
  assert.is(dead, 'GOX_REQUEST_QUARANTINED');
  const again = await one.callForMeta(ADD, { project, ...VOXEL }, { op_id: 'a' });
  assert.equal(again, { ...first, meta: { ...first.meta, repeated: true } });
  const told = await one.call<{ sequence: number; ops: unknown }>('goxel.get_durability', {
    ...{ project, op_ids: ['b', 'a'] },
  });
  assert.equal(told.ops, [
    { op_id: 'b', sequence: null },
    { op_id: 'a', sequence: first.meta?.sequence },
  ]);
  assert.is(told.sequence, 3, 'it was created, a voxel was added, and that was undone');
});

ops('batches and notifications have op ids too', async () => {
  const project = 'batch';
  const one = await client();
  await make(one, project);
  const add = { method: ADD, params: { project, ...VOXEL }, op_id: 'a' };
  one.notify(add.method, add.params, { op_id: 'a' });
  const [first, second, failed] = await one.batch([
    add,
    { ...add, notify: true },
    { ...add, durability: true },
    { ...add, method: 'goxel.remove_voxel' },
  ]);
  assert.ok(first?.ok && second?.ok && failed?.ok === false);
  assert.equal(second, first);
  assert.is(first.meta?.repeated, true);
  assert.is(failed.error.code, 'GOX_INVALID_PARAMS', 'its parameters are looked at first');
  const { x, y, z } = VOXEL;
  const other = await one
    .call('goxel.remove_voxel', { project, x, y, z }, { op_id: 'a' })
    .catch(codeOf);
  assert.is(other, 'GOX_OP_MISMATCH');
  assert.is(await stepsOf(one, project), 1);
});

ops('a request that has no op_id may ask for the sequence too', async () => {
  const project = 'asked';
  const one = await client('msgpack');
  await make(one, project);
  await one.call(ADD, { project, ...VOXEL });
  const { meta } = await one.callForMeta('goxel.get_project_info', { project });
  assert.equal([meta?.sequence, meta?.repeated], [2, undefined]);
  assert.type(meta?.epoch, 'number');
  const positional = await one.call(ADD, [1, 2, 3, 4, 5, 6], { op_id: 'p' }).catch(codeOf);
  assert.is(positional, 'CLIENT_ENCODING', 'there is no place for it');
});

ops('what was done is known after the daemon was killed, and done once', async () => {
  const state = temporaryDirectory();
  const mortal = () => startDaemon({ state });
  let killed = await mortal();
  const project = 'tower';
  let one = await connect({ path: killed.socket }, { encoding: 'msgpack' });
  await make(one, project);
  const first = await one.callForMeta(ADD, { project, ...VOXEL }, { op_id: 'a' });
  const { x, y, z } = VOXEL;
  const none = { project, x: x + 1, y, z };
  const nothing = await one.callForMeta('goxel.remove_voxel', none, { op_id: 'b' });
  // Whatever becomes of these.
  const others = Array.from({ length: 50 }, (_, i) => ({ project, ...VOXEL, x: 10 + i }));
  const sent = others.map((params) => one.call(ADD, params, { op_id: `x${params.x}` }));
  const settled = Promise.allSettled(sent);
  await sent[0];
  await killed.kill();
  await settled;
  killed = await mortal();
  one = await connect({ path: killed.socket });
  clients.push(one);
  const again = await one.callForMeta(ADD, { project, ...VOXEL }, { op_id: 'a' });
  assert.equal(again.result, first.result);
  assert.equal([again.meta?.sequence, again.meta?.repeated], [first.meta?.sequence, true]);
  assert.ok(again.meta!.epoch > first.meta!.epoch, 'the owner is another one');
  const unchanged = await one.callForMeta('goxel.remove_voxel', none, { op_id: 'b' });
  assert.equal([unchanged.result, unchanged.meta?.repeated], [nothing.result, true]);
  const op_ids = others.map((params) => `x${params.x}`);
  const known = await one.call<{ ops: { sequence: number | null }[] }>('goxel.get_durability', {
    ...{ project, op_ids },
  });
  const repeated = await Promise.all(
    others.map((params) => one.callForMeta(ADD, params, { op_id: `x${params.x}` })),
  );
  assert.equal(
    repeated.map(({ meta }) => meta?.repeated === true),
    known.ops.map(({ sequence }) => sequence !== null),
  );
  assert.is(repeated[0]!.meta?.repeated, true, 'it was acknowledged');
  const info = await one.call<{ voxel_count: number }>('goxel.get_project_info', { project });
  assert.is(info.voxel_count, 51);
  await killed.stop();
});

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code;
}

ops.run();
