/** The requests of a session that wait, in the order in which they came. */

import type { SessionRequest } from './request.ts';

/** Requests that have left and are held, until there are as many as wait. */
const HELD_MAX = 64;

export class WaitingRequests {
  #requests: SessionRequest[] = [];
  /** Those before this place have left. */
  #head = 0;

  get length(): number {
    return this.#requests.length - this.#head;
  }

  /** Those that are held, some that have left among them. */
  get held(): number {
    return this.#requests.length;
  }

  get first(): SessionRequest | undefined {
    return this.#requests[this.#head];
  }

  /** So many at the most, those that came first. */
  oldest(most: number): readonly SessionRequest[] {
    return this.#requests.slice(this.#head, this.#head + most);
  }

  add(request: SessionRequest): void {
    this.#requests.push(request);
  }

  /** The first one leaves. */
  shift(): void {
    this.#head += 1;
    // What has left must not be held, nor copied again and again.
    if (this.#head >= HELD_MAX && 2 * this.#head >= this.#requests.length) {
      this.#become(this.#requests.slice(this.#head));
    } else if (this.#head === this.#requests.length) this.#become([]);
  }

  /** Takes out those for which `is` holds. */
  takeOut(is: (request: SessionRequest) => boolean): SessionRequest[] {
    // Nearly always for one, or for none.
    const first = this.#requests.findIndex((request, at) => at >= this.#head && is(request));
    if (first < 0) return [];
    const left: SessionRequest[] = [];
    const out: SessionRequest[] = [];
    for (let at = this.#head; at < this.#requests.length; at++) {
      const request = this.#requests[at]!;
      (at >= first && is(request) ? out : left).push(request);
    }
    this.#become(left);
    return out;
  }

  /** Some come again, before all that wait. */
  putBack(requests: readonly SessionRequest[]): void {
    this.#become([...requests, ...this.#requests.slice(this.#head)]);
  }

  #become(requests: SessionRequest[]): void {
    this.#requests = requests;
    this.#head = 0;
  }
}
