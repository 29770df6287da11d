/** Damage to JSON that leaves it JSON: other values, keys gone or doubled, data: URIs changed. */

import { mutateBytes } from './mutate-bytes.ts';
import type { Random } from './random.ts';

type Container = Record<string, unknown> | unknown[];

/** JSON.stringify cannot write these, so they are put into its text afterwards. */
const DEEP = '\u0001deep';
const HUGE = '\u0001huge';
const NESTING = 20_000;

const DATA_URI = /^data:[^,]{0,80};base64,/;

/** Values that have broken readers before. */
const VALUES: readonly unknown[] = [
  ...[0, 1, -1, 2, 3, 0.5, 255, 65536, 2 ** 31, 2 ** 32, 2 ** 53, 1e39, 1e308, -1e308, 1e-320],
  ...[null, true, false, '', '0', 'x', '__proto__', 'data:', 'data:,', 'data:;base64,', '%', '\0'],
  ...['http://localhost/', '../x', '/', 'x'.repeat(5000), DEEP, HUGE, 'VEC3', 'SCALAR', 'MAT4'],
  ...[4, 5, 6, 5120, 5121, 5122, 5123, 5125, 5126, 33071, 33648, 10497],
];

/** Made anew for each use, so that none is in two places. */
const CONTAINERS: readonly (() => unknown)[] = [
  () => [],
  () => ({}),
  () => [null],
  () => [0, 1, 2],
  () => [1e30, -1e30, 1e30],
  () => ({ toString: 0, valueOf: 0 }),
  () => ({ length: 3 }),
  () => Array.from({ length: 1000 }, (_, i) => i),
];
const KEYS = ['__proto__', 'constructor', 'length', 'extensions', 'sparse', 'bufferView', 'uri'];

/** Undefined when the bytes are no JSON of an object, or are nested too deeply. */
export function mutateJson(bytes: Uint8Array, random: Random): Buffer | undefined {
  const root = parsed(bytes);
  if (root === undefined) return undefined;
  const places = placesOf(root);
  for (let left = 1 + random.small(4); left > 0; left--) {
    const { container, key } = random.pick(places);
    change(container, key, random, places);
  }
  const text = JSON.stringify(root);
  const deep = random.chance(0.5)
    ? '['.repeat(NESTING) + ']'.repeat(NESTING)
    : `${'{"a":'.repeat(NESTING)}0${'}'.repeat(NESTING)}`;
  return Buffer.from(
    text
      .replaceAll(JSON.stringify(DEEP), deep)
      .replaceAll(JSON.stringify(HUGE), random.pick(['1e999', '-1e999', '9'.repeat(400)])),
  );
}

function parsed(bytes: Uint8Array): Container | undefined {
  if (bytes[0] !== 0x7b) return undefined;
  try {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const root = JSON.parse(buffer.toString('utf8')) as Container;
    // What was nested deeply before can be parsed but not written again.
    JSON.stringify(root);
    return root;
  } catch {
    return undefined;
  }
}

interface Place {
  readonly container: Container;
  readonly key: string;
}

/** Every value's place; numbers in long lists would drown out all others. */
function placesOf(root: Container): Place[] {
  const places: Place[] = [];
  const waiting: Container[] = [root];
  for (let container = waiting.pop(); container !== undefined; container = waiting.pop()) {
    for (const key of Object.keys(container).slice(0, 32)) {
      places.push({ container, key });
      const value = valueAt(container, key);
      if (typeof value === 'object' && value !== null) waiting.push(value as Container);
    }
  }
  return places;
}

function valueAt(container: Container, key: string): unknown {
  return (container as Record<string, unknown>)[key];
}

function put(container: Container, key: string, value: unknown): void {
  // By definition, so that __proto__ becomes a key as JSON.parse makes it one.
  const attributes = { configurable: true, enumerable: true, writable: true };
  Object.defineProperty(container, key, { value, ...attributes });
}

function change(container: Container, key: string, random: Random, places: readonly Place[]): void {
  const value = valueAt(container, key);
  const way = random.below(10);
  if (typeof value === 'string' && DATA_URI.test(value) && way < 6) {
    const data = Buffer.from(value.slice(value.indexOf(',') + 1), 'base64');
    const start = value.slice(0, value.indexOf(',') + 1);
    put(container, key, start + mutateBytes(data, random, data).toString('base64'));
  } else if (typeof value === 'number' && way < 5) {
    const near = [value + 1, value - 1, -value, value * 2, value + 0.5, value * 1e9];
    put(container, key, random.pick(near));
  } else if (way < 2) {
    if (Array.isArray(container)) container.splice(Number(key), 1);
    else delete container[key];
  } else if (way === 2) put(container, key, random.pick(CONTAINERS)());
  else if (way === 3) {
    const from = random.pick(places);
    // A copy, so that there are no loops.
    const copy = JSON.stringify(valueAt(from.container, from.key));
    if (copy !== undefined && copy.length < 20_000) put(container, key, JSON.parse(copy));
  } else if (way === 4) {
    if (Array.isArray(container)) container.push(value);
    else put(container, random.pick(KEYS), value);
  } else if (way === 5 && Array.isArray(value)) put(container, key, value[0]);
  else if (way === 6) put(container, key, [value]);
  else put(container, key, random.pick(VALUES));
}
