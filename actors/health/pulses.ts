/** The pulses of the threads that run, and whom to tell of one that stands still. */

import type { Pulse } from '../../engine/port/pulse.ts';
import type { ThreadSilence } from '../../machines/health-facts.ts';

/** What the `worker` effect of a thread is told: nothing was heard of it for so long. */
type OnStalled = (silent_ms: number) => void;

type WatchedPulse = Pick<Pulse, 'silent_ms' | 'excuse'>;

interface Watched {
  readonly pulse: WatchedPulse;
  readonly onStalled: OnStalled;
}

export class Pulses {
  readonly #watched = new Map<string, Watched>();
  /** Threads that stand still at our wish. */
  readonly #held = new Set<string>();

  /**
   * Watches the thread of an actor (`engine:0`) from now on.
   *
   * @returns ends the watching
   */
  watch(id: string, pulse: WatchedPulse, onStalled: OnStalled): () => void {
    const watched = { pulse, onStalled };
    this.#watched.set(id, watched);
    return () => {
      // The next thread of the same actor may be there already.
      if (this.#watched.get(id) === watched) this.#watched.delete(id);
    };
  }

  /**
   * The thread of that actor stands still from now on, and nobody takes that for an illness.
   *
   * @returns ends that
   */
  hold(id: string): () => void {
    const held = this.#watched.get(id);
    this.#held.add(id);
    return () => {
      this.#held.delete(id);
      held?.pulse.excuse();
    };
  }

  /** Of a thread that is not watched, since it has not started or has ended, nothing is told. */
  silences(): ThreadSilence[] {
    return [...this.#watched].map(([id, { pulse }]) => ({
      ...{ id, silent_ms: this.#held.has(id) ? 0 : pulse.silent_ms },
    }));
  }

  /** Says to whoever has the thread that it stands still; nothing for one that has ended. */
  stalled(id: string, silent_ms: number): void {
    this.#watched.get(id)?.onStalled(silent_ms);
  }
}
