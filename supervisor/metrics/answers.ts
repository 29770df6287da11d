/** What the daemon answers to `/metrics`, `/livez`, `/readyz` and `/healthz`. */

import type { AnyActorRef } from 'xstate';
import type { Hooks } from '../../actors/hooks.ts';
import type { Answers, Check, Verdict } from '../../actors/http/pages.ts';
import type { HttpDeps } from '../../actors/http/server.ts';
import type { Config } from '../../conf/schema.ts';
import { HISTORY, type Pool } from '../../engine/port/pool.ts';
import type { LogFacts } from '../../machines/health-facts.ts';
import type { DaemonHealth } from '../health.ts';
import { childrenOf } from '../tree.ts';
import { exposition, type Scrape } from './exposition.ts';
import { type MetricFacts, processFacts, type StoreFacts } from './facts.ts';
import { RequestMeter } from './requests.ts';
import type { Tally } from './tally.ts';

export interface AnswersDeps {
  readonly config: Config;
  /** The root of the tree, once it has started. */
  readonly root: () => AnyActorRef;
  readonly rootAnswers: () => boolean;
  readonly hooks: Hooks;
  readonly health: Pick<DaemonHealth, 'check' | 'stats'>;
  readonly jobs: { list(): MetricFacts['jobs'] };
  readonly projects: Pick<MetricFacts, 'remade'> & {
    all(): Iterable<MetricFacts['projects'][number]>;
  };
  readonly store: StoreFacts | undefined;
  readonly pool: Pick<Pool, 'held'>;
  readonly renders: { figures(): MetricFacts['renders'] };
  readonly logs: () => readonly LogFacts[];
  readonly tally: Tally;
}

/** Requests are counted from the first time that this is asked for, by one hook. */
export function daemonAnswers(deps: AnswersDeps): HttpDeps['answers'] {
  let made: Answers | undefined;
  return () => {
    made ??= answersOf(deps);
    return made;
  };
}

function answersOf(deps: AnswersDeps): Answers {
  const { config, root, hooks, health, tally } = deps;
  const meter = new RequestMeter();
  // For good: it goes with the daemon, as the hooks do.
  hooks.add(meter.hook);
  const ready = () => readiness(deps);
  const gather = (): MetricFacts => ({
    ...{ config, meter, tally, state: stateOf(root()), ready: ready().ok },
    ...{ stats: health.stats(), jobs: deps.jobs.list(), projects: [...deps.projects.all()] },
    ...{ remade: deps.projects.remade, store: deps.store },
    ...{ history_bytes: deps.pool.held(HISTORY), renders: deps.renders.figures() },
    ...{ logs: deps.logs(), process: processFacts() },
  });
  let scrape: Promise<Scrape> | undefined;
  return {
    live: () => verdict('alive', [rootCheck(deps)]),
    ready,
    health: () => healthVerdict(deps),
    metrics: async (openMetrics) => {
      scrape ??= exposition(gather);
      return await (await scrape)(openMetrics);
    },
  };
}

function verdict(state: string, checks: readonly Check[]): Verdict {
  return { ok: checks.every(({ ok }) => ok), state, checks };
}

function rootCheck({ rootAnswers }: AnswersDeps): Check {
  const ok = rootAnswers();
  return { name: 'root', ok, text: ok ? '' : 'the root of the tree does not answer' };
}

/** Degraded is ready: the daemon serves, and somebody should look. */
function readiness(deps: AnswersDeps): Verdict {
  const state = stateOf(deps.root());
  const { engines } = deps.health.stats();
  const ready = engines.filter((engine) => engine.state === 'ready').length;
  const check = deps.health.check();
  const reasons = check.reasons.filter((reason) => reason.state === 'failing');
  return verdict(state, [
    // A part that is restarted shows below, if clients miss it.
    { name: 'daemon', ok: state === 'running' || state === 'restarting', text: state },
    listenersCheck(deps),
    { name: 'engines', ok: ready > 0, text: `${ready} of ${engines.length} ready` },
    {
      ...{ name: 'health', ok: check.state !== 'failing' },
      text: reasons.map(({ reason }) => reason).join('; ') || check.state,
    },
  ]);
}

function listenersCheck({ root }: AnswersDeps): Check {
  const listeners = childrenOf(childrenOf(root()).find(({ id }) => id === 'listeners'));
  const accepting = listeners.filter((one) => one.getSnapshot().value === 'listening');
  const names = accepting.map(({ id }) => id.replace(/^listener:/, ''));
  return {
    ...{ name: 'listeners', ok: accepting.length > 0 },
    text: names.length === 0 ? 'nobody accepts connections' : `accepting: ${names.join(', ')}`,
  };
}

/** By the monitor: 200 while clients can work. It has nothing to say before the daemon runs. */
function healthVerdict({ health }: AnswersDeps): Verdict {
  const { state, checks, reasons } = health.check();
  const found = checks.map(({ what, state: one }): Check => {
    const reason = reasons.find((other) => other.what === what)?.reason;
    const text = reason === undefined ? '' : `${one}, ${reason}`;
    return { name: what.replaceAll(' ', '-'), ok: one !== 'failing', text };
  });
  return { ok: state !== 'failing', state, checks: found };
}

/** Of the daemon as a whole. */
function stateOf(root: AnyActorRef): string {
  return String(root.getSnapshot().value);
}
