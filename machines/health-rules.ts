/**
 * What the facts of one check say: for each thing that is looked at, whether it is well. Pure
 * functions; what follows from bad readings is decided by `health-conditions.ts`.
 */

import type { Config } from '../conf/schema.ts';
import type { Patience, Reading } from './health-conditions.ts';
import type { HealthFacts, LogFacts, ThreadFacts, ThreadSilence } from './health-facts.ts';

/** What cannot be by accident counts at once. */
const AT_ONCE: Patience = { degraded: 1, failing: 1 };

/**
 * Figures that a single moment drives up: a process that stood still, one large request, a burst of
 * jobs. Three checks in a row are a state, not a moment.
 */
const LASTING: Patience = { degraded: 3, failing: 3 };

/**
 * What mends itself as a rule, within seconds: it is told at once, and is serious only when it has
 * not been mended by the third check.
 */
const MENDING: Patience = { degraded: 1, failing: 3 };

/**
 * How much of its deadline a thread may be silent for before that is told. The longest stretches of
 * sound work without a check take some seconds, far less than half of the default.
 */
const SILENCE_TOLD = 1 / 2;

/** Above this share of a ceiling, large requests begin to be refused. */
const NEARLY_FULL = 0.9;

/**
 * How many times `health.event_loop_delay_ms_max` is failing: with the default two seconds, after
 * which those who ask for a sign of life give up, as a rule.
 */
const LOOP_FAILING = 4;

/** One more of anything may be what the system ends the process for. */
const MEMORY_FAILING = 0.97;

/** The state of the machine of a thread that does what it is for. */
const READY = 'ready';
/** Of a thread that is not there yet; why, where it is not for the first time. */
const STARTING = 'starting';
/** Of an engine that does so for some of its projects, and makes others anew. */
const REPLAYING = 'replaying';
/** That of an engine that used up its restarts, until it is replaced. */
const FAILED = 'failed';

export type RulesConfig = Pick<Config, 'health' | 'limits'>;

/** Threads whose silence is past `health.heartbeat_timeout_ms`: to be replaced. */
export function stalled(facts: HealthFacts, { health }: RulesConfig): readonly ThreadSilence[] {
  return facts.silences.filter(({ silent_ms }) => silent_ms > health.heartbeat_timeout_ms);
}

/**
 * All readings of a check.
 *
 * @param before the facts of the check before, if there was one
 */
export function readingsOf(
  facts: HealthFacts,
  config: RulesConfig,
  before: HealthFacts | undefined,
): Reading[] {
  return [
    ...facts.silences.map((silence) => heartbeat(silence, config)),
    ...facts.engines.map(engine),
    allEngines(facts.engines),
    ...facts.job_threads.map(jobThread),
    voxels(facts, config),
    ...facts.sockets.map(({ id, trouble }) =>
      reading(id, trouble === '' ? 'healthy' : 'failing', trouble, {
        ...{ value: trouble === '' ? 'reachable' : 'unreachable', limit: 'reachable' },
        patience: MENDING,
      }),
    ),
    ...facts.logs.map((one) => log(one, before)),
    eventLoop(facts, config),
    jobs(facts, config),
    heldBytes(facts, config),
    memory(facts, config),
    journal(facts),
    projects(facts, before),
  ];
}

/** A check that failed or did not come back in time. */
export function badCheck(reason: string, deadline_ms: number): Reading {
  const figures = { value: 'not done', limit: deadline_ms, patience: MENDING };
  return reading('checks', 'failing', `the health could not be checked: ${reason}`, figures);
}

/** A check that came back. */
export function goodCheck(deadline_ms: number): Reading {
  return reading('checks', 'healthy', '', {
    ...{ value: 'done', limit: deadline_ms, patience: MENDING },
  });
}

function reading(
  what: string,
  state: Reading['state'],
  reason: string,
  figures: Pick<Reading, 'value' | 'limit' | 'patience'>,
): Reading {
  return { what, state, reason: state === 'healthy' ? '' : reason, ...figures };
}

/** The daemon serves whatever becomes of its log; but nobody can look into what is not written. */
function log({ id, to, lost, trouble }: LogFacts, before: HealthFacts | undefined): Reading {
  const more = lost - (before?.logs.find((one) => one.id === id)?.lost ?? 0);
  const state = trouble === '' && more === 0 ? 'healthy' : 'degraded';
  const losses = more === 0 ? '' : `; ${more} lines were lost since the last check`;
  const reason = `log lines to ${to}: ${trouble || 'some were not taken'}${losses}`;
  const value = state === 'healthy' ? 'written' : 'not written';
  return reading(id, state, reason, { value, limit: 'written', patience: AT_ONCE });
}

function heartbeat({ id, silent_ms }: ThreadSilence, { health }: RulesConfig): Reading {
  const limit = health.heartbeat_timeout_ms;
  const silent = silent_ms > limit * SILENCE_TOLD;
  const reason = `nothing was heard of ${id} for ${Math.round(silent_ms)} ms`;
  const value = Math.round(silent_ms);
  const figures = { value, limit, patience: AT_ONCE };
  return reading(`heartbeat ${id}`, silent ? 'degraded' : 'healthy', reason, figures);
}

