/**
 * Which threads of jobs there are, whether they can be had at this moment or not. They come and go
 * while the daemon runs. One that is to go retires: it is given no part any more, and is free when
 * the one that it has is done.
 */

/** Kinds that take seconds at most, and that clients wait for before they go on. */
const QUICK_KINDS: readonly string[] = ['save', 'load', 'inquiry'];

/** In the place of what was called; the thread still retires. */
const SAID = () => {};

interface Place {
  /** Whether it takes the quick kinds only. */
  readonly quick: boolean;
  /** To be called when it has no part any more, while it retires. */
  free: (() => void) | undefined;
  /** Died too often, and is left alone for a while. */
  resting: boolean;
}

/** How a thread is used. */
export interface ThreadUse {
  readonly thread: number;
  readonly quick: boolean;
  readonly retiring: boolean;
}

export class JobThreads {
  /** By their numbers. */
  readonly #places = new Map<number, Place>();

  /** @param count how many there are at first, of which the first `long` take any kind */
  constructor(count: number, long: number) {
    for (let thread = 0; thread < count; thread += 1) {
      this.#places.set(thread, newPlace(thread >= long));
    }
  }

  get all(): readonly ThreadUse[] {
    return [...this.#places].map(([thread, { quick, free }]) => ({
      ...{ thread, quick, retiring: free !== undefined },
    }));
  }

  /** There is to be one more, which takes any kind. */
  add(thread: number): void {
    this.#places.set(thread, newPlace(false));
  }

  /** One is gone for good. */
  remove(thread: number): void {
    this.#places.delete(thread);
  }

  /** @param free see `PartScheduler.retire` */
  retire(thread: number, free: () => void): void {
    const place = this.#places.get(thread);
    if (place !== undefined) place.free = free;
  }

  takeBack(thread: number): void {
    const place = this.#places.get(thread);
    if (place !== undefined) place.free = undefined;
  }

  retires(thread: number): boolean {
    return this.#places.get(thread)?.free !== undefined;
  }

  /** Calls what waits for a thread that retires, unless it has a part; never at once. */
  sayFree(thread: number, isBusy: () => boolean): void {
    const place = this.#places.get(thread);
    const free = place?.free;
    if (place === undefined || free === undefined) return;
    setImmediate(() => {
      if (place.free !== free || isBusy()) return;
      place.free = SAID;
      free();
    });
  }

  /** It is not to be had for some time, or is there again. */
  rest(thread: number, resting: boolean): void {
    const place = this.#places.get(thread);
    if (place !== undefined) place.resting = resting;
  }

  isQuick(thread: number): boolean {
    return this.#places.get(thread)?.quick === true;
  }

  /** Whether all that take the kind are left alone for now. */
  isHopeless(kind: string): boolean {
    const quick = isQuickKind(kind);
    for (const place of this.#places.values()) {
      if (!place.resting && (quick || !place.quick)) return false;
    }
    return true;
  }
}

export function isQuickKind(kind: string): boolean {
  return QUICK_KINDS.includes(kind);
}

function newPlace(quick: boolean): Place {
  return { quick, free: undefined, resting: false };
}
