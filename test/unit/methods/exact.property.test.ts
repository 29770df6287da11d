/**
 * Every edit is exact to take back: a request that fails, undo, redo and checkpoints leave what a
 * plain copy of the project says, over random sequences of every method that edits.
 */

import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import type { Layer } from '../../../engine/document/layer.ts';
import { Job } from '../../../engine/jobs/job.ts';
import type { Project } from '../../../engine/project/project.ts';
import { createScripts } from '../../../engine/script/script.ts';
import { BLOCK_BYTES } from '../../../engine/volume/block.ts';
import { requireKept } from '../../support/kept.ts';
import { LooseProject } from '../../support/project.ts';
import { EDITS, randomParams, writeFiles } from '../../support/random-edits.ts';
import { copyOf } from '../../support/recorded.ts';
import { SEED } from '../../support/seed.ts';
import { randomNumbers } from '../../support/volumes.ts';

const RUNS = 3;
const STEPS = 120;
/** Small enough that some edits do not fit, and that most do not. */
const BLOCKS_MAX = [400, 12];

const exact = suite('exact');

async function run(made: LooseProject, method: string, params: object): Promise<void> {
  if (method === 'script.execute') made.project.scripting.scripts = await createScripts();
  const result = made.run(method, params);
  if (result instanceof Job) made.finish(method, result);
}

/** Goes to another state. One that there is no memory for leaves all as it was, and gives false. */
function went(project: Project, where: string, go: () => unknown): boolean {
  const [copy, before] = [copyOf(project), project.history.length];
  try {
    return go() !== undefined;
  } catch (error) {
    if (!(error instanceof GoxError)) throw error;
    assert.is(error.code, 'GOX_MEMORY_LIMIT', `${where}: ${error.message}`);
    assert.equal(copyOf(project), copy, `after a refusal: ${where}`);
    assert.is(project.history.length, before, where);
    return false;
  }
}

/** A random history of one project; gives the methods that have changed something. */
async function history(seed: number, blocks_max: number): Promise<Set<string>> {
  const random = randomNumbers(seed);
  const made = new LooseProject(blocks_max * BLOCK_BYTES);
  writeFiles(made);
  const { project } = made;
  const worked = new Set<string>();
  /** What the project was after each step that can be undone, by its place in the history. */
  let states = [copyOf(project)];
  const now = () => project.history.length;
  let kept: string[] | undefined;
  for (let step = 0; step < STEPS; step++) {
    const where = () => `seed ${seed}, step ${step}, ${blocks_max} blocks`;
    const dice = random();
    if (dice < 0.12) {
      for (let i = 0; i < 5 * random(); i++) went(project, where(), () => project.undo());
    } else if (dice < 0.2) {
      for (let i = 0; i < 5 * random(); i++) went(project, where(), () => project.redo());
    } else if (dice < 0.24) {
      project.keep('checkpoint');
      kept = copyOf(project);
    } else if (dice < 0.27 && kept !== undefined) {
      const before = now();
      const checkpoint = project.checkpoints.find('checkpoint')!;
      if (went(project, where(), () => [project.comeBack(checkpoint)])) {
        assert.equal(unordered(copyOf(project)), unordered(kept), `a checkpoint, ${where()}`);
      }
      if (now() > before) states = [...states.slice(0, before + 1), copyOf(project)];
    } else {
      const method = EDITS[Math.floor(random() * EDITS.length)]!;
      const params = randomParams(made, method, random);
      const what = () => `${method} ${JSON.stringify(params)}, ${where()}`;
      const [before, copy] = [now(), copyOf(project)];
      try {
        await run(made, method, params);
      } catch (error) {
        if (!(error instanceof GoxError) || error.code === 'GOX_INTERNAL') throw error;
        assert.equal(copyOf(project), copy, `after a failure: ${what()}`);
        assert.is(now(), before, `a failure is a step: ${what()}`);
      }
      if (now() > before) {
        worked.add(method);
        states = [...states.slice(0, before + 1), copyOf(project)];
      } else if (method !== 'goxel.set_active_layer') {
        assert.equal(copyOf(project), copy, `no step: ${what()}`);
      } else states[before] = copyOf(project);
    }
    assert.equal(withoutActive(copyOf(project)), withoutActive(states[now()]!), where());
    if (step % 10 === 0) requireKept(project);
  }
  const after = copyOf(project);
  const length = now();
  const end = `seed ${seed}, ${blocks_max} blocks`;
  while (went(project, end, () => project.undo())) {
    assert.equal(withoutActive(copyOf(project)), withoutActive(states[now()]!), end);
  }
  requireKept(project);
  while (now() < length && went(project, end, () => project.redo()));
  assert.is(now(), length, `${end}: what was once done does not fit`);
  assert.equal(withoutActive(copyOf(project)), withoutActive(after), `seed ${seed}`);
  requireKept(project);
  return worked;
}

/** To choose the active layer is no edit, so undo need not know of it. */
function withoutActive(copy: readonly string[]): readonly string[] {
  return copy.slice(1);
}

/** What comes back to a checkpoint has the same blocks, maybe in another order. */
function unordered(copy: readonly string[]): readonly string[] {
  return [...copy].sort();
}

const worked = new Set<string>();

for (const blocks_max of BLOCKS_MAX) {
  for (let run = 0; run < RUNS; run++) {
    const which = `${run + 1} of ${RUNS}, ${blocks_max} blocks at most`;
    exact(`a random history is taken back and done again (${which})`, async () => {
      for (const method of await history(SEED + run, blocks_max)) worked.add(method);
    });
  }
}

/** So that there is something for each: voxels, some selected and copied, and layers of kinds. */
function prepared({ directory, project }: LooseProject): [method: string, params: object][] {
  const [{ id: layer_id }] = project.document.layers as [Layer];
  const min = [0, 0, 0];
  return [
    ['goxel.fill_region', { min, max: [5, 5, 5], color: '#ff0000', layer_id }],
    ['goxel.select', { kind: 'all', layer_id }],
    ['goxel.copy', { layer_id }],
    ['goxel.clone_layer', { layer_id }],
    ['goxel.create_image_layer', { path: join(directory, 'plan.png'), width: 9 }],
    ['goxel.set_active_layer', { layer_id }],
  ];
}

exact('every method that edits has its part in that', async () => {
  // Chance may have left some out.
  const made = new LooseProject();
  writeFiles(made);
  const random = randomNumbers(SEED);
  for (let tries = 0; tries < 40; tries++) {
    for (const [method, params] of prepared(made)) await run(made, method, params);
    for (const method of EDITS.filter((name) => !worked.has(name))) {
      const copy = copyOf(made.project);
      const steps = made.project.history.length;
      try {
        await run(made, method, randomParams(made, method, random));
      } catch (error) {
        if (!(error instanceof GoxError) || error.code === 'GOX_INTERNAL') throw error;
        continue;
      }
      if (made.project.history.length === steps) continue;
      worked.add(method);
      made.project.undo();
      assert.equal(copyOf(made.project), copy, method);
      made.project.redo();
    }
  }
  const never = EDITS.filter((name) => !worked.has(name) && name !== 'goxel.set_active_layer');
  assert.equal(never, []);
});

exact.run();
