/**
 * Values as JSON for whoever looks: without secrets, cut to a size, and whatever they are. Nothing
 * of theirs is run: no getter, no `toJSON`, no trap of a proxy. It takes some microseconds for each
 * thousand characters that it yields, however large the value, and never throws.
 */

import { types } from 'node:util';
import { MASKED, secretNames, withoutSecrets } from './secrets.ts';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

const STRING_CHARS_MAX = 1000;
const KEY_CHARS_MAX = 200;
const ENTRIES_MAX = 200;
const DEPTH_MAX = 8;
/** An instance within one is often the way to the whole program. */
const INSTANCES_MAX = 2;
/** What an entry takes beside its text. */
const ENTRY_CHARS = 4;
const STACK_CHARS_MAX = 400;
/** Stands for what only a getter knows. */
const GETTER = Symbol('getter');

/** What is left, on the way through one value. */
interface Walk {
  chars: number;
  readonly path: Set<object>;
  instances: number;
}

export class Masking {
  readonly #isSecret: (key: string) => boolean;

  /** `further` are keys that are secret beside those that everybody calls so. */
  constructor(further: (key: string) => boolean = () => false) {
    this.#isSecret = secretNames(further);
  }

  /** JSON of about so many characters at the most. */
  json(value: unknown, chars_max: number): string {
    const walk: Walk = { chars: chars_max, path: new Set(), instances: 0 };
    try {
      return JSON.stringify(this.#value(value, walk));
    } catch (error) {
      return JSON.stringify(
        `(unreadable: ${types.isNativeError(error) ? error.name : 'it throws'})`,
      );
    }
  }

  #value(value: unknown, walk: Walk): Json {
    walk.chars -= ENTRY_CHARS;
    switch (typeof value) {
      case 'string':
        return this.#text(value, walk);
      case 'number':
        return Number.isFinite(value) ? value : String(value);
      case 'boolean':
        return value;
      case 'bigint':
        return this.#text(cutBigint(value), walk);
      case 'symbol':
        return value === GETTER ? '(getter)' : this.#text(String(value), walk);
      case 'undefined':
        return '(undefined)';
      case 'function':
        return this.#function(value, walk);
      default:
        return value === null ? null : this.#object(value as object, walk);
    }
  }

  #text(text: string, walk: Walk, chars_max = STRING_CHARS_MAX): string {
    const max = Math.max(0, Math.min(chars_max, walk.chars));
    // More than is shown, so that no half of a secret stays at the end.
    const clean = withoutSecrets(text.slice(0, 2 * max + 100));
    const shown = clean.slice(0, max);
    walk.chars -= shown.length;
    const whole = clean.length <= max && text.length <= 2 * max + 100;
    return whole ? shown : `${shown}… (${text.length} characters)`;
  }

  #function(value: object, walk: Walk): string {
    const name = types.isProxy(value) ? undefined : ownData(value, 'name');
    const shown = typeof name === 'string' ? this.#text(name, walk, KEY_CHARS_MAX) : '';
    return shown === '' ? '(function)' : `(function ${shown})`;
  }

  #object(value: object, walk: Walk): Json {
    if (types.isProxy(value)) return '(proxy)';
    if (walk.path.has(value)) return '(circular)';
    const short = shortFor(value);
    if (short !== undefined) return typeof short === 'string' ? this.#text(short, walk) : short;
    if (walk.path.size >= DEPTH_MAX) return '(too deep)';
    const name = className(value);
    const plain = name === undefined || Array.isArray(value) || isCollection(value);
    if (!plain && walk.instances >= INSTANCES_MAX) return `(${this.#text(name, walk)})`;
    walk.path.add(value);
    if (!plain) walk.instances++;
    try {
      return this.#inside(value, name, walk);
    } finally {
      walk.path.delete(value);
      if (!plain) walk.instances--;
    }
  }

  #inside(value: object, name: string | undefined, walk: Walk): Json {
    if (Array.isArray(value)) {
      return this.#list(value.length, arrayItems(value), walk);
    }
    const into: { [key: string]: Json } = Object.create(null);
    if (name !== undefined) into['(class)'] = this.#text(name, walk, KEY_CHARS_MAX);
    if (types.isMap(value)) {
      this.#entries(Map.prototype.entries.call(value), sizeOf(value), into, walk);
      return into;
    }
    if (types.isSet(value)) {
      into.values = this.#list(sizeOf(value), Set.prototype.values.call(value), walk);
      return into;
    }
    if (types.isNativeError(value)) this.#error(value, into, walk);
    const keys = Object.keys(value);
    // All that it has is private.
    if (keys.length === 0 && name !== undefined && !isCollection(value)) {
      return `(${into['(class)']})`;
    }
    this.#entries(dataOf(value, keys), keys.length, into, walk);
    return into;
  }

  #list(length: number, items: Iterable<unknown>, walk: Walk): Json[] {
    const list: Json[] = [];
    for (const item of items) {
      if (list.length >= ENTRIES_MAX || walk.chars <= 0) {
        list.push(`(… ${length - list.length} more)`);
        break;
      }
      list.push(this.#value(item, walk));
    }
    return list;
  }

  #entries(
    entries: Iterable<readonly [unknown, unknown]>,
    length: number,
    into: { [key: string]: Json },
    walk: Walk,
  ): void {
    let told = 0;
    for (const [key, value] of entries) {
      if (told >= ENTRIES_MAX || walk.chars <= 0) {
        into[`(… ${length - told} more)`] = '';
        return;
      }
      told++;
      const whole = typeof key === 'string' ? key : String(this.#keyText(key, walk));
      const shown = this.#text(whole, walk, KEY_CHARS_MAX);
      into[shown] = this.#hides(whole, value) ? MASKED : this.#value(value, walk);
    }
  }

  /** Keys of maps may be anything. */
  #keyText(key: unknown, walk: Walk): Json {
    const json = this.#value(key, walk);
    return typeof json === 'object' ? JSON.stringify(json) : json;
  }

  #hides(key: string, value: unknown): boolean {
    if (value === undefined || value === null || typeof value === 'boolean') return false;
    return key.length > KEY_CHARS_MAX || this.#isSecret(key);
  }

  #error(error: object, into: { [key: string]: Json }, walk: Walk): void {
    for (const key of ['message', 'stack', 'cause']) {
      const value = ownData(error, key);
      if (value === undefined) continue;
      into[key] =
        key === 'stack' && typeof value === 'string'
          ? this.#text(value, walk, STACK_CHARS_MAX)
          : this.#value(value, walk);
    }
  }
}

