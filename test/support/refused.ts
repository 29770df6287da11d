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

/** The result of an action that must not be refused; the test fails with what it says otherwise. */
export function taken<T>(action: () => T, what: string): T {
  try {
    return action();
  } catch (error) {
    // uvu cannot show an error whose details are an object.
    throw new Error(`${what}: ${(error as Error).message}`);
  }
}
