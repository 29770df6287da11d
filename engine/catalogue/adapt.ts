/**
 * What clients send beyond the letter of a schema: other names of members, members that mean
 * nothing, null for what they leave out, points between voxels, names in another case. Only what
 * a schema does not admit comes here, so that it costs nothing where all is as it should be.
 */

import type { Keywords } from '../../conf/check.ts';
import { branchesOf, containerOf, meantFor } from './union.ts';

/** The value as the schema has it, as far as that is clear. May change the value itself. */
export function adapt(schema: Keywords, value: unknown): unknown {
  if (schema.anyOf !== undefined) return adaptToUnion(schema, value);
  if (typeof value === 'number') return schema['x-floor'] === true ? Math.floor(value) : value;
  if (typeof value === 'string')
    return schema['x-any-case'] === true ? known(schema, value) : value;
  if (Array.isArray(value)) return adaptItems(schema, value);
  if (containerOf(value) === undefined || schema.properties === undefined) return value;
  return adaptMembers(schema, schema.properties, value as Record<string, unknown>);
}

function adaptToUnion(schema: Keywords, value: unknown): unknown {
  const branches = branchesOf(schema);
  if (containerOf(value) === undefined) {
    return branches.reduce((adapted, branch) => adapt(branch, adapted), value);
  }
  const meant = meantFor(branches, value);
  return meant === undefined ? value : adapt(meant, value);
}

/** The name of the choices that differs in its case only. */
function known({ enum: names = [] }: Keywords, value: string): string {
  const wanted = value.toLowerCase();
  return names.find((name) => name.toLowerCase() === wanted) ?? value;
}

function adaptItems({ items }: Keywords, values: unknown[]): unknown[] {
  if (items === undefined) return values;
  for (const [i, value] of values.entries()) {
    const schema = Array.isArray(items) ? (items[i] as Keywords | undefined) : (items as Keywords);
    if (schema !== undefined) values[i] = adapt(schema, value);
  }
  return values;
}

function adaptMembers(
  schema: Keywords,
  properties: Readonly<Record<string, Keywords>>,
  value: Record<string, unknown>,
): Record<string, unknown> {
  let named = value;
  for (const name of Object.keys(value)) {
    if (Object.hasOwn(properties, name) && value[name] !== null) continue;
    named = rename(schema, properties, value);
    break;
  }
  for (const name of Object.keys(named)) {
    if (!Object.hasOwn(properties, name)) continue;
    const given = named[name];
    const adapted = adapt(properties[name]!, given);
    if (adapted !== given) named[name] = adapted;
  }
  return named;
}

/** By the usual names, without what means nothing. A name given twice over is left for a fault. */
function rename(
  { 'x-spellings': spellings = {}, 'x-ignored': ignored = {} }: Keywords,
  properties: Readonly<Record<string, Keywords>>,
  value: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const named: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    if (Object.hasOwn(ignored, name)) continue;
    const given = value[name];
    const usual = Object.hasOwn(spellings, name) ? spellings[name]! : name;
    const member = Object.hasOwn(properties, usual) ? properties[usual] : undefined;
    if (given === null && member !== undefined && !takesNull(member)) continue;
    const taken = Object.hasOwn(named, usual) || (value[usual] ?? null) !== null;
    put(named, usual !== name && taken ? name : usual, given);
  }
  return named;
}

/** A client's `__proto__` is a name like any other. */
function put(named: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') named[name] = value;
  else Object.defineProperty(named, name, { value, enumerable: true });
}

function takesNull(schema: Keywords): boolean {
  return branchesOf(schema).some(({ type, enum: names }) =>
    type === undefined ? names === undefined : type === 'null',
  );
}
