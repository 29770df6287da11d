/**
 * A project that is made anew from its mirror is the same in every way: as it is, in what can be
 * undone and done again, in its checkpoints, and in all that is done to it later. Neither of them
 * notices what happens to the other.
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import { Job } from '../../../engine/jobs/job.ts';
import type { Mirror } from '../../../engine/port/mirror.ts';
import type { Project } from '../../../engine/project/project.ts';
import { createScripts } from '../../../engine/script/script.ts';
import { MirroredProject, stored } from '../../support/mirrored.ts';
import { LooseProject } from '../../support/project.ts';
import { copyOf, factsOf } from '../../support/project-copy.ts';
import { EDITS, randomParams, writeFiles } from '../../support/random-edits.ts';
import { SEED } from '../../support/seed.ts';
import { randomNumbers } from '../../support/volumes.ts';

const RUNS = 4;
const STEPS = 100;

const mirrors = suite('mirrors');

/** One request, of the many that there are, and what goes beside requests. */
type Action = (made: LooseProject) => unknown;

async function done(made: LooseProject, action: Action): Promise<string> {
  made.project.scripting.scripts = await createScripts();
  try {
    action(made);
    return 'done';
  } catch (error) {
    if (!(error instanceof GoxError) || error.code === 'GOX_INTERNAL') throw error;
    return error.code;
  } finally {
    made.project.account();
  }
}

function request(method: string, params: object): Action {
  return (made) => {
    const result = made.run(method, params);
    return result instanceof Job ? made.finish(method, result) : result;
  };
}

function randomAction(made: LooseProject, random: () => number): Action {
  const dice = random();
  const count = Math.ceil(6 * random());
  const times = (action: (project: Project) => unknown): Action => {
    return ({ project }) => {
      for (let i = 0; i < count; i++) action(project);
    };
  };
  if (dice < 0.12) return times((project) => project.undo());
  if (dice < 0.2) return times((project) => project.redo());
  if (dice < 0.23) return request('goxel.create_checkpoint', { name: `c${count}` });
  if (dice < 0.26) return request('goxel.restore', { checkpoint: `c${count}` });
  if (dice < 0.27) return request('goxel.delete_checkpoint', { name: `c${count}` });
  if (dice < 0.28) return request('goxel.create_project', { width: 9 });
  const method = EDITS[Math.floor(random() * EDITS.length)]!;
  return request(method, randomParams(made, method, random));
}

/** Everything that can be told of a project, but for clocks. */
function allOf(project: Project): unknown {
  const { bytes, history, checkpoints } = project;
  return {
    copy: copyOf(project),
    facts: factsOf(project),
    bytes,
    history: history.bytes,
    kept: checkpoints.bytes,
  };
}

function another(made: LooseProject, mirror: Mirror): MirroredProject {
  return new MirroredProject(new LooseProject(2 ** 28, made.directory), mirror);
}

/** Both are the same through all that can be undone, and done again. */
function requireSameHistory(one: Project, other: Project, where: string): void {
  const back = one.history.length;
  for (const go of [(project: Project) => project.undo(), (project: Project) => project.redo()]) {
    for (;;) {
      const [a, b] = [go(one), go(other)];
      assert.is(b === undefined, a === undefined, where);
      if (a === undefined) break;
      assert.equal(copyOf(other), copyOf(one), where);
    }
  }
  for (let i = one.history.length; i > back; i--) {
    one.undo();
    other.undo();
  }
  assert.equal(allOf(other), allOf(one), where);
}

async function life(seed: number, thorough: boolean): Promise<void> {
  const random = randomNumbers(seed);
  const made = new LooseProject();
  writeFiles(made);
  const mirrored = new MirroredProject(made);
  for (let step = 0; step < STEPS; step++) {
    const where = `seed ${seed}, step ${step}`;
    await done(made, randomAction(mirrored.made, random));
    if (random() < 0.4) continue;
    const mirror = mirrored.update();
    if (random() < 0.5) continue;
    const before = allOf(mirrored.made.project);
    const copy = another(made, random() < 0.3 ? await stored(mirror) : mirror);
    assert.equal(allOf(copy.made.project), before, where);
    if (thorough) requireSameHistory(mirrored.made.project, copy.made.project, where);
  }
}

for (let run = 0; run < RUNS; run++) {
  mirrors(`a project is the same when it is made anew (${run + 1} of ${RUNS})`, async () => {
    await life(SEED + run, run % 2 === 0);
  });
}

mirrors.run();
