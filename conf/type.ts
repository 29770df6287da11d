/**
 * Makes the schemas of typebox that this house uses, with typebox's types: what documents and
 * checks read of them, and nothing hidden. typebox itself is made to build types out of types; for
 * the some thousand schemas of the catalogue and of the configuration that is a quarter of the time
 * in which a thread starts.
 */

import type { Type as Typebox } from 'typebox';

type Schema = Readonly<Record<string, unknown>>;
type Maker =
  | ('Object' | 'Array' | 'Tuple' | 'Union' | 'Enum' | 'Optional' | 'Unsafe')
  | ('String' | 'Number' | 'Integer' | 'Boolean' | 'Null' | 'Unknown');

/** A schema may be optional in one object and required in another, so these are copies. */
const OPTIONAL = new WeakSet<Schema>();

function optional(schema: Schema): Schema {
  const copy = { ...schema };
  OPTIONAL.add(copy);
  return copy;
}

function object(properties: Readonly<Record<string, Schema>>, options?: Schema): Schema {
  const required = Object.keys(properties).filter((name) => !OPTIONAL.has(properties[name]!));
  // Left out of an object whose members are all optional.
  const needed = required.length > 0 ? { required } : {};
  return { type: 'object', ...needed, properties, ...options };
}

function tuple(items: readonly Schema[], options?: Schema): Schema {
  return { type: 'array', additionalItems: false, items, minItems: items.length, ...options };
}

const simple = (type: string) => (options?: Schema) => ({ type, ...options });

const makers: Record<Maker, (...given: never[]) => Schema> = {
  Object: object,
  Array: (items: Schema, options?: Schema) => ({ type: 'array', items, ...options }),
  Tuple: tuple,
  Union: (anyOf: readonly Schema[], options?: Schema) => ({ anyOf, ...options }),
  Enum: (names: readonly unknown[], options?: Schema) => ({ enum: names, ...options }),
  Optional: optional,
  Unsafe: (schema: Schema) => ({ ...schema }),
  String: simple('string'),
  Number: simple('number'),
  Integer: simple('integer'),
  Boolean: simple('boolean'),
  Null: simple('null'),
  Unknown: (options?: Schema) => ({ ...options }),
};

/** As typebox's own. */
export const Type = makers as unknown as Pick<typeof Typebox, Maker>;
