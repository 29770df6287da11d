/**
 * The JavaScript that runs inside the sandbox before a script does and gives it `goxel`, `Volume`,
 * `Vec`, `Box`, `console`, `print` and the module `std`. It is plain text to this program; its
 * pieces are joined into the body of one function of the host's functions and the settings.
 *
 * A call out of the sandbox costs microseconds, so voxels cross in bulk, through `exchange`: 64 KiB
 * of the sandbox's memory that the host reads and writes in place. `setAt` collects voxels there,
 * and whatever else calls the host sends them first (`host.name(…)` does, `raw.name(…)` does not),
 * so that nobody can tell the difference.
 *
 * Scripts can reach neither `host` nor `exchange`. What this code uses after it ran once is kept in
 * constants, for a script may change any built-in; the host trusts nothing that comes from here.
 */

import { PRELUDE_GOXEL } from './prelude-goxel.ts';
import { PRELUDE_STD } from './prelude-std.ts';
import { PRELUDE_VECTORS } from './prelude-vectors.ts';
import { PRELUDE_VOLUME } from './prelude-volume.ts';

/** The file name of this code in stack traces, which leave it out. */
export const PRELUDE_NAME = 'goxel:api';

const CORE = `
const { apply } = Reflect;
const { isArray, from: arrayFrom } = Array;
const { parse, stringify } = JSON;
const { InternalError, TypeError, RangeError, String, Uint8Array, Uint32Array, Int32Array } =
  globalThis;
const { isView } = ArrayBuffer;
const setWords = Object.getPrototypeOf(Int32Array).prototype.set;
const typedArrayPart = (name) =>
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Int32Array).prototype, name).get;
const bufferOf = typedArrayPart('buffer');
const byteOffsetOf = typedArrayPart('byteOffset');
const byteLengthOf = typedArrayPart('byteLength');
const tagOf = typedArrayPart(Symbol.toStringTag);

const setup = parse(setupText);
const exchange = new Int32Array(functions.exchange);
const EXCHANGE_VOXELS = exchange.length / 4;

// Voxels set but not sent: 'pending' times x, y, z, colour in 'exchange', for volume 'target'.
let pending = 0;
let target = -1;

const raw = {};
const host = {};
for (const name of setup.functions) {
  const call = functions[name];
  raw[name] = (...values) => {
    const result = apply(call, undefined, values);
    // The host always answers; the library loses an answer when the stack is full.
    if (result === undefined) throw new InternalError('stack overflow');
    return result;
  };
  host[name] = (...values) => {
    flush();
    return raw[name](...values);
  };
}

function flush() {
  if (pending === 0) return;
  const count = pending;
  pending = 0;
  raw.setVoxels(target, count);
}

function requireFunction(value) {
  if (typeof value !== 'function') throw new TypeError('a function is needed, not ' + show(value));
}

/** A value as messages and the console show it. */
function show(value) {
  if (typeof value === 'string') return value;
  if (typeof value === 'function') return '[function ' + value.name + ']';
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Error) return String(value);
  try {
    return stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
`;

const MAIN = `
/** What an error says, as JSON; it may be anything that a script can throw. */
function describe(error) {
  const text = (value) => (typeof value === 'string' ? value : '');
  if (!(error instanceof Error)) return stringify(['', show(error), text(error?.stack)]);
  return stringify([text(error.name), text(error.message), text(error.stack)]);
}

/** Sends what is left and gives the script's value as JSON; a module's is what it exports. */
function finish(value, isModule) {
  if (isModule) {
    const names = Object.keys(value);
    if (names.length === 0) value = null;
    else if (names.includes('default')) value = value.default;
  }
  let json;
  try {
    json = stringify(value) ?? 'null';
  } catch (error) {
    throw new TypeError('the value of the script cannot become JSON: ' + show(error));
  }
  endLine();
  flush();
  return json;
}

function find(entries, kind, name) {
  if (entries.has(name)) return entries.get(name);
  const known = [...entries.keys()].map((key) => '"' + key + '"').join(', ') || 'none';
  throw new TypeError('no ' + kind + ' "' + name + '" is registered; registered: ' + known);
}

const execute = (name) => find(scripts, 'script', name).onExecute();

/** The format of a name, or without one the first whose endings have the path's. */
function formatFor(path, name) {
  if (name !== '') return find(formats, 'format', name);
  const fits = ({ exts }) => isArray(exts) && exts.some((ext) => path.endsWith(ending(ext)));
  const found = [...formats.values()].find(fits);
  if (found !== undefined) return found;
  throw new TypeError('no format for ' + path + ' is registered');
}

/** Of a pattern such as *.list. */
const ending = (ext) => '.' + String(ext).replace(/^\\*?\\.?/, '');

function method(format, name) {
  if (typeof format[name] === 'function') return format[name];
  throw new TypeError('the format "' + format.name + '" has no function ' + name);
}

function importWith(path, name) {
  const format = formatFor(path, name);
  return apply(method(format, 'import'), format, [image, path]);
}

function exportWith(path, name) {
  const format = formatFor(path, name);
  return apply(method(format, 'export'), format, [image, path]);
}

return { describe, finish, execute, importWith, exportWith };
`;

/** Evaluates to a function of the host's functions and the settings, as JSON. */
export const PRELUDE = `(function (functions, setupText) { 'use strict';
${CORE}${PRELUDE_STD}${PRELUDE_VECTORS}${PRELUDE_VOLUME}${PRELUDE_GOXEL}${MAIN}})`;
