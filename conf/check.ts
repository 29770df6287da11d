/**
 * Checks a value against a schema written with typebox (`expectation.ts` says what it admits).
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