/**
 * One that died is started again. That it makes projects anew, or starts for the first time, since
 * it was not needed before, is told when it goes on and on.
 */
function engine({ id, state, reason }: ThreadFacts): Reading {
  const begins = state === STARTING && reason === '';
  const patience = begins || state === REPLAYING ? LASTING : AT_ONCE;
  const figures = { value: state, limit: READY, patience };
  const gone = state === FAILED ? 'failing' : 'degraded';
  const health = state === READY ? 'healthy' : gone;
  return reading(id, health, `${id} is ${state}${because(reason)}`, figures);
}

/** A restart takes less than a second, and so no more than one check sees it. */
function allEngines(engines: readonly ThreadFacts[]): Reading {
  const ready = engines.filter(({ state }) => state === READY).length;
  const reason = `none of ${engines.length} engines is ready, so no project can be served`;
  const state = ready === 0 ? 'failing' : 'healthy';
  return reading('engines', state, reason, { value: ready, limit: 1, patience: MENDING });
}

/** Jobs can wait or be refused, and nothing is lost with them: even losing all degrades only. */
function jobThread({ id, state, reason }: ThreadFacts): Reading {
  const figures = { value: state, limit: READY, patience: AT_ONCE };
  const health = state === READY ? 'healthy' : 'degraded';
  return reading(id, health, `${id} is ${state}${because(reason)}`, figures);
}

function because(reason: string): string {
  return reason === '' ? '' : `: ${reason}`;
}

function voxels({ engines }: HealthFacts, { limits }: RulesConfig): Reading {
  const limit = limits.voxel_bytes_max;
  const value = engines.reduce((sum, { voxel_bytes }) => sum + voxel_bytes, 0);
  const state = value >= limit * NEARLY_FULL ? 'degraded' : 'healthy';
  const reason = `the projects hold ${value} bytes of voxels, of limits.voxel_bytes_max ${limit}`;
  return reading('voxels', state, reason, { value, limit, patience: LASTING });
}

/** The 99th percentile: the longest of all may be a moment in which the process stood still. */
function eventLoop({ event_loop }: HealthFacts, { health }: RulesConfig): Reading {
  const limit = health.event_loop_delay_ms_max;
  const value = Math.round(event_loop.p99_ms);
  const state = value > limit * LOOP_FAILING ? 'failing' : value > limit ? 'degraded' : 'healthy';
  const reason = `the main thread came ${value} ms late to what was due (99th percentile)`;
  return reading('event loop', state, reason, { value, limit, patience: LASTING });
}

function jobs({ queues }: HealthFacts, { limits }: RulesConfig): Reading {
  const limit = limits.jobs_max;
  const value = queues.jobs_waiting + queues.jobs_running;
  const state = value >= limit ? 'degraded' : 'healthy';
  const reason = `there are ${value} jobs, as many as limits.jobs_max allows: more are refused`;
  return reading('jobs', state, reason, { value, limit, patience: LASTING });
}

function heldBytes({ queues }: HealthFacts, { limits }: RulesConfig): Reading {
  const limit = limits.held_bytes_max;
  const value = queues.held_bytes;
  const state = value >= limit * NEARLY_FULL ? 'degraded' : 'healthy';
  const reason = `${value} bytes of requests and replies wait, of limits.held_bytes_max ${limit}`;
  return reading('held bytes', state, reason, { value, limit, patience: LASTING });
}

/** The system ends a process that takes more than there is, with all that it has under way. */
function memory({ memory: { rss, limit } }: HealthFacts, { health }: RulesConfig): Reading {
  const share = health.memory_share_max;
  const failing = rss > limit * Math.max(share, MEMORY_FAILING);
  const state = failing ? 'failing' : rss > limit * share ? 'degraded' : 'healthy';
  const reason = `the process takes ${rss} bytes of the ${limit} that it may take`;
  return reading('memory', state, reason, { value: rss, limit, patience: LASTING });
}

/** Edits are refused, in some projects or in all; what was acknowledged is safe. */
function journal({ journals }: HealthFacts): Reading {
  const [first, ...others] = [...journals].sort((a, b) => Number(a.passes) - Number(b.passes));
  const state = first === undefined ? 'healthy' : first.passes ? 'degraded' : 'failing';
  const more = others.length === 0 ? '' : `, and ${others.length} more projects are read only`;
  const reason = `${first?.reason ?? ''}${more}`;
  return reading('journal', state, reason, { value: journals.length, limit: 0, patience: AT_ONCE });
}

/** To lose one is told; that it stays lost until somebody makes it anew is no state of health. */
function projects(facts: HealthFacts, before: HealthFacts | undefined): Reading {
  const known = new Set(before?.projects_lost);
  const more = facts.projects_lost.filter((number) => !known.has(number)).length;
  const reason = `${more} ${more === 1 ? 'project was' : 'projects were'} lost with an engine`;
  const figures = { value: facts.projects_lost.length, limit: 0, patience: AT_ONCE };
  return reading('projects', more > 0 ? 'degraded' : 'healthy', reason, figures);
}
