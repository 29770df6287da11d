/** Which branch of a union a value was meant for. */

import type { Keywords } from '../../conf/check.ts';

const BRANCHES = new WeakMap<Keywords, readonly Keywords[]>();

/** The branches of a union and of the unions in it; a schema that is none is its own branch. */
export function branchesOf(schema: Keywords): readonly Keywords[] {
  let branches = BRANCHES.get(schema);
  if (branches === undefined) {
    branches = schema.anyOf === undefined ? [schema] : schema.anyOf.flatMap(branchesOf);
    BRANCHES.set(schema, branches);
  }
  return branches;
}

/** The kind of a value that holds others. */
export function containerOf(value: unknown): 'array' | 'object' | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return Array.isArray(value) ? 'array' : 'object';
}

/**
 * The branch that an array or object was meant for: the only one of its kind, or the one that
 * knows most of its members and misses fewest. Undefined when several do alike.
 */
export function meantFor(branches: readonly Keywords[], value: unknown): Keywords | undefined {
  const container = containerOf(value);
  const candidates = branches.filter(({ type }) => type === container);
  if (candidates.length <= 1) return candidates[0];
  if (container !== 'object') return undefined;
  const names = Object.keys(value as object);
  const ranked = candidates
    .map((branch) => ({ branch, fit: fit(branch, names) }))
    .sort((a, b) => b.fit - a.fit);
  const [best, second] = ranked;
  return best!.fit > second!.fit && best!.fit > 0 ? best!.branch : undefined;
}

/** Members that are known count most; of branches that know as many, fewer missing ones win. */
function fit(branch: Keywords, names: readonly string[]): number {
  const { properties = {}, required = [], 'x-spellings': spellings = {} } = branch;
  const given = names.map((name) => (Object.hasOwn(spellings, name) ? spellings[name]! : name));
  const known = given.filter((name) => Object.hasOwn(properties, name)).length;
  const missing = required.filter((name) => !given.includes(name)).length;
  return known - missing / (required.length + 1);
}
