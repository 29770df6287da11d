/** Projects whose reading does not end: what counts against them, and what does not. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { attemptsOf } from '../../../actors/journal/attempts.ts';
import type { ProjectJournal } from '../../../actors/journal/project-journal.ts';
import { Readings } from '../../../actors/journal/readings.ts';
import { VERSION } from '../../../engine/catalogue/version.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const test = suite('readings');

const LOG = { begin: () => {}, refuse: () => {} };

/** Reads a project whose thread ends meanwhile; gives its directory. */
async function interrupted(readings: Readings, stopping: boolean, before = 0): Promise<string> {
  const directory = temporaryDirectory();
  if (before > 0) writeFileSync(join(directory, 'attempt'), `${VERSION} ${before}\n`);
  const journal = { directory, project: 'tower', own: async () => 1 };
  let there = true;
  const reading = readings.read(
    { name: 'tower', number: 1, log: LOG, read_only: undefined },
    journal as unknown as ProjectJournal,
    {
      isThere: () => there,
      isStopping: () => stopping,
      readStore: () => {
        assert.is(attemptsOf(directory), before + 1, 'it is noted while it is read');
        there = false;
        return Promise.reject(new Error('the thread ended'));
      },
    },
  );
  await reading.then(
    () => assert.unreachable('it was read'),
    () => {},
  );
  return directory;
}

const newReadings = () => new Readings(pino({ level: 'silent' }));

test('a thread that ends by itself counts, also where the daemon stops later', async () => {
  const readings = newReadings();
  const directory = await interrupted(readings, false, 1);
  readings.end();
  assert.is(readFileSync(join(directory, 'attempt'), 'utf8'), `${VERSION} 2\n`);
});

test('a daemon that is stopped while it reads counts for nothing, however often', async () => {
  const readings = newReadings();
  const first = await interrupted(readings, true);
  const again = await interrupted(readings, true, 2);
  readings.end();
  assert.not.ok(existsSync(join(first, 'attempt')));
  assert.is(attemptsOf(again), 2);
});

test('what is still to begin when the store is closed is not begun', async () => {
  const readings = newReadings();
  const directory = temporaryDirectory();
  const owned = async () => {
    readings.end();
    return 1;
  };
  const reading = readings.read(
    { name: 'tower', number: 1, log: LOG, read_only: undefined },
    { directory, project: 'tower', own: owned } as unknown as ProjectJournal,
    {
      isThere: () => true,
      isStopping: () => true,
      readStore: () => Promise.reject(new Error('it was read')),
    },
  );
  await reading.then(
    () => assert.unreachable('it was read'),
    (error: Error) => assert.match(error.message, /closed meanwhile/),
  );
  assert.not.ok(existsSync(join(directory, 'attempt')));
});

test.run();
