/** What a journal needs of the disk, on a disk. */

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { nodeFs } from '../../../actors/journal/fs.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const test = suite('file system of journals');

test('writes, cuts, renames and removes files', async () => {
  const directory = join(temporaryDirectory(), 'tower');
  await nodeFs.mkdir(directory);
  await nodeFs.mkdir(directory);
  assert.is(statSync(directory).mode & 0o777, 0o700);
  for (const synced of [false, true]) {
    const path = join(directory, 'file');
    const file = await nodeFs.open(path, { create: true, synced });
    assert.is(statSync(path).mode & 0o777, 0o600);
    const chunks = ['one', 'two', 'three'].map((text) => Buffer.from(text));
    assert.is(await nodeFs.write(file, chunks, 0), 11);
    assert.is(await nodeFs.write(file, [Buffer.from('TWO')], 3), 3);
    await nodeFs.fdatasync(file);
    await nodeFs.truncate(file, 8);
    await nodeFs.close(file);
    assert.is((await nodeFs.read(path, 3, 4)).toString(), 'TWOt');
    const short = await nodeFs.read(path, 3, 6).catch((error) => error.message);
    assert.match(short, /ends at 8/);
    await nodeFs.rename(path, join(directory, 'other'));
    await nodeFs.fsyncDir(directory);
    assert.equal(await nodeFs.readdir(directory), ['other']);
    await nodeFs.unlink(join(directory, 'other'));
    assert.equal(readdirSync(directory), []);
  }
});

test('opens what is there as it is, and makes nothing that is not to be made', async () => {
  const path = join(temporaryDirectory(), 'file');
  const missing = await nodeFs.open(path, {}).catch((error) => error.code);
  assert.is(missing, 'ENOENT');
  writeFileSync(path, 'kept');
  await nodeFs.close(await nodeFs.open(path, { create: true, synced: true }));
  assert.is(readFileSync(path, 'utf8'), 'kept');
});

test.run();
