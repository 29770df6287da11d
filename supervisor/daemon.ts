/**
 * The daemon put together: machines with their effects, and the few things the effects share. This
 * is the one place where the whole tree can be seen from above.
 */

import type { Logger } from 'pino';
import { type ActorRefFrom, createActor } from 'xstate';
import type { Counters } from '../actors/connection/intake.ts';
import { sessionEffect } from '../actors/connection/session.ts';
import { socketEffect } from '../actors/connection/socket.ts';
import type { Wire } from '../actors/connection/wire.ts';
import { type CallsRegistry, callsEffect } from '../actors/engines/calls.ts';
import { handOver } from '../actors/engines/handovers.ts';
import { Projects } from '../actors/engines/projects.ts';
import type { ThreadOptions } from '../actors/engines/thread.ts';
import { workerEffect } from '../actors/engines/worker.ts';
import { type JobRegistry, jobCallsEffect } from '../actors/jobs/job-calls.ts';
import { jobWorkerEffect } from '../actors/jobs/job-worker.ts';
import { JobQueue } from '../actors/jobs/jobs.ts';
import { type AcceptedSockets, serverEffect } from '../actors/listener/server.ts';
import { ServiceClock } from '../actors/service-clock.ts';
import { signalsEffect } from '../actors/signals.ts';
import { withVitals } from '../actors/vitals.ts';
import { realPath } from '../conf/real-path.ts';
import type { Config } from '../conf/schema.ts';
import { pollCounter } from '../engine/port/endpoint.ts';
import type { EngineOptions } from '../engine/port/layout.ts';
import { connectionMachine } from '../machines/connection.ts';
import { daemonMachine, type Outcome } from '../machines/daemon.ts';
import { engineMachine } from '../machines/engine.ts';
import { enginesMachine } from '../machines/engines.ts';
import { listenerMachine } from '../machines/listener.ts';
import { poolMachine } from '../machines/pool.ts';
import { restartPolicyMachine } from '../machines/restart-policy.ts';
import { EnvelopeReader } from '../transport/envelope.ts';
import { Ledger } from '../transport/ledger.ts';
import { logEventsAtDebug } from './debug-log.ts';
import { daemonDispatch } from './methods.ts';
import { actorTree, type TreeNode } from './tree.ts';

export interface DaemonOptions {
  readonly config: Config;
  readonly log: Logger;
  /** Uniform in [0, 1), for the jitter of restarts. */
  readonly random?: () => number;
}

/** A daemon in this process. */
export interface Daemon {
  /** Resolves with the path it listens on; rejects with its outcome when it ended before that. */
  readonly listening: Promise<string>;
  /** Resolves when it has ended, whatever the reason. */
  readonly ended: Promise<Outcome>;
  /** Asks it to stop; `by` is for the log. Asked again, it stops without waiting for anybody. */
  stop(by: string): void;
  tree(): TreeNode;
}

