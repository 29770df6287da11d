/**
 * A project made anew of its records alone is the one that left them, in every way: over random
 * requests of all methods that edit, by several clients, with undo, redo, checkpoints, saves,
 * loads, and requests that fail.
 */

import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import { findMethod } from '../../../engine/catalogue/methods.ts';
import { whyUnscripted } from '../../../engine/catalogue/scripts.ts';
import type { Project } from '../../../engine/project/project.ts';
import { BLOCK_BYTES } from '../../../engine/volume/block.ts';
import { requireKept } from '../../support/kept.ts';
import { EDITS, randomParams, writeFiles } from '../../support/random-edits.ts';
import { copyOf, factsOf, RecordedProject } from '../../support/recorded.ts';
import { SEED } from '../../support/seed.ts';
import { randomNumbers } from '../../support/volumes.ts';

const RUNS = 3;
const STEPS = 130;
/** Small enough that some edits do not fit, and that most do not. */
const BLOCKS_MAX = [400, 12];

const replayed = suite('replay');

/** What scripts can call. */
const SCRIPTED = EDITS.filter((name) => whyUnscripted(findMethod(name)!.spec) === undefined);

/** Several edits as one, of which some may fail. */
const SCRIPT =
  'for (const [method, params] of args) { try { goxel.call(method, params); } catch {} }';

function randomScript(made: RecordedProject, random: () => number): object {
  const args = Array.from({ length: 1 + Math.floor(random() * 5) }, () => {
    const method = SCRIPTED[Math.floor(random() * SCRIPTED.length)]!;
    return [method, randomParams(made, method, random)];
  });
  return { script: SCRIPT, args };
}

/** A request of any kind that a journal may hold, or that fails. */
function randomRequest(made: RecordedProject, random: () => number): [string, object] {
  const dice = random();
  const steps = 1 + Math.floor(random() * 4);
  const checkpoint = `checkpoint ${Math.floor(random() * 3)}`;
  const file = join(made.directory, `saved ${Math.floor(random() * 3)}.gox`);
  if (dice < 0.1) return ['goxel.undo', { steps }];
  if (dice < 0.17) return ['goxel.redo', { steps }];
  if (dice < 0.2) return ['goxel.create_checkpoint', { checkpoint }];
  if (dice < 0.22) return ['goxel.delete_checkpoint', { checkpoint }];
  if (dice < 0.26) return ['goxel.restore', { checkpoint }];
  if (dice < 0.29) return ['goxel.restore', { step: Math.floor(random() * 30) }];
  if (dice < 0.32) return ['goxel.save_project', { path: file }];
  if (dice < 0.33) return ['goxel.load_project', { path: file }];
  if (dice < 0.34) return ['goxel.create_project', { name: 'another', width: 20, path: file }];
  if (dice < 0.36) return ['goxel.diff', { from: { step: Math.floor(random() * 30) } }];
  if (dice < 0.38) return ['goxel.copy', {}];
  if (dice < 0.55) return ['script.execute', randomScript(made, random)];
  if (dice < 0.57) return ['goxel.rename_layer', { layer_id: 77, name: 'not there' }];
  const method = EDITS[Math.floor(random() * EDITS.length)]!;
  return [method, randomParams(made, method, random)];
}

/**
 * Who comes back to a checkpoint may find the same voxels in another order of blocks: it depends on
 * which volumes were written, and which were others of the same content. So may who makes a plain
 * layer of a clone or a shape, which was shown bit by bit or at one go.
 */
let ordered = true;

function requireSame(project: Project, other: Project, where: string): void {
  if (ordered) {
    assert.equal(copyOf(other), copyOf(project), where);
    assert.equal(factsOf(other), factsOf(project), where);
  } else {
    assert.equal(unordered(copyOf(other)), unordered(copyOf(project)), where);
    assert.equal({ ...factsOf(other), slots: [] }, { ...factsOf(project), slots: [] }, where);
  }
}

