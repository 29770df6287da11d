/** Whether the root of the tree takes events and acts on them. */

import type { AnyActorRef } from 'xstate';
import type { Decision } from '../machines/supervision/index.ts';

const PROBE = { type: 'daemon.probe' } as const;

export class Probe {
  readonly #root: () => AnyActorRef;
  #heard = false;

  constructor(root: () => AnyActorRef) {
    this.#root = root;
  }

  /** Sends it an event that it has no use for, which it says at once. */
  readonly answers = (): boolean => {
    this.#heard = false;
    this.#root().send(PROBE);
    return this.#heard;
  };

  /** Whether a decision of it is the answer. */
  hears(decision: Decision): boolean {
    const is = decision.kind === 'heard' && decision.event.type === PROBE.type;
    if (is) this.#heard = true;
    return is;
  }
}
