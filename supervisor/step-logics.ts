/** The steps of a start as the logics of children. */

import type { Logger } from 'pino';
import { type Step, stepEffect } from '../actors/process/step.ts';
import { withVitals } from '../actors/vitals.ts';
import { stepMachine } from '../machines/step.ts';

export function stepLogics(steps: Readonly<Record<string, Step>>, log: Logger) {
  const entries = Object.entries(steps).map(([name, step]) => {
    const work = withVitals(stepEffect(step, log));
    return [name, withVitals(stepMachine.provide({ actors: { work } }))] as const;
  });
  return Object.fromEntries(entries);
}
