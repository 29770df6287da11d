/** Numbers that look random and are the same for the same key, so that one case can be repeated. */

import { randomNumbers } from '../support/volumes.ts';

export class Random {
  readonly #next: () => number;

  /** The key's parts tell one stream of numbers from another. */
  constructor(...key: readonly (string | number)[]) {
    // FNV-1a over the key.
    let hash = 0x811c_9dc5;
    for (const byte of Buffer.from(key.join('\0'))) {
      hash = Math.imul(hash ^ byte, 0x0100_0193);
    }
    this.#next = randomNumbers(hash);
  }

  /** A whole number from 0 up to before `end`. */
  below(end: number): number {
    return Math.floor(this.#next() * end);
  }

  /** A whole number up to before `end`, small ones much more often than large ones. */
  small(end: number): number {
    return Math.floor(this.#next() ** 3 * end);
  }

  chance(probability: number): boolean {
    return this.#next() < probability;
  }

  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new Error('nothing to pick from');
    return list[this.below(list.length)]!;
  }
}
