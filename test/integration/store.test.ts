/** What is kept of projects, over kills and stops of the daemon, and what of it is damaged. */

import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { build, directories, generations, lastSegment, portrait } from '../support/generations.ts';
import { eventually } from '../support/raw.ts';

const test = suite('the store');

generations(test, 'all of a project is there again after a kill, and undo goes on', async (one) => {
  await build(one, 'tower');
  await build(one, 'default');
  const before = { tower: await portrait(one, 'tower'), own: await portrait(one, 'default') };
  await one.kill();

  await one.begin();
  assert.equal(
    { tower: await portrait(one, 'tower'), own: await portrait(one, 'default') },
    before,
  );
  await one.call('goxel.redo', { project: 'tower' });
  await one.call('goxel.undo', { project: 'tower' });
  await one.call('goxel.undo', { project: 'tower' });
  await one.call('goxel.restore', { project: 'tower', checkpoint: 'one voxel' });
  const after = await portrait(one, 'tower');
  await one.stop();

  await one.begin();
  assert.equal(await portrait(one, 'tower'), after, 'after a clean stop as well');
});

generations(
  test,
  'a project that was closed does not come back, nor one that was not touched',
  async (one) => {
    await build(one, 'gone');
    await one.call('goxel.get_project_info');
    await one.call('goxel.close_project', { project: 'gone' });
    await one.call('goxel.create_project', { project: 'again', name: 'first' });
    await one.call('goxel.close_project', { project: 'again' });
    await one.call('goxel.create_project', { project: 'again', name: 'second' });
    assert.equal(directories(one), ['again']);
    await one.kill();
    await one.begin();
    assert.equal(Object.keys(await one.states()), ['again']);
    const { name } = await one.call<{ name: string }>('goxel.get_project_info', {
      project: 'again',
    });
    assert.is(name, 'second');
    assert.equal(await one.states(), { again: 'open' });
  },
);

generations(test, 'what was being removed is gone with the next start', async (one) => {
  await build(one, 'tower');
  await one.kill();
  const left = join(one.projects, '.closed-1-tower');
  cpSync(join(one.projects, 'tower'), left, { recursive: true });
  const begun = join(one.projects, 'begun');
  mkdirSync(begun);
  writeFileSync(join(begun, 'lock'), '');
  const strange = join(one.projects, 'What is this');
  mkdirSync(strange);
  await one.begin();
  await eventually('it was removed', () => !existsSync(left) && !existsSync(begun));
  assert.ok(existsSync(strange), 'what nobody knows is left alone');
  assert.match(one.daemon.stdout(), /nobody knows which project this is of/);
  assert.equal(Object.keys(await one.states()), ['tower']);
});

generations(test, 'every name that a project may have is found again', async (one) => {
  const names = [
    ...['Tower', 'tower', '.', '..', '.lock', 'a/b', 'ä', 'a\u0308', '%41', '~', ' ', 'CON'],
    ...['x'.repeat(128), '\u{1F984}'.repeat(64), `${'\u{1F984}'.repeat(63)}!`, '\ud800', '\udfff'],
  ];
  for (const [index, project] of names.entries()) {
    await one.call('goxel.create_project', { project, name: `${index}` });
  }
  for (const name of readdirSync(one.projects)) {
    assert.ok(Buffer.byteLength(name) <= 255, name);
    assert.is(name.toLowerCase(), name, 'also where upper and lower case are one');
  }
  await one.kill();
  await one.begin();
  for (const [index, project] of names.entries()) {
    const found = await one.call<{ name: string }>('goxel.get_project_info', { project });
    assert.is(found.name, `${index}`, project);
  }
});

generations(
  test,
  'nothing is kept with --ephemeral',
  async (one) => {
    await build(one, 'tower');
    assert.not.ok(existsSync(one.projects));
    await one.kill();
    await one.begin();
    assert.equal(await one.states(), {});
  },
  { args: ['--ephemeral'] },
);

generations(test, 'a write that was never finished is cut off, and told of', async (one) => {
  await build(one, 'tower');
  const before = await portrait(one, 'tower');
  await one.kill();
  const file = lastSegment(one, 'tower');
  const { size } = statSync(file);
  appendFileSync(file, Buffer.alloc(41, 7));
  await one.begin();
  assert.equal(await portrait(one, 'tower'), before);
  assert.match(one.daemon.stdout(), /never finished, and is cut off/);
  assert.match(one.daemon.stdout(), new RegExp(`"offset":${size}`));
  await one.call('goxel.add_voxel', { project: 'tower', x: 5, y: 5, z: 5 });
  const after = await portrait(one, 'tower');
  await one.kill();
  await one.begin();
  assert.equal(await portrait(one, 'tower'), after, 'what is written behind the cut is read');
});

generations(
  test,
  'one that is damaged in the middle is read only, and says how to mend it',
  async (one) => {
    await one.call('goxel.create_project', { project: 'tower' });
    for (let x = 0; x < 20; x += 1)
      await one.call('goxel.add_voxel', { project: 'tower', x, y: 0, z: 0 });
    await build(one, 'other');
    await one.kill();
    const file = lastSegment(one, 'tower');
    const bytes = readFileSync(file);
    const at = Math.floor(bytes.length / 2);
    bytes[at] = (bytes[at] ?? 0) ^ 0xff;
    writeFileSync(file, bytes);
    await one.begin();
    const { voxel_count } = await one.call<{ voxel_count: number }>('goxel.get_project_info', {
      project: 'tower',
    });
    assert.ok(voxel_count > 0 && voxel_count < 20, `${voxel_count} of 20`);
    const error = await one.refused('goxel.add_voxel', { project: 'tower', x: 0, y: 9, z: 0 });
    assert.is(error.data.code, 'GOX_JOURNAL_DAMAGED');
    const { path, offset, command } = error.data.details ?? {};
    assert.is(path, file);
    assert.ok(Number(offset) <= at);
    assert.match(String(command), /^goxel-supervisor repair /);
    const saved = join(one.state, 'saved.gox');
    await one.call('goxel.save_project', { project: 'tower', path: saved });
    assert.ok(existsSync(saved));
    assert.equal(readFileSync(file), bytes, 'what is damaged stays as it is');
    await one.call('goxel.add_voxel', { project: 'other', x: 0, y: 9, z: 0 });
    await eventually('it is told', async () => {
      const { state } = await one.call<{ state: string }>('health_check');
      return state === 'failing';
    });
    await one.call('goxel.close_project', { project: 'tower' });
    assert.equal(directories(one), ['other'], 'closing it is how to be rid of it');
  },
);

test.run();
