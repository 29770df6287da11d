/** The logics of the tree with their effects, by the names that `children.ts` has for them. */

import type { Logger } from 'pino';
import type { About } from '../actors/about.ts';
import type { Deadlines } from '../actors/connection/deadlines.ts';
import type { IdleSessions } from '../actors/connection/idle-sessions.ts';
import { requestsEffect } from '../actors/connection/requests.ts';
import type { SocketDeps } from '../actors/connection/socket.ts';
import { socketEffect } from '../actors/connection/socket-effect.ts';
import { callsEffect } from '../actors/engines/calls.ts';
import type { ProjectBirths } from '../actors/engines/project-births.ts';
import { spareEffect } from '../actors/engines/spare.ts';
import type { ThreadOptions } from '../actors/engines/thread.ts';
import { type WorkerDeps, workerEffect } from '../actors/engines/worker.ts';
import type { Hooks } from '../actors/hooks.ts';
import { type HttpDeps, httpEffect } from '../actors/http/server.ts';
import { jobCallsEffect } from '../actors/jobs/job-calls.ts';
import { type JobWorkerDeps, jobWorkerEffect } from '../actors/jobs/job-worker.ts';
import type { Readings } from '../actors/journal/readings.ts';
import type { ProjectStore } from '../actors/journal/store.ts';
import { type StoreStepDeps, storeStep } from '../actors/journal/store-step.ts';
import type { HeldSocket } from '../actors/listener/held-socket.ts';
import type { SocketHolder } from '../actors/listener/holder.ts';
import { serverEffect } from '../actors/listener/server.ts';
import { holderEffect } from '../actors/listener/sockets.ts';
import { logEffect } from '../actors/log.ts';
import { serviceManagerEffect, type WatchdogDeps } from '../actors/process/service-manager.ts';
import { keeperEffect } from '../actors/renders/keeper.ts';
import type { Renders } from '../actors/renders/renders.ts';
import type { ServiceClock } from '../actors/service-clock.ts';
import { signalsEffect } from '../actors/signals.ts';
import { spaced } from '../actors/spaced.ts';
import { withVitals } from '../actors/vitals.ts';
import { realPath } from '../conf/real-path.ts';
import type { Config } from '../conf/schema.ts';
import type { Pool } from '../engine/port/pool.ts';
import { connectionMachine } from '../machines/connection.ts';
import { engineMachine } from '../machines/engine.ts';
import { httpMachine } from '../machines/http.ts';
import { listenerMachine } from '../machines/listener.ts';
import { projectMachine } from '../machines/project.ts';
import { projectsLogic } from '../machines/projects.ts';
import { rendersMachine } from '../machines/renders.ts';
import { restartPolicyMachine } from '../machines/restart-policy.ts';
import { sessionMachine } from '../machines/session.ts';
import { socketsMachine } from '../machines/sockets.ts';
import { spareMachine } from '../machines/spare.ts';
import { dynamic } from '../machines/supervision/index.ts';
import { EnvelopeReader } from '../transport/envelope.ts';
import { RENDERS, STORE } from './children.ts';
import type { DaemonHealth } from './health.ts';
import type { Inspection } from './inspection/inspection.ts';
import type { DaemonLeaks } from './leaks.ts';
import type { Tally } from './metrics/tally.ts';
import { configurationLogic, type ReloadDeps } from './reload/reload.ts';
import { stepLogics } from './step-logics.ts';

/** What the parts of one daemon share. */
export type Shared = Omit<WorkerDeps & JobWorkerDeps, 'threads'> &
  Omit<SocketDeps, 'reader' | `on${string}`> &
  WatchdogDeps & {
    readonly deadlines: Deadlines;
    readonly idleSessions: IdleSessions;
    readonly config: Config;
    readonly log: Logger;
    readonly clock: ServiceClock;
    readonly births: ProjectBirths;
    /** Where projects are kept on the disk, if they are. */
    readonly store: ProjectStore | undefined;
    readonly readings: Readings | undefined;
    readonly health: DaemonHealth;
    readonly inspection: Inspection;
    readonly renders: Renders;
    readonly leaks: DaemonLeaks;
    readonly holder: SocketHolder;
    readonly hooks: Hooks;
    readonly tally: Tally;
    /** What all threads hold. */
    readonly pool: Pool;
    /** What the server of metrics and health says. */
    readonly answers: HttpDeps['answers'];
    /** The socket of metrics and health. */
    readonly http: () => HeldSocket | undefined;
    readonly onHttp: HttpDeps['onHttp'];
    readonly predecessor: HttpDeps['predecessor'];
  };

