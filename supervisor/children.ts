/**
 * What the daemon consists of, as data: who is whose child, in which order they start, how they are
 * restarted and how long they may take to stop. It reads like the picture in `README.md`; what the
 * words mean is said in `machines/supervision/`, and the names of logics are filled by `logics.ts`.
 */

import type { Config } from '../conf/schema.ts';
import { type EngineInput, QUICK_JOB_THREADS } from '../machines/engine.ts';
import type { HealthInput } from '../machines/health.ts';
import type { HttpInput } from '../machines/http.ts';
import type { InspectorInput } from '../machines/inspector.ts';
import type { LeaksInput } from '../machines/leaks.ts';
import { type ListenerInput, numbersMax } from '../machines/listener.ts';
import { Crowd } from '../machines/places.ts';
import { projectsSpec } from '../machines/projects.ts';
import type { RendersInput } from '../machines/renders.ts';
import type { SocketKind, SocketsInput } from '../machines/sockets.ts';
import type { SpareInput } from '../machines/spare.ts';
import type {
  ChildSpec,
  SupervisorSettings,
  SupervisorSpec,
} from '../machines/supervision/index.ts';
import type { UpgradeInput } from '../machines/upgrade.ts';

/** The first child that is about the daemon itself: the process is as it is to be. */
export const PROJECTS = 'projects';

/** Of the child of the root that has what is kept of projects. */
export const STORE = 'store';

/** Of the child of the root that looks after managed renders. */
export const RENDERS = 'renders';

/** Of the child of the root that has the inspector below it. */
export const INSPECTION = 'inspection';

/** The child that has the daemon replaced by another process. */
export const UPGRADE = 'upgrade';

/** The one among the engines that is none. */
export const SPARE = 'spare';

/** When these are ready, clients are answered. */
export const LISTENERS = 'listeners';

/** However many a later configuration may allow; the directory of projects is what bounds them. */
const PROJECTS_MAX = 65_536;

/** How long the daemon goes on after it was told to stop a second time. */
const HURRY_MS = 500;

/**
 * A thread is given up by its own machine, by default after some 15 s; this only bounds what that
 * machine might get wrong.
 */
const THREAD_READY_MS = 600_000;

/** It has nothing to wait for. */
const SPARE_STOP_MS = 1000;

/** Binding takes some milliseconds, and up to a second for each daemon that may listen there. */
const SOCKETS_READY_MS = 30_000;

/** Metrics and health; as above. An answer that is under way has half a second. */
const HTTP_READY_MS = 30_000;
const HTTP_STOP_MS = 2000;

/** Listing what there is takes a moment; a disk that hangs is given up. */
const STORE_READY_MS = 60_000;
const STORE_STOP_MS = 10_000;

/** It binds nothing. */
const LISTENER_READY_MS = 5000;

/** It tells who looks, and waits for nobody. */
const INSPECTOR_STOP_MS = 2000;

/** It has nothing to wait for. */
const CONFIGURATION_STOP_MS = 1000;

/** Chance and time, which machines do not have of themselves. */
export interface Nature {
  /** Uniform in [0, 1), for the jitter of restarts. */
  readonly random: () => number;
  /** Of the clock that drives the timers. */
  readonly now_ms: () => number;
  /** Unix time by a clock that only goes forward. */
  readonly unix_ms: () => number;
}

/** What another process has it gives up as soon as its requests have ended. */
const TAKEOVER_MS = 600_000;
/** It ends a successor that is there too early. */
const UPGRADE_STOP_MS = 5000;

/** A step is a matter of milliseconds, but users may be looked up over a network. */
const STEP_READY_MS = 30_000;
const STEP_UNDO_MS = 1000;

/**
 * The steps of the start and the children that they are, in order; the stop is their reverse. The
 * design of the original has eleven: the last five are the children that every daemon has, the
 * others are about the process, for a daemon that has one of its own.
 */
export const STEPS: Readonly<Record<string, number>> = {
  configuration: 1,
  environment: 2,
  'pid file': 3,
  signals: 4,
  log: 5,
  detach: 6,
  privileges: 7,
  inspection: 7,
  projects: 8,
  store: 8,
  renders: 8,
  sockets: 9,
  engines: 10,
  jobs: 10,
  takeover: 10,
  listeners: 11,
  health: 11,
  'leak search': 11,
};

