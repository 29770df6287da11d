/**
 * What a project is beside voxels and steps: states, arrays, materials and all that can be reached
 * from them. Each object has an id, so that what is the same object in two places is so again after
 * it was made anew, which decides what an edit or a checkpoint has changed. Objects are sent once,
 * as they are never written into; layers again with each change, as these are what is written.
 *
 * An object's content is one of
 *
 *     ['a', ...items]             an array
 *     ['o', { key: item, … }]     a plain object
 *     ['t', name, bytes]          a typed array
 *     ['l', id, recorded, state item, derivation item]   a layer
 *
 * An item is a value without identity as it is, `[id]` for an object, and `[]` for -0, of which
 * MessagePack makes 0.
 */

import { Layer } from '../document/layer.ts';
import { Volume } from '../volume/volume.ts';

export type Item = string | number | boolean | null | undefined | [] | [number];

export type Content =
  | ['a', ...Item[]]
  | ['o', Record<string, Item>]
  | ['t', string, Uint8Array]
  | ['l', number, boolean, Item, Item];

/** The ids of objects of one project. */
export class Ids {
  #last: number;
  readonly #ids = new WeakMap<object, number>();

  constructor(last = 0) {
    this.#last = last;
  }

  /** The last one given. */
  get last(): number {
    return this.#last;
  }

  of(value: object): number {
    const known = this.#ids.get(value);
    if (known !== undefined) return known;
    const id = ++this.#last;
    this.#ids.set(value, id);
    return id;
  }

  /** What another thread gave to the same object. */
  set(value: object, id: number): void {
    this.#ids.set(value, id);
  }
}

interface LayerSent {
  readonly state: object;
  readonly derivation: object | undefined;
}

export class ValueWriter {
  readonly #ids: Ids;
  readonly #visitVolume: (volume: Volume) => void;
  /** Objects that need not be sent again. */
  #sent = new WeakSet<object>();
  #layers = new Map<Layer, LayerSent>();
  /** Those looked at since `take`. */
  #visited = new Set<Layer>();
  #defined = new Map<number, Content>();

  /** @param visitVolume is told of each that is referred to, once or more */
  constructor(ids: Ids, visitVolume: (volume: Volume) => void) {
    this.#ids = ids;
    this.#visitVolume = visitVolume;
  }

  /** Objects are all sent again, as far as they are referred to from now on. */
  forget(): void {
    this.#sent = new WeakSet();
    this.#layers = new Map();
    this.#visited = new Set();
  }

  /** The other side has an object already. */
  isSent(value: object): void {
    if (value instanceof Layer) {
      const { state, derivation } = value;
      this.#layers.set(value, { state, derivation });
    } else this.#sent.add(value);
  }

  /** What stands for a value; objects in it are sent as far as need be. */
  refer(value: unknown): Item {
    if (typeof value !== 'object' || value === null) {
      return Object.is(value, -0) ? [] : (value as Item);
    }
    if (value instanceof Volume) this.#visitVolume(value);
    else if (value instanceof Layer) this.#visit(value);
    else if (!this.#sent.has(value)) {
      this.#sent.add(value);
      this.#defined.set(this.#ids.of(value), this.#contentOf(value));
    }
    return [this.#ids.of(value)];
  }

  /**
   * Sends what has changed of all layers that were ever sent: steps back and forth may have brought
   * one back, changed it, and taken it away again.
   */
  visitKnown(): void {
    for (const layer of this.#layers.keys()) this.#visit(layer);
  }

  /** Sends what has changed of a layer, and of the volumes that it has now. */
  #visit(layer: Layer): void {
    if (this.#visited.has(layer)) return;
    this.#visited.add(layer);
    const { id, state, derivation, recorder } = layer;
    this.#visitVolume(state.volume);
    if (derivation !== undefined) this.#visitVolume(derivation.volume);
    const sent = this.#layers.get(layer);
    if (sent?.state === state && sent.derivation === derivation) return;
    this.#layers.set(layer, { state, derivation });
    const recorded = recorder !== undefined;
    const items: [Item, Item] = [this.refer(state), this.refer(derivation)];
    this.#defined.set(this.#ids.of(layer), ['l', id, recorded, ...items]);
  }

  /** What is to be sent, by ids that grow. */
  take(): [id: number, content: Content][] {
    const defined = [...this.#defined].sort(([a], [b]) => a - b);
    this.#defined = new Map();
    this.#visited = new Set();
    return defined;
  }

  #contentOf(value: object): Content {
    if (ArrayBuffer.isView(value)) {
      const { buffer, byteOffset, byteLength } = value;
      const name = value instanceof Uint8Array ? 'Uint8Array' : value.constructor.name;
      return ['t', name, new Uint8Array(buffer, byteOffset, byteLength).slice()];
    }
    if (Array.isArray(value)) return ['a', ...value.map((item: unknown) => this.refer(item))];
    if (Object.getPrototypeOf(value) !== Object.prototype) {
      throw new Error(`a ${value.constructor.name} cannot be mirrored`);
    }
    const items: Record<string, Item> = {};
    for (const [key, item] of Object.entries(value)) items[key] = this.refer(item);
    return ['o', items];
  }
}

const TYPED = {
  ...{ Uint8Array, Int8Array, Uint16Array, Int16Array, Uint32Array, Int32Array },
  ...{ Float32Array, Float64Array },
};

export function typedOf(name: string, bytes: Uint8Array): object {
  const Typed = TYPED[name as keyof typeof TYPED];
  if (Typed === undefined) throw new Error(`nobody knows arrays of the type ${name}`);
  return new Typed(Uint8Array.from(bytes).buffer);
}
