/** Takes values of the right kind out of a compound, or says what is wrong with it. */

import { GoxError } from '../../../conf/errors.ts';
import type { Vec3 } from '../../volume/box.ts';
import type { Compound, List, Tag } from './nbt.ts';

export class Fields {
  readonly #tags: Compound;
  readonly source: string;
  /** Where in the tree this is, for messages. */
  readonly #path: string;

  constructor(tags: Compound, source: string, path = '') {
    this.#tags = tags;
    this.source = source;
    this.#path = path;
  }

  get names(): string[] {
    return [...this.#tags.keys()];
  }

  has(name: string): boolean {
    return this.#tags.has(name);
  }

  /** Whether there is a compound of that name. */
  hasInside(name: string): boolean {
    return this.#tags.get(name) instanceof Map;
  }

  /** Any whole number; undefined for none. */
  number(name: string): number | undefined {
    const tag = this.#tags.get(name);
    return typeof tag === 'number' ? tag : undefined;
  }

  int(name: string): number {
    return this.number(name) ?? this.#wrong(name, 'a number');
  }

  /** A size that was stored as a signed short. */
  size(name: string): number {
    return this.int(name) & 0xffff;
  }

  text(name: string): string | undefined {
    const tag = this.#tags.get(name);
    return typeof tag === 'string' ? tag : undefined;
  }

  bytes(name: string): Uint8Array {
    const tag = this.#tags.get(name);
    return tag instanceof Uint8Array ? tag : this.#wrong(name, 'an array of bytes');
  }

  longs(name: string): Uint32Array {
    const tag = this.#tags.get(name);
    return tag instanceof Uint32Array ? tag : this.#wrong(name, 'an array of longs');
  }

  list(name: string): List {
    const tag = this.#tags.get(name);
    return isList(tag) ? tag : this.#wrong(name, 'a list');
  }

  /** How many elements a list has; 0 when there is none. */
  count(name: string): number {
    const tag = this.#tags.get(name);
    return isList(tag) ? tag.length : 0;
  }

  /** Three numbers: a list, an array of ints, or a compound of x, y and z. */
  vector(name: string): Vec3 {
    const tag = this.#tags.get(name);
    const parts =
      tag instanceof Map
        ? ['x', 'y', 'z'].map((axis) => tag.get(axis))
        : isList(tag) || tag instanceof Int32Array
          ? [...tag]
          : [];
    const [x, y, z] = parts;
    if (typeof x !== 'number' || typeof y !== 'number' || typeof z !== 'number') {
      return this.#wrong(name, 'three numbers');
    }
    return [Math.trunc(x), Math.trunc(y), Math.trunc(z)];
  }

  inside(name: string): Fields {
    const tag = this.#tags.get(name);
    if (!(tag instanceof Map)) return this.#wrong(name, 'a compound');
    return new Fields(tag, this.source, this.#pathOf(name));
  }

  /** Those of the compounds in a list. */
  each(name: string): Fields[] {
    return this.list(name).map((tag, i) => {
      const compound = tag instanceof Map ? tag : new Map<string, Tag>();
      return new Fields(compound, this.source, `${this.#pathOf(name)}[${i}]`);
    });
  }

  fail(message: string): never {
    const file = this.source;
    const place = this.#path === '' ? '' : ` in "${this.#path}"`;
    const text = `${file} is damaged${place}: ${message}.`;
    throw new GoxError('GOX_FORMAT_BROKEN', text, { file, offset: 0 });
  }

  #wrong(name: string, what: string): never {
    return this.fail(`"${name}" is not ${what}`);
  }

  #pathOf(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`.slice(0, 200);
  }
}

function isList(tag: Tag | undefined): tag is List {
  return Array.isArray(tag);
}
