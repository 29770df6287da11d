/**
 * Undo, redo, restore and diff that are stopped, wherever that is, leave the project as it was:
 * voxels, history, and the clones that follow what they are of.
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import { interruptible } from '../../../engine/interrupt.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { requireKept } from '../../support/kept.ts';
import { LooseProject } from '../../support/project.ts';

const stopped = suite('history that is stopped');

/** How many places of each are tried. */
const PLACES = 5;

const MOVED = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 3, 5, 7, 1];

/** Steps 1 to 6, of a layer and two clones above it; some are undone. */
function made(undone: number): LooseProject {
  const bench = new LooseProject(2 ** 28);
  const fill = (x: number, color: string) => {
    bench.run('goxel.fill_region', { min: [x, 0, 0], max: [x + 20, 20, 20], color, layer_id: 1 });
  };
  fill(0, '#ff0000');
  bench.run('goxel.clone_layer', { layer_id: 1, matrix: MOVED });
  fill(20, '#00ff00');
  bench.run('goxel.clone_layer', { layer_id: 2, matrix: MOVED });
  fill(60, '#0000ff');
  bench.project.keep('kept');
  fill(90, '#ffffff');
  bench.project.keptAt(bench.project.revision, undefined, undefined);
  for (let i = 0; i < undone; i++) bench.project.undo();
  return bench;
}

/** What can be seen of it, and where in its history it is. */
function stateOf({ project }: LooseProject) {
  project.boundDerived();
  project.document.refresh();
  const { history, document, unsaved, revision } = project;
  const counts = document.layers.map(({ volume }) => volume.count());
  return [history.now, history.length, history.undone.length, unsaved, revision, ...counts];
}

function stop(): never {
  throw new GoxError('GOX_CANCELLED', 'It is to stop.');
}

const REQUESTS: readonly (readonly [method: string, params: object, undone: number])[] = [
  ['goxel.undo', {}, 0],
  ['goxel.undo', { steps: 4 }, 0],
  ['goxel.redo', { steps: 3 }, 4],
  ['goxel.restore', { step: 2 }, 0],
  ['goxel.restore', { step: 6 }, 5],
  ['goxel.restore', { checkpoint: 'kept' }, 0],
  ['goxel.diff', { from: { step: 1 }, to: { step: 3 } }, 0],
];

for (const [method, params, undone] of REQUESTS) {
  const what = `${method} ${JSON.stringify(params)}`;
  stopped(`${what} leaves the project as it was`, () => {
    let checks = 0;
    interruptible(
      () => void checks++,
      () => made(undone).run(method, params),
    );
    // Those of what was made first, outside of the request.
    let before = 0;
    interruptible(
      () => void before++,
      () => made(undone),
    );
    const asked = checks - before;
    assert.ok(asked > PLACES, `${asked} places`);
    for (let i = 0; i < PLACES; i++) {
      const bench = made(undone);
      const state = stateOf(bench);
      let left = 1 + Math.floor(((asked - 1) * i) / (PLACES - 1));
      const ask = () => {
        if (--left <= 0) stop();
      };
      assert.throws(() => interruptible(ask, () => bench.run(method, params)), /to stop/);
      assert.equal(stateOf(bench), state, what);
      requireKept(bench.project);
    }
  });
}

stopped('a box that was not found to the end is found from nothing', () => {
  const volume = new Volume();
  for (let x = 0; x < 10; x++) volume.set(16 * x, 0, 0, 0xff0000ff);
  volume.box();
  volume.set(0, 1, 0, 0xff0000ff);
  let left = 3;
  const ask = () => {
    if (--left <= 0) stop();
  };
  assert.throws(() => interruptible(ask, () => volume.box()), /to stop/);
  assert.equal(volume.box(), { min: [0, 0, 0], max: [145, 2, 1] });
});

stopped('many small steps are stopped between two of them', () => {
  const bench = new LooseProject(2 ** 28);
  for (let x = 0; x < 9; x++) bench.run('goxel.add_voxel', { position: [x, 0, 0] });
  const requests = [
    ['goxel.undo', { steps: 9 }],
    ['goxel.restore', { step: 0 }],
  ] as const;
  for (const [method, params] of requests) {
    let asked = 0;
    const stopLate = () => void (++asked > 5 && stop());
    assert.throws(() => interruptible(stopLate, () => bench.run(method, params)), /It is to stop/);
    assert.is(bench.project.history.now, 9, method);
  }
});

stopped.run();
