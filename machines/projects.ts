/**
 * The supervisor of projects: dynamic children of the library, each there until it is closed. None
 * is started again, since what was in it is gone with it.
 */

import type { AnyActorLogic } from 'xstate';
import { projectMachine } from './project.ts';
import { type DynamicSpec, dynamic } from './supervision/index.ts';

/** @param projects_max how many may be open; as many more may be remembered as lost */
export function projectsSpec(projects_max: number): DynamicSpec {
  return {
    template: { name: 'project', logic: 'project', restart: 'temporary', shutdown: 'kill' },
    // One that is being made may stand beside the lost one of its name.
    children_max: 2 * projects_max + 1,
  };
}

/**
 * @param logic of a project: its machine, with what looks at it
 * @param wrap is applied to what is between the supervisor and the projects
 */
export function projectsLogic(
  now_ms: () => number,
  logic = projectMachine,
  wrap = (pool: AnyActorLogic) => pool,
) {
  return dynamic({ logics: { project: logic }, now_ms, wrap });
}