/** The blocks of the selection are in one line. */
function unordered(copy: readonly string[]): readonly string[] {
  const words = (line: string) => line.split(' ').sort().join(' ');
  return copy.map((line) => (line.startsWith('selection') ? words(line) : line)).sort();
}

/** Both back to the oldest step and forth to the newest, step by step. */
function requireSameHistory(project: Project, other: Project, where: string): void {
  const { now } = project.history;
  const moves = [
    ['undo', (one: Project) => one.undo()],
    ['redo', (one: Project) => one.redo()],
    ['undo', (one: Project) => one.history.now > now && one.undo()],
  ] as const;
  for (const [name, move] of moves) {
    for (let moved = true; moved; ) {
      moved = Boolean(move(project));
      assert.is(Boolean(move(other)), moved, `${name} ${where}`);
      requireSame(project, other, `${name}, ${where}`);
    }
  }
}

async function history(seed: number, blocks_max: number): Promise<Set<string>> {
  const random = randomNumbers(seed);
  const made = new RecordedProject(blocks_max * BLOCK_BYTES);
  writeFiles(made);
  const worked = new Set<string>();
  ordered = true;
  const requests: string[] = [];
  for (let step = 0; step < STEPS; step++) {
    made.client = 1 + Math.floor(random() * 3);
    const [method, params] = randomRequest(made, random);
    const before = made.tail.length;
    let failed = '';
    try {
      await made.request(method, params);
    } catch (error) {
      if (!(error instanceof GoxError) || error.code === 'GOX_INTERNAL') throw error;
      failed = ` (${error.code})`;
    }
    const records = made.tail.length - before;
    requests.push(`${method} ${JSON.stringify(params)}${failed}, ${records} records`);
    assert.ok(records <= 1, requests.at(-1));
    if (records > 0) worked.add(method);
    if (method === 'goxel.restore' && 'checkpoint' in params) ordered = false;
    if (made.project.document.layers.some(({ derived }) => derived)) ordered = false;
    const where = `seed ${seed}, step ${step}, ${blocks_max} blocks: ${requests.at(-1)}`;
    if (random() > 0.2 && step < STEPS - 1) continue;
    const { project } = made.again();
    requireSame(made.project, project, where);
    if (random() > 0.2 && step < STEPS - 1) continue;
    if (blocks_max > 100) requireSameHistory(made.project, project, where);
    requireKept(project);
  }
  return worked;
}

for (const blocks_max of BLOCKS_MAX) {
  for (let run = 0; run < RUNS; run++) {
    const which = `${run + 1} of ${RUNS}, ${blocks_max} blocks at most`;
    replayed(`a random history is made anew of its records (${which})`, async () => {
      const worked = await history(SEED + run, blocks_max);
      // What fits is few where little fits.
      assert.ok(worked.size > 10, [...worked].join(' '));
    });
  }
}

replayed('what is written where a restore left an empty block, or none', async () => {
  const made = new RecordedProject(400 * BLOCK_BYTES);
  const script = (...args: readonly [method: string, params: object][]) =>
    made.request('script.execute', { script: SCRIPT, args });
  const position = [40, 40, 40];
  await made.request('goxel.create_checkpoint', { checkpoint: 'empty' });
  // The volume that is written is another one in the end: records tell of that alone.
  await script(
    ['goxel.add_voxel', { position, color: '#ff0000' }],
    ['goxel.transform_layer', { flip: 'x' }],
  );
  await made.request('goxel.restore', { checkpoint: 'empty' });
  await script(['goxel.add_voxel', { position, color: '#00ff00' }]);
  const { project } = made.again();
  assert.equal(copyOf(project), copyOf(made.project));
  await script(['goxel.add_voxel', { position: [41, 40, 40], color: '#00ff00' }]);
  assert.equal(copyOf(made.again().project), copyOf(made.project));
});

replayed.run();
