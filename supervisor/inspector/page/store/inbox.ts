/**
 * Messages between their arrival and the next frame, and all while the page is paused. Bounded:
 * when there are too many, events go first, then snapshots that are not an actor's last, and what
 * went is counted. Who is there and who is gone is never lost.
 */

import type { Letter } from './messages.ts';

export interface Missed {
  events: number;
  states: number;
}

const LETTERS_MAX = 20_000;
const CHARACTERS_MAX = 24 << 20;

export class Inbox {
  readonly missed: Missed = { events: 0, states: 0 };
  readonly #letters_max: number;
  readonly #characters_max: number;
  #letters: Letter[] = [];
  #characters = 0;

  constructor(letters_max: number = LETTERS_MAX, characters_max: number = CHARACTERS_MAX) {
    this.#letters_max = letters_max;
    this.#characters_max = characters_max;
  }

  get length(): number {
    return this.#letters.length;
  }

  put(letter: Letter): void {
    this.#letters.push(letter);
    this.#characters += letter.size;
    const full =
      this.#letters.length > this.#letters_max || this.#characters > this.#characters_max;
    if (full) this.#thin();
  }

  /** All, in the order in which they came. */
  takeAll(): Letter[] {
    const letters = this.#letters;
    this.#letters = [];
    this.#characters = 0;
    return letters;
  }

  /** To half of what it may hold, as far as that goes. */
  #thin(): void {
    const kept: Letter[] = [];
    const stated = new Set<string>();
    let characters = 0;
    for (const letter of this.#letters.reverse()) {
      const { message, size } = letter;
      const room =
        kept.length < this.#letters_max / 2 && characters + size < this.#characters_max / 2;
      if (message.type === 'service.event' && !room) {
        this.missed.events += 1;
        continue;
      }
      if (message.type === 'service.state') {
        if (!room && stated.has(message.sessionId)) {
          this.missed.states += 1;
          continue;
        }
        stated.add(message.sessionId);
      }
      if (message.type === 'service.vitals' && !room) continue;
      kept.push(letter);
      characters += size;
    }
    this.#letters = kept.reverse();
    this.#characters = characters;
  }
}
