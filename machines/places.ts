/**
 * The numbers of the connections of one listener, and who of them takes a place. A number is used
 * again after its connection has ended: xstate remembers every event type it ever saw, and a
 * child's id is part of some, so ids must come from a set that does not grow. Changed in place,
 * since a copy would cost as much as there are connections.
 */

/** `guest`: beyond `max_connections`. `freed`: about to end, with nothing more to ask. */
type Kind = 'member' | 'guest' | 'freed';

export class Places {
  readonly #numbers_max: () => number;
  readonly #kinds: (Kind | undefined)[] = [];
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

  /** Connections of any kind. */
  get size(): number {
    return this.#kinds.length - this.#free.length;
  }

  /** Whether there is a number for another one. */
  get roomy(): boolean {
    return this.size < this.#numbers_max();
  }

  /** A number that no connection has; to be asked for only while there is room. */
  take(kind: Kind): number {
    const number = this.#free.pop() ?? this.#kinds.length;
    this.#kinds[number] = kind;
    this.#counts[kind] += 1;
    return number;
  }

  /** The connection no longer takes a place. */
  release(number: number): void {
    this.#become(number, 'freed');
  }

  /** The connection has ended. */
  giveBack(number: number): void {
    if (this.#become(number, undefined)) this.#free.push(number);
  }

  #become(number: number, kind: Kind | undefined): boolean {
    const before = this.#kinds[number];
    if (before === undefined) return false;
    this.#counts[before] -= 1;
    if (kind !== undefined) this.#counts[kind] += 1;
    this.#kinds[number] = kind;
    return true;
  }
}
