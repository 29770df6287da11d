/**
 * Parameters made from the schemas of the catalogue: values that a schema admits, at its edges as
 * often as not, and the same with one thing spoiled.
 */

import { admits, type Keywords } from '../../../conf/check.ts';
import type { MethodSpec } from '../../../engine/catalogue/spec.ts';
import type { Random } from '../random.ts';
import { COLORS, PATHS, PATTERNED, QUICK, SCRIPTS, TEXTS } from './words.ts';

export type Params = Record<string, unknown>;

/** What was done to parameters that a schema admitted. */
export type Spoiled = 'type' | 'missing' | 'unknown' | 'not finite';

export interface Made {
  readonly params: Params;
  /** Undefined for parameters that are as the schema says. */
  readonly spoiled: Spoiled | undefined;
}

/** A name that no method has or ever will. */
export const UNKNOWN_NAME = 'zz_unknown';

/** Where a value is: `[container, key]`, and the schema it was made from. */
interface Node {
  readonly container: Record<string | number, unknown>;
  readonly key: string | number;
  readonly schema: Keywords;
}

const TEXT_LENGTH_MAX = 5000;
const ITEMS_MAX = 4;
const WRONG_TYPES: readonly unknown[] = ['no value', true, {}, [], [[1]], { a: { b: 1 } }, 77];

export class Maker {
  readonly #random: Random;
  readonly #msgpack: boolean;
  #method = '';
  #nodes: Node[] = [];

  constructor(random: Random, msgpack: boolean) {
    this.#random = random;
    this.#msgpack = msgpack;
  }

  /** Parameters for a method, without the project. */
  make(spec: MethodSpec): Made {
    this.#method = spec.name;
    this.#nodes = [];
    const holder: Record<string, unknown> = {};
    this.#member(holder, 'params', spec.params as Keywords);
    const params = holder.params as Params;
    delete params.project;
    if (this.#random.chance(0.6)) return { params, spoiled: undefined };
    return { params, spoiled: this.#spoil(spec, params) };
  }

  #member(container: Node['container'], key: string | number, schema: Keywords): void {
    container[key] = this.#value(schema, typeof key === 'string' ? key : '');
    if (key !== 'project') this.#nodes.push({ container, key, schema });
  }

  #value(schema: Keywords, key: string): unknown {
    const random = this.#random;
    const { anyOf, enum: names } = schema;
    if (anyOf !== undefined) return this.#value(random.pick(anyOf), key);
    if (names !== undefined) return random.pick(names);
    switch (schema.type) {
      case 'integer':
        return Math.trunc(this.#number(schema, key));
      case 'number':
        return this.#number(schema, key);
      case 'boolean':
        return random.chance(0.5);
      case 'null':
        return null;
      case 'string':
        return this.#text(schema, key);
      case 'array':
        return this.#array(schema, key);
      case 'object':
        return this.#object(schema);
      default:
        return this.#unknown();
    }
  }

  #number({ minimum, maximum, exclusiveMinimum }: Keywords, key: string): number {
    const random = this.#random;
    const low = exclusiveMinimum ?? minimum ?? -(2 ** 31);
    const high = Math.min(maximum ?? 2 ** 31 - 1, this.#cap(key));
    const near = random.below(40) - 8;
    const edges = [low, high, low + 1, high - 1, 0, -0, 0.5, 1e-30, 2 ** 24 + 1, 255, 256];
    const value = random.chance(0.7) ? near : random.pick(edges);
    const least = exclusiveMinimum === undefined ? low : exclusiveMinimum + 1e-30;
    return Math.min(Math.max(value, least), high);
  }

  /** What would take minutes when it is as large as it may be. */
  #cap(key: string): number {
    return QUICK[this.#method]?.[key] ?? Number.POSITIVE_INFINITY;
  }

  #text({ minLength = 0, maxLength = TEXT_LENGTH_MAX, pattern }: Keywords, key: string): string {
    const random = this.#random;
    if (pattern?.startsWith('^#')) return random.pick(COLORS);
    if (/path$/.test(key)) return random.pick(PATHS);
    if (key === 'script') return random.pick(SCRIPTS);
    const text = this.#words(minLength, maxLength);
    const wanted = new RegExp(pattern ?? '', 'u');
    if (wanted.test(text)) return text;
    const fitting = PATTERNED.filter((one) => wanted.test(one));
    if (fitting.length === 0) throw new Error(`no text of words.ts is as ${pattern} says`);
    return random.pick(fitting);
  }

