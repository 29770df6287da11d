/**
 * Finds the place where a value and its schema part, and words for it. typebox's own `Errors` is
 * not used: it walks the whole value uncompiled, which takes 9 s for a list of a million voxels
 * (measured), and does not say which branch of a union was meant.
 */

import { admits, type Keywords } from '../../conf/check.ts';
import { expectation } from '../../conf/expectation.ts';
import { closest, didYouMean } from '../../conf/suggest.ts';
import { cut, sketch } from './sketch.ts';
import { branchesOf, containerOf, meantFor } from './union.ts';

/** The innermost place where a value and its schema part. */
export interface Fault {
  /** Such as `.voxels[3].x`; empty for the value itself. */
  readonly path: string;
  readonly schema: Keywords;
  /** `undefined` when a member that is required is not there. */
  readonly value: unknown;
  /** What is wrong, where it is not that something else was expected. */
  readonly problem?: string;
}

type Members = Readonly<Record<string, unknown>>;

/** The first fault of a value, or undefined when the schema admits it. */
export function fault(schema: Keywords, value: unknown): Fault | undefined {
  if (admits(schema, value)) return undefined;
  return innerFault(schema, value) ?? { path: '', schema, value };
}

/** `x.y: expected …, got …`, where `root` is what the value is called. */
export function faultMessage(root: string, { path, schema, value, problem }: Fault): string {
  if (problem !== undefined) return `${root}${path}: ${problem}`;
  const expected = `expected ${expectation(schema)}, got ${sketch(value)}`;
  return `${root}${path}: ${expected}${nearestChoice(schema, value)}`;
}

/** The name that a wrong one may stand for; all names that there are, if the words lack them. */
function nearestChoice(schema: Keywords, value: unknown): string {
  if (typeof value !== 'string') return '';
  const choices = branchesOf(schema).flatMap((branch) => branch.enum ?? []);
  const near = didYouMean(value, choices);
  if (near !== '' || schema.title === undefined || choices.length === 0) return near;
  return `; the names are ${choices.join(', ')}`;
}

/** The fault of a member or an item, where the value has the type for it. */
function innerFault(schema: Keywords, value: unknown): Fault | undefined {
  if (schema.anyOf !== undefined) {
    const branches = branchesOf(schema).filter(({ type }) => type === containerOf(value));
    const meant = meantFor(branches, value);
    if (meant !== undefined) return innerFault(meant, value);
    const isRecord = containerOf(value) === 'object' && branches.length > 0;
    return isRecord ? unknownFault(branches, value as Members) : undefined;
  }
  if (Array.isArray(value)) return schema.items && itemFault(schema.items, value);
  if (schema.properties === undefined || typeof value !== 'object' || value === null) {
    return undefined;
  }
  // A name that nobody knows is often that of a member which is then missed, so it comes first.
  const members = value as Members;
  return unknownFault([schema], members) ?? memberFault(schema, schema.properties, members);
}

/** The fault of a name that none of these schemas of an object has, if all are closed. */
function unknownFault(schemas: readonly Keywords[], value: Members): Fault | undefined {
  if (schemas.some(({ additionalProperties }) => additionalProperties !== false)) return undefined;
  const known = new Set(schemas.flatMap(({ properties = {} }) => Object.keys(properties)));
  const unknown = Object.keys(value).find((name) => !known.has(name));
  if (unknown === undefined) return undefined;
  const spellings: Record<string, string> = Object.assign(
    {},
    ...schemas.map((schema) => schema['x-spellings'] ?? {}),
  );
  const problem = unknownName(unknown, [...known], spellings);
  return { path: step(unknown), schema: {}, value: value[unknown], problem };
}

/** So many names can be taken in at a glance. */
const NAMES_SHOWN_MAX = 16;

function unknownName(
  name: string,
  known: readonly string[],
  spellings: Readonly<Record<string, string>>,
): string {
  if (Object.hasOwn(spellings, name)) {
    return `another name of ${spellings[name]}, which is given as well`;
  }
  const near = closest(name, [...known, ...Object.keys(spellings)]) ?? sameFirstWord(name, known);
  if (near !== undefined) {
    const usual = Object.hasOwn(spellings, near) ? spellings[near] : near;
    return `unknown parameter; did you mean ${usual}?`;
  }
  if (known.length === 0) return 'unknown parameter; there are none';
  const others = known.length > NAMES_SHOWN_MAX ? ', …' : '';
  return `unknown parameter; there are ${known.slice(0, NAMES_SHOWN_MAX).join(', ')}${others}`;
}

/** `layer_name` is nearer to `layer_id` than the letters tell. */
function sameFirstWord(name: string, known: readonly string[]): string | undefined {
  const end = name.indexOf('_');
  return end < 1 ? undefined : known.find((other) => other.startsWith(name.slice(0, end + 1)));
}

function memberFault(
  { required = [] }: Keywords,
  properties: Readonly<Record<string, Keywords>>,
  value: Members,
): Fault | undefined {
  for (const [name, schema] of Object.entries(properties)) {
    const member = value[name];
    if (member === undefined && !required.includes(name)) continue;
    const found = fault(schema, member);
    if (found !== undefined) return { ...found, path: `${step(name)}${found.path}` };
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

/** One step of a path; a name that is no plain word is quoted. */
function step(name: string): string {
  const shown = cut(name);
  return /^\w+\u2026?$/.test(shown) ? `.${shown}` : `[${JSON.stringify(shown)}]`;
}
