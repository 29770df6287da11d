/** A directory of projects whose machines have no supervisor. */

import { createActor } from 'xstate';
import { Projects } from '../../actors/engines/projects.ts';
import { type ProjectActor, type ProjectInput, projectMachine } from '../../machines/project.ts';

/** @param born is told of each machine */
export function testProjects(
  engines: number,
  limit: number,
  born: (actor: ProjectActor) => void = () => {},
): Projects {
  return new Projects(engines, { limits: { projects_max: limit } }, (input: ProjectInput) => {
    const actor = createActor(projectMachine, { input }).start();
    born(actor);
    return actor;
  });
}

/** No thread can make those of an engine anew. */
export function loseAll(projects: Projects, engine: number): void {
  for (const project of [...projects.of(engine)]) projects.lose(project, 'killed');
}