  #words(minLength: number, maxLength: number): string {
    const random = this.#random;
    if (random.chance(0.1)) return 'é'.repeat(Math.min(maxLength, TEXT_LENGTH_MAX));
    const text = random.pick(TEXTS);
    return text.length < minLength ? 'a'.repeat(minLength) : text.slice(0, maxLength);
  }

  #array({ items, minItems = 0, maxItems = ITEMS_MAX }: Keywords, key: string): unknown[] {
    const list: unknown[] = [];
    const random = this.#random;
    const each = Array.isArray(items) ? (items as readonly Keywords[]) : undefined;
    const most = Math.min(maxItems, minItems + ITEMS_MAX, this.#cap(`${key}[]`));
    const length = each?.length ?? minItems + random.below(most - minItems + 1);
    // Matrices are mostly ones that can be used.
    if (minItems === 16 && random.chance(0.7)) {
      return [1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3, 0, random.below(5), 2, 1, 1];
    }
    for (let i = 0; i < length; i++) {
      const container = list as unknown as Node['container'];
      this.#member(container, i, each?.[i] ?? (items as Keywords | undefined) ?? {});
    }
    return list;
  }

  #object({ properties = {}, required = [] }: Keywords): Params {
    const made: Params = {};
    const share = this.#random.pick([0.1, 0.3, 0.6]);
    for (const [name, schema] of Object.entries(properties)) {
      if (required.includes(name) || this.#random.chance(share)) this.#member(made, name, schema);
    }
    return made;
  }

  /** For what takes any value, and what takes bytes. */
  #unknown(): unknown {
    const plain = ['AAAA', '/wAA/w==', 7, null, { deep: [1, 'x'] }, 'not base64!'];
    const packed = [new Uint8Array(4).fill(255), new Uint8Array(0), ...plain];
    return this.#random.pick<unknown>(this.#msgpack ? packed : plain);
  }

  /** Changes one thing; tells what, or nothing when there was nothing to change. */
  #spoil(spec: MethodSpec, params: Params): Spoiled | undefined {
    const random = this.#random;
    const inside = this.#nodes.filter(({ container }) => container !== undefined);
    const way = random.below(this.#msgpack ? 4 : 3);
    if (way === 0) return this.#spoilType(spec, params, inside);
    if (way === 1) return this.#spoilMissing(spec, params, inside);
    if (way === 2) return this.#spoilUnknown(params, inside);
    const numbers = inside.filter(({ container, key }) => typeof container[key] === 'number');
    if (numbers.length === 0) return undefined;
    const { container, key } = random.pick(numbers);
    container[key] = random.pick([Number.NaN, Infinity, -Infinity]);
    return admits(spec.params, params) ? undefined : 'not finite';
  }

  #spoilType(spec: MethodSpec, params: Params, nodes: readonly Node[]): Spoiled | undefined {
    const places = nodes.filter(({ container, key }) => container[key] !== params);
    if (places.length === 0) return undefined;
    const { container, key } = this.#random.pick(places);
    const before = container[key];
    const first = this.#random.below(WRONG_TYPES.length);
    for (let i = 0; i < WRONG_TYPES.length; i++) {
      container[key] = WRONG_TYPES[(first + i) % WRONG_TYPES.length];
      if (!admits(spec.params, params)) return 'type';
    }
    container[key] = before;
    return undefined;
  }

  #spoilMissing(spec: MethodSpec, params: Params, nodes: readonly Node[]): Spoiled | undefined {
    const places = nodes.flatMap(({ container, key, schema }) => {
      const object = container[key] as Params;
      return (schema.required ?? []).map((name) => ({ object, name }));
    });
    if (places.length === 0) return undefined;
    const { object, name } = this.#random.pick(places);
    delete object[name];
    return admits(spec.params, params) ? undefined : 'missing';
  }

  #spoilUnknown(params: Params, nodes: readonly Node[]): Spoiled {
    const objects = nodes.flatMap(({ container, key, schema }) => {
      return closed(schema, container[key]) ? [container[key] as Params] : [];
    });
    const object = this.#random.chance(0.4) ? this.#random.pick([params, ...objects]) : params;
    object[UNKNOWN_NAME] = this.#random.pick<unknown>([1, 'a', null, [], {}]);
    return 'unknown';
  }
}

/** Whether a value is an object with members that the schema knows by name. */
function closed(schema: Keywords, value: unknown): boolean {
  const branches = schema.anyOf ?? [schema];
  const plain = typeof value === 'object' && value !== null && !Array.isArray(value);
  return plain && branches.some(({ properties }) => properties !== undefined);
}
