/**
 * The numbers of the connections of all listeners, and who of them takes a place. A number is used
 * again after its connection has ended: xstate remembers every event type it ever saw, and a
 * child's id is part of some, so ids must come from a set that does not grow. Changed in place,
 * since a copy would cost as much as there are connections.
 */

/** `guest`: beyond `max_connections`. `freed`: about to end, with nothing more to ask. */
type Kind = 'member' | 'guest' | 'freed';

interface Taken {
  kind: Kind;
  readonly owner: string;
}

/** All connections there are. */
export class Crowd {
  readonly #numbers_max: () => number;
  readonly #taken: (Taken | undefined)[] = [];
  readonly #free: number[] = [];
  readonly #counts: Record<Kind, number> = { member: 0, guest: 0, freed: 0 };

  /** @param numbers_max how many connections there may be at this moment, of any kind */
  constructor(numbers_max: () => number) {
    this.#numbers_max = numbers_max;
  }

  get members(): number {
    return this.#counts.member;
  }

  get guests(): number {
    return this.#counts.guest;
  }

  /** Whether there is a number for another one. */
  get roomy(): boolean {
    return this.#taken.length - this.#free.length < this.#numbers_max();
  }

  take(kind: Kind, owner: string): number {
    const number = this.#free.pop() ?? this.#taken.length;
    this.#taken[number] = { kind, owner };
    this.#counts[kind] += 1;
    return number;
  }

  release(number: number): void {
    const taken = this.#taken[number];
    if (taken === undefined) return;
    this.#counts[taken.kind] -= 1;
    this.#counts.freed += 1;
    taken.kind = 'freed';
  }

  /** False when it is not one of the owner's. */
  giveBack(number: number, owner: string): boolean {
    const taken = this.#taken[number];
    if (taken?.owner !== owner) return false;
    this.#counts[taken.kind] -= 1;
    this.#taken[number] = undefined;
    this.#free.push(number);
    return true;
  }

  /** Nothing of the owner's is there any more. */
  forget(owner: string): void {
    for (const number of this.#taken.keys()) this.giveBack(number, owner);
  }
}

/** What one listener has of them. One that is started again begins with none. */
export class Places {
  readonly #crowd: Crowd;
  readonly #owner: string;
  #size = 0;

  constructor(crowd: Crowd, owner: string) {
    crowd.forget(owner);
    this.#crowd = crowd;
    this.#owner = owner;
  }

  /** Of all listeners. */
  get members(): number {
    return this.#crowd.members;
  }

  /** Of all listeners. */
  get guests(): number {
    return this.#crowd.guests;
  }

  /** Connections of this listener, of any kind. */
  get size(): number {
    return this.#size;
  }

  /** Whether there is a number for another one. */
  get roomy(): boolean {
    return this.#crowd.roomy;
  }

  /** A number that no connection has; to be asked for only while there is room. */
  take(kind: Kind): number {
    this.#size += 1;
    return this.#crowd.take(kind, this.#owner);
  }

  /** A connection, of whichever listener, no longer takes a place. */
  release(number: number): void {
    this.#crowd.release(number);
  }

  /** A connection of this listener has ended. */
  giveBack(number: number): void {
    if (this.#crowd.giveBack(number, this.#owner)) this.#size -= 1;
  }
}
