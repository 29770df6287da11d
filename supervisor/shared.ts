/** What the parts of one daemon share: registries, counts and the clock. */

import type { Logger } from 'pino';
import type { AnyActorRef } from 'xstate';
import { Admission } from '../actors/connection/admission.ts';
import { Deadlines } from '../actors/connection/deadlines.ts';
import { IdleSessions } from '../actors/connection/idle-sessions.ts';
import { newCounters } from '../actors/connection/intake-deps.ts';
import { handOver, takeBack } from '../actors/engines/handovers.ts';
import { ProjectBirths } from '../actors/engines/project-births.ts';
import { Projects, type StartProject } from '../actors/engines/projects.ts';
import { Quarantine } from '../actors/engines/quarantine.ts';
import { Spares } from '../actors/engines/spare.ts';
import { Pulses } from '../actors/health/pulses.ts';
import { HeapSnapshots, HeapThreads } from '../actors/heap/snapshots.ts';
import { Hooks } from '../actors/hooks.ts';
import { Jobs } from '../actors/jobs/jobs.ts';
import { Readings } from '../actors/journal/readings.ts';
import type { ProjectStore } from '../actors/journal/store.ts';
import type { HeldSocket } from '../actors/listener/held-socket.ts';
import { SocketHolder } from '../actors/listener/holder.ts';
import type { ServiceManager } from '../actors/process/service-manager.ts';
import { Renders } from '../actors/renders/renders.ts';
import type { ServiceClock } from '../actors/service-clock.ts';
import { LineBudget } from '../actors/tracing/line-budget.ts';
import { Tracer } from '../actors/tracing/tracer.ts';
import type { Predecessor } from '../actors/upgrade/predecessor.ts';
import type { Config } from '../conf/schema.ts';
import { tokensOf } from '../conf/token-file.ts';
import { Pool } from '../engine/port/pool.ts';
import { Failures } from '../transport/failures.ts';
import { Ledger } from '../transport/ledger.ts';
import { Tokens } from '../transport/tokens.ts';
import { daemonHealth, type HealthDeps } from './health.ts';
import { Inspection } from './inspection/inspection.ts';
import { daemonLeaks } from './leaks.ts';
import { setDebug } from './log/level.ts';
import type { Shared } from './logics.ts';
import { daemonDispatch, type MethodsDeps } from './methods.ts';
import { daemonAnswers } from './metrics/answers.ts';
import { Tally } from './metrics/tally.ts';
import { type Statistics, statistics } from './statistics.ts';

