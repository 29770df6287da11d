/**
 * The daemon put together: machines with their effects, and the few things the effects share. This
 * is the one place where the whole tree can be seen from above.
 */

import type { Logger } from 'pino';
import { type ActorRefFrom, createActor } from 'xstate';
import { type CallsRegistry, callsEffect } from '../actors/calls.ts';
import type { Counters } from '../actors/intake.ts';
import { type JobRegistry, jobCallsEffect } from '../actors/job-calls.ts';
import { jobWorkerEffect } from '../actors/job-worker.ts';
import { JobQueue } from '../actors/jobs.ts';
import { Projects } from '../actors/projects.ts';
import { type AcceptedSockets, serverEffect } from '../actors/server.ts';
import { sessionEffect } from '../actors/session.ts';
import { signalsEffect } from '../actors/signals.ts';
import { socketEffect } from '../actors/socket.ts';
import { withVitals } from '../actors/vitals.ts';
import type { Wire } from '../actors/wire.ts';
import { workerEffect } from '../actors/worker.ts';
import type { Config } from '../conf/schema.ts';
import { pollCounter } from '../engine/endpoint.ts';
import type { EngineOptions } from '../engine/port.ts';
import { connectionMachine } from '../machines/connection.ts';
import { daemonMachine, type Outcome } from '../machines/daemon.ts';
import { engineMachine } from '../machines/engine.ts';
import { enginesMachine } from '../machines/engines.ts';
import { listenerMachine } from '../machines/listener.ts';
import { poolMachine } from '../machines/pool.ts';
import { restartPolicyMachine } from '../machines/restart-policy.ts';
import { debugEvents } from './debug-log.ts';
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
  const registry: CallsRegistry & JobRegistry = {
    calls: new Map(),
    jobs: new JobQueue(config),
    jobCalls: new Map(),
    clipboard: undefined,
    projects: new Projects(config.workers.count, config.limits.projects_max),
  };

  // Called only once there are connections, and so a root.
  const dispatch = daemonDispatch({
    tree: () => actorTree(root),
    stop: (by) => root.send({ type: 'stop.asked', by }),
    counters,
    projects: registry.projects,
    jobs: registry.jobs,
  });

  const onDefect = (method: string, error: unknown) =>
    log.error({ method, err: error }, 'a defect in a method of the daemon');

  const threads = { log, options: engineOptions(config), polling: pollCounter() };
  const jobWorker = engineMachine.provide({
    actors: {
      worker: withVitals(jobWorkerEffect({ ...registry, ...threads })),
      calls: withVitals(jobCallsEffect(registry)),
      'restart policy': withVitals(restartPolicyMachine),
    },
    actions: {
      'announce loss': ({ context: { index, reason, restarts } }) =>
        log.warn({ job_thread: index, reason, restarts }, 'a job thread was lost'),
    },
  });
  const engine = engineMachine.provide({
    actors: {
      worker: withVitals(workerEffect({ ...registry, ...threads })),
      calls: withVitals(callsEffect(registry)),
      'restart policy': withVitals(restartPolicyMachine),
    },
    actions: {
      'announce loss': ({ context: { index, reason, restarts } }) =>
        log.warn({ engine: index, reason, restarts }, 'an engine lost its worker'),
      'announce restart': ({ context: { index, restarts } }) =>
        log.info({ engine: index, restarts }, 'restarting the worker of an engine'),
    },
  });
  const connection = connectionMachine.provide({
    actors: {
      socket: withVitals(socketEffect({ sockets, wires, counters, dispatch, onDefect })),
      session: withVitals(sessionEffect({ ...registry, wires })),
    },
  });
  const pool = poolMachine.provide({ actors: { connection: withVitals(connection) } });
  const listener = listenerMachine.provide({
    actors: { server: withVitals(serverEffect({ sockets, log })), pool: withVitals(pool) },
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
    inspect: debugEvents(log),
  });
  const { listening, ended } = milestones(root);
  root.start();
  return {
    listening,
    ended,
    stop: (by) => root.send({ type: 'stop.asked', by }),
    tree: () => actorTree(root),
  };
}

/** What every thread is started with. */
function engineOptions({ limits, files, workers }: Config): EngineOptions {
  return { ...limits, roots: files.roots, jobs_inline: false, job_threads: workers.jobs };
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
