/**
 * Engines that die: what the main thread was told of their projects, and what was recorded since,
 * makes these anew in another engine, again and again. They answer as one that never died.
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ProjectLog } from '../../../actors/journal/project-log.ts';
import { Engine } from '../../../engine/engine.ts';
import {
  decodeAnswer,
  ENGINE_OPTIONS,
  encodeBatch,
  type TestRequest,
} from '../../support/engine.ts';
import { posted } from '../../support/mirrored.ts';
import { SEED } from '../../support/seed.ts';
import { randomNumbers } from '../../support/volumes.ts';

const ROUNDS = 60;
const PROJECTS = [1, 2, 3];

const engines = suite('engines that die');

/** Every request takes it so long, so that a few are worth telling of. */
const REQUEST_MS = 3;

/** An engine and the main thread's side of it. */
class Life {
  readonly logs = new Map(PROJECTS.map((project) => [project, new ProjectLog()]));
  mirrors = 0;
  #engine = this.#start();

  run(requests: readonly TestRequest[]): string[] {
    const answer = this.#engine.run(encodeBatch(requests));
    if (answer instanceof Promise) throw new Error('there are no scripts here');
    if (answer instanceof ArrayBuffer) return textsOf(answer);
    const { records, mirrors = [] } = posted({ records: answer.records, mirrors: answer.mirrors });
    for (const { project, ...made } of records) this.logs.get(project)!.add(made);
    for (const { project, delta } of mirrors) {
      assert.ok(
        requests.some((request) => request.project === project),
        'of another project',
      );
      this.logs.get(project)!.mirrored(delta);
      this.mirrors++;
    }
    return textsOf(answer.answer);
  }

  die(): void {
    this.#engine = this.#start();
    for (const [project, log] of this.logs) {
      const kept = posted(log.recovery());
      const sequence = log.sequence;
      assert.is(this.#engine.recover(project, kept).sequence, sequence);
    }
  }

  #start(): Engine {
    let now_ms = 0;
    const fail = ({ error }: { error: unknown }) => {
      throw error;
    };
    return new Engine(ENGINE_OPTIONS, fail, undefined, () => {
      now_ms += REQUEST_MS;
      return now_ms;
    });
  }
}

/** Without times, and without sizes of steps: who may write in place notes less. */
function textsOf(answer: ArrayBuffer): string[] {
  return decodeAnswer(answer).map(({ bytes }) => {
    return Buffer.from(bytes)
      .toString()
      .replaceAll(/"\d{4}-[-0-9]+T[0-9:.]+Z"/g, '0')
      .replaceAll(/"bytes(_max)?":\d+/g, '');
  });
}

function edit(random: () => number): TestRequest {
  const below = (end: number) => Math.floor(random() * end);
  const project = PROJECTS[below(PROJECTS.length)]!;
  const [x, y, z] = [below(50) - 10, below(40), below(30)];
  const color = [below(256), below(256), 9, 255];
  const of = (method: string, params: object = {}) => {
    return { method: `goxel.${method}`, params, project };
  };
  const dice = random();
  if (dice < 0.5) return of('add_voxel', { x, y, z, color });
  if (dice < 0.6) return of('fill_region', { min: [x, y, z], max: [x + 20, y + 9, z + 3], color });
  if (dice < 0.72) return of('undo');
  if (dice < 0.8) return of('redo');
  if (dice < 0.84) return of('create_layer', { name: `layer ${x}` });
  if (dice < 0.88) return of('clone_layer', { layer_id: 1 + below(3) });
  if (dice < 0.9) return of('delete_layer', { layer_id: 1 + below(3) });
  if (dice < 0.93) return of('create_checkpoint', { name: `c${below(3)}` });
  if (dice < 0.96) return of('restore', { checkpoint: `c${below(3)}` });
  if (dice < 0.97) return of('create_project', { name: 'another' });
  return of('set_active_layer', { layer_id: 1 + below(3) });
}

function looks(project: number): TestRequest[] {
  const box = { min: [-16, 0, 0], size: [64, 64, 48] };
  return [
    { method: 'goxel.get_packed_region', params: { ...box, layer_id: -2 }, project },
    { method: 'goxel.get_layers', project },
    { method: 'goxel.get_history', project },
    { method: 'goxel.get_project_info', project },
  ];
}

engines('projects of engines that die are what those of one are that lives on', () => {
  const random = randomNumbers(SEED);
  const [dying, living] = [new Life(), new Life()];
  let deaths = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const where = `seed ${SEED}, round ${round}`;
    const requests = Array.from({ length: 1 + Math.floor(9 * random()) }, () => edit(random));
    // Time goes on, so an answer covers only what has begun in time; the rest is sent again.
    for (let from = 0; from < requests.length; ) {
      const some = requests.slice(from, from + 3);
      const answers = dying.run(some);
      assert.equal(answers, living.run(some), where);
      from += answers.length;
    }
    if (random() < 0.3) {
      dying.die();
      deaths++;
    }
    if (random() > 0.3) continue;
    for (const project of PROJECTS) {
      for (const look of looks(project)) {
        assert.equal(dying.run([look]), living.run([look]), `${look.method}, ${where}`);
      }
    }
  }
  process.stdout.write(`${deaths} deaths, told ${dying.mirrors} times\n`);
  // Most are told of before the next, and by chance it may be fewer than half.
  assert.ok(deaths > 5 && dying.mirrors > deaths / 5, `${deaths} deaths, ${dying.mirrors} mirrors`);
});

engines.run();
