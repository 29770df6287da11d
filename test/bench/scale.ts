/**
 * `npm run bench -- scale [--rounds N] [--only add_voxel]`: what small requests take in an engine,
 * on documents from small to large, with 1 layer and with 64: the median microseconds on the
 * smallest, and how many times that on the others. `!` marks what is over the goal. All documents
 * take turns in every round, each after a small edit where an answer could be kept from before.
 */

import { parseArgs } from 'node:util';
import { findMethod } from '../../engine/catalogue/methods.ts';
import type { Document } from '../../engine/document/document.ts';
import { snapshotOf } from '../../engine/document/snapshot.ts';
import { NEW_PROJECT_FLAG, STATUS_ERROR } from '../../engine/port/layout.ts';
import type { Vec3 } from '../../engine/volume/box.ts';
import { decodeAnswer, encodeBatch, TestEngine, type TestRequest } from '../support/engine.ts';
import { documentOfLayers, SIZES } from './documents.ts';
import { median, table } from './table.ts';

/** Times the smallest document's. */
const GOAL = 1.5;
const GOAL_OF_MANY_LAYERS = 2;

const LAYERS = [1, 64];

/** Rounds that do not count: compilers and caches warm up on them. */
const WARM_UP = 20;
/** What costs by the whole is measured in as many rounds as fit into this time of the processor. */
const ROW_MS = 4000;
const ROUNDS_MIN = 5;

const BYTES = 2 ** 40;

/** A document in the engine. */
interface Subject {
  readonly name: string;
  readonly layers: number;
  /** Of the project as it is, and of one with a clone of its first layer. */
  readonly project: number;
  readonly with_clone: number;
  /** The corner of a block of the first layer, in the middle of it. */
  readonly at: Vec3;
}

type Ask = readonly [method: string, params: object];

interface Row {
  readonly name: string;
  readonly on_clone?: boolean;
  /** Whether the answer tells of each layer, so that 64 are compared with 64. */
  readonly by_layers?: boolean;
  /** What is done before, outside of the time. */
  before?(subject: Subject, round: number): Ask[];
  run(subject: Subject, round: number): Ask;
}

const add = ({ at: [x, y, z] }: Subject, round: number): Ask => [
  'add_voxel',
  { x: x + 8, y: y + 8, z: z + 8, color: [round % 256, 255, 0], layer_id: 1 },
];
const remove = ({ at: [x, y, z] }: Subject): Ask => [
  'remove_voxel',
  { x: x + 8, y: y + 8, z: z + 8, layer_id: 1 },
];
const OUTSIDE = { x: 5000, y: 5000, z: 5000, layer_id: 1 };

/** The box of so many voxels along each axis, around a place in the block. */
function cube({ at: [x, y, z] }: Subject, side: number) {
  const last = 6 + side - 1;
  return { min: [x + 6, y + 6, z + 6], max: [x + last, y + last, z + last] };
}

/** A question after an edit of one voxel. */
function look(name: string, method: string, params: object, by_layers = false): Row {
  return {
    name,
    by_layers,
    before: (subject, round) => [add(subject, round)],
    run: () => [method, params],
  };
}

const fill = (subject: Subject, round: number): Ask => [
  'fill_region',
  { ...cube(subject, 2), color: [0, round % 256, 255], layer_id: 1 },
];
const select = (subject: Subject): Ask => {
  const { min, max } = cube(subject, 2);
  return ['select', { kind: 'box', box: { min, max: max.map((v) => v + 1) }, layer_id: 1 }];
};
const copy = (): Ask => ['copy', { layer_id: 1 }];

const EDITS: readonly Row[] = [
  { name: 'add_voxel', run: add },
  { name: 'remove_voxel', before: (...of) => [add(...of)], run: remove },
  {
    name: 'fill_region 2³',
    run: fill,
  },
  {
    name: 'update_layer',
    run: (_, round) => ['update_layer', { layer_id: 1, name: `name ${round}` }],
  },
  {
    name: 'rename_layer',
    run: (_, round) => ['rename_layer', { layer_id: 1, name: `name ${round}` }],
  },
  { name: 'add_voxel below a clone', on_clone: true, run: add },
];

const LOOKS: readonly Row[] = [
  {
    name: 'get_voxel',
    before: (...of) => [add(...of)],
    run: ({ at: [x, y, z] }) => ['get_voxel', { x, y, z, layer_id: 1 }],
  },
  {
    name: 'get_voxel of all layers',
    before: (...of) => [add(...of)],
    run: ({ at: [x, y, z] }) => ['get_voxel', { x, y, z, layer_id: -2 }],
  },
  look('get_bounding_box', 'get_bounding_box', { layer_id: 1 }),
  look('get_bounding_box of all layers', 'get_bounding_box', { layer_id: -2 }),
  {
    name: 'get_bounding_box that shrinks',
    before: () => [
      ['add_voxel', OUTSIDE],
      ['get_bounding_box', { layer_id: 1 }],
      ['remove_voxel', OUTSIDE],
    ],
    run: () => ['get_bounding_box', { layer_id: 1 }],
  },
  look('get_layer', 'get_layer', { layer_id: 1 }),
  look('get_project_info', 'get_project_info', {}),
  look('list_layers', 'list_layers', {}, true),
  {
    name: 'get_voxels_region 4³',
    before: (...of) => [add(...of)],
    run: (subject) => ['get_voxels_region', { ...cube(subject, 4), layer_id: 1 }],
  },
  {
    name: 'get_voxels_region 4³ of all layers',
    before: (...of) => [add(...of)],
    run: (subject) => ['get_voxels_region', { ...cube(subject, 4), layer_id: -2 }],
  },
  look('get_color_histogram, 10 of it', 'get_color_histogram', { layer_id: 1, top_n: 10 }),
  look('get_unique_colors', 'get_unique_colors', { layer_id: 1 }),
];