/** @param reload what the configuration has to do with while the daemon runs */
export function logics(shared: Shared, reload: ReloadDeps) {
  const threads = threadOptions(shared);
  const project = withVitals(shared.births.noted(projectMachine));
  return {
    configuration: configurationLogic(reload),
    log: withVitals(logEffect(shared.log)),
    signals: withVitals(signalsEffect),
    inspector: shared.inspection.logic,
    http: withVitals(httpLogic(shared)),
    projects: withVitals(projectsLogic(() => shared.clock.now_ms(), project, withVitals)),
    [RENDERS]: withVitals(rendersLogic(shared)),
    sockets: withVitals(
      socketsMachine.provide({ actors: { holder: withVitals(holderEffect(shared.holder)) } }),
    ),
    engine: withVitals(engineLogic(shared, threads)),
    spare: withVitals(spareLogic(shared, threads)),
    job: withVitals(jobThreadLogic(shared, threads)),
    listener: withVitals(listenerLogic(shared)),
    health: withVitals(shared.health.machine),
    'leak search': withVitals(shared.leaks.machine),
    'service manager': withVitals(serviceManagerEffect(shared)),
    ...storeLogic(shared),
  };
}

/** Where projects are kept on the disk. */
function storeLogic(shared: Shared) {
  const deps = storeDeps(shared);
  return deps === undefined ? {} : stepLogics({ [STORE]: storeStep(deps) }, shared.log);
}

/** Nothing when projects are kept nowhere. */
export function storeDeps(shared: Shared): StoreStepDeps | undefined {
  const { store, readings, projects, config, log, predecessor } = shared;
  if (store === undefined || readings === undefined) return undefined;
  const { unix, tcp } = config.sockets;
  const address = unix.enabled ? unix.path : `${tcp.address}:${tcp.port}`;
  return { store, readings, projects, address, log, predecessor };
}

function rendersLogic({ renders, log }: Shared) {
  return rendersMachine.provide({
    actors: { keeper: withVitals(keeperEffect(renders)) },
    actions: {
      'announce defect': ({ event }) => {
        const err = 'error' in event ? event.error : undefined;
        log.error({ err }, 'managed renders are not looked after for a while');
      },
    },
  });
}

function httpLogic(shared: Shared) {
  const { log } = shared;
  return httpMachine.provide({
    actors: { server: withVitals(httpEffect(shared)) },
    actions: {
      'announce break': ({ context: { failure, breaks } }) => {
        const text = 'metrics and health are not served; it is tried again';
        log.error({ reason: failure?.failure, breaks }, text);
      },
      'announce return': ({ context: { address } }) =>
        log.info({ address }, 'metrics and health are served again'),
    },
  });
}

function engineLogic(shared: Shared, threads: ThreadOptions) {
  const { log, spares, tally } = shared;
  return engineMachine.provide({
    guards: { 'a spare is there': () => spares.ready },
    actors: {
      worker: withVitals(workerEffect({ ...shared, threads })),
      calls: withVitals(callsEffect(shared)),
      'restart policy': withVitals(restartPolicyMachine),
    },
    actions: {
      'announce loss': ({ context: { index, reason, restarts } }) => {
        tally.died('engine_worker', reason);
        log.warn(
          { actor: `engines/engine:${index}`, reason, restarts },
          'an engine lost its worker',
        );
      },
      'announce restart': ({ context: { index, restarts } }) => {
        tally.restarted('engine_worker');
        log.info(
          { actor: `engines/engine:${index}`, restarts },
          'restarting the worker of an engine',
        );
      },
      'announce shortage': ({ context: { index, reason } }) =>
        log.warn(
          { actor: `engines/engine:${index}`, reason },
          'the worker of an engine could not be started yet',
        ),
    },
  });
}

function spareLogic(shared: Shared, threads: ThreadOptions) {
  const { log, projects } = shared;
  return spareMachine.provide({
    guards: { 'there is something to lose': () => projects.count > 0 },
    actors: {
      thread: withVitals(spareEffect({ ...shared, threads })),
      'restart policy': withVitals(restartPolicyMachine),
    },
    actions: {
      'announce loss': ({ context: { reason } }) =>
        log.warn({ actor: 'engines/spare', reason }, 'the spare thread was lost'),
    },
  });
}

