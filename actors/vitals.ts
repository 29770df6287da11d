/**
 * What the tree dump shows of an actor beside its state: when it started, and the figures that it
 * chooses to report. Kept beside the actors, in weak maps, since xstate's own inspection would cost
 * something at every event.
 */

import type { AnyActorLogic, AnyActorRef } from 'xstate';

const births = new WeakMap<AnyActorRef, number>();
const figures = new WeakMap<AnyActorRef, () => Figures>();

/** Counts of one actor at this moment, such as requests in flight. */
export type Figures = Readonly<Record<string, number | string>>;

/** The same logic, whose actors have their start noted. */
export function withVitals<L extends AnyActorLogic>(logic: L): L {
  return {
    ...logic,
    start(...[snapshot, scope]: Parameters<NonNullable<L['start']>>) {
      births.set(scope.self, performance.now());
      logic.start?.(snapshot, scope);
    },
  };
}

/** Has `read` called whenever somebody looks at the actor. */
export function reportFigures(actor: AnyActorRef, read: () => Figures): void {
  figures.set(actor, read);
}

/** Milliseconds since the actor started, or undefined when its start was not noted. */
export function ageOf(actor: AnyActorRef): number | undefined {
  const born = births.get(actor);
  return born === undefined ? undefined : performance.now() - born;
}

export function figuresOf(actor: AnyActorRef): Figures | undefined {
  return figures.get(actor)?.();
}
