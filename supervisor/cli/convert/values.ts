/** Whether the values of options are such as their schemas admit. */

import type { Keywords } from '../../../conf/check.ts';
import { expectation } from '../../../conf/expectation.ts';
import { didYouMean } from '../../../conf/suggest.ts';
import type { GivenValue } from '../catalogued.ts';
import { CliError, EXIT } from '../exit-codes.ts';

/**
 * Throws CliError (EX_USAGE). A few values are not worth the loading of what compiles schemas to
 * checks.
 */
export function requireValue({ flag, schema, value }: GivenValue): void {
  if (fits(schema, value)) return;
  const shown = typeof value === 'string' ? JSON.stringify(value) : String(value);
  const near = typeof value === 'string' ? didYouMean(value, schema.enum ?? []) : '';
  const help = '(see goxel-supervisor convert --help)';
  throw new CliError(
    EXIT.USAGE,
    `${flag}: expected ${expectation(schema)}, got ${shown}${near} ${help}`,
  );
}

/** By the keywords that the options of the catalogue are written with. */
function fits(schema: Keywords, value: unknown): boolean {
  const { type, anyOf, enum: names, items, minItems = 0, maxItems = Infinity } = schema;
  if (anyOf !== undefined) return anyOf.some((branch) => fits(branch, value));
  if (names !== undefined) return names.some((name) => name === value);
  if (type === 'integer' || type === 'number') return isNumber(schema, value);
  if (type === 'string') return isText(schema, value);
  if (type !== 'array' || !Array.isArray(value)) return false;
  if (Array.isArray(items)) {
    return value.length === items.length && value.every((item, at) => fits(items[at]!, item));
  }
  if (value.length < minItems || value.length > maxItems) return false;
  return value.every((item) => fits(items as Keywords, item));
}

function isNumber({ type, minimum, exclusiveMinimum, maximum }: Keywords, value: unknown): boolean {
  if (typeof value !== 'number' || !Number.isFinite(value)) return false;
  if (type === 'integer' && !Number.isInteger(value)) return false;
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) return false;
  return value >= (minimum ?? value) && value <= (maximum ?? value);
}

function isText({ pattern, minLength = 0, maxLength = Infinity }: Keywords, value: unknown) {
  if (typeof value !== 'string') return false;
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) return false;
  return value.length >= minLength && value.length <= maxLength;
}
