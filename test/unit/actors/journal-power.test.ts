/**
 * Journals on disks that forget: the power is cut at every call of a life, and again in the lives
 * after it; what was not synced may be lost, all of it, a part, or the older and not the newer.
 * What was acknowledged is there at the next start.
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { JournalSettings } from '../../../actors/journal/journal-options.ts';
import { type Failure, ForgetfulFs, POWER_CUT } from '../../support/forgetful-fs.ts';
import { Clients, type Rehearsal, started } from '../../support/journal-rehearsal.ts';
import { SEED } from '../../support/seed.ts';
import { randomNumbers } from '../../support/volumes.ts';

const test = suite('journals on disks that forget');

const EFFECTS = ['none', 'part', 'all'] as const;
/** Lives that end in a power cut, one after the other, on what the last one has left. */
const LIVES = 3;

interface Run {
  /** Of the first life, the call at which the power is cut. */
  readonly at: number;
  readonly sync: JournalSettings['sync'];
  /** Whether the daemon is killed, and the power stays. */
  readonly killed?: boolean;
}

/** Whether the first life ended before that call. */
async function run({ at, sync, killed = false }: Run): Promise<boolean> {
  // The first life is the same each time, up to the call at which it ends.
  let random = randomNumbers(SEED);
  const chance = randomNumbers(SEED + at);
  const clients = new Clients();
  let fs = new ForgetfulFs();
  let isOver = false;
  for (let lives = 0; lives < LIVES; lives += 1) {
    const cut = lives === 0 ? at : 1 + Math.floor(chance() * 2 * at);
    const effect = EFFECTS[Math.floor(chance() * EFFECTS.length)]!;
    fs.fate = ({ number }): Failure | undefined =>
      number === cut ? { code: POWER_CUT, effect } : undefined;
    const life = started({ fs, clients, random, sync });
    await live(life);
    if (lives === 0) isOver = !fs.isDown;
    if (killed) clients.sure = clients.acknowledged.length;
    fs = killed ? fs.next() : fs.next(chance);
    random = chance;
  }
  const last = started({ fs, clients, random, sync });
  await live(last);
  assert.equal(last.states, ['closed']);
  started({ fs, clients, random });
  return isOver;
}

async function live(life: Rehearsal): Promise<void> {
  await life.work();
  await life.close();
  await life.settle();
}

/** Cuts at the first call, the second one, …, until a life is over before. */
async function everywhere(how: Pick<Run, 'sync' | 'killed'>, step = 1): Promise<void> {
  let at = 1;
  for (; ; at += step) {
    try {
      if (await run({ ...how, at })) break;
    } catch (error) {
      throw new Error(`cut at call ${at}: ${(error as Error).message}`, { cause: error });
    }
  }
  // As many as 31 on a quiet machine; calls of a busy one serve more edits each.
  assert.ok(at > 20, 'there was little to cut');
  console.log(`${how.sync}: cut at each of ${at} calls`);
}

test('keep what was acknowledged when the power is cut at any call', () =>
  everywhere({ sync: 'always' }));

test('keep what was acknowledged when the daemon is killed at any call', () =>
  everywhere({ sync: 'always', killed: true }));

test('keep what was on the disk, with sync: interval', () => everywhere({ sync: 'interval' }));

test('keep a beginning of what was acknowledged, with sync: never', () =>
  everywhere({ sync: 'never' }));

for (const sync of ['interval', 'never'] as const) {
  test(`keep all when the daemon is killed, with sync: ${sync}`, () =>
    everywhere({ sync, killed: true }, 3));
}

test.run();