/** One about the process; what each does is in `actors/process/`. */
function step(id: string): ChildSpec {
  const ready = { event: 'step.ready', within_ms: STEP_READY_MS };
  return { id, logic: id, ready, shutdown: STEP_UNDO_MS };
}

/** It was read before there was a tree, which is made from it; this reads it again when asked. */
const CONFIGURATION: ChildSpec = {
  ...{ id: 'configuration', logic: 'configuration', shutdown: CONFIGURATION_STOP_MS },
};

const SIGNALS: ChildSpec = { id: 'signals', logic: 'signals', shutdown: 'kill' };

/** It hears of the start and the stop by another way; this gives it signs of life in between. */
const MANAGER: ChildSpec = { id: 'service manager', logic: 'service manager', shutdown: 'kill' };

/** It makes projects of what it finds, and outlives the engines, whose last edits it keeps. */
const STORE_CHILD: ChildSpec = {
  ...{ id: STORE, logic: STORE, shutdown: STORE_STOP_MS },
  ready: { event: 'step.ready', within_ms: STORE_READY_MS },
};

/** Before the daemon itself; in the process of another program there is little to be done. */
function firstChildren(ownProcess: boolean): ChildSpec[] {
  if (!ownProcess) return [CONFIGURATION, { id: 'log', logic: 'log', shutdown: 'kill' }, SIGNALS];
  return [
    ...[CONFIGURATION, step('environment'), step('pid file'), SIGNALS],
    ...[step('log'), step('detach'), step('privileges')],
  ];
}

/**
 * As soon as the process is who it will be, and before all that may take long: it tells that the
 * daemon starts, and to the end that it drains. It takes nothing along, since it does not end.
 */
function httpChild(config: Config): ChildSpec {
  const input: HttpInput = { config };
  const ready = { event: 'http.ready', within_ms: HTTP_READY_MS };
  return { id: 'http', logic: 'http', input, ready, shutdown: HTTP_STOP_MS };
}

/** It outlives the jobs, whose last pictures go with it. */
function rendersChild(config: Config): ChildSpec {
  const input: RendersInput = { config };
  return { id: RENDERS, logic: RENDERS, input };
}

function socketsChild(config: Config): ChildSpec {
  const input: SocketsInput = { config };
  const ready = { event: 'sockets.ready', within_ms: SOCKETS_READY_MS };
  return { id: 'sockets', logic: 'sockets', input, ready };
}

/** An engine, or a thread of jobs. */
export function threadChild(
  kind: EngineInput['kind'],
  index: number,
  config: Config,
  { random, now_ms }: Pick<Nature, 'random' | 'now_ms'>,
): ChildSpec {
  const rests = kind === 'engine' && index > 0;
  const input: EngineInput = { kind, index, rests, config, random, now_ms };
  const ready = { event: 'engine.ready', within_ms: THREAD_READY_MS };
  return { id: `${kind}:${index}`, logic: kind, input, ready };
}

/** An engine goes on without, so that it is left out when it fails. */
function spares(config: Config, { random }: Pick<Nature, 'random'>): ChildSpec[] {
  if (!config.workers.spare) return [];
  const input: SpareInput = { config, random };
  return [{ id: SPARE, logic: 'spare', input, restart: 'temporary', shutdown: SPARE_STOP_MS }];
}

/** What the configuration says of supervisors, those below the root by their ids. */
export function supervisorSettings({ performance, supervisor, health }: Config) {
  const restarts = supervisor.restart;
  // Who wants no thread to be started again wants no engine to be replaced either.
  const { restart_on_failure } = health;
  const replacements = restart_on_failure ? restarts : { ...restarts, restart_on_failure };
  return {
    root: { restarts, stop_within_ms: performance.shutdown_timeout_ms, hurry_within_ms: HURRY_MS },
    engines: { restarts: replacements },
    jobs: { restarts: replacements },
    listeners: { restarts },
    [INSPECTION]: { restarts },
  } satisfies Record<string, SupervisorSettings>;
}

/**
 * Early in the order, so that who looks sees the rest start and stop. Nothing depends on it: it is
 * temporary, and what comes after it stays when it fails. Whoever asks for it then starts it anew.
 */
