/** One place decides that parameters have no members but those that their schema names. */

import type { TSchema } from 'typebox';

/** Parts that several methods share are closed once, and stay shared. */
const CLOSED = new WeakMap<object, unknown>();

/**
 * The schema with `additionalProperties: false` in every object that does not say otherwise, so
 * that a name nobody reads is an error and not silence.
 */
export function closed<S extends TSchema>(schema: S): S {
  return copy(schema) as S;
}

function copy(part: unknown): unknown {
  if (typeof part !== 'object' || part === null) return part;
  let made = CLOSED.get(part);
  if (made === undefined) {
    made = Array.isArray(part) ? part.map(copy) : closedObject(part);
    CLOSED.set(part, made);
  }
  return made;
}

function closedObject(part: object): Record<string, unknown> {
  const made = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, copy(value)]));
  // An object of any members says so.
  if (made.type === 'object' && made.properties !== undefined) made.additionalProperties ??= false;
  return made;
}
