/**
 * Requests of every kind with values at the edges of what the schemas admit, on one project. None
 * fails in a way it must not, none leaves anything half done, and results are what they are said to
 * be.
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Keywords } from '../../../conf/check.ts';
import { fault } from '../../../engine/catalogue/fault.ts';
import { METHODS } from '../../../engine/catalogue/methods.ts';
import type { MethodSpec } from '../../../engine/catalogue/spec.ts';
import { handlers } from '../../../engine/methods/index.ts';
import { decode, TestEngine } from '../../support/engine.ts';
import { SEED } from '../../support/seed.ts';
import { temporaryDirectory } from '../../support/tmp.ts';
import { randomNumbers } from '../../support/volumes.ts';

const hostile = suite('hostile');

const BLOCK_BYTES = 16 * 16 * 16 * 4;
const REQUESTS = 600;

/** Scripts, which have no edges of this kind, and files, which are tested by themselves. */
const SPECS = METHODS.filter(
  ({ name, scope, barrier }) => scope === 'project' && barrier !== true && handlers[name],
);

/** Others are mostly those that could mean two things. */
const COLORS = ['#FF0000', '#00000000', 'red', 'hsl(9 9% 9% / 0)', [0, 9, 255], [0.5, 0, 1, 0.9]];

class Maker {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = randomNumbers(seed);
  }

  chance(share: number): boolean {
    return this.#random() < share;
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#random() * list.length)]!;
  }

  params({ params }: MethodSpec): Record<string, unknown> {
    const made = this.value(params) as Record<string, unknown>;
    delete made.project;
    return made;
  }

  /** A value that the schema admits, near 0 or at an edge. */
  value(schema: Keywords): unknown {
    const { anyOf, enum: names, properties, required = [] } = schema;
    if (schema['x-name'] === 'Color' && this.chance(0.8)) return this.pick(COLORS);
    if (anyOf !== undefined) return this.value(this.pick(anyOf));
    if (names !== undefined) return this.pick(names);
    switch (schema.type) {
      case 'integer':
        return Math.trunc(this.#number(schema));
      case 'number':
        return this.#number(schema);
      case 'boolean':
        return this.chance(0.5);
      case 'null':
        return null;
      case 'string':
        return 'a name';
      case 'array':
        return this.#array(schema);
      case 'object': {
        const members = Object.entries(properties ?? {}).filter(
          ([name]) => required.includes(name) || this.chance(0.3),
        );
        return Object.fromEntries(members.map(([name, member]) => [name, this.value(member)]));
      }
      default:
        return this.pick(['AAAA', '/wAA/w==', 7, null]);
    }
  }

  #number({ minimum = -1e9, maximum = 1e9, exclusiveMinimum }: Keywords): number {
    const low = exclusiveMinimum ?? minimum;
    const near = Math.floor(this.#random() * 40) - 8;
    const value = this.chance(0.9)
      ? near
      : this.pick([low, maximum, low + 1, maximum - 1, 0.5, -0.5, 1e-30, 2 ** 24 + 1]);
    const smallest = exclusiveMinimum === undefined ? minimum : 1e-30;
    return Math.min(Math.max(value, smallest), maximum);
  }

  #array({ items, minItems = 0, maxItems = 4 }: Keywords): unknown[] {
    if (Array.isArray(items)) return items.map((item: Keywords) => this.value(item));
    // Matrices are mostly ones that can be used.
    if (minItems === 16 && this.chance(0.7)) {
      const [x, y, z] = [0, 0, 0].map(() => this.pick([-2, 1, 1, 3, 8]));
      return [x, 0, 0, 0, 0, y, 0, 0, 0, 0, z, 0, this.pick([0, 5]), 2, 1, 1];
    }
    const length = Math.min(maxItems, minItems + Math.floor(this.#random() * 3));
    return Array.from({ length }, () => this.value((items as Keywords) ?? {}));
  }
}

/** Pictures with fewer pixels and samples than may be asked for, which would take minutes. */
const QUICK: Readonly<Record<string, number>> = { width: 40, height: 40, samples: 2, count: 3 };

function quick({ name }: MethodSpec, params: Record<string, unknown>): Record<string, unknown> {
  if (name !== 'goxel.render_scene') return params;
  const { width, height, samples } = QUICK;
  const trace = typeof params.trace === 'object' ? { samples, ...params.trace } : params.trace;
  const text = JSON.stringify({ width, height, ...params, trace }, (key, value: unknown) =>
    typeof value === 'number' ? Math.min(value, QUICK[key] ?? value) : value,
  );
  return JSON.parse(text) as Record<string, unknown>;
}

/** All that a client can see of a project, voxels by their colours and box. */
function seen(engine: TestEngine): unknown {
  const { layers } = engine.call('list_layers') as { layers: { id: number }[] };
  return [
    engine.call('get_project_info'),
    engine.call('get_scene'),
    engine.call('get_selection'),
    layers.map(({ id }) => engine.call('get_layer', { layer_id: id })),
    layers.map(({ id }) => engine.call('get_color_histogram', { layer_id: id })),
  ];
}

function requests(msgpack: boolean): void {
  const maker = new Maker(SEED);
  process.chdir(temporaryDirectory());
  const engine = new TestEngine({
    voxel_bytes_max: 300 * BLOCK_BYTES,
    project_voxel_bytes_max: 200 * BLOCK_BYTES,
  });
  let failures = 0;
  let before = seen(engine);
  for (let i = 0; i < REQUESTS; i++) {
    const spec = maker.pick(SPECS);
    // Else nothing would be there for long.
    if (/create_project|close_project|clear_voxels|delete/.test(spec.name) && maker.chance(0.8)) {
      continue;
    }
    const params = quick(spec, maker.params(spec));
    const text = `request ${i}: ${spec.name} ${JSON.stringify(params)}`;
    const [answer] = engine.run([{ method: spec.name, params, msgpack }]);
    const value = decode(answer!, msgpack);
    assert.equal(engine.defects, [], text);
    const after = seen(engine);
    if (answer!.failed) {
      failures++;
      assert.equal(after, before, text);
    } else assert.is(fault(spec.result, value), undefined, `${text} ${JSON.stringify(value)}`);
    before = after;
    assert.ok(engine.engine.stats().voxel_bytes <= 200 * BLOCK_BYTES, text);
  }
  // Otherwise it would prove little.
  assert.ok(failures > REQUESTS / 20 && failures < REQUESTS * 0.7, `${failures} failures`);
}

hostile('requests do what they say, as a whole or not at all', () => requests(false));

hostile('the same in MessagePack', () => requests(true));

/** Every schema of a number inside another schema. */
function* numbers(schema: Keywords): Generator<Keywords> {
  if (schema.type === 'number' || schema.type === 'integer') yield schema;
  const { items = [], properties = {}, anyOf = [] } = schema;
  for (const part of [items, Object.values(properties), anyOf].flat() as Keywords[]) {
    yield* numbers(part);
  }
}

hostile('no parameter is a number that is not finite', () => {
  let count = 0;
  for (const { name, params } of METHODS) {
    for (const schema of numbers(params)) {
      count++;
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        assert.is.not(fault(schema, value), undefined, `${name}: ${value}`);
      }
    }
  }
  assert.ok(count > 100);
});

hostile.run();
