/**
 * From the `params` of a request, as parsed, to the named parameters that a handler takes: places
 * become names, other spellings the usual ones, and everything is checked against the schema of the
 * catalogue. What passes is what the schema says; a handler checks no types.
 */

import type { TProperties } from 'typebox';
import { admits } from '../conf/check.ts';
import { GoxError } from '../conf/errors.ts';
import { type Fault, fault, faultMessage } from './catalogue/fault.ts';
import type { MethodSpec } from './catalogue/spec.ts';

export type Named = Record<string, unknown>;

/**
 * The named parameters of a request. May reuse and change the object it is given. Throws
 * GOX_INVALID_PARAMS, with a message that names the parameter, what was expected and what came.
 */
export function decodeParams(spec: MethodSpec, params: unknown): Named {
  const named = name(spec, params);
  if (spec.spellings !== undefined) respell(named, spec.spellings);
  if (admits(spec.params, named)) return named;
  const lenient = adapt(named, spec.params.properties);
  const found = fault(spec.params, lenient);
  if (found === undefined) return lenient;
  throw invalidParams(found);
}

/** The error for a parameter at a path such as `.color[0]`. */
export function invalidParam(path: string, expected: string, value: unknown): GoxError {
  return invalidParams({ path, schema: { title: expected }, value });
}

function invalidParams(found: Fault): GoxError {
  const parameter = `params${found.path}`;
  return new GoxError('GOX_INVALID_PARAMS', faultMessage('params', found), { parameter });
}

function name(spec: MethodSpec, params: unknown): Named {
  if (params === undefined || params === null) return {};
  if (Array.isArray(params)) return nameByPosition(spec, params);
  if (typeof params === 'object') return params as Named;
  throw invalidParam('', 'an object or an array', params);
}

/** An array that holds one object is taken for by-name: some documents wrap their parameters so. */
function nameByPosition(spec: MethodSpec, params: readonly unknown[]): Named {
  const [first] = params;
  if (params.length === 1 && isRecord(first)) return first;
  const { positional } = spec;
  if (params.length > positional.length && positional.length === 0) {
    throw invalidParam('', 'named parameters or none', params);
  }
  const named: Named = {};
  const last = Math.min(params.length, positional.length);
  for (let i = 0; i < last; i++) {
    const value = params[i];
    if (value === null || value === undefined) continue;
    const here = positional[i]!;
    // A colour string or array where `r` would be: the v14 daemon takes it, and skips g, b and a.
    if (here === 'r' && typeof value !== 'number') {
      named.color = value;
      i += 3;
    } else named[here] = value;
  }
  return named;
}

function respell(named: Named, spellings: Readonly<Record<string, string>>): void {
  for (const other in spellings) {
    const usual = spellings[other]!;
    if (named[other] === undefined || named[usual] !== undefined) continue;
    named[usual] = named[other];
  }
}

/**
 * What clients of the v14 daemon send beyond the schemas: null for what they leave out, and points
 * between voxels, which are taken for the voxel around them.
 */
function adapt(named: Named, properties: TProperties): Named {
  const adapted: Named = {};
  for (const [key, value] of Object.entries(named)) {
    const schema = properties[key];
    if (value === null && !(schema !== undefined && admits(schema, null))) continue;
    if (key === 'position') adapted[key] = floorAll(value);
    else adapted[key] = key === 'x' || key === 'y' || key === 'z' ? floor(value) : value;
  }
  return adapted;
}

function floorAll(position: unknown): unknown {
  if (Array.isArray(position)) return position.map(floor);
  if (!isRecord(position)) return position;
  return Object.fromEntries(Object.entries(position).map(([k, v]) => [k, floor(v)]));
}

function floor(value: unknown): unknown {
  return typeof value === 'number' ? Math.floor(value) : value;
}

function isRecord(value: unknown): value is Named {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
