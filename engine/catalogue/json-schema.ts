/**
 * JSON Schema (draft 7) objects that carry the TypeScript type of what they admit. They are plain
 * data, published as they are by rpc.discover. This is the small part of a schema library that the
 * catalogue needs; a whole one costs 150 ms and more to import, in each thread.
 */

/** The keywords that this house uses; `check.ts` knows them all. */
export interface JsonSchema {
  readonly type?: 'object' | 'array' | 'integer' | 'number' | 'string' | 'boolean' | 'null';
  /** What is admitted, as a noun phrase for error messages, where the keywords do not say it. */
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  /** One schema for all items, or one for each of them. */
  readonly items?: JsonSchema | readonly JsonSchema[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  /** A regular expression with the flag u. */
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly JsonSchema[];
}

declare const admitted: unique symbol;

/** A schema that admits values of type T; the member that says so does not exist at run time. */
export interface Schema<out T = unknown> extends JsonSchema {
  readonly [admitted]?: T;
}

/** The type a schema admits. */
export type Static<S> = S extends { readonly [admitted]?: infer T } ? Exclude<T, undefined> : never;

/** A member that may be left out. */
export interface Optional<out T = unknown> {
  readonly optional: Schema<T>;
}

export type Members = Readonly<Record<string, Schema | Optional>>;

type Flat<T> = { [K in keyof T]: T[K] };

/** The type of an object with these members. */
export type Shape<M extends Members> = Flat<
  { -readonly [K in keyof M as M[K] extends Optional ? never : K]: Static<M[K]> } & {
    -readonly [K in keyof M as M[K] extends Optional ? K : never]?: M[K] extends Optional<infer T>
      ? T
      : never;
  }
>;

export interface ObjectSchema<out T = unknown> extends Schema<T> {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, JsonSchema>>;
  readonly required: readonly string[];
}

type Notes = Pick<JsonSchema, 'title' | 'description' | 'default'>;
type Range = Notes & Pick<JsonSchema, 'minimum' | 'maximum'>;

export function optional<T>(schema: Schema<T>): Optional<T> {
  return { optional: schema };
}

/** An object with these members; others are admitted and ignored. */
export function object<M extends Members>(members: M, notes: Notes = {}): ObjectSchema<Shape<M>> {
  // Without a prototype, so that a client's member "constructor" finds no schema here.
  const properties: Record<string, JsonSchema> = Object.create(null);
  const required: string[] = [];
  for (const [name, member] of Object.entries(members)) {
    if ('optional' in member) properties[name] = member.optional as JsonSchema;
    else {
      properties[name] = member;
      required.push(name);
    }
  }
  return { type: 'object', properties, required, ...notes };
}

export function array<T>(
  items: Schema<T>,
  notes: Notes & Pick<JsonSchema, 'minItems' | 'maxItems'> = {},
): Schema<T[]> {
  return { type: 'array', items, ...notes };
}

/** An array of exactly these items. */
export function tuple<const T extends readonly Schema[]>(
  items: T,
): Schema<{ -readonly [K in keyof T]: Static<T[K]> }> {
  return { type: 'array', items, minItems: items.length, maxItems: items.length };
}

export function integer(notes: Range = {}): Schema<number> {
  return { type: 'integer', ...notes };
}

export function number(notes: Range = {}): Schema<number> {
  return { type: 'number', ...notes };
}

export function string(
  notes: Notes & Pick<JsonSchema, 'minLength' | 'maxLength' | 'pattern'> = {},
): Schema<string> {
  return { type: 'string', ...notes };
}

export function boolean(notes: Notes = {}): Schema<boolean> {
  return { type: 'boolean', ...notes };
}

export function nothing(): Schema<null> {
  return { type: 'null' };
}

/** Any JSON value. */
export function anything(): Schema<unknown> {
  return {};
}

/** One of these texts. */
export function choice<const T extends string>(texts: readonly T[]): Schema<T> {
  return { type: 'string', enum: texts };
}

export function union<const T extends readonly Schema[]>(
  anyOf: T,
  notes: Notes = {},
): Schema<Static<T[number]>> {
  return { anyOf, ...notes };
}
