/** Whose store it is, what has room in it and beside it, and what is left aside. */

import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { VERSION } from '../../engine/catalogue/version.ts';
import { startDaemon } from '../support/daemon.ts';
import { build, Generations, generations, portrait } from '../support/generations.ts';
import { eventually } from '../support/raw.ts';
import { runToEnd } from '../support/run.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const ROOT = process.getuid?.() === 0;
/** Nobody's, as a rule. */
const STRANGER = 54_321;
/** Of daemons that keep projects. */
const ENV = { GOXEL_JOURNAL_EPHEMERAL: 'false' };

const test = suite('places of the store');

generations(
  test,
  'one that does not fit into memory stays on the disk, and is tried again',
  async (one) => {
    const box = { min: [0, 0, 0], max: [255, 255, 3], color: '#00FF00' };
    await one.call('goxel.create_project', { project: 'large' });
    await one.call('goxel.fill_region', { project: 'large', ...box });
    await build(one, 'small');
    await one.kill();
    one.settings = { 'limits.project_voxel_bytes_max': 1 << 20 };
    await one.begin();
    const error = await one.refused('goxel.get_project_info', { project: 'large' });
    assert.is(error.data.code, 'GOX_MEMORY_LIMIT');
    await one.call('goxel.get_project_info', { project: 'small' });
    assert.is((await one.states()).large, 'unloaded');
    await one.kill();
    one.settings = {};
    await one.begin();
    const { voxel_count } = await one.call<{ voxel_count: number }>('goxel.get_project_info', {
      project: 'large',
    });
    assert.is(voxel_count, 256 * 256 * 4);
  },
);

generations(
  test,
  'of more than there may be, the others are left, and have their turn',
  async (one) => {
    for (const project of ['a', 'b', 'c']) await one.call('goxel.create_project', { project });
    await one.kill();
    one.settings = { 'limits.projects_max': 2 };
    await one.begin();
    const states = await one.states();
    const left = Object.keys(states).filter((name) => states[name] === 'unloaded');
    assert.is(left.length, 1);
    const [project = ''] = left;
    assert.is((await one.refused('goxel.undo', { project })).data.code, 'GOX_OVERLOADED');
    const other = ['a', 'b', 'c'].find((name) => name !== project);
    await one.call('goxel.close_project', { project: other });
    await eventually('it was read', async () => {
      const { state } = await one.state_of(project);
      if (state === 'open') return true;
      await one.ask('goxel.get_project_info', { project });
      return false;
    });
  },
);

generations(
  test,
  'one whose reading ends the daemon each time is left aside, and the others go on',
  async (one) => {
    await build(one, 'deadly');
    await build(one, 'other');
    await one.kill();
    const attempt = join(one.projects, 'deadly', 'attempt');
    writeFileSync(attempt, `${VERSION} 3\n`);
    await one.begin();
    await one.call('goxel.get_project_info', { project: 'other' });
    const error = await one.refused('goxel.get_project_info', { project: 'deadly' });
    assert.is(error.data.code, 'GOX_PROJECT_UNREADABLE');
    assert.match(error.message, /attempt/);
    await one.kill();
    writeFileSync(attempt, `0.0.1 3\n`);
    await one.begin();
    await one.call('goxel.get_project_info', { project: 'deadly' });
    assert.not.ok(existsSync(attempt), 'another version tries again, and it went well');
  },
);

generations(test, 'a second daemon does not get the store, and hears who has it', async (one) => {
  await build(one, 'tower');
  const socket = join(temporaryDirectory(), 's');
  const env = { XDG_STATE_HOME: one.state, GOXEL_JOURNAL_EPHEMERAL: 'false' };
  const { code, stdout, stderr } = await runToEnd(['--socket', socket], { env });
  assert.is(code, 75);
  const said = stdout + stderr;
  assert.match(said, new RegExp(`process ${one.daemon.pid}, at ${one.daemon.socket}`));
  assert.match(said, /--ephemeral/);
  const beside = await startDaemon({ state: one.state, args: ['--ephemeral'] });
  await beside.stop();
  await one.call('goxel.undo', { project: 'tower' });
  await one.stop();
  await one.begin();
  await one.call('goxel.redo', { project: 'tower' });
});

test('a place that others may write into is refused, and so is that of another user', async () => {
  const state = temporaryDirectory();
  const projects = join(state, 'projects');
  const run = () =>
    runToEnd(['--socket', join(state, 's')], {
      env: ENV,
      settings: { 'journal.directory': state },
    });
  mkdirSync(projects);
  chmodSync(projects, 0o777);
  const open = await run();
  assert.is(open.code, 77);
  assert.match(open.stdout + open.stderr, /may be written by others \(mode 0777\)/);
  if (!ROOT) return;
  chmodSync(projects, 0o700);
  chownSync(projects, STRANGER, STRANGER);
  const strangers = await run();
  assert.is(strangers.code, 77);
  assert.match(strangers.stdout + strangers.stderr, /belongs to user 54321/);
});

test('without a home there is no store, and the log says what to do', async () => {
  const daemon = await startDaemon({ env: { HOME: '/', XDG_STATE_HOME: '' } });
  assert.match(daemon.stdout(), /kept in memory only.*journal\.directory.*--ephemeral/);
  await daemon.stop();
});

const full = ROOT ? test : test.skip;
full('a full disk makes projects read only, and they come back by themselves', async () => {
  const state = temporaryDirectory();
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', state]);
  const one = new Generations({ settings: { 'journal.full_retry_ms': 20 } }, state);
  try {
    await one.begin();
    await build(one, 'tower');
    const ballast = join(state, 'ballast');
    assert.throws(() => writeFileSync(ballast, Buffer.alloc(1 << 20)), /ENOSPC/);
    const before = await portrait(one, 'tower');
    const edit = { project: 'tower', color: '#123456' };
    let code: string | undefined;
    for (let x = 0; code === undefined; x += 1) {
      const { error } = await one.ask('goxel.fill_region', {
        ...{ ...edit, min: [x, 50, 50], max: [x, 50, 50] },
      });
      code = error?.data.code;
    }
    assert.is(code, 'GOX_JOURNAL_FULL');
    assert.ok(before);
    await one.call('goxel.get_project_info', { project: 'tower' });
    const { journal } = await one.call<{ journal: { read_only: number } }>('status');
    assert.is(journal.read_only, 1);
    const kept = await portrait(one, 'tower');
    rmSync(ballast);
    await eventually('it could be changed again', async () => {
      const { error } = await one.ask('goxel.add_voxel', { ...edit, x: 9, y: 60, z: 60 });
      assert.ok(error === undefined || error.data.code === 'GOX_JOURNAL_FULL');
      return error === undefined;
    });
    await one.call('goxel.undo', { project: 'tower' });
    await one.call('goxel.get_project_info', { project: 'tower' });
    const voxels = (await portrait(one, 'tower')).voxels;
    assert.equal(voxels, kept.voxels, 'nothing that was refused is half there');
    const after = await portrait(one, 'tower');
    await one.kill();
    await one.begin();
    assert.equal(await portrait(one, 'tower'), after);
  } finally {
    await one.kill();
    execFileSync('umount', ['-l', state]);
  }
});

test.run();
