/**
 * Checks a value against a schema of the catalogue and says, in words, what is wrong with it. It
 * walks the schema instead of compiling it: a request of a few members costs some 100 ns, and
 * start-up nothing.
 */

import type { JsonSchema } from './json-schema.ts';

/** The innermost place where a value and its schema part. */
export interface Fault {
  /** Such as `.voxels[3].x`; empty for the value itself. */
  readonly path: string;
  readonly schema: JsonSchema;
  /** `undefined` when a member that is required is not there. */
  readonly value: unknown;
}

/** The first fault of a value, or undefined when the schema admits it. */
export function fault(schema: JsonSchema, value: unknown): Fault | undefined {
  if (schema.anyOf !== undefined) return unionFault(schema, schema.anyOf, value);
  return admits(schema, value) ? membersFault(schema, value) : { path: '', schema, value };
}

/** `x.y: expected …, got …`, where `root` is what the value is called. */
export function faultMessage(root: string, { path, schema, value }: Fault): string {
  return `${root}${path}: expected ${expectation(schema)}, got ${sketch(value)}`;
}

/** Everything about a value but its members. */
function admits(schema: JsonSchema, value: unknown): boolean {
  switch (schema.type) {
    case 'integer':
      return Number.isInteger(value) && inRange(schema, value as number);
    case 'number':
      return Number.isFinite(value) && inRange(schema, value as number);
    case 'string':
      return typeof value === 'string' && admitsText(schema, value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'array':
      return Array.isArray(value) && admitsLength(schema.minItems, schema.maxItems, value.length);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'null':
      return value === null;
    default:
      return true;
  }
}

function inRange({ minimum, maximum }: JsonSchema, value: number): boolean {
  return (minimum === undefined || value >= minimum) && (maximum === undefined || value <= maximum);
}

function admitsLength(min: number | undefined, max: number | undefined, length: number): boolean {
  return (min === undefined || length >= min) && (max === undefined || length <= max);
}

function admitsText(schema: JsonSchema, text: string): boolean {
  const { minLength, maxLength, pattern } = schema;
  if (schema.enum !== undefined && !schema.enum.includes(text)) return false;
  if (!admitsLength(minLength, maxLength, text.length)) return false;
  return pattern === undefined || expression(pattern).test(text);
}

const EXPRESSIONS = new Map<string, RegExp>();

function expression(pattern: string): RegExp {
  let found = EXPRESSIONS.get(pattern);
  if (found === undefined) {
    found = new RegExp(pattern, 'u');
    EXPRESSIONS.set(pattern, found);
  }
  return found;
}

function membersFault(schema: JsonSchema, value: unknown): Fault | undefined {
  if (schema.properties !== undefined) {
    return objectFault(schema.properties, schema.required ?? [], value as Record<string, unknown>);
  }
  if (schema.items === undefined) return undefined;
  const items = value as readonly unknown[];
  for (let i = 0; i < items.length; i++) {
    const item = Array.isArray(schema.items) ? schema.items[i] : schema.items;
    const found = fault(item as JsonSchema, items[i]);
    if (found !== undefined) return { ...found, path: `[${i}]${found.path}` };
  }
  return undefined;
}

function objectFault(
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[],
  value: Record<string, unknown>,
): Fault | undefined {
  for (const name in value) {
    const schema = properties[name];
    const member = value[name];
    if (schema === undefined || member === undefined) continue;
    const found = fault(schema, member);
    if (found !== undefined) return { ...found, path: `.${name}${found.path}` };
  }
  for (const name of required) {
    if (value[name] === undefined) {
      return { path: `.${name}`, schema: properties[name]!, value: undefined };
    }
  }
  return undefined;
}

/** Of the branches of the value's own type, the fault of the only one; else that of the union. */
function unionFault(
  schema: JsonSchema,
  branches: readonly JsonSchema[],
  value: unknown,
): Fault | undefined {
  let inner: Fault | undefined;
  let candidates = 0;
  for (const branch of branches) {
    if (branch.type !== undefined && !sameType(branch.type, value)) continue;
    const found = fault(branch, value);
    if (found === undefined) return undefined;
    inner = found;
    candidates++;
  }
  return candidates === 1 && inner?.path !== '' ? inner : { path: '', schema, value };
}

function sameType(type: NonNullable<JsonSchema['type']>, value: unknown): boolean {
  switch (type) {
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'null':
      return value === null;
    case 'integer':
      return typeof value === 'number';
    default:
      return typeof value === type;
  }
}

/** What a schema admits, in words. */
function expectation(schema: JsonSchema): string {
  if (schema.title !== undefined) return schema.title;
  if (schema.anyOf !== undefined) return schema.anyOf.map(expectation).join(' or ');
  switch (schema.type) {
    case 'integer':
      return `an integer${range(schema)}`;
    case 'number':
      return `a number${range(schema)}`;
    case 'string':
      return textExpectation(schema);
    case 'boolean':
      return 'true or false';
    case 'array':
      return arrayExpectation(schema);
    case 'object': {
      const required = schema.required ?? [];
      return required.length === 0 ? 'an object' : `an object with ${required.join(', ')}`;
    }
    case 'null':
      return 'null';
    default:
      return 'any value';
  }
}

function range({ minimum, maximum }: JsonSchema): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return ` of at least ${minimum}`;
  return maximum === undefined ? '' : ` of at most ${maximum}`;
}

function textExpectation({ enum: texts, minLength, maxLength }: JsonSchema): string {
  if (texts !== undefined) return `one of ${texts.map((text) => `"${text}"`).join(', ')}`;
  return maxLength === undefined
    ? 'a string'
    : `a string of ${minLength ?? 0} to ${maxLength} characters`;
}

function arrayExpectation({ items, minItems, maxItems }: JsonSchema): string {
  if (maxItems === undefined) return 'an array';
  if (Array.isArray(items)) return `an array of ${maxItems}`;
  return minItems === undefined
    ? `an array of at most ${maxItems}`
    : `an array of ${minItems} to ${maxItems}`;
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
