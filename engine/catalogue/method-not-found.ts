/** What is said of a method that there is not. */

import { GoxError } from '../../conf/errors.ts';
import { didYouMean } from '../../conf/suggest.ts';
import { METHODS } from './methods.ts';

const NAMES = METHODS.flatMap(({ name, aliases }) => [name, ...aliases]);

/** How much of a name an error repeats; no method's is as long. */
const NAME_LENGTH_MAX = 128;

/** GOX_METHOD_NOT_FOUND. Clients look for its beginning, `Method not found: NAME`. */
export function methodNotFound(name: string): GoxError {
  const shown = name.slice(0, NAME_LENGTH_MAX);
  const message = `Method not found: ${shown}${nearMethod(shown)}`;
  return new GoxError('GOX_METHOD_NOT_FOUND', message);
}

/** `; did you mean …?` with the nearest name of a method, or nothing. */
export function nearMethod(name: string): string {
  return didYouMean(name, NAMES);
}
