/** Reading the configuration again: which file, whose it is, and whether it is whole. */

import { chownSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError } from '../../../../conf/config-error.ts';
import { ConfigReader } from '../../../../supervisor/reload/reader.ts';
import { temporaryDirectory } from '../../../support/tmp.ts';

const test = suite('reading again');

/** A reader that finds the first of two files that is there. */
function stage(first = 'limits: {depth_max: 8}', now_ms?: () => number) {
  const directory = temporaryDirectory();
  const [near, far] = [join(directory, 'near.yaml'), join(directory, 'far.yaml')];
  let found: string | undefined = near;
  if (first !== '') writeFileSync(near, first);
  else found = undefined;
  const reader = new ConfigReader(() => (found === undefined ? {} : { file: found }), now_ms);
  const look = (file: string | undefined) => {
    found = file;
  };
  return { near, far, reader, look, directory };
}

async function problemOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    assert.instance(error, ConfigError);
    return (error as ConfigError).problems.join('\n');
  }
  throw new Error('it was read');
}

test('gives what is in the file by then', async () => {
  const { near, reader } = stage();
  assert.is((await reader.read()).config.limits.depth_max, 8);
  writeFileSync(near, 'limits: {depth_max: 9}');
  assert.is((await reader.read()).config.limits.depth_max, 9);
});

test('says when another file counts, and refuses when none is there any more', async () => {
  const { far, reader, look } = stage();
  writeFileSync(far, 'limits: {depth_max: 9}');
  look(far);
  const { config, warnings } = await reader.read();
  assert.is(config.limits.depth_max, 9);
  assert.match(warnings[0] ?? '', /far\.yaml is read from now on, in the place of .*near\.yaml/);
  assert.equal((await reader.read()).warnings, []);
  look(undefined);
  assert.match(await problemOf(reader.read()), /far\.yaml: it was read before and is not there/);
});

test('takes up a file where there was none, and goes on without where there is none', async () => {
  const { near, reader, look } = stage('');
  assert.is((await reader.read()).config.limits.depth_max, 64);
  writeFileSync(near, 'limits: {depth_max: 9}');
  look(near);
  const { config, warnings } = await reader.read();
  assert.is(config.limits.depth_max, 9);
  assert.match(warnings[0] ?? '', 'where there was no file before');
});

test('waits for one that is being written', async () => {
  // So long ago was the last write, however slow this machine is.
  let age_ms = 1;
  const now_ms = () => statSync(near).mtimeMs + age_ms;
  const { near, reader } = stage('limits: {depth_max: 8}', now_ms);
  const whole = 'limits: {depth_max: 9, batch_length_max: 77}';
  writeFileSync(near, whole.slice(0, 22));
  const reading = reader.read();
  await sleep(20);
  writeFileSync(near, whole);
  age_ms = 1000;
  const { limits } = (await reading).config;
  assert.equal([limits.depth_max, limits.batch_length_max], [9, 77]);
});

test('refuses a directory, and what belongs to somebody else since', async () => {
  const { near, reader } = stage();
  rmSync(near);
  mkdirSync(near);
  assert.match(await problemOf(reader.read()), /directory/i);
  rmSync(near, { recursive: true });
  writeFileSync(`${near}.new`, 'limits: {depth_max: 9}');
  if (process.getuid?.() === 0) {
    chownSync(`${near}.new`, 54_321, 54_321);
    renameSync(`${near}.new`, near);
    assert.match(await problemOf(reader.read()), /belongs to user 54321/);
    chownSync(near, 0, 0);
    assert.is((await reader.read()).config.limits.depth_max, 9);
  }
});

test.run();
