/**
 * Stand-ins for the effects that a machine spawns. A machine knows an effect by name and by the
 * events it takes; the code behind it is provided where the daemon is put together. Starting a
 * machine without providing it is a defect, said at once.
 */

import { type CallbackActorLogic, type EventObject, fromCallback } from 'xstate';

/** The type of an effect: takes events `E`, was started with `I`. */
export type Effect<E extends EventObject, I> = CallbackActorLogic<E, I>;

/** A place for the effect called `name`, to be filled by `machine.provide`. */
export function effect<E extends EventObject, I>(name: string): Effect<E, I> {
  return fromCallback<E, I>(() => {
    throw new Error(`the effect '${name}' was not provided to its machine`);
  });
}
