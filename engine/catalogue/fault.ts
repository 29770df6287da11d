/**
 * Finds the place where a value and its schema part, and words for it. typebox's own `Errors` is
 * not used: it walks the whole value uncompiled, which takes 9 s for a list of a million voxels
 * (measured), and does not say which branch of a union was meant.
 */

import { admits, expectation, type Keywords } from '../../conf/check.ts';

/** The innermost place where a value and its schema part. */
export interface Fault {
  /** Such as `.voxels[3].x`; empty for the value itself. */
  readonly path: string;
  readonly schema: Keywords;
  /** `undefined` when a member that is required is not there. */
  readonly value: unknown;
}

/** The first fault of a value, or undefined when the schema admits it. */
export function fault(schema: Keywords, value: unknown): Fault | undefined {
  if (admits(schema, value)) return undefined;
  return innerFault(schema, value) ?? { path: '', schema, value };
}

/** `x.y: expected …, got …`, where `root` is what the value is called. */
export function faultMessage(root: string, { path, schema, value }: Fault): string {
  return `${root}${path}: expected ${expectation(schema)}, got ${sketch(value)}`;
}

/** The fault of a member or an item, where the value has the type for it. */
function innerFault(schema: Keywords, value: unknown): Fault | undefined {
  if (schema.anyOf !== undefined) {
    const container = Array.isArray(value) ? 'array' : 'object';
    const [meant, ...others] = schema.anyOf.filter(({ type }) => type === container);
    return meant !== undefined && others.length === 0 ? innerFault(meant, value) : undefined;
  }
  if (Array.isArray(value)) return schema.items && itemFault(schema.items, value);
  if (schema.properties === undefined || typeof value !== 'object' || value === null) {
    return undefined;
  }
  return memberFault(schema, schema.properties, value as Readonly<Record<string, unknown>>);
}

function memberFault(
  { required = [] }: Keywords,
  properties: Readonly<Record<string, Keywords>>,
  value: Readonly<Record<string, unknown>>,
): Fault | undefined {
  for (const [name, schema] of Object.entries(properties)) {
    const member = value[name];
    if (member === undefined && !required.includes(name)) continue;
    const found = fault(schema, member);
    if (found !== undefined) return { ...found, path: `.${name}${found.path}` };
  }
  return undefined;
}

function itemFault(
  items: Keywords | readonly Keywords[],
  values: readonly unknown[],
): Fault | undefined {
  for (const [i, value] of values.entries()) {
    const schema = isList(items) ? items[i] : items;
    const found = schema && fault(schema, value);
    if (found !== undefined) return { ...found, path: `[${i}]${found.path}` };
  }
  return undefined;
}

function isList(items: Keywords | readonly Keywords[]): items is readonly Keywords[] {
  return Array.isArray(items);
}

/** How much of a client's text an error repeats. */
const SKETCH_LENGTH_MAX = 40;

/** A short picture of a value, whatever it is. */
function sketch(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value !== 'string') return String(value);
  const cut = value.length > SKETCH_LENGTH_MAX;
  return JSON.stringify(cut ? `${value.slice(0, SKETCH_LENGTH_MAX)}…` : value);
}
