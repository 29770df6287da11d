/** A schema as rows of help: its members, their members, choices and defaults. */

import type { Keywords } from '../../conf/check.ts';
import { expectation } from '../../conf/expectation.ts';

/** What is on the left of a row, and what is said about it. */
export type Row = [name: string, words: string];

const INDENT = '  ';

/** Deeper members are left to rpc.discover. */
const DEPTH_MAX = 4;

/** Small things that most methods take: their title is enough in a row, the rest is told once. */
const TOLD_ONCE = ['Color', 'Position', 'Spot', 'Point', 'VoxelCoordinate', 'Channel'];

/** What the rows of one method have told already. */
export class Told {
  /** Names and words of what is told once, behind the rows. */
  readonly notes = new Map<string, string>();
  readonly #expanded = new Set<string>();

  /** Whether a schema with a name comes for the first time; always, for those without. */
  isNew({ 'x-name': name }: Keywords): boolean {
    if (name === undefined) return true;
    const is_new = !this.#expanded.has(name);
    this.#expanded.add(name);
    return is_new;
  }
}

/** Rows about a named value and all inside it. */
export function rowsOf(name: string, schema: Keywords, told: Told, depth = 0): Row[] {
  const inner = depth < DEPTH_MAX ? memberRows(schema, told, depth + 1) : [];
  return [[`${INDENT.repeat(depth)}${name}`, wordsOf(schema, told)], ...inner];
}

/** Rows about the members of an object, of each kind of object in a union, or of a list's items. */
function memberRows(schema: Keywords, told: Told, depth: number): Row[] {
  if (isToldOnce(schema) || !told.isNew(schema)) return [];
  const { anyOf = [], items, properties = {} } = schema;
  const kinds = anyOf.filter((branch) => branch.properties !== undefined && !isToldOnce(branch));
  const rows = kinds.flatMap((branch): Row[] =>
    // Several kinds of object are told apart by their members.
    kinds.length === 1
      ? memberRows(branch, told, depth)
      : [branchRow(branch, depth), ...memberRows(branch, told, depth + 1)],
  );
  if (items !== undefined && !Array.isArray(items)) {
    rows.push(...memberRows(items as Keywords, told, depth));
  }
  for (const [name, member] of Object.entries(properties)) {
    rows.push(...rowsOf(optional(schema, name), member, told, depth));
  }
  return rows;
}

function branchRow(branch: Keywords, depth: number): Row {
  const names = Object.keys(branch.properties ?? {}).map((name) => optional(branch, name));
  return [`${INDENT.repeat(depth)}{${names.join(', ')}}`, branch.description ?? ''];
}

/** In brackets when it may be left out, as in usage lines. */
function optional({ required = [] }: Keywords, name: string): string {
  return required.includes(name) ? name : `[${name}]`;
}

function wordsOf(schema: Keywords, told: Told): string {
  const { title, description } = schema;
  const choices = choicesOf(schema);
  const sentences: string[] = [];
  if (isToldOnce(schema)) {
    if (description !== undefined) told.notes.set(schema['x-name']!, description);
    sentences.push(expectation(schema));
  } else if (description !== undefined) sentences.push(description);
  else if (title !== undefined || choices.length === 0) sentences.push(expectation(schema));
  if (choices.length > 0) sentences.push(`One of ${choices.join(', ')}.`);
  if (schema.default !== undefined) sentences.push(`Default: ${JSON.stringify(schema.default)}.`);
  return sentences.map((text) => (text.endsWith('.') ? text : `${text}.`)).join(' ');
}

function isToldOnce(schema: Keywords): boolean {
  return TOLD_ONCE.includes(schema['x-name'] ?? '');
}

function choicesOf({ enum: names = [], anyOf = [] }: Keywords): readonly string[] {
  return [...names, ...anyOf.flatMap(choicesOf)];
}