const SELECTIONS: readonly Row[] = [
  { name: 'select 2³', before: (...of) => [fill(...of)], run: select },
  { name: 'copy of 2³', before: (...of) => [fill(...of), select(of[0])], run: copy },
  {
    name: 'paste of 2³',
    before: (...of) => [fill(...of), select(of[0]), copy()],
    run: ({ at: [x, y, z] }) => ['paste', { layer_id: 1, position: [x + 2, y + 2, z + 2] }],
  },
];

const HISTORY: readonly Row[] = [
  { name: 'undo', before: (...of) => [add(...of)], run: () => ['undo', {}] },
  { name: 'redo', before: (...of) => [add(...of), ['undo', {}]], run: () => ['redo', {}] },
  {
    name: 'create_checkpoint',
    before: (...of) => [add(...of)],
    run: () => ['create_checkpoint', { checkpoint: 'here' }],
  },
  {
    name: 'restore',
    before: (...of) => [['create_checkpoint', { checkpoint: 'here' }], add(...of)],
    run: () => ['restore', { checkpoint: 'here' }],
  },
];

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '200' },
    only: { type: 'string', default: '' },
  },
});

const engine = new TestEngine({
  ...{ voxel_bytes_max: BYTES, project_voxel_bytes_max: BYTES, job_bytes_max: BYTES },
});

function ask(project: number, asks: readonly Ask[]): void {
  const requests = asks.map(([method, params]): TestRequest => ({ method, params, project }));
  for (const { failed, bytes } of engine.run(requests)) {
    if (failed) throw new Error(Buffer.from(bytes).toString('utf8'));
  }
}

/** Microseconds of one request in the engine: parsed, done, and its answer encoded. */
function timed(project: number, [method, params]: Ask): number {
  const batch = encodeBatch([{ method, params, project }]);
  const start = performance.now();
  const answer = engine.engine.run(batch);
  const time_us = (performance.now() - start) * 1000;
  if (answer instanceof Promise) throw new Error(`${method} takes a turn of its own`);
  const [first] = decodeAnswer(answer instanceof ArrayBuffer ? answer : answer.answer);
  if (first!.failed) throw new Error(Buffer.from(first!.bytes).toString('utf8'));
  return time_us;
}

/** Puts a document in the place of a project, as one that was read from a file. */
function install(project: number, document: Document): void {
  const word = findMethod('load_project')!.index + NEW_PROJECT_FLAG;
  const path = '/bench.gox';
  const loaded = { document: snapshotOf(document), path, asked: { path } };
  const { status } = engine.engine.takeOver(project, word, 1, loaded, 0);
  if ((status & 0xff) === STATUS_ERROR) throw new Error('a document was not taken');
}

function subjects(): Subject[] {
  const found: Subject[] = [];
  for (const { name, volume } of SIZES) {
    const whole = volume();
    for (const layers of LAYERS) {
      const document = documentOfLayers(whole, layers);
      const [project, with_clone] = [found.length * 2, found.length * 2 + 1];
      install(project, document);
      install(with_clone, document);
      const matrix = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 2048, 1];
      ask(with_clone, [['clone_layer', { layer_id: 1, matrix }]]);
      const { volume: first } = document.layers[0]!;
      const { x, y, z } = first.blockIn(first.blockCount >> 1);
      const subject: Subject = { name, layers, project, with_clone, at: [x, y, z] };
      // So that each answer about a region there is as long as the others.
      ask(project, [['fill_region', { ...cube(subject, 4), color: 'white', layer_id: 1 }]]);
      found.push(subject);
    }
  }
  return found.sort((a, b) => a.layers - b.layers);
}

/** The median microseconds on each subject; nothing when the method is not there. */
function measure(row: Row, on: readonly Subject[]): number[] | undefined {
  if (findMethod(row.run(on[0]!, 0)[0]) === undefined) return undefined;
  const times = on.map((): number[] => []);
  const start = process.cpuUsage();
  const rounds = Number(values.rounds);
  for (let round = -WARM_UP; round < rounds; round++) {
    const { user, system } = process.cpuUsage(start);
    const late = (user + system) / 1000 > ROW_MS;
    if (late && round >= ROUNDS_MIN) break;
    for (const [i, subject] of on.entries()) {
      const project = row.on_clone === true ? subject.with_clone : subject.project;
      // Colours and names differ from those of the round before.
      const turn = round + WARM_UP;
      ask(project, row.before?.(subject, turn) ?? []);
      const time = timed(project, row.run(subject, turn));
      if (round >= 0) times[i]!.push(time);
    }
  }
  return times.map(median);
}

/** The cells of a row, beside its name. */
function cellsOf(row: Row, on: readonly Subject[]): string[] {
  const times = measure(row, on);
  if (times === undefined) return ['not there', ...on.slice(1).map(() => '')];
  return on.map(({ layers }, i) => {
    if (i === 0) return `${times[0]!.toFixed(0)} µs`;
    const base = row.by_layers === true ? on.findIndex((one) => one.layers === layers) : 0;
    const ratio = times[i]! / times[base]!;
    const goal = layers === 1 ? GOAL : GOAL_OF_MANY_LAYERS;
    return `${ratio.toFixed(1)}${ratio > goal ? ' !' : '  '}`;
  });
}

const all = subjects();
const rows = [...EDITS, ...LOOKS, ...SELECTIONS, ...HISTORY].filter(({ name }) =>
  name.includes(values.only),
);
const head = all.map(({ name, layers }) => (layers === 1 ? name : `${name}, ${layers} layers`));
console.log(
  table(
    ['request', ...head],
    rows.map((row) => [row.name, ...cellsOf(row, all)]),
  ),
);
