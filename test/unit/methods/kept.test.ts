/** What is kept of voxels, after small edits and questions of every kind, in random order. */

import fc from 'fast-check';
import { suite } from 'uvu';
import { requireKept } from '../../support/kept.ts';
import { LooseProject } from '../../support/project.ts';
import { SEED } from '../../support/seed.ts';

const near = fc.integer({ min: -24, max: 24 });
const color = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(3), fc.constantFrom(90, 255));
const layer_id = fc.constantFrom(1, 2);
const corners = fc
  .tuple(near, near, near, fc.integer({ min: 1, max: 12 }))
  .map(([x, y, z, side]) => {
    return { min: [x, y, z], max: [x + side, y + side, z + side] };
  });

type Request = readonly [method: string, params: object];

function request(method: string, params: fc.Arbitrary<object>): fc.Arbitrary<Request> {
  return params.map((given): Request => [method, given]);
}

const inLayer = { layer_id };

const edits = fc.oneof(
  request('goxel.add_voxel', fc.record({ x: near, y: near, z: near, color, ...inLayer })),
  request('goxel.remove_voxel', fc.record({ x: near, y: near, z: near, ...inLayer })),
  request(
    'goxel.fill_region',
    fc.tuple(corners, fc.oneof(color, fc.constant([0, 0, 0, 0])), layer_id).map(([box, c, id]) => {
      return { ...box, color: c, layer_id: id };
    }),
  ),
  request('goxel.select', fc.record({ kind: fc.constant('box'), box: corners, ...inLayer })),
  request('goxel.copy', fc.record(inLayer)),
  request('goxel.clear_voxels', fc.record(inLayer)),
  request(
    'goxel.set_layer_visibility',
    fc.boolean().map((visible) => ({ layer_id: 2, visible })),
  ),
);

const questions = fc.constantFrom<Request>(
  ['goxel.get_bounding_box', { layer_id: 1 }],
  ['goxel.get_project_info', {}],
  ['goxel.get_color_histogram', { layer_id: 2 }],
  ['goxel.get_unique_colors', { layer_id: -2 }],
  ['goxel.get_voxel', { x: 0, y: 0, z: 0, layer_id: -2 }],
  ['goxel.get_layer_voxels', { layer_id: -2, limit: 20 }],
);

type Step = 'undo' | 'redo' | 'check' | Request;

const steps: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: edits, weight: 6 },
  { arbitrary: questions, weight: 2 },
  { arbitrary: fc.constantFrom<Step>('undo', 'redo', 'check'), weight: 3 },
);

const test = suite('kept');

test('all that is kept is what it would be without', () => {
  fc.assert(
    fc.property(fc.array(steps, { minLength: 10, maxLength: 30 }), (all) => {
      const made = new LooseProject(2 ** 28, '/nowhere');
      made.run('goxel.create_layer', { name: 'upper' });
      made.run('goxel.clone_layer', {
        layer_id: 1,
        matrix: [0, 1, 0, 0, -1, 0, 0, 0, 0, 0, 1, 0, 7, 5, 64, 1],
      });
      made.project.history.clear();
      for (const step of all) {
        if (step === 'undo') made.project.undo();
        else if (step === 'redo') made.project.redo();
        else if (step === 'check') requireKept(made.project);
        else made.run(...step);
      }
      requireKept(made.project);
    }),
    { seed: SEED, numRuns: 60 },
  );
});

test.run();
