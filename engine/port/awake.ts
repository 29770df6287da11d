/**
 * Keeps the main thread awake for a moment after it has asked an engine something, or got an
 * answer: its event loop goes round without sleeping, so that neither the answer nor the next
 * request, which a client sends as soon as it has read the reply, has to wake it. As long as
 * something comes, that takes less of the processor than to fall asleep and be woken.
 *
 * It adapts: when for a row of times nothing came within the moment, it is tried only now and then,
 * and when others take the cores (`free-core.ts`), not at all.
 */

import { FreeCore } from './free-core.ts';

/** A moment: some times what waking a thread takes. */
const MOMENT_MS = 0.1;
/** Looks in one turn of the event loop: as long as the turn itself takes, which leaves garbage. */
const LOOKS = 400;
/** Misses in a row after which staying awake is not worth it, and times until it is tried again. */
const MISSES_MAX = 8;
const TIMES_UNTIL_RETRY = 64;

/** Where something may come. */
export interface Looker {
  /** It is looked at from now on, in each turn. */
  begin(): void;
  /** Takes what is there; whether there was something. */
  look(): boolean;
  end(): void;
}

/** What is waited for, and whether that was worth it lately. */
class Hope {
  #misses = 0;
  #skip = 0;

  /** Whether to wait this time. */
  get worth(): boolean {
    if (this.#skip === 0) return true;
    this.#skip -= 1;
    return false;
  }

  hit(): void {
    this.#misses = 0;
  }

  miss(): void {
    this.#misses += 1;
    if (this.#misses < MISSES_MAX) return;
    this.#misses = 0;
    this.#skip = TIMES_UNTIL_RETRY;
  }
}

export class Awake {
  #lookers: Looker[] = [];
  /** Whose turn it is: nobody is left out because another always has something. */
  #next = 0;
  readonly #answers = new Hope();
  readonly #requests = new Hope();
  /** What the present moment waits for. */
  #hope: Hope | undefined;
  #until_ms = 0;
  #isTurning = false;
  readonly #turnNow = () => this.#turn();
  readonly #core: Pick<FreeCore, 'isThere'>;
  readonly #moment_ms: number;

  constructor(core: Pick<FreeCore, 'isThere'> = new FreeCore(), moment_ms = MOMENT_MS) {
    this.#core = core;
    this.#moment_ms = moment_ms;
  }

  /** Something was asked, of which the answer comes to the looker. */
  asked(looker: Looker): void {
    if (this.#hope === this.#requests) this.#requests.hit();
    const now_ms = performance.now();
    if (!this.#core.isThere(now_ms) || !this.#answers.worth) return;
    if (!this.#lookers.includes(looker)) {
      this.#lookers.push(looker);
      looker.begin();
    }
    this.#stay(this.#answers, now_ms);
  }

  /** An answer has come, and the next request may. */
  answered(): void {
    if (this.#hope === this.#answers) this.#answers.hit();
    this.#hope = undefined;
    const now_ms = performance.now();
    if (this.#core.isThere(now_ms) && this.#requests.worth) this.#stay(this.#requests, now_ms);
  }

  forget(looker: Looker): void {
    this.#lookers = this.#lookers.filter((one) => one !== looker);
  }

  #stay(hope: Hope, now_ms: number): void {
    this.#hope = hope;
    this.#until_ms = now_ms + this.#moment_ms;
    if (this.#isTurning) return;
    this.#isTurning = true;
    setImmediate(this.#turnNow);
  }

  #turn(): void {
    this.#look();
    if (performance.now() < this.#until_ms) {
      setImmediate(this.#turnNow);
      return;
    }
    this.#isTurning = false;
    this.#hope?.miss();
    this.#hope = undefined;
    const lookers = this.#lookers;
    this.#lookers = [];
    for (const looker of lookers) looker.end();
  }

  #look(): void {
    const lookers = this.#lookers;
    for (let left = LOOKS; left > 0; left--) {
      this.#next = this.#next + 1 < lookers.length ? this.#next + 1 : 0;
      if (lookers[this.#next]?.look() === true) return;
    }
  }
}
