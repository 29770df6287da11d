/** What the main thread holds of a project is not touched by its thread, however that dies. */

import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Mirror, type MirrorDelta, mirrorAfter } from '../../../engine/port/mirror.ts';
import { MirroredProject } from '../../support/mirrored.ts';
import { LooseProject } from '../../support/project.ts';
import { copyOf } from '../../support/recorded.ts';
import { SEED } from '../../support/seed.ts';
import { temporaryDirectory } from '../../support/tmp.ts';
import { randomNumbers } from '../../support/volumes.ts';

const DEATHS = 6;
const FILE = new URL('../../support/mirror-worker.js', import.meta.url);

const deaths = suite('deaths');

interface Told {
  readonly delta: MirrorDelta;
  readonly copy: string[];
}

/** What a thread told, until it was killed at some moment after the last of it. */
async function toldBy(seed: number, rounds: number, turns: number): Promise<Told[]> {
  const told: Told[] = [];
  const workerData = { seed, directory: temporaryDirectory() };
  const worker = new Worker(FILE, { workerData });
  await new Promise<void>((resolve, reject) => {
    worker.on('error', reject);
    worker.on('message', (message: Told) => {
      told.push(message);
      if (told.length === rounds) resolve();
    });
  });
  for (let turn = 0; turn < turns; turn++) await setImmediate();
  await worker.terminate();
  return told;
}

deaths(
  'a thread that is killed while it writes has written into nothing that is kept',
  async () => {
    const random = randomNumbers(SEED);
    for (let death = 0; death < DEATHS; death++) {
      const told = await toldBy(SEED + death, 1 + Math.floor(4 * random()), 4000 * random());
      let mirror: Mirror | undefined;
      for (const { delta } of told) mirror = mirrorAfter(mirror, delta);
      const { made } = new MirroredProject(new LooseProject(), { mirror: mirror! });
      const where = `seed ${SEED}, death ${death}, after ${told.length} rounds`;
      assert.equal(copyOf(made.project), told.at(-1)!.copy, where);
      // No more is what others were told before.
      const writes = made.project.document.layers[0]!.volume;
      made.project.transact(() => writes.fillBox([0, 0, 0], [64, 64, 32], 0xff12_3456));
      const again = new MirroredProject(new LooseProject(), { mirror: mirror! });
      assert.equal(copyOf(again.made.project), told.at(-1)!.copy, `written after it: ${where}`);
    }
  },
);

deaths.run();
