/** How far the start or the stop has come, as lines of the log; `children.ts` numbers the steps. */

import type { Logger } from 'pino';
import type { ServiceManager } from '../actors/process/service-manager.ts';
import type { Decision } from '../machines/supervision/index.ts';
import { STEPS } from './children.ts';

const STEPS_COUNT = Math.max(...Object.values(STEPS));

type Durations = Readonly<Record<string, number>>;

/**
 * A line for each step at `debug`, and one at `info` when all are done, with how long each took.
 * What happens to parts of the daemon between start and stop is no step.
 */
export class Progress {
  readonly #log: Logger;
  readonly #manager: ServiceManager | undefined;
  #phase: 'starting' | 'running' | 'stopping' = 'starting';
  #durations: Record<string, number> = {};
  #since_ms = 0;
  #up = false;

  /** @param manager is told of it, too */
  constructor(log: Logger, manager: ServiceManager | undefined) {
    this.#log = log;
    this.#manager = manager;
  }

  /** Whether all was started once. */
  get isUp(): boolean {
    return this.#up;
  }

  /** A log that throws costs its line, and nothing that comes after. */
  hear(decision: Decision): void {
    try {
      if (decision.supervisor === '') this.#hear(decision);
    } catch {
      // There is nobody to tell.
    }
  }

  #hear(decision: Decision): void {
    const { at_ms } = decision;
    switch (decision.kind) {
      case 'started':
        this.#since_ms ||= at_ms;
        if (this.#phase === 'starting') this.#manager?.busy(`starting: ${decision.child}`);
        return;
      case 'ready':
        if (this.#phase === 'starting') this.#done(decision.child, decision.took_ms);
        return;
      case 'running':
        this.#phase = 'running';
        this.#up = true;
        this.#manager?.ready('running');
        this.#log.info(this.#summary(at_ms), 'started');
        return;
      case 'shutting down':
        this.#phase = 'stopping';
        this.#since_ms = at_ms;
        this.#durations = {};
        this.#manager?.stopping('stopping');
        return;
      case 'stopping':
        this.#manager?.busy(`stopping: ${decision.child}`);
        return;
      case 'stopped':
      case 'killed':
        if (this.#phase === 'stopping') this.#done(decision.child, decision.took_ms);
        return;
      case 'ended':
        this.#log.info(this.#summary(at_ms), 'all steps of the start are undone');
        this.#manager?.close();
    }
  }

  #done(child: string, took_ms: number): void {
    this.#durations[child] = rounded(took_ms);
    const step = STEPS[child];
    const which = step === undefined ? '' : `step ${step} of ${STEPS_COUNT}: `;
    const what = this.#phase === 'starting' ? 'done' : 'undone';
    this.#log.debug({ step, took_ms: rounded(took_ms) }, `${which}${child} ${what}`);
  }

  #summary(now_ms: number): { took_ms: number; steps: Durations } {
    return { took_ms: rounded(now_ms - this.#since_ms), steps: this.#durations };
  }
}

function rounded(ms: number): number {
  return Math.round(10 * ms) / 10;
}
