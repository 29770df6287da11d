/**
 * How many threads of a kind there are, engines or those of jobs, while the daemon runs. More are
 * started as further children of their supervisor. Those that are too many retire: they get nothing
 * new, and are removed when they have nothing left; what retires is taken back before another is
 * started.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { AnyActorRef } from 'xstate';
import type { EngineInput } from '../../machines/engine.ts';
import {
  type ChildSpec,
  RefusedError,
  removeChild,
  type SupervisorRef,
  startChild,
} from '../../machines/supervision/index.ts';

/** How one is used. */
export interface Use {
  readonly number: number;
  /** Those with least are the first to go. */
  readonly load: number;
  readonly retiring: boolean;
}

/** Who gives work to them. */
export interface Roster {
  /** All that count as one of those that the configuration numbers. */
  uses(): readonly Use[];
  /** Numbers that are taken otherwise. */
  readonly reserved: readonly number[];
  /** There is to be one more. */
  add(number: number): void;
  /** It gets nothing new; `free` is called when it has nothing left, unless it is taken back. */
  retire(number: number, free: () => void): void;
  takeBack(number: number): void;
  /** It is gone for good. */
  remove(number: number): void;
}

export interface CrewOptions {
  readonly kind: EngineInput['kind'];
  readonly roster: Roster;
  /** Their supervisor, while there is one. */
  readonly supervisor: () => SupervisorRef | undefined;
  readonly child: (number: number) => ChildSpec;
  readonly log: Logger;
}

/** The supervisor may be starting its children again. */
const RETRY_MS = 1000;
const RETRIES_MAX = 60;

export class Crew {
  readonly #options: CrewOptions;
  /** Those that are being removed, and cannot be taken back. */
  readonly #leaving = new Set<number>();

  constructor(options: CrewOptions) {
    this.#options = options;
  }

  /** Resolves when all that are to be there are ready; rejects when one cannot be started. */
  async resize(count: number): Promise<void> {
    const { roster } = this.#options;
    const uses = roster.uses().filter(({ number }) => !this.#leaving.has(number));
    const active = uses.filter(({ retiring }) => !retiring);
    const missing = count - active.length;
    if (missing < 0) this.#retire(active, -missing);
    if (missing <= 0) return;
    const back = uses.filter(({ retiring }) => retiring).slice(0, missing);
    for (const { number } of back) {
      roster.takeBack(number);
      this.#tell(number, 'engine.stay');
    }
    await this.#start(missing - back.length);
  }

  async #start(count: number): Promise<void> {
    const { roster, child } = this.#options;
    const numbers = this.#freeNumbers(count);
    const started = await Promise.allSettled(
      numbers.map(async (number) => {
        const supervisor = this.#supervisor();
        roster.add(number);
        try {
          await startChild(supervisor, child(number));
        } catch (error) {
          roster.remove(number);
          throw error;
        }
      }),
    );
    const failed = started.find((one) => one.status === 'rejected');
    if (failed === undefined) return;
    // All or none.
    for (const [index, number] of numbers.entries()) {
      if (started[index]?.status === 'fulfilled') this.#goWhenFree(number);
    }
    throw failed.reason;
  }

  #retire(active: readonly Use[], count: number): void {
    const first = [...active].sort((a, b) => a.load - b.load || b.number - a.number);
    for (const { number } of first.slice(0, count)) this.#goWhenFree(number);
  }

  #goWhenFree(number: number): void {
    const { roster, log, kind } = this.#options;
    this.#tell(number, 'engine.retire');
    roster.retire(number, () => {
      this.#leaving.add(number);
      this.#remove(number).catch((error: unknown) => {
        log.error({ [kind]: number, err: error }, 'a thread that is not needed could not go');
      });
    });
  }

  async #remove(number: number): Promise<void> {
    const { kind, log, roster, supervisor } = this.#options;
    for (let retries = RETRIES_MAX; ; retries -= 1) {
      const ref = supervisor();
      // Once it stops, there is nobody to be removed any more.
      if (ref === undefined || hasEnded(ref)) return;
      try {
        await removeChild(ref, `${kind}:${number}`);
        break;
      } catch (error) {
        if (!(error instanceof RefusedError) || retries === 0) throw error;
        await sleep(RETRY_MS, undefined, { ref: false });
      }
    }
    roster.remove(number);
    this.#leaving.delete(number);
    log.info({ [kind]: number }, 'a thread that is not needed any more has gone');
  }

  #freeNumbers(count: number): number[] {
    const { roster } = this.#options;
    const taken = new Set([...roster.reserved, ...roster.uses().map(({ number }) => number)]);
    const numbers: number[] = [];
    for (let number = 0; numbers.length < count; number += 1) {
      if (!taken.has(number)) numbers.push(number);
    }
    return numbers;
  }

  #supervisor(): SupervisorRef {
    const ref = this.#options.supervisor();
    if (ref === undefined) throw new RefusedError('their supervisor is not there');
    return ref;
  }

  #tell(number: number, type: 'engine.retire' | 'engine.stay'): void {
    const children = this.#options.supervisor()?.getSnapshot().children;
    const actor = children?.[`${this.#options.kind}:${number}`] as AnyActorRef | undefined;
    actor?.send({ type });
  }
}

function hasEnded(ref: SupervisorRef): boolean {
  const { status, value } = ref.getSnapshot();
  return status !== 'active' || value === 'stopping';
}
