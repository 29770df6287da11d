/**
 * Checks a value against a schema written with typebox, and says in words what a schema admits.
 * typebox compiles each schema to a function, on the first use of it: that takes one to three ms, a
 * check afterwards some 10 ns.
 */

import type { TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/schema';

/** The keywords of JSON Schema that this house uses, to read them back from a `TSchema`. */
export interface Keywords {
  readonly type?: 'object' | 'array' | 'integer' | 'number' | 'string' | 'boolean' | 'null';
  /** What is admitted, as a noun phrase for error messages, where the keywords do not say it. */
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Keywords>>;
  readonly required?: readonly string[] | undefined;
  /** One schema for all items, or one for each of them. */
  readonly items?: Keywords | readonly Keywords[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Keywords[];
  /** The name of the schema in documents that tell it once and refer to it. */
  readonly 'x-name'?: string;
  /** `false`: an object has the members of `properties` and no others. */
  readonly additionalProperties?: boolean;
  /** A number with a fraction is taken for the whole one below it. */
  readonly 'x-floor'?: true;
  /** The names of `enum` are taken in upper and lower case alike. */
  readonly 'x-any-case'?: true;
  /** Other names of members, to those of `properties`. */
  readonly 'x-spellings'?: Readonly<Record<string, string>>;
  /** Members that are taken and mean nothing, to who sends them. */
  readonly 'x-ignored'?: Readonly<Record<string, string>>;
}

const COMPILED = new WeakMap<TSchema, Validator>();

/** Whether the schema admits the value. */
export function admits(schema: TSchema, value: unknown): boolean {
  let compiled = COMPILED.get(schema);
  if (compiled === undefined) {
    compiled = Compile(quickToCheck(schema));
    COMPILED.set(schema, compiled);
  }
  return compiled.Check(value);
}

/**
 * The same schema in the form that is cheapest to check. Of `additionalProperties: false` typebox
 * makes a regular expression for each member, a third of a second for a million voxels (measured);
 * as a choice of names the members cost a tenth of that.
 */
function quickToCheck(schema: TSchema): TSchema {
  return JSON.parse(JSON.stringify(schema), (_key, part: unknown) => {
    if (!isClosed(part)) return part;
    const { additionalProperties: _, ...open } = part;
    return { ...open, propertyNames: { enum: Object.keys(part.properties) } };
  }) as TSchema;
}

function isClosed(part: unknown): part is Keywords & Required<Pick<Keywords, 'properties'>> {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return false;
  const { additionalProperties, properties } = part as Keywords;
  return additionalProperties === false && properties !== undefined;
}

/** What a schema admits, in words: `an integer from 1 to 64`. */
export function expectation(schema: Keywords): string {
  if (schema.title !== undefined) return schema.title;
  if (schema.anyOf !== undefined) return schema.anyOf.map(expectation).join(' or ');
  if (schema.enum !== undefined) {
    return `one of ${schema.enum.map((text) => `"${text}"`).join(', ')}`;
  }
  switch (schema.type) {
    case 'integer':
      return `an integer${range(schema)}`;
    case 'number':
      return `a number${range(schema)}`;
    case 'string':
      return schema.maxLength === undefined
        ? 'a string'
        : `a string of ${schema.minLength ?? 0} to ${schema.maxLength} characters`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return arrayExpectation(schema);
    case 'object':
      return schema.required === undefined
        ? 'an object'
        : `an object with ${schema.required.join(', ')}`;
    case 'null':
      return 'null';
    default:
      return 'any value';
  }
}

function range({ minimum, exclusiveMinimum, maximum }: Keywords): string {
  if (exclusiveMinimum !== undefined) {
    return ` above ${exclusiveMinimum}${maximum === undefined ? '' : ` and up to ${maximum}`}`;
  }
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return ` of at least ${minimum}`;
  return maximum === undefined ? '' : ` of at most ${maximum}`;
}

function arrayExpectation({ items, minItems, maxItems }: Keywords): string {
  if (Array.isArray(items)) return `an array of ${items.length}`;
  if (maxItems === undefined) return 'an array';
  if (minItems === maxItems) return `an array of ${maxItems}`;
  return minItems === undefined
    ? `an array of at most ${maxItems}`
    : `an array of ${minItems} to ${maxItems}`;
}
