/**
 * The options of the command line that are those of reading and writing files, made from their
 * schemas: the catalogue has their names, types and descriptions, and this the way to type them.
 */

import type { TSchema } from 'typebox';
import type { Keywords } from '../../conf/check.ts';
import { ReadingFields } from '../../engine/catalogue/reading.ts';
import { WritingFields } from '../../engine/catalogue/writing.ts';
import type { SoloTask } from '../../engine/port/solo.ts';
import type { OptionSpec } from './command-spec.ts';

type Fields = Readonly<Record<string, TSchema>>;

/** Formats are `--from` and `--to` here. */
const { format: _, ...READING } = ReadingFields as Fields;
const WRITING = WritingFields as Fields;

/** What the catalogue has twice because both sides take it alike. */
const BOTH = ['like', 'strict'];

type Side = 'reading' | 'writing' | 'either' | 'both';

interface Catalogued {
  readonly side: Side;
  /** In the catalogue. */
  readonly name: string;
  readonly schema: Keywords;
  /** What the option stands for, of one that takes no value. */
  readonly fixed?: boolean;
}

function sideOf(name: string): Side {
  if (BOTH.includes(name)) return 'both';
  if (!(name in WRITING)) return 'reading';
  return name in READING ? 'either' : 'writing';
}

/** Every option by its name on the command line. */
const CATALOGUED: ReadonlyMap<string, Catalogued> = new Map(
  [...new Set([...Object.keys(READING), ...Object.keys(WRITING)])].flatMap((name) => {
    const schema = (READING[name] ?? WRITING[name]) as Keywords;
    const flag = name.replaceAll('_', '-');
    const one = { side: sideOf(name), name, schema };
    if (schema.type !== 'boolean') return [[flag, one] as const];
    const no = [`no-${flag}`, { ...one, fixed: false }] as const;
    return [[flag, { ...one, fixed: true }] as const, ...(schema.default === true ? [no] : [])];
  }),
);

/** As the table of commands has them. */
export function cataloguedOptions(sides: readonly Side[]): Record<string, OptionSpec> {
  const chosen = [...CATALOGUED].filter(([, { side }]) => sides.includes(side));
  return Object.fromEntries(chosen.map(([flag, one]) => [flag, optionOf(one, sides)]));
}

function optionOf(one: Catalogued, sides: readonly Side[]): OptionSpec {
  const { schema, fixed, name } = one;
  const summary = summaryOf(name, schema, fixed === false, sides);
  if (fixed !== undefined) return { type: 'boolean', summary };
  const multiple = schema.type === 'array' && !Array.isArray(schema.items);
  return { type: 'string', value: typedAs(schema), summary, ...(multiple && { multiple }) };
}

function summaryOf(name: string, schema: Keywords, not: boolean, sides: readonly Side[]): string {
  if (not) return `turn --${name.replaceAll('_', '-')} off`;
  const { description } = schema;
  const other = (WRITING[name] as Keywords | undefined)?.description;
  const also = sides.includes('writing') && other !== description ? other : undefined;
  return [description, also].flatMap((part) => part?.replace(/\.$/, '') ?? []).join('; written: ');
}

/** The name of a value: `y|z`, `N`, `NAME,…`. Free texts of the catalogue are paths of files. */
function typedAs({ type, enum: names, anyOf, items, pattern }: Keywords): string {
  if (names !== undefined) return names.join('|');
  if (anyOf !== undefined) {
    const names = [...new Set(anyOf.map((branch) => typedAs(branch)))];
    return names.includes('FILE') ? 'FILE' : names.join('|');
  }
  if (type === 'integer' || type === 'number') return 'N';
  if (type !== 'array') return pattern === undefined ? 'FILE' : 'TURNS';
  return Array.isArray(items) ? items.map(() => 'N').join(',') : 'NAME,…';
}

/** What was asked of reading and writing. */
export type Asked = Pick<SoloTask, 'reading' | 'writing' | 'either'>;

/** A value that was given to an option, and what that takes. */
export interface GivenValue {
  readonly flag: string;
  readonly schema: Keywords;
  readonly value: unknown;
}

/**
 * Sorts the options that were given by whom they are for.
 *
 * @param require throws where a schema does not admit a value
 */
export function askedBy(
  values: Readonly<Record<string, unknown>>,
  require: (given: GivenValue) => void,
): Asked {
  const reading: Record<string, unknown> = {};
  const writing: Record<string, unknown> = {};
  const either: Record<string, unknown> = {};
  for (const [flag, given] of Object.entries(values)) {
    const one = CATALOGUED.get(flag);
    if (one === undefined) continue;
    const { side, name, schema, fixed } = one;
    // Of a list that is given several times all of it counts.
    const value = fixed ?? typed(schema, String(given));
    if (fixed === undefined) require({ flag: `--${flag}`, schema, value });
    if (side === 'reading' || side === 'both') reading[name] = value;
    if (side === 'writing' || side === 'both') writing[name] = value;
    if (side === 'either') either[name] = value;
  }
  return { reading, writing, either };
}

/** A text as the type that a schema has; as it is where it cannot be read so. */
function typed(schema: Keywords, text: string): unknown {
  const { type, anyOf, items } = schema;
  if (anyOf !== undefined) {
    // A text alone is no list of one where it may be a text.
    const list = text.includes(',') || !anyOf.some((branch) => branch.type === 'string');
    const branches = anyOf.filter((branch) => branch.type !== 'array' || list);
    const values = branches.map((branch) => typed(branch, text));
    return values.find((value) => typeof value !== 'string') ?? text;
  }
  if (type === 'integer' || type === 'number') {
    return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
  }
  if (type !== 'array') return text;
  const parts = text.split(',');
  if (!Array.isArray(items)) return parts.map((part) => typed(items as Keywords, part));
  if (parts.length !== items.length) return text;
  return parts.map((part, place) => typed(items[place] as Keywords, part));
}
