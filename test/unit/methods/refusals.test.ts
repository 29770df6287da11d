/**
 * What cannot fit is refused before the work is done: the refusal names the key, what is needed and
 * what is allowed, and nothing has changed. What fits though its box does not is made.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { interruptible } from '../../../engine/interrupt.ts';
import { Job } from '../../../engine/jobs/job.ts';
import { LooseProject } from '../../support/project.ts';
import { refused, taken } from '../../support/refused.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

/** 1024 blocks. */
const BYTES_MAX = 2 ** 24;

/**
 * Checks of long loops, of which there is one a block at least: a fifth of what filling the memory
 * would take.
 */
const CHECKS_MAX = 200;

interface Case {
  readonly method: string;
  readonly params: object;
  readonly before?: readonly (readonly [method: string, params: object])[];
  /** A file that the method reads, by its name. */
  readonly file?: readonly [name: string, content: string | Uint8Array];
}

const PLATE = ['goxel.fill_region', { min: [0, 0, 0], max: [63, 63, 3] }] as const;
const BRICK = ['goxel.fill_region', { min: [0, 0, 0], max: [31, 31, 31] }] as const;
const points = (...places: readonly (readonly number[])[]) =>
  places.map(([x, y, z]) => ['goxel.add_voxel', { x, y, z }] as const);
const shape = (params: object): Case => ({ method: 'goxel.procedural_shape', params });
const paint = (params: object): Case => ({ method: 'goxel.paint_shape', params });
const cube = (side: number, from = 0) => ({
  min: [from, from, from],
  max: [from + side, from + side, from + side],
});

const TOO_LARGE: Readonly<Record<string, Case>> = {
  'a box': shape({ shape_type: 'box', size: 200 }),
  'walls of a box': shape({ shape_type: 'box', size: 400, fill: 'shell' }),
  'bars of a box': shape({ shape_type: 'box', size: 20_000, fill: 'frame' }),
  'a sphere': shape({ shape_type: 'sphere', radius: 120 }),
  'the wall of a sphere': shape({ shape_type: 'sphere', radius: 400, fill: 'shell' }),
  'a cylinder': shape({ shape_type: 'cylinder', size: 220 }),
  'a pyramid': shape({ shape_type: 'pyramid', size: 300 }),
  'a torus': shape({ shape_type: 'torus', radius: 300, thickness: 40 }),
  'a line': shape({ shape_type: 'line', from: [0, 0, 0], to: [20_000, 20_000, 0] }),
  'a thick line': shape({
    ...{ shape_type: 'line', from: [0, 0, 0], to: [1000, 1000, 500], thickness: 80 },
  }),
  'a text': shape({ shape_type: 'text', text: 'Too large', scale: 64, depth: 64 }),
  'a terrain': shape({ shape_type: 'terrain', size: 800, amplitude: 200 }),
  'a thin terrain': shape({ shape_type: 'terrain', size: 2000, amplitude: 4 }),
  'a region': { method: 'goxel.fill_region', params: cube(1000) },
  'a painted cube': paint({ shape: 'cube', box: cube(200) }),
  'a painted sphere': paint({ shape: 'sphere', box: cube(250) }),
  'a painted cylinder': paint({ shape: 'cylinder', box: cube(250), smoothness: 2 }),
  'mirror images': paint({
    ...{ shape: 'cube', box: cube(100, 20), symmetry: ['x', 'y', 'z'], symmetry_origin: [0, 0, 0] },
  }),
  'an empty region': {
    method: 'goxel.flood_fill',
    params: { position: [0, 0, 0], region: { min: [-500, -500, -500], max: [500, 500, 500] } },
  },
  'an empty region beside voxels': {
    method: 'goxel.flood_fill',
    params: { position: [-5, 0, 0], region: { min: [-500, -500, -500], max: [500, 500, 500] } },
    before: [BRICK],
  },
  'a plate pulled up': {
    ...{ method: 'goxel.extrude', before: [PLATE] },
    params: { position: [0, 0, 3], face: '+z', distance: 4000 },
  },
  'a layer made larger': {
    ...{ method: 'goxel.transform_layer', params: { scale: 8 }, before: [BRICK] },
  },
  'a layer made larger and turned': {
    ...{ method: 'goxel.transform_layer', before: [BRICK] },
    params: { scale: 8, rotate: { axis: [1, 2, 3], degrees: 40 } },
  },
  'a hull': {
    ...{ method: 'goxel.filter', params: { kind: 'hull' } },
    before: points([0, 0, 0], [600, 0, 0], [0, 600, 0], [0, 0, 600]),
  },
  'voxels far apart': {
    method: 'goxel.add_voxels',
    params: { voxels: Array.from({ length: 2000 }, (_, i) => ({ x: 16 * i, y: 0, z: 0 })) },
  },
};

