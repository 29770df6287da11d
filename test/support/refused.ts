import * as assert from 'uvu/assert';
import { GoxError } from '../../conf/errors.ts';

/** The error of the catalogue that an action ends with; anything else fails the test. */
export function refused(action: () => unknown): GoxError {
  try {
    action();
  } catch (error) {
    if (error instanceof GoxError) return error;
    throw error;
  }
  return assert.unreachable('nothing was refused') ?? new GoxError('GOX_INTERNAL', '');
}