export function inspectionChild(config: Config): ChildSpec {
  const input: InspectorInput = { config };
  return {
    id: INSPECTION,
    supervises: {
      strategy: 'one_for_one',
      ...supervisorSettings(config)[INSPECTION],
      children: [{ id: 'inspector', logic: 'inspector', input, shutdown: INSPECTOR_STOP_MS }],
    },
    restart: 'temporary',
  };
}

/**
 * What waits for the daemon whose place this one takes: what only one of them can have comes after
 * it. Without such a daemon it is done at once.
 */
const TAKEOVER: ChildSpec = {
  ...{ id: 'takeover', logic: 'takeover', shutdown: 'kill' },
  ready: { event: 'step.ready', within_ms: TAKEOVER_MS },
};

/** The last to start: it ends first, and with it a successor that is not wanted any more. */
function upgradeChild(config: Config): ChildSpec {
  const input: UpgradeInput = { config };
  return { id: UPGRADE, logic: UPGRADE, input, shutdown: UPGRADE_STOP_MS };
}

/** What a process of its own means for a daemon. */
export interface ProcessFacts {
  /** With all the steps about it. */
  readonly own: boolean;
  /** A service manager wants to hear of it. */
  readonly managed: boolean;
  /** It is to take the place of another one. */
  readonly successor: boolean;
}

const NONE: ProcessFacts = { own: false, managed: false, successor: false };

/** @param kept whether there is a store of projects */
export function daemonChildren(
  config: Config,
  nature: Nature,
  process: ProcessFacts = NONE,
  kept = false,
): SupervisorSpec {
  const { workers } = config;
  const settings = supervisorSettings(config);
  const threads = (kind: EngineInput['kind'], count: number): ChildSpec[] =>
    Array.from({ length: count }, (_, index) => threadChild(kind, index, config, nature));
  const crowd = new Crowd(() => numbersMax(config));
  const listener = (kind: SocketKind): ChildSpec => {
    const input: ListenerInput = { kind, crowd, config };
    const ready = { event: 'listener.ready', within_ms: LISTENER_READY_MS };
    // The whole stop has its limit, which a reload may change.
    return { id: `listener:${kind}`, logic: 'listener', input, ready, shutdown: 'infinity' };
  };
  const health: HealthInput = { config, now_ms: nature.unix_ms };
  const leaks: LeaksInput = { config };
  return {
    // What comes later in this list works with what comes before it.
    strategy: 'rest_for_one',
    ...settings.root,
    children: [
      ...firstChildren(process.own),
      ...(config.http.enabled ? [httpChild(config)] : []),
      ...(process.successor ? [] : [inspectionChild(config)]),
      { id: PROJECTS, logic: 'projects', input: projectsSpec(PROJECTS_MAX) },
      ...(kept ? [STORE_CHILD] : []),
      rendersChild(config),
      // They outlive all who work behind them: who connects meanwhile waits, or is told to return.
      socketsChild(config),
      // Losing engines for good is the end: nobody would be served, and nothing would come back.
      {
        id: 'engines',
        supervises: {
          // Each loads its code, for which the machine may well have a processor left.
          ...{ strategy: 'one_for_one', start: 'together', ...settings.engines },
          children: [...threads('engine', workers.count), ...spares(config, nature)],
        },
        escalates: true,
      },
      {
        id: 'jobs',
        supervises: {
          strategy: 'one_for_one',
          ...settings.jobs,
          children: threads('job', workers.jobs + QUICK_JOB_THREADS),
        },
      },
      ...(process.own ? [TAKEOVER] : []),
      // Its port is the predecessor's until then; so is the store, which is opened as part of it.
      ...(process.successor ? [inspectionChild(config)] : []),
      {
        id: LISTENERS,
        supervises: {
          strategy: 'one_for_one',
          ...settings.listeners,
          children: [listener('unix'), listener('tcp')],
        },
      },
      // The last to start and the first to stop: what stops is not ill.
      { id: 'health', logic: 'health', input: health, shutdown: 'kill' },
      // Of no use to clients: nothing else is started again with it.
      { id: 'leak search', logic: 'leak search', input: leaks, shutdown: 'kill' },
      ...(process.managed ? [MANAGER] : []),
      ...(process.own ? [upgradeChild(config)] : []),
    ],
  };
}