const FITTING: Readonly<Record<string, Case>> = {
  'a sphere': shape({ shape_type: 'sphere', radius: 76 }),
  'the wall of a sphere': shape({ shape_type: 'sphere', radius: 100, fill: 'shell' }),
  'bars of a box': shape({ shape_type: 'box', size: 600, fill: 'frame' }),
  'a torus': shape({ shape_type: 'torus', radius: 150, thickness: 8 }),
  'a thick line': shape({
    ...{ shape_type: 'line', from: [0, 0, 0], to: [700, 700, 700], thickness: 8 },
  }),
  'a terrain': shape({ shape_type: 'terrain', size: 200, amplitude: 40, seed: 3 }),
  'a painted sphere': paint({ shape: 'sphere', box: cube(152) }),
  'a plate turned': {
    ...{ method: 'goxel.transform_layer', before: [PLATE] },
    params: { scale: 3, rotate: { axis: [1, 2, 3], degrees: 40 } },
  },
  'a hull': {
    ...{ method: 'goxel.filter', params: { kind: 'hull' } },
    before: points([0, 0, 0], [600, 600, 600]),
  },
};

/** A project in which a case can be run, and what it does. */
function prepared({ method, params, before = [], file }: Case) {
  const directory = temporaryDirectory();
  const project = new LooseProject(BYTES_MAX, directory);
  for (const [name, given] of before) project.run(name, given);
  const [name, content] = file ?? [];
  if (name !== undefined) writeFileSync(join(directory, name), content ?? '');
  const path = name === undefined ? {} : { path: join(directory, name) };
  const run = () => {
    const result = project.run(method, { ...params, ...path });
    return result instanceof Job ? project.finish(method, result) : result;
  };
  return { project, run };
}

const refusals = suite('refusals');

for (const [name, given] of Object.entries(TOO_LARGE)) {
  refusals(`${name}: refused before it is begun`, () => {
    const { project, run } = prepared(given);
    const { state } = project;
    let checks = 0;
    const { code, message, details } = interruptible(
      () => checks++,
      () => refused(run),
    );
    assert.is(code, 'GOX_MEMORY_LIMIT', message);
    assert.ok(checks <= CHECKS_MAX, `${checks} checks`);
    const { key, bytes, bytes_max, bytes_free } = details as Record<string, number>;
    assert.is(String(key), 'limits.voxel_bytes_max');
    assert.is(bytes_max, BYTES_MAX);
    assert.ok(bytes! > bytes_free!, `${bytes} of ${bytes_free}`);
    for (const said of [key, bytes, bytes_max]) assert.match(message, String(said));
    assert.equal(project.state, state);
  });
}

for (const [name, given] of Object.entries(FITTING)) {
  refusals(`${name}: made, though the box around it would not fit`, () => {
    const { project, run } = prepared(given);
    taken(run, name);
    assert.ok(project.project.document.voxelBytes() <= BYTES_MAX);
  });
}

refusals('bounds that no key sets: named, and no ceiling for voxels', () => {
  const project = new LooseProject(BYTES_MAX);
  const large = { width: 8192, height: 8192, turntable: { count: 2 } };
  for (const params of [large, { ...large, trace: true }]) {
    const { code, message } = refused(() => project.run('goxel.render_scene', params));
    assert.is(code, 'GOX_MEMORY_LIMIT');
    assert.match(message, /, more than \d+\.$/);
    assert.not.match(message, 'voxel_bytes_max');
  }
});

refusals.run();