/** Why a daemon never came to listen. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super(outcome.reason);
    this.outcome = outcome;
  }
}

/** Starts a daemon. */
export function startDaemon({ config, log, random = Math.random }: DaemonOptions): Daemon {
  const sockets: AcceptedSockets = new Map();
  const wires = new Map<number, Wire>();
  const counters: Counters = { requests: 0 };
  const ledger = new Ledger(config.limits.held_bytes_max);
  const clock = new ServiceClock();
  const calls: CallsRegistry['calls'] = new Map();
  const registry: CallsRegistry & JobRegistry = {
    ...{ clock, calls },
    jobs: new JobQueue(config, clock, (one) => handOver(calls, one)),
    jobCalls: new Map(),
    clipboard: undefined,
    projects: new Projects(config.workers.count, config.limits.projects_max),
  };

  // Called only once there are connections, and so a root.
  const dispatch = daemonDispatch({
    tree: () => actorTree(root, TREE_ACTORS_MAX),
    daemon: () => summary(root),
    stop: (by) => root.send({ type: 'stop.asked', by }),
    counters,
    connections: wires,
    ledger,
    projects: registry.projects,
    jobs: registry.jobs,
  });

  const onDefect = (method: string, error: unknown) =>
    log.error({ method, err: error }, 'a defect in a method of the daemon');

  const onConnectionDefect = (error: unknown) =>
    log.error({ err: error }, 'a defect ended a connection');

  const options = engineOptions(config);
  const threads: ThreadOptions = { options, polling: pollCounter(), service: clock.memory };
  const jobWorker = engineMachine.provide({
    actors: {
      worker: withVitals(jobWorkerEffect({ ...registry, log, threads })),
      calls: withVitals(jobCallsEffect(registry)),
      'restart policy': withVitals(restartPolicyMachine),
    },
    actions: {
      'announce loss': ({ context: { index, reason, restarts } }) =>
        log.warn({ job_thread: index, reason, restarts }, 'a job thread was lost'),
      'announce shortage': ({ context: { index, reason } }) =>
        log.warn({ job_thread: index, reason }, 'a job thread could not be started yet'),
      'announce replacement': ({ context: { index, reason } }) =>
        log.info({ job_thread: index, reason }, 'replacing a job thread'),
      'announce pause': ({ context: { index, reason } }) =>
        log.error({ job_thread: index, reason }, 'a job thread is left alone for some time'),
    },
  });
  const engine = engineMachine.provide({
    actors: {
      worker: withVitals(workerEffect({ ...registry, log, threads })),
      calls: withVitals(callsEffect(registry)),
      'restart policy': withVitals(restartPolicyMachine),
    },
    actions: {
      'announce loss': ({ context: { index, reason, restarts } }) =>
        log.warn({ engine: index, reason, restarts }, 'an engine lost its worker'),
      'announce restart': ({ context: { index, restarts } }) =>
        log.info({ engine: index, restarts }, 'restarting the worker of an engine'),
      'announce shortage': ({ context: { index, reason } }) =>
        log.warn({ engine: index, reason }, 'the worker of an engine could not be started yet'),
    },
  });
  const connection = connectionMachine.provide({
    actors: {
      socket: withVitals(
        socketEffect({
          ...{ sockets, wires, ledger, counters, clock, dispatch, onDefect, onConnectionDefect },
          reader: new EnvelopeReader(config.limits),
        }),
      ),
      session: withVitals(sessionEffect({ ...registry, wires })),
    },
  });
  const pool = poolMachine.provide({ actors: { connection: withVitals(connection) } });
  const listener = listenerMachine.provide({
    actors: { server: withVitals(serverEffect({ sockets, wires, log })), pool: withVitals(pool) },
    actions: {
      'say full': spaced(FULL_INTERVAL_MS, () => {
        const { connections_max } = config.limits;
        log.warn(
          { connections_max },
          'all connections that limits.connections_max allows are taken',
        );
      }),
    },
  });
  const engines = enginesMachine.provide({ actors: { engine: withVitals(engine) } });
  const jobs = enginesMachine.provide({ actors: { engine: withVitals(jobWorker) } });
  const machine = daemonMachine.provide({
    actors: {
      engines: withVitals(engines),
      jobs: withVitals(jobs),
      listener: withVitals(listener),
      signals: withVitals(signalsEffect),
    },
    actions: {
      announce: ({ context }) => log.info({ address: context.address }, 'listening'),
      'say draining': ({ context }) => log.info(context.outcome, 'stopping'),
    },
  });

  const root = createActor(withVitals(machine), {
    id: 'daemon',
    input: { config, random },
    clock,
  });
  logEventsAtDebug(root, log);
  const { listening, ended } = milestones(root);
  ended.then(() => clock.stop());
  root.start();
  return {
    listening,
    ended,
    stop: (by) => root.send({ type: 'stop.asked', by }),
    tree: () => actorTree(root),
  };
}

/** Actors that one reply tells of: it takes some 2 ms, however many connections there are. */
const TREE_ACTORS_MAX = 500;

/** All places are taken for long, as a rule: a line a minute says it. */
const FULL_INTERVAL_MS = 60_000;

/** Does it now and then only, however often it is asked. */
function spaced(interval_ms: number, action: () => void): () => void {
  let next_ms = 0;
  return () => {
    const now = performance.now();
    if (now < next_ms) return;
    next_ms = now + interval_ms;
    action();
  };
}

function summary(root: ActorRefFrom<typeof daemonMachine>) {
  const snapshot = root.getSnapshot();
  const { engines } = snapshot.children;
  const state =
    typeof snapshot.value === 'string' ? snapshot.value : Object.keys(snapshot.value)[0];
  return {
    state: state ?? snapshot.status,
    engines: engines === undefined ? [] : actorTree(engines).children,
  };
}

/** What every thread is started with. */
function engineOptions({ limits, files, workers }: Config): EngineOptions {
  const { roots } = files;
  // Once for the whole life: what becomes of the names of the roots later widens nothing.
  const real_roots = roots.map(realPath);
  return { ...limits, roots, real_roots, jobs_inline: false, job_threads: workers.jobs };
}

/** The two moments that whoever started the daemon waits for. */
function milestones(root: ActorRefFrom<typeof daemonMachine>): Pick<Daemon, 'listening' | 'ended'> {
  const ended = new Promise<Outcome>((resolve) => {
    root.subscribe({
      complete: () => resolve(outcomeOf(root)),
      // A defect in the root itself; those of its children are outcomes.
      error: (error) => resolve({ kind: 'defect', reason: String(error) }),
    });
  });
  const listening = new Promise<string>((resolve, reject) => {
    const subscription = root.subscribe((snapshot) => {
      if (!snapshot.matches('running')) return;
      resolve(snapshot.context.address);
      subscription.unsubscribe();
    });
    ended.then((outcome) => reject(new StartError(outcome)));
  });
  return { listening, ended };
}

function outcomeOf(root: ActorRefFrom<typeof daemonMachine>): Outcome {
  return (
    root.getSnapshot().output ?? { kind: 'defect', reason: 'the daemon ended without a reason' }
  );
}
