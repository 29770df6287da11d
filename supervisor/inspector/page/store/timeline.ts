/**
 * Snapshots that actors had, to step back through. Bounded for each actor and in all: the oldest
 * go, and are counted.
 */

import type { Delay, Transition } from '../../protocol.ts';
import type { HeardState } from './messages.ts';
import { Ring } from './ring.ts';

export interface Shot {
  /** Rises with time, over all actors. */
  readonly number: number;
  readonly at_ms: number;
  readonly state: HeardState;
  /** What was done to get there; none for the first that was heard. */
  readonly transitions: readonly Transition[];
  readonly delays: readonly Delay[];
  readonly bytes: number;
}

export interface TimelineLimits {
  readonly shots_max: number;
  readonly actor_bytes_max: number;
  readonly all_bytes_max: number;
}

/** An actor's snapshots fit on a slider; some thousand actors fit into the memory of a page. */
const TIMELINE_LIMITS: TimelineLimits = {
  shots_max: 400,
  actor_bytes_max: 4 << 20,
  all_bytes_max: 64 << 20,
};

export class Timeline {
  readonly #limits: TimelineLimits;
  readonly #shots = new Map<string, Ring<Shot>>();
  /** Whose turn it is to lose its oldest, in the order of numbers; some of them are gone. */
  #order: { session: string; number: number }[] = [];
  #order_start = 0;
  #bytes = 0;
  #count = 0;
  #dropped = 0;

  constructor(limits: TimelineLimits = TIMELINE_LIMITS) {
    this.#limits = limits;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get count(): number {
    return this.#count;
  }

  /** For want of room, over all actors. */
  get dropped(): number {
    return this.#dropped;
  }

  add(session: string, shot: Shot): void {
    let ring = this.#shots.get(session);
    if (ring === undefined) {
      ring = new Ring<Shot>(this.#limits.shots_max, this.#limits.actor_bytes_max);
      this.#shots.set(session, ring);
    }
    const before = ring.length;
    this.#bytes += shot.bytes - ring.push(shot);
    const went = before + 1 - ring.length;
    this.#count += 1 - went;
    this.#dropped += went;
    this.#order.push({ session, number: shot.number });
    this.#makeRoom();
  }

  /** The oldest first. */
  of(session: string): Ring<Shot> | undefined {
    return this.#shots.get(session);
  }

  forget(session: string): void {
    const ring = this.#shots.get(session);
    if (ring === undefined) return;
    this.#bytes -= ring.bytes;
    this.#count -= ring.length;
    this.#shots.delete(session);
  }

  #makeRoom(): void {
    while (this.#bytes > this.#limits.all_bytes_max && this.#order_start < this.#order.length - 1) {
      const oldest = this.#order[this.#order_start++];
      const ring = oldest && this.#shots.get(oldest.session);
      if (ring === undefined || ring.first()?.number !== oldest?.number) continue;
      this.#bytes -= ring.drop();
      this.#count -= 1;
      this.#dropped += 1;
    }
    // Turns of shots that are gone take room too.
    if (this.#order.length <= 2 * this.#count + 1024) return;
    this.#order = this.#order
      .slice(this.#order_start)
      .filter(
        ({ session, number }) => number >= (this.#shots.get(session)?.first()?.number ?? Infinity),
      );
    this.#order_start = 0;
  }
}
