/**
 * Starts the machines of projects below their supervisor, which takes orders as events: what it
 * started notes itself here, while the order is being carried out.
 */

import type { AnyActorLogic, AnyActorRef } from 'xstate';
import type { ProjectActor, ProjectInput } from '../../machines/project.ts';

export class ProjectBirths {
  #born: ProjectActor | undefined;

  /** The same logic of a project, whose actors note themselves. */
  noted<L extends AnyActorLogic>(logic: L): L {
    const note = (actor: AnyActorRef) => {
      this.#born = actor as unknown as ProjectActor;
    };
    return {
      ...logic,
      start(...[snapshot, scope]: Parameters<NonNullable<L['start']>>) {
        note(scope.self);
        logic.start?.(snapshot, scope);
      },
    };
  }

  /** Nothing when the supervisor is gone, or takes no more. */
  start(supervisor: AnyActorRef | undefined, input: ProjectInput): ProjectActor | undefined {
    this.#born = undefined;
    supervisor?.send({ type: 'dynamic.start', input });
    return this.#born;
  }
}