function jobThreadLogic(shared: Shared, threads: ThreadOptions) {
  const { log, tally } = shared;
  return engineMachine.provide({
    actors: {
      worker: withVitals(jobWorkerEffect({ ...shared, threads })),
      calls: withVitals(jobCallsEffect(shared)),
      'restart policy': withVitals(restartPolicyMachine),
    },
    actions: {
      'announce loss': ({ context: { index, reason, restarts } }) => {
        tally.died('job_worker', reason);
        log.warn({ actor: `jobs/job:${index}`, reason, restarts }, 'a job thread was lost');
      },
      'announce restart': () => tally.restarted('job_worker'),
      'announce shortage': ({ context: { index, reason } }) =>
        log.warn({ actor: `jobs/job:${index}`, reason }, 'a job thread could not be started yet'),
      'announce replacement': ({ context: { index, reason } }) => {
        tally.died('job_worker', reason);
        tally.restarted('job_worker');
        log.info({ actor: `jobs/job:${index}`, reason }, 'replacing a job thread');
      },
      'announce pause': ({ context: { index, reason } }) =>
        log.error(
          { actor: `jobs/job:${index}`, reason },
          'a job thread is left alone for some time',
        ),
    },
  });
}

function listenerLogic(shared: Shared) {
  const { config, log } = shared;
  return listenerMachine.provide({
    actors: {
      server: withVitals(serverEffect(shared)),
      connections: withVitals(
        dynamic({
          logics: { connection: connectionLogic(shared) },
          now_ms: () => shared.clock.now_ms(),
          wrap: withVitals,
        }),
      ),
    },
    actions: {
      'say full': spaced(FULL_INTERVAL_MS, () => {
        const { max_connections } = config.performance;
        const text = 'all connections that performance.max_connections allows are taken';
        log.warn({ max_connections }, text);
      }),
    },
  });
}

function connectionLogic(shared: Shared) {
  const { config, log } = shared;
  const socket = socketEffect({
    ...shared,
    reader: new EnvelopeReader(config),
    onDefect: (about, error) =>
      log.error({ ...about, err: error }, 'a defect in a method of the daemon'),
    onConnectionDefect: (about, error) =>
      log.error({ ...about, err: error }, 'a defect ended a connection'),
    onTokenRefused: refusals(log),
    onOutputOverdue: (connection, unread_bytes) => {
      const { send_timeout_ms } = config.limits;
      const text = 'a connection is cut: its client takes nothing of what waits for it';
      log.warn({ connection: Number(connection), unread_bytes, send_timeout_ms }, text);
    },
  });
  const onRequestDefect = (about: About) => log.error(about, 'a request failed by a defect');
  const session = sessionMachine.provide({
    actors: {
      requests: withVitals(requestsEffect({ ...shared, onRequestDefect })),
      job: withVitals(shared.jobs.logic),
    },
  });
  return withVitals(
    connectionMachine.provide({
      actors: { socket: withVitals(socket), session: withVitals(session) },
    }),
  );
}

/** Wrong tokens in the log: never themselves, and a line a second however many are tried. */
function refusals(log: Logger): SocketDeps['onTokenRefused'] {
  let refused = 0;
  const say = spaced(REFUSALS_INTERVAL_MS, (connection: string, address: string) => {
    const where = address === '' ? {} : { address };
    const about = { connection: Number(connection), ...where, refused };
    log.warn(about, 'a client has shown a wrong token');
  });
  return (connection, address) => {
    refused += 1;
    say(connection, address);
  };
}

const REFUSALS_INTERVAL_MS = 1000;

/** What every thread is started with. */
function threadOptions({ config, clock, pool }: Shared): ThreadOptions {
  const { limits, history, files, journal } = config;
  const { roots } = files;
  // Once for the whole life: what becomes of the names of the roots later widens nothing.
  const real_roots = roots.map(realPath);
  return {
    options: {
      ...{ ...limits, history_bytes_max: history.bytes_max },
      ...{ op_ids_max: journal.op_ids_max, op_results_bytes_max: journal.op_results_bytes_max },
      ...{ roots, real_roots, jobs_inline: false },
      // Of pictures: into how many pieces they are cut, from the next thread on.
      get job_threads() {
        return config.workers.jobs;
      },
    },
    ...{ heap_bytes_max: config.workers.heap_bytes_max },
    ...{ pool, service: clock.memory },
  };
}

/** All places are taken for long, as a rule: a line a minute says it. */
const FULL_INTERVAL_MS = 60_000;
