/** The requests of a session that wait, in the order in which they came. */

import type { SessionRequest } from './request.ts';

export class WaitingRequests {
  #requests: SessionRequest[] = [];
  /** Those before this place have left. */
  #head = 0;

  get length(): number {
    return this.#requests.length - this.#head;
  }

  get first(): SessionRequest | undefined {
    return this.#requests[this.#head];
  }

  add(request: SessionRequest): void {
    this.#requests.push(request);
  }

  /** The first one leaves. */
  shift(): void {
    this.#head += 1;
    if (this.#head < this.#requests.length) return;
    this.#requests = [];
    this.#head = 0;
  }

  /** Takes out those for which `is` holds. */
  takeOut(is: (request: SessionRequest) => boolean): SessionRequest[] {
    const left: SessionRequest[] = [];
    const out: SessionRequest[] = [];
    for (let at = this.#head; at < this.#requests.length; at++) {
      const request = this.#requests[at]!;
      (is(request) ? out : left).push(request);
    }
    if (out.length > 0) this.#become(left);
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
