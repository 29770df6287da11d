/**
 * Stand-ins for the effects that a machine spawns. A machine knows an effect by name and by the
 * events it takes; the code behind it is provided where the daemon is put together. Starting a
 * machine without providing it is a defect, said at once.
 */

import { type AnyActorRef, type CallbackActorLogic, type EventObject, fromCallback } from 'xstate';

/** The type of an effect: takes events `E`, was started with `I`. */
export type Effect<E extends EventObject, I> = CallbackActorLogic<E, I>;

/** What an effect that has work says of it, while somebody looks (`actors/watch.ts`). */
export type WorkEvent = { type: 'work.begun' } | { type: 'work.ended' };

/** What `tell` needs of `enqueueActions`. */
interface Teller {
  readonly self: AnyActorRef;
  readonly enqueue: { sendTo(child: AnyActorRef, event: EventObject): void };
}

/**
 * Sends to a child if it is there; for `enqueueActions`, where xstate's own `sendTo` throws when
 * the child has failed and was dropped. A child that was started by the same transition is not
 * there yet.
 */
export function tell<E extends EventObject>({ self, enqueue }: Teller, id: string, event: E) {
  const child: AnyActorRef | undefined = self.getSnapshot().children[id];
  if (child !== undefined) enqueue.sendTo(child, event);
}

/** A place for the effect called `name`, to be filled by `machine.provide`. */
export function effect<E extends EventObject, I>(name: string): Effect<E, I> {
  return fromCallback<E, I>(() => {
    throw new Error(`the effect '${name}' was not provided to its machine`);
  });
}
