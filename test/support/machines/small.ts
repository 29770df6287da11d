/** The machines without children, and the one of jobs, as the coverage begins them. */

import { GoxError } from '../../../conf/errors.ts';
import { type JobCommand, type JobInput, jobMachine } from '../../../machines/job.ts';
import { type ProjectInput, projectMachine } from '../../../machines/project.ts';
import { type RestartPolicyInput, restartPolicyMachine } from '../../../machines/restart-policy.ts';
import { type StepCommand, stepMachine } from '../../../machines/step.ts';
import { fakeEffect } from '../fake-effect.ts';
import { probe } from '../probe.ts';
import { type Subject, type Watch, walker } from './stage.ts';

const PROJECT: ProjectInput = { name: 'tower', engine: 0, opening: true };
const LOST = { type: 'project.lost', reason: 'killed' } as const;

export const projectSubject: Subject = {
  machine: projectMachine,
  inputs: [PROJECT, { ...PROJECT, opening: false }, { ...PROJECT, replaying: true }],
  said: [
    ...[{ type: 'project.open' }, { type: 'project.close' }, { type: 'project.closed' }],
    ...[{ type: 'project.refused' }, { type: 'project.edited' }, { type: 'project.saved' }],
    ...[{ type: 'project.opened', title: 'Tower' }, LOST],
    ...[{ type: 'project.replay' }, { type: 'project.replayed' }],
    { type: 'project.unloaded', reason: 'killed' },
  ],
  begin: (input, watch) => walker(probe(projectMachine, input as ProjectInput, watch)),
  lives: {},
};

const POLICY: RestartPolicyInput = {
  settings: {
    ...{ restart_on_failure: true, max_restart_attempts: 1, window_ms: 60_000 },
    ...{ restart_delay_ms: 100, backoff_factor: 2, restart_delay_ms_max: 2000, jitter: 0 },
  },
  lasting: false,
  random: () => 0,
};
const restarting = (settings: Partial<RestartPolicyInput['settings']>, lasting = false) => ({
  ...{ ...POLICY, settings: { ...POLICY.settings, ...settings }, lasting },
});

export const policySubject: Subject = {
  machine: restartPolicyMachine,
  inputs: [
    ...[POLICY, restarting({ restart_on_failure: false })],
    restarting({ max_restart_attempts: 0 }, true),
  ],
  said: [
    ...[{ type: 'child.failed' }, { type: 'restart.early' }],
    { type: 'failures.forgiven', count: 1 },
  ],
  begin: (input, watch) => walker(probe(restartPolicyMachine, input as RestartPolicyInput, watch)),
  lives: {},
};

function step(watch: Watch) {
  const work = fakeEffect<StepCommand, undefined>();
  const machine = stepMachine.provide({ actors: { work: work.logic } });
  return { ...probe(machine, undefined, watch), work };
}

export const stepSubject: Subject = {
  machine: stepMachine,
  inputs: [{}],
  said: [
    ...[{ type: 'step.done', info: {} }, { type: 'step.undone' }],
    ...[{ type: 'child.stop', now: false }],
    { type: 'step.failed', code: 'held', reason: 'another runs' },
  ],
  begin: (_, watch) => {
    const one = step(watch);
    return walker(one, [[one.work, /^step/]]);
  },
  lives: {},
};

export const JOB: JobInput = {
  ...{ number: 7, timeout_ms: 60_000, limit: 'limits.job_timeout_ms', patience_ms: 30_000 },
};
export const ENOUGH = new GoxError('GOX_CANCELLED', 'enough');
const GONE = new GoxError('GOX_ENGINE_LOST', 'gone');

function job(input: JobInput, watch: Watch) {
  const work = fakeEffect<JobCommand, { number: number }>();
  const machine = jobMachine.provide({ actors: { work: work.logic } });
  return { ...probe(machine, input, watch), work };
}

export const jobSubject: Subject = {
  machine: jobMachine,
  inputs: [JOB],
  said: [
    ...[{ type: 'part.begun' }, { type: 'parts.stalled' }, { type: 'stage.begun', stage: 1 }],
    ...[false, true].map((failed) => ({ type: 'parts.answered', failed })),
    ...[false, true].map((failed) => ({ type: 'call.answered', failed })),
    ...[{ type: 'parts.handed_over' }, { type: 'parts.stopped' }],
    ...[
      { type: 'parts.failed', why: GONE },
      { type: 'job.cancel', why: ENOUGH },
    ],
  ],
  begin: (input, watch) => {
    const one = job(input as JobInput, watch);
    return walker(one, [[one.work, /./]]);
  },
  lives: {
    'why it ends decides how': (watch) => {
      const ends = [
        [ENOUGH, { type: 'parts.stopped' }],
        [GONE, { type: 'parts.stopped' }],
        [ENOUGH, { type: 'call.answered', failed: true }],
        [GONE, { type: 'call.answered', failed: true }],
      ] as const;
      for (const [why, last] of ends) {
        const { work } = job(JOB, watch);
        work.say({ type: 'job.cancel', why });
        work.say(last);
      }
    },
    'out of patience it stays so while it ends': (watch) => {
      const { work } = job({ ...JOB, patience_ms: 1000 }, watch);
      work.say({ type: 'job.cancel', why: ENOUGH });
      watch.clock.increment(1000);
    },
  },
};
