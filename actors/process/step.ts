/** The `work` effect of a step: does it, and undoes it when it is told to. */

import type { Logger } from 'pino';
import { type AnyActorRef, fromCallback } from 'xstate';
import type { StepCode, StepCommand, StepEvent } from '../../machines/step.ts';
import { type Figures, reportFigures } from '../vitals.ts';

type Info = Readonly<Record<string, unknown>>;

export interface Step {
  /** @returns what the log may say of it @throws StepError */
  begin(actor: StepActor): Info | undefined | Promise<Info | undefined>;
  /** Undoes it. What it throws is logged, and stops nothing. */
  end?(): void | Promise<void>;
  /** What the tree shows of it. */
  figures?(): Figures;
}

export interface StepActor {
  readonly self: AnyActorRef;
  readonly system: AnyActorRef['system'];
}

/** Why a step failed; the message says what is wrong, where, and what to do. */
export class StepError extends Error {
  override readonly name = 'StepError';
  readonly code: StepCode;

  constructor(code: StepCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

export function stepEffect(step: Step, log: Logger) {
  return fromCallback<StepCommand, undefined>(({ receive, sendBack, self, system }) => {
    const say = sendBack as (event: StepEvent) => void;
    if (step.figures !== undefined) reportFigures(self, () => step.figures?.() ?? {});
    const fail = (error: unknown) => {
      if (!(error instanceof StepError)) throw error;
      say({ type: 'step.failed', code: error.code, reason: error.message });
    };
    const done = (info: Info = {}) => say({ type: 'step.done', info });
    let undone = false;
    const cannot = (error: unknown) =>
      log.warn({ err: error }, 'a step of the start could not be undone');
    const undo = (then: () => void) => {
      if (undone) return;
      undone = true;
      const ended = attempt(() => step.end?.(), cannot);
      if (ended instanceof Promise) void ended.catch(cannot).finally(then);
      else then();
    };
    const begun = attempt(() => step.begin({ self, system }), fail);
    let pending: Promise<void> | undefined;
    // At once where it can be: a turn of the event loop for each step would be felt.
    if (begun instanceof Promise) {
      pending = begun.then(done, fail).finally(() => {
        pending = undefined;
      });
    } else if (begun !== FAILED) done(begun);
    /** What is still being done can be undone when it is done, not before. */
    const whenDone = (act: () => void) =>
      void (pending === undefined ? act() : pending.finally(act));
    receive(() => whenDone(() => undo(() => say({ type: 'step.undone' }))));
    // Stopped by force, when the daemon waits for nobody.
    return () => whenDone(() => undo(() => {}));
  });
}

const FAILED = Symbol('failed');

function attempt<T>(action: () => T, fail: (error: unknown) => void): T | typeof FAILED {
  try {
    return action();
  } catch (error) {
    fail(error);
    return FAILED;
  }
}
