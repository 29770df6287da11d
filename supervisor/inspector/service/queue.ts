/** What has happened since it was last told, in order: bounded, whatever goes on. */

import type { AnyEventObject } from 'xstate';
import type { Known } from './living.ts';

export interface Happening {
  readonly order: number;
  readonly known: Known;
  readonly event: AnyEventObject;
  readonly at_ms: number;
  readonly from: string | undefined;
  readonly sampled?: true;
  readonly flow?: string | undefined;
}

/** What is to be told of an actor beside its events: each once. */
export interface Change {
  order: number;
  readonly known: Known;
  at_ms: number;
}

export type Entry =
  | ({ readonly kind: 'event' } & Happening)
  | ({ readonly kind: 'register' | 'state' } & Change);

export class Queue {
  readonly #events_max: number;
  #order = 0;
  /** A ring: the first is overwritten by the one that is too many. */
  #events: Happening[] = [];
  #count = 0;
  /** Shown messages among them, which may not drive out all others. */
  #shown = 0;
  readonly registers = new Map<Known, Change>();
  readonly states = new Map<Known, Change>();

  constructor(events_max: number) {
    this.#events_max = events_max;
  }

  /** True when an older one was dropped for it. */
  event(happening: Omit<Happening, 'order'>): boolean {
    const at = this.#count++ % this.#events_max;
    const full = this.#events[at] !== undefined;
    this.#events[at] = { ...happening, order: this.#order++ };
    return full;
  }

  /** False when there are too many. */
  show(happening: Omit<Happening, 'order'>): boolean {
    if (this.#shown >= this.#events_max / 2) return false;
    this.#shown++;
    this.event(happening);
    return true;
  }

  register(known: Known, at_ms: number): void {
    this.registers.set(known, { order: this.#order++, known, at_ms });
  }

  /** True when an earlier state of it was not told. */
  state(known: Known, at_ms: number): boolean {
    const earlier = this.states.get(known);
    if (earlier === undefined) {
      this.states.set(known, { order: this.#order++, known, at_ms });
      return false;
    }
    earlier.order = this.#order++;
    earlier.at_ms = at_ms;
    return true;
  }

  /** Of an actor that is gone. */
  forget(known: Known): void {
    this.registers.delete(known);
    this.states.delete(known);
  }

  /** Those that are told with it are taken out: the others stay until they are. */
  get changes(): Entry[] {
    return [
      ...Array.from(this.registers.values(), (change): Entry => ({ ...change, kind: 'register' })),
      ...Array.from(this.states.values(), (change): Entry => ({ ...change, kind: 'state' })),
    ];
  }

  /** Takes out all events, the oldest first. */
  takeEvents(): Entry[] {
    const at = this.#count % this.#events_max;
    const events = [...this.#events.slice(at), ...this.#events.slice(0, at)];
    this.#events = [];
    this.#count = 0;
    this.#shown = 0;
    return events.map((event) => ({ ...event, kind: 'event' }));
  }

  /** Those of the events that there was no time for, the oldest first. */
  putBack(events: readonly Entry[]): void {
    this.#events = events.filter((entry) => entry.kind === 'event');
    this.#count = this.#events.length;
    this.#shown = this.#events.filter(({ sampled }) => sampled).length;
  }

  clear(): void {
    this.takeEvents();
    this.registers.clear();
    this.states.clear();
  }
}
