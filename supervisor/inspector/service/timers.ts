/** The timers of actors. They are sought once for all actors that are told of together. */

import type { AnyActorRef } from 'xstate';
import { type ScheduledEvent, timersOf } from './shapes.ts';

export class Timers {
  readonly #bySystem = new Map<object, Map<AnyActorRef, ScheduledEvent[]>>();

  of(actor: AnyActorRef): readonly ScheduledEvent[] {
    let byActor = this.#bySystem.get(actor.system);
    if (byActor === undefined) {
      byActor = new Map();
      const timers = timersOf(actor);
      for (const name in timers) {
        const timer = timers[name];
        if (timer === undefined) continue;
        const others = byActor.get(timer.source);
        if (others === undefined) byActor.set(timer.source, [timer]);
        else others.push(timer);
      }
      this.#bySystem.set(actor.system, byActor);
    }
    return byActor.get(actor) ?? [];
  }

  /** They change with everything that happens. */
  forget(): void {
    this.#bySystem.clear();
  }
}
