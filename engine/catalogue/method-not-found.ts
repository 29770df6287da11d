/** What is said of a method that there is not. */

import { GoxError } from '../../conf/errors.ts';
import { closest } from '../../conf/suggest.ts';
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
  const near = closestMethod(name);
  return near === undefined ? '' : `; did you mean ${near}?`;
}

/** What stands in front of the dot is no likeness: all of `goxel.` would be near to each other. */
function closestMethod(name: string): string | undefined {
  const room = name.slice(0, name.indexOf('.') + 1);
  const inside = NAMES.filter((known) => known.startsWith(room));
  if (room === '' || inside.length === 0) return closest(name, NAMES);
  const rest = closest(
    name.slice(room.length),
    inside.map((known) => known.slice(room.length)),
  );
  return rest === undefined ? undefined : room + rest;
}
