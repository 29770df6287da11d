/** The parts of the steps of the start that need no process of their own. */

import { closeSync, mkdirSync, openSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createActor } from 'xstate';
import { lockFile } from '../../../actors/process/file-lock.ts';
import { makeDirectories } from '../../../actors/process/make-directory.ts';
import { filesNeeded, wishesOf } from '../../../actors/process/resource-limits.ts';
import { ServiceManager } from '../../../actors/process/service-manager.ts';
import { type Step, StepError, stepEffect } from '../../../actors/process/step.ts';
import { stepMachine } from '../../../machines/step.ts';
import { configWith, probe } from '../../support/probe.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const log = pino({ level: 'silent' });
const limits = suite('limits of the system');

const config = await configWith(({ resources, performance }) => {
  Object.assign(resources, { open_files: 1024, open_files_max: 4096, core_dumps: false });
  performance.max_connections = 10;
});
const NO_CORE = { soft: 0, hard: 0 };

limits('those of the configuration, never more than there is', () => {
  const core = { soft: 0, hard: Number.POSITIVE_INFINITY };
  const wishes = (soft: number, hard: number) => wishesOf(config, { core, files: { soft, hard } });
  assert.equal(wishes(20_000, 20_000), { core: NO_CORE, files: { soft: 1024, hard: 4096 } });
  assert.equal(wishes(1024, 4096), { core: NO_CORE });
  assert.equal(wishes(300, 300), { core: NO_CORE });
  assert.equal(wishes(300, 2000), { core: NO_CORE, files: { soft: 1024, hard: 2000 } });
  assert.equal(wishesOf(config, { core: NO_CORE, files: undefined }), {});
});

limits('what connections need goes before them', async () => {
  const crowded = await configWith(({ performance }) => {
    performance.max_connections = 6000;
  });
  const needed = filesNeeded(crowded);
  assert.ok(needed > 6000);
  const files = { soft: 20_000, hard: 20_000 };
  assert.equal(wishesOf(crowded, { core: NO_CORE, files }).files, { soft: needed, hard: needed });
});

limits('core dumps for who wants them', async () => {
  const dumping = await configWith(({ resources }) => {
    resources.core_dumps = true;
  });
  assert.equal(wishesOf(dumping, { core: { soft: 5, hard: 5 }, files: undefined }), {});
});

limits.run();

const files = suite('files of the process');

files('directories are made with their mode, and those that were there are left', () => {
  const directory = temporaryDirectory();
  const deep = join(directory, 'a', 'b');
  assert.equal(makeDirectories(deep, 0o750), [join(directory, 'a'), deep]);
  assert.is(statSync(deep).mode & 0o777, 0o750);
  assert.equal(makeDirectories(deep, 0o700), []);
  assert.is(statSync(deep).mode & 0o777, 0o750);
});

files('what cannot be a directory is an error, and soon', () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'file'), '');
  symlinkSync('/nowhere', join(directory, 'link'));
  const code = (path: string) => {
    try {
      makeDirectories(path);
      return 'none';
    } catch (error) {
      return (error as NodeJS.ErrnoException).code;
    }
  };
  assert.is(code(join(directory, 'file', 'a')), 'ENOTDIR');
  assert.is(code(join(directory, 'link')), 'EEXIST');
  if (process.platform === 'linux') assert.is(code('/proc/none/a'), 'ENOENT');
  mkdirSync(join(directory, 'b'));
  assert.is(code(join(directory, 'b')), 'none');
});

files('the lock of one is not that of another', () => {
  const path = join(temporaryDirectory(), 'lock');
  const [one, other] = [openSync(path, 'w'), openSync(path, 'r+')];
  assert.is(
    lockFile(one, () => undefined),
    'kernel',
  );
  assert.is(
    lockFile(other, () => undefined),
    'held',
  );
  closeSync(one);
  closeSync(other);
});

files.run();

const steps = suite('step');

async function run(step: Step) {
  const work = stepEffect(step, log);
  const probed = probe(stepMachine.provide({ actors: { work } }), {});
  await new Promise((resolve) => setImmediate(resolve));
  return probed;
}

steps('what it throws says with which code it failed', async () => {
  const begin = () => {
    throw new StepError('held', 'another runs');
  };
  const actor = await run({ begin });
  assert.equal(actor.snapshot().output, { failure: 'another runs', code: 'held' });
  const later = await run({ begin: () => Promise.reject(new StepError('wrong', 'no')) });
  assert.equal(later.snapshot().output, { failure: 'no', code: 'wrong' });
});

steps('it is undone once, asked or stopped by force', async () => {
  let undone = 0;
  const step: Step = {
    begin: () => undefined,
    end: () => {
      undone += 1;
    },
  };
  const asked = await run(step);
  asked.send({ type: 'child.stop', now: false });
  assert.is(asked.snapshot().status, 'done');
  assert.is(undone, 1);
  (await run(step)).stop();
  assert.is(undone, 2);
});

steps.run();

const ends = suite('the end of a step');

ends('what is still being done is undone when it is done', async () => {
  for (const byForce of [false, true]) {
    const told: string[] = [];
    const begin = async () => {
      await null;
      told.push('done');
      return undefined;
    };
    const actor = createActor(stepEffect({ begin, end: () => void told.push('undone') }, log));
    actor.start();
    if (byForce) actor.stop();
    else actor.send({ type: 'step.undo' });
    await new Promise(setImmediate);
    assert.equal(told, ['done', 'undone']);
  }
});

ends.run();

const manager = suite('service manager');

manager('what the environment says of it is not passed on', () => {
  const env = { NOTIFY_SOCKET: '/run/notify', WATCHDOG_USEC: '3000000', WATCHDOG_PID: '1' };
  const other = ServiceManager.fromEnvironment(env, log);
  assert.equal(env, {});
  assert.is(other?.watchdog_ms, undefined, 'the watchdog of another process');
  const own = { NOTIFY_SOCKET: '@notify', WATCHDOG_USEC: '3000000' };
  assert.is(ServiceManager.fromEnvironment(own, log)?.watchdog_ms, 3000);
  const long = { NOTIFY_SOCKET: '@notify', WATCHDOG_USEC: '9'.repeat(20) };
  assert.is(ServiceManager.fromEnvironment(long, log)?.watchdog_ms, 86_400_000);
  assert.is(ServiceManager.fromEnvironment({}, log), undefined);
  assert.is(ServiceManager.fromEnvironment({ NOTIFY_SOCKET: 'vsock:2:1' }, log), undefined);
});

manager.run();
