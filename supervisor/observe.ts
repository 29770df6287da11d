/** The hooks of a daemon as a stream of rxjs, for those who have it in their own process. */

import { Observable, type Observer, type Operator, Subscriber, type Subscription } from 'rxjs';
import type { HookEvent, Hooks } from '../actors/hooks.ts';

/**
 * All that happens from when it is subscribed to until that is ended; it never ends by itself. A
 * subscriber that throws harms nobody: that is reported as of other hooks, and the stream goes on.
 */
export function observed(hooks: Hooks): Observable<HookEvent> {
  return new Harmless(hooks.defect, (subscriber) => hooks.add((event) => subscriber.next(event)));
}

/**
 * rxjs throws again what a subscriber has thrown, a moment later, where nobody can catch it, and so
 * the process would end by it. What is made of this by operators catches it as well.
 */
class Harmless<T> extends Observable<T> {
  readonly #onDefect: (error: unknown) => void;

  constructor(
    onDefect: (error: unknown) => void,
    begin?: (subscriber: Subscriber<T>) => (() => void) | undefined,
  ) {
    super(begin);
    this.#onDefect = onDefect;
  }

  override lift<R>(operator?: Operator<T, R>): Observable<R> {
    const lifted = new Harmless<R>(this.#onDefect);
    lifted.source = this;
    lifted.operator = operator as Operator<unknown, R> | undefined;
    return lifted;
  }

  override subscribe(
    observer?: Partial<Observer<T>> | ((value: T) => void) | null,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription {
    // One of an operator, which passes errors on.
    if (observer instanceof Subscriber) return super.subscribe(observer);
    const given =
      typeof observer === 'function' || !observer
        ? {
            next: observer ?? undefined,
            error: error ?? undefined,
            complete: complete ?? undefined,
          }
        : observer;
    return super.subscribe({
      next: (value) => this.#attempt(() => given.next?.(value)),
      error: (reason: unknown) =>
        given.error === undefined
          ? this.#onDefect(reason)
          : this.#attempt(() => given.error?.(reason)),
      complete: () => this.#attempt(() => given.complete?.()),
    });
  }

  #attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#onDefect(error);
    }
  }
}
