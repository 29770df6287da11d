/**
 * From the `params` of a request, as parsed, to the named parameters that a handler takes: places
 * become names, other spellings the usual ones, and everything is checked against the schema of the
 * catalogue. What passes is what the schema says; a handler checks no types.
 */

import { admits } from '../../conf/check.ts';
import { GoxError } from '../../conf/errors.ts';
import { adapt } from './adapt.ts';
import { type Fault, fault, faultMessage } from './fault.ts';
import { dropMeta } from './meta.ts';
import type { MethodSpec } from './spec.ts';

export type Named = Record<string, unknown>;

/**
 * The named parameters of a request. May reuse and change the object it is given. Throws
 * GOX_INVALID_PARAMS, with a message that names the parameter, what was expected and what came.
 */
export function decodeParams(spec: MethodSpec, params: unknown): Named {
  const named = name(spec, params);
  dropMeta(named);
  if (admits(spec.params, named)) return named;
  const lenient = adapt(spec.params, named) as Named;
  const found = fault(spec.params, lenient);
  if (found === undefined) return lenient;
  throw invalidParams(found);
}

/** The error for a parameter at a path such as `.color[0]`. */
export function invalidParam(path: string, expected: string, value: unknown): GoxError {
  return invalidParams({ path, schema: { title: expected }, value });
}

/** The same where it takes a sentence to say what is wrong. */
export function paramProblem(path: string, problem: string): GoxError {
  return invalidParams({ path, schema: {}, value: undefined, problem });
}

/** The same for a fault that was found; its path begins at the parameters. */
export function faultyParam(found: Fault): GoxError {
  return invalidParams(found);
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
  if (params.length === 1 && isRecord(first)) return unwrapped(first);
  const { positional } = spec;
  const named: Named = {};
  for (let i = 0; i < params.length; i++) {
    const value = params[i];
    if (value === null || value === undefined) continue;
    const here = positional[i];
    if (here === undefined) throw surplus(spec, i);
    // A colour string or array where `r` would be: the v14 daemon takes it, and skips g, b and a.
    if (here === 'r' && typeof value !== 'number') {
      named.color = value;
      i += 3;
    } else named[here] = value;
  }
  return named;
}

/** Who reads the envelope looks for the project in the parameters themselves only. */
function unwrapped(params: Named): Named {
  if (!Object.hasOwn(params, 'project')) return params;
  throw paramProblem('[0].project', 'the project is given in an object that is not in an array');
}

function surplus({ name, positional }: MethodSpec, place: number): GoxError {
  const count = positional.length;
  const taken = count === 0 ? 'none' : `${count} (${positional.join(', ')})`;
  return paramProblem(`[${place}]`, `unknown parameter; by position ${name} takes ${taken}`);
}

function isRecord(value: unknown): value is Named {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
