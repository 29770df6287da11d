/**
 * A project that is made anew from its mirror is the same in every way: as it is, in what can be
 * undone and done again, in its checkpoints, and in all that is done to it later. Neither of them
 * notices what happens to the other.
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import { Job } from '../../../engine/jobs/job.ts';
import type { MirrorBounds } from '../../../engine/mirror/project-mirror.ts';
import type { Project } from '../../../engine/project/project.ts';
import { createScripts } from '../../../engine/script/script.ts';
import { MirroredProject, stored } from '../../support/mirrored.ts';
import { LooseProject } from '../../support/project.ts';
import { EDITS, randomParams, writeFiles } from '../../support/random-edits.ts';
import { copyOf, factsOf } from '../../support/recorded.ts';
import { SEED } from '../../support/seed.ts';
import { randomNumbers } from '../../support/volumes.ts';

const RUNS = 4;
const STEPS = 60;
/** So many things are done to a project and to the one made anew of it. */
const FURTHER = 6;

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

/** Everything that can be told of a project, a line each. */
function allOf(project: Project): string {
  const { bytes, history, checkpoints } = project;
  const facts = factsOf(project) as Record<string, unknown>;
  const others = { bytes, kept: checkpoints.bytes };
  assert.ok(history.bytes >= 0, `${history.bytes} bytes of history`);
  const lines = Object.entries({ ...facts, ...others }).flatMap(([name, value]) => {
    const parts = Array.isArray(value) ? (value as unknown[]) : [value];
    return parts.map((part) => `${name} ${JSON.stringify(part)}`);
  });
  return [...copyOf(project), ...lines].join('\n');
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
  assert.is(timeless(other), timeless(one), where);
}

/** Does a few things more to both, of which neither may notice the other. */
async function goFurther(
  one: LooseProject,
  other: LooseProject,
  random: () => number,
  where: string,
) {
  for (let i = 0; i < FURTHER; i++) {
    const action = randomAction(one, random);
    assert.is(await done(other, action), await done(one, action), where);
    assert.is(timeless(other.project), timeless(one.project), `${i + 1} later: ${where}`);
  }
}

/**
 * They were not done at the same time, and who may write in place notes less of what it replaces,
 * so that steps have other sizes.
 */
function timeless(project: Project): string {
  const sizes = /^kept \d+$/gm;
  return allOf(project)
    .replaceAll(/"at_ms":\d+/g, '')
    .replaceAll(sizes, '');
}

/** What one project goes through. */
interface Life {
  readonly thorough: boolean;
  readonly history_bytes_max: number;
  readonly bounds?: MirrorBounds;
}

async function life(seed: number, { thorough, history_bytes_max, bounds }: Life): Promise<void> {
  const random = randomNumbers(seed);
  const made = new LooseProject(2 ** 28, undefined, history_bytes_max);
  writeFiles(made);
  let mirrored = new MirroredProject(made, { bounds });
  for (let step = 0; step < STEPS; step++) {
    const where = `seed ${seed}, step ${step}`;
    await done(mirrored.made, randomAction(mirrored.made, random));
    if (random() < 0.4) continue;
    const mirror = mirrored.update();
    if (random() < 0.5) continue;
    const before = allOf(mirrored.made.project);
    const source = random() < 0.3 ? await stored(mirror) : mirror;
    const another = () => {
      const empty = new LooseProject(2 ** 28, made.directory, history_bytes_max);
      return new MirroredProject(empty, { bounds, mirror: source });
    };
    const copy = another();
    assert.is(allOf(copy.made.project), before, where);
    if (thorough) requireSameHistory(mirrored.made.project, copy.made.project, where);
    // Where steps have other sizes, others are forgotten later.
    const forgets = history_bytes_max < 2 ** 28;
    if (!forgets) await goFurther(mirrored.made, copy.made, random, where);
    assert.is(allOf(another().made.project), before, `what came later is seen: ${where}`);
    // What is made anew is mirrored from there on, and lives no less long.
    if (random() < 0.5) mirrored = copy;
  }
}

for (let run = 0; run < RUNS; run++) {
  mirrors(`a project is the same when it is made anew (${run + 1} of ${RUNS})`, async () => {
    await life(SEED + run, { thorough: run % 2 === 0, history_bytes_max: 2 ** 28 });
  });
}

mirrors('a layer that is chosen between undo and redo is known to undo', () => {
  for (const [first, second] of [
    ['undo', 'redo'],
    ['redo', 'undo'],
  ] as const) {
    const made = new LooseProject();
    for (const name of ['walls', 'roof']) made.run('goxel.create_layer', { name });
    made.run('goxel.update_light', { pitch: 10 });
    if (first === 'redo') made.run('goxel.undo', {});
    const mirrored = new MirroredProject(made);
    mirrored.update();
    made.run(`goxel.${first}`, {});
    made.run('goxel.set_active_layer', { layer_id: 1 });
    made.run(`goxel.${second}`, {});
    const copy = new MirroredProject(new LooseProject(), { mirror: mirrored.update() });
    for (const { project } of [made, copy.made]) project[first]();
    assert.is(made.project.document.activeLayer.id, 1, first);
    assert.is(timeless(copy.made.project), timeless(made.project), first);
  }
});

mirrors('so is one that forgets steps', async () => {
  await life(SEED, { thorough: true, history_bytes_max: 300_000 });
});

mirrors('all is told again now and then, and what is no more is not', async () => {
  const bounds = { value_bytes_min: 0, blocks_min: 0 };
  await life(SEED, { thorough: false, history_bytes_max: 2 ** 28, bounds });
});

mirrors.run();