/** What has a short form, such as `Uint8Array of 123 bytes`. */
function shortFor(value: object): Json | undefined {
  if (types.isAnyArrayBuffer(value)) return `ArrayBuffer of ${value.byteLength} bytes`;
  if (ArrayBuffer.isView(value)) {
    return `${className(value) ?? 'view'} of ${value.byteLength} bytes`;
  }
  if (types.isDate(value)) {
    const time_ms = Date.prototype.getTime.call(value);
    return Number.isNaN(time_ms) ? 'Invalid Date' : new Date(time_ms).toISOString();
  }
  if (types.isRegExp(value)) return RegExp.prototype.toString.call(value);
  if (types.isPromise(value)) return '(promise)';
  if (types.isBoxedPrimitive(value)) return `(${className(value) ?? 'boxed'})`;
  if (value instanceof URL) return value.href;
  return xstateThing(value);
}

/** Actors by their session, machines and states by their id: what hangs on them is everything. */
function xstateThing(value: object): Json | undefined {
  const session = ownData(value, 'sessionId');
  if (typeof session === 'string' && Object.hasOwn(value, '_parent')) {
    return { ref: session, id: String(ownData(value, 'id')) };
  }
  if (Object.hasOwn(value, '__xstatenode')) return `(machine ${String(ownData(value, 'id'))})`;
  if (className(value) === 'StateNode') return `#${String(ownData(value, 'id'))}`;
  return undefined;
}

function cutBigint(value: bigint): string {
  // Beyond that its digits would take long.
  const many = value > 10n ** 100n || value < -(10n ** 100n);
  return many ? '(bigint of more than 100 digits)' : `${value}n`;
}

/** The value of an own property that is no getter. */
function ownData(value: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}

/** The name of its class; undefined for a plain object or array. */
function className(value: object): string | undefined {
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype || prototype === Array.prototype) {
    return undefined;
  }
  if (types.isProxy(prototype)) return 'proxy';
  const maker = ownData(prototype, 'constructor');
  if (typeof maker !== 'function' || types.isProxy(maker)) return 'Object';
  const name = ownData(maker, 'name');
  return typeof name === 'string' && name !== '' ? name : 'Object';
}

function isCollection(value: object): boolean {
  return types.isMap(value) || types.isSet(value) || types.isNativeError(value);
}

function sizeOf(value: Map<unknown, unknown> | Set<unknown>): number {
  const prototype = types.isMap(value) ? Map.prototype : Set.prototype;
  const { get } = Object.getOwnPropertyDescriptor(prototype, 'size') ?? {};
  return Number(get?.call(value));
}

function* arrayItems(list: readonly unknown[]): Generator<unknown> {
  for (let index = 0; index < list.length; index++) yield shownData(list, String(index));
}

function* dataOf(value: object, keys: readonly string[]): Generator<readonly [string, unknown]> {
  for (const key of keys) yield [key, shownData(value, key)];
}

function shownData(value: object, key: string): unknown {
  const property = Object.getOwnPropertyDescriptor(value, key);
  return property?.get === undefined && property?.set === undefined ? property?.value : GETTER;
}
