/** Says in words what a schema admits. */

import type { Keywords } from './check.ts';

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
