/**
 * Journals on disks that fail: every call of a life fails, in every way, once or from then on. What
 * was acknowledged is there after it, in order; what was refused is not.
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Failure, ForgetfulFs, type FsCall, POWER_CUT } from '../../support/forgetful-fs.ts';
import { Clients, type Rehearsal, started } from '../../support/journal-rehearsal.ts';
import { SEED } from '../../support/seed.ts';
import { randomNumbers } from '../../support/volumes.ts';

const test = suite('journals on disks that fail');

const FAILURES: readonly Failure[] = [
  { code: 'EIO', effect: 'none' },
  { code: 'EIO', effect: 'part' },
  { code: 'EIO', effect: 'all' },
  { code: 'ENOSPC', effect: 'none' },
  { code: 'ENOSPC', effect: 'part' },
  { effect: 'part' },
];

interface Outcome {
  readonly calls: number;
  readonly states: readonly string[];
}

/** Two lives on a disk; then one after a power cut, on a disk that works again. */
async function lives(seed: number, fate: (call: FsCall) => Failure | undefined): Promise<Outcome> {
  const random = randomNumbers(seed);
  const clients = new Clients();
  const fs = new ForgetfulFs();
  fs.fate = fate;
  const states: string[] = [];
  const live = async (on: ForgetfulFs): Promise<Rehearsal> => {
    const life = started({ fs: on, clients, random });
    await life.work();
    await life.close();
    await life.settle();
    states.push(...life.states);
    assert.is(on.open_count, 0, 'a file was left open');
    return life;
  };
  await live(fs);
  await live(fs);
  const { calls } = fs;
  const mended = fs.next(random);
  const after = await live(mended);
  assert.equal(after.states, ['closed'], 'on a disk that works');
  started({ fs: mended, clients, random });
  return { calls, states };
}

for (const lasts of [false, true]) {
  const often = lasts ? 'and all after it' : 'once';
  for (const failure of FAILURES) {
    const { code = 'a short write', effect } = failure;
    test(`lose nothing when a call fails ${often}: ${code}, with effect: ${effect}`, async () => {
      const seen = new Set<string>();
      const { calls } = await lives(SEED, () => undefined);
      for (let n = 1; n <= calls; n += 1) {
        const fate = ({ number }: FsCall) =>
          number === n || (lasts && number > n) ? failure : undefined;
        try {
          const outcome = await lives(SEED, fate);
          for (const state of outcome.states) seen.add(state);
        } catch (error) {
          throw new Error(`when call ${n} fails: ${(error as Error).message}`, { cause: error });
        }
      }
      console.log(`${calls} calls, each failing ${often}: ${[...seen].join(', ')}`);
    });
  }
}

const EFFECTS = ['none', 'part', 'all'] as const;
const TROUBLES = 300;

/**
 * A disk that fails for a while, in one way or another, under a life and the one after it, until
 * the power is cut; the system keeps in memory meanwhile what it could not write.
 */
async function trouble(seed: number): Promise<void> {
  const random = randomNumbers(seed);
  const upTo = (count: number) => 1 + Math.floor(random() * count);
  const clients = new Clients();
  const fs = new ForgetfulFs();
  const [begin, count] = [upTo(120), upTo(8)];
  let cut = Number.POSITIVE_INFINITY;
  fs.fate = ({ number }) => {
    const effect = EFFECTS[Math.floor(random() * EFFECTS.length)]!;
    if (number === cut) return { code: POWER_CUT, effect };
    const code = random() < 1 / 2 ? 'EIO' : 'ENOSPC';
    return number >= begin && number < begin + count ? { code, effect } : undefined;
  };
  // The power is cut in the first life or in the second one, soon after the trouble.
  const sooner = random() < 1 / 2;
  if (sooner) cut = begin + count + upTo(12);
  const live = async (on: ForgetfulFs): Promise<void> => {
    const life = started({ fs: on, clients, random });
    await life.work();
    await life.close();
    await life.settle();
  };
  await live(fs);
  if (!sooner) cut = fs.calls + upTo(40);
  if (!fs.isDown) await live(fs);
  const mended = fs.next(random);
  await live(mended);
  started({ fs: mended, clients, random });
}

test('lose nothing when a disk fails for a while and the power is cut after that', async () => {
  for (let seed = SEED; seed < SEED + TROUBLES; seed += 1) {
    try {
      await trouble(seed);
    } catch (error) {
      throw new Error(`with seed ${seed}: ${(error as Error).message}`, { cause: error });
    }
  }
});

test.run();