/** @throws ConfigError for a file of tokens that cannot be used */
export function sharedBy(
  config: Config,
  log: Logger,
  clock: ServiceClock,
  root: Pick<
    MethodsDeps,
    'tree' | 'deaths' | 'daemon' | 'stop' | 'logs' | 'reload' | 'upgrade' | 'reportSource'
  > &
    Pick<HealthDeps, 'root'> & {
      manager: ServiceManager | undefined;
      predecessor: Predecessor | undefined;
      rootAnswers: () => boolean;
      /** Where projects are kept, if they are. */
      store: ProjectStore | undefined;
    },
): Shared & { readonly statistics: () => Statistics } {
  const calls: Shared['calls'] = new Map();
  const places = { calls, handovers: new Map() };
  const quarantine = new Quarantine({ log, clock, directory: () => root.store?.quarantine });
  const births = new ProjectBirths();
  const stopping = () => isStopping(root.root());
  const { predecessor } = root;
  const renders = new Renders({ config, log, clock });
  predecessor?.whenOurs(() => renders.adopt(predecessor.renders));
  const jobs = new Jobs(config, {
    ...{ clock, log, renders, handOver: (one) => handOver(places, one) },
    takeBack: (call, why) => takeBack(places, call, why),
    judge: (...death) => quarantine.judge(...death),
  });
  const pulses = new Pulses();
  const heaps = new HeapThreads();
  const snapshots = new HeapSnapshots({ config, log, pulses, heaps, calls });
  const kept = keptProjects(config, log, root, births, calls);
  const hooks = hooksOf(log);
  const tracer = new Tracer({ config, log, hooks });
  const connections: Shared['connections'] = new Map();
  const shared = {
    ...{ config, log, clock, ...places, quarantine, jobs, renders, pulses, heaps },
    ...{ manager: root.manager, predecessor },
    trouble: (silent_ms_max: number) => troubleOf(root.rootAnswers, pulses, silent_ms_max),
    sockets: new Map(),
    ...{ connections, idleSessions: new IdleSessions(connections, clock) },
    counters: newCounters(),
    tokens: new Tokens(tokensOf(config)),
    admission: new Admission(config, clock),
    deadlines: new Deadlines(clock, (error) => log.error({ err: error }, 'a defect at a deadline')),
    ledger: new Ledger(config),
    failures: new Failures(),
    ...{ hooks, tracer },
    jobCalls: new Map(),
    ...{ pool: new Pool(), spares: new Spares() },
    clipboard: undefined,
    ...{ births, stopping, holder: new SocketHolder({ config, log, stopping, predecessor }) },
    ...httpSocket(),
    ...kept,
  } satisfies Partial<Shared>;
  const look = () => tracer.look();
  const health = daemonHealth({ ...shared, look, root: root.root, logs: root.logs });
  const inspection = new Inspection({ ...shared, root: root.root, deaths: root.deaths });
  const leaks = daemonLeaks({ ...shared, root: root.root });
  const debug = (on?: boolean) => setDebug(log, config.logging.level, on);
  const looks = { ...root, ...shared, health };
  const figures = () => statistics(looks);
  const asks = { ...looks, leaks, snapshots, inspection, debug, statistics: figures };
  const dispatch = daemonDispatch(asks);
  const tally = new Tally();
  const answers = daemonAnswers({ ...looks, tally });
  return { ...shared, health, leaks, inspection, dispatch, tally, answers, statistics: figures };
}

/** The directory of projects, and where they are kept. */
function keptProjects(
  config: Config,
  log: Logger,
  { root, store }: Pick<HealthDeps, 'root'> & { readonly store: ProjectStore | undefined },
  births: ProjectBirths,
  calls: Shared['calls'],
): Pick<Shared, 'projects' | 'store' | 'readings'> {
  const start: StartProject = (input) =>
    births.start(root().getSnapshot().children.projects, input);
  const projects = new Projects(config.workers.count, config, start, store);
  projects.onReplay = (project) =>
    calls.get(project.engine)?.send({ type: 'project.replay', project });
  return { store, projects, readings: store && new Readings(log) };
}

/** Of metrics and health, as their server holds it. */
function httpSocket() {
  let held: HeldSocket | undefined;
  return {
    http: () => held,
    onHttp: (now: HeldSocket | undefined) => {
      held = now;
    },
  };
}

/** Hooks whose defects are in the log, a line a second however many there are. */
function hooksOf(log: Logger): Hooks {
  const lines = new LineBudget(1);
  return new Hooks((error) => {
    if (!lines.admits(performance.now())) return;
    log.error({ err: error, ...lines.takeLeftOut() }, 'a hook has failed');
  });
}

/** Who does not answer: the root of the tree, or an engine. */
function troubleOf(
  rootAnswers: () => boolean,
  pulses: Pulses,
  silent_ms_max: number,
): string | undefined {
  if (!rootAnswers()) return 'the root of the tree does not answer';
  const silent = pulses
    .silences()
    .find(({ id, silent_ms }) => id.startsWith('engine:') && silent_ms > silent_ms_max);
  if (silent === undefined) return undefined;
  return `${silent.id} gave no sign of life for ${Math.round(silent.silent_ms)} ms`;
}

function isStopping(root: AnyActorRef): boolean {
  const { status, value } = root.getSnapshot();
  return status !== 'active' || value === 'stopping';
}
