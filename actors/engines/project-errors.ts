/** What is answered for projects that are not there. */

import { GoxError } from '../../conf/errors.ts';
import type { Project } from './project.ts';

export function lostError({ name, reason: known }: Project, reason = known): GoxError {
  const text = `The project "${name}" was lost with its engine: ${reason}`;
  return new GoxError('GOX_PROJECT_LOST', text, { project: name });
}

/** @param titled and `other` have the name as a title */
export function notFound(name: string, titled?: Project, other?: Project): GoxError {
  const hint =
    titled !== undefined && other !== undefined
      ? `; several have this title, among them "${titled.name}" and "${other.name}"`
      : '';
  const message = `There is no project named "${name}"${hint}.`;
  return new GoxError('GOX_PROJECT_NOT_FOUND', message, { project: name });
}
