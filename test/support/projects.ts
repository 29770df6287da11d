/** A directory of projects whose machines have no supervisor. */

import { createActor } from 'xstate';
import { Projects } from '../../actors/engines/projects.ts';
import { Quarantine } from '../../actors/engines/quarantine.ts';
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

/** Without files. */
export function testQuarantine(clock: { now_ms(): number }): Quarantine {
  return new Quarantine({ clock, log: { error() {} }, directory: () => undefined });
}

/** No thread can make those of an engine anew. */
export function loseAll(projects: Projects, engine: number): void {
  for (const project of [...projects.of(engine)]) projects.lose(project, 'killed');
}
