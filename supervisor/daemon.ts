/** A daemon in this process: `children.ts` says of what it consists, `logics.ts` of which code. */

import type { Logger } from 'pino';
import type { Observable } from 'rxjs';
import { type AnyActorRef, createActor } from 'xstate';
import type { HookEvent } from '../actors/hooks.ts';
import type { ProcessOptions } from '../actors/process/steps.ts';
import { ServiceClock } from '../actors/service-clock.ts';
import { withVitals } from '../actors/vitals.ts';
import { LiveConfig } from '../conf/live.ts';
import type { LoadedConfig } from '../conf/load.ts';
import type { Config } from '../conf/schema.ts';
import type { LogFacts } from '../machines/health-facts.ts';
import {
  type Decision,
  deaths,
  type SupervisorOutcome,
  supervisor,
} from '../machines/supervision/index.ts';
import { daemonChildren, LISTENERS, SPARE, threadChild } from './children.ts';
import { logDecision } from './decisions.ts';
import { logics } from './logics.ts';
import { observed } from './observe.ts';
import { type Outcome, outcomeOf, StartError } from './outcome.ts';
import { Probe } from './probe.ts';
import { Progress } from './progress.ts';
import { daemonParts } from './reload/daemon-parts.ts';
import type { Part } from './reload/parts.ts';
import { askForReload, type ReloadDeps, tellConfiguration } from './reload/reload.ts';
import type { ReportSource } from './report/daemon-report.ts';
import { sharedBy } from './shared.ts';
import type { Statistics } from './statistics.ts';
import { storeOf } from './store.ts';
import { actorTree, TREE_ACTORS_MAX, type TreeNode } from './tree.ts';
import { OwnProcess } from './upgrade/own-process.ts';
import { askForUpgrade, type Farewell } from './upgrade/upgrade.ts';

export interface DaemonOptions {
  readonly config: Config;
  readonly log: Logger;
  /** How the places do that the log goes to, for `status` and the health. */
  readonly logs?: () => readonly LogFacts[];
  /** What a report tells of the program around the daemon. */
  readonly report?: ReportSource;
  /** Uniform in [0, 1), for the jitter of restarts. */
  readonly random?: () => number;
  readonly reload?: ReloadOptions;
  /** For a process that is the daemon's own: the steps of its start that are about the process. */
  readonly process?: ProcessOptions;
}

/** What whoever starts a daemon has to do with its configuration while it runs. */
export interface ReloadOptions {
  /** Reads it again; rejects with a ConfigError. */
  readonly read: () => Promise<LoadedConfig>;
  /** Parts of the program around the daemon that go by it too. */
  readonly parts?: readonly Part[];
  /** For whoever watches over the process. */
  readonly onReload?: ReloadDeps['onReload'];
}

/** A daemon in this process. */
export interface Daemon {
  /** What it goes by, always as it is at the moment. */
  readonly config: Config;
  /** Resolves with the path it listens on; rejects with a StartError when it ended before that. */
  readonly listening: Promise<string>;
  /** Resolves when it has ended, whatever the reason. */
  readonly ended: Promise<Outcome>;
  /** Asks it to stop; `by` is for the log. Asked again, it stops without waiting for anybody. */
  stop(by: string): void;
  /** Has it read its configuration again; what comes of it is in the log. `by` is for that too. */
  reload(by: string): void;
  /** The URL of the inspector, while it is served. */
  readonly inspector: string | undefined;
  /** Who has taken its place, if somebody has. */
  readonly successor: Farewell | undefined;
  /** Its number among the daemons of this process, as on the channels of `diagnostics_channel`. */
  readonly number: number;
  /**
   * What becomes of requests and connections, from when it is subscribed to; costs nothing else. It
   * is told as it happens: do little, and never wait. What a subscriber throws is logged.
   */
  observe(): Observable<HookEvent>;
  /** Its actors, of at most so many; of the others only how many there are is told. */
  tree(actors_max?: number): TreeNode;
  /** What it has done and holds. */
  statistics(): Statistics;
}

/** Starts a daemon. Throws ConfigError when its file of tokens cannot be used. */
export function startDaemon({ log, random = Math.random, ...options }: DaemonOptions): Daemon {
  const config = new LiveConfig(options.config);
  const own =
    options.process === undefined ? undefined : new OwnProcess(options.process, config, log);
  const { manager, predecessor } = options.process ?? {};
  const progress = new Progress(log, manager);
  const probe = new Probe(() => root);
  const clock = new ServiceClock();
  const now_ms = () => clock.now_ms();
  const stop = (by: string) => root.send({ type: 'supervisor.stop', by });
  const store = storeOf(config, options.process, log);
  // Asked only once there are connections, and so a root.
  const shared = sharedBy(config, log, clock, {
    tree: () => actorTree(root, TREE_ACTORS_MAX),
    deaths: () => deaths(root),
    daemon: () => summary(root),
    ...{ root: () => root, stop, logs: options.logs ?? (() => []), manager },
    reload: (by: string) => askForReload(root, by),
    upgrade: (by: string) => askForUpgrade(root, by),
    predecessor,
    rootAnswers: probe.answers,
    reportSource: options.report,
    store,
  });
  const nature = { random, now_ms, unix_ms };
  const parts = daemonParts({
    ...{ config, log, root: () => root, own: options.reload?.parts ?? [] },
    ...{ projects: shared.projects, jobs: shared.jobs, tokens: shared.tokens },
    inspection: shared.inspection,
    thread: (kind, index) => threadChild(kind, index, config, nature),
  });
  let listens: (address: string) => void;
  const listening = new Promise<string>((resolve) => {
    listens = resolve;
  });
  const report = (decision: Decision) => {
    if (probe.hears(decision)) return;
    logDecision(decision, log);
    shared.tally.hear(decision);
    progress.hear(decision);
    hearPhase(decision, root, own);
    if (decision.kind === 'ready' && decision.child === LISTENERS)
      listens(shared.holder.addresses[0] ?? '');
  };
  const reload = {
    ...{ config, log, parts, isUp: () => progress.isUp },
    ...{ read: options.reload?.read, onReload: options.reload?.onReload },
  };
  const logic = supervisor({
    logics: { ...logics(shared, reload), ...own?.logics(shared, stop) },
    ...{ random, report, now_ms },
    wrap: withVitals,
  });
  const input = { spec: daemonChildren(config, nature, own?.facts, store !== undefined) };
  const root: AnyActorRef = createActor(withVitals(logic), { id: 'daemon', input, clock });
  const ended = endOf(root);
  const failed = ended.then((outcome) => {
    clock.stop();
    throw new StartError(outcome);
  });
  root.start();
  const life = { config, listening: Promise.race([listening, failed]), ended, stop };
  return daemonOf(life, root, shared, log, own);
}

/** What whoever started a daemon can see of it, and ask of it. */
function daemonOf(
  life: Pick<Daemon, 'config' | 'listening' | 'ended' | 'stop'>,
  root: AnyActorRef,
  { inspection, hooks, statistics }: ReturnType<typeof sharedBy>,
  log: Logger,
  own: OwnProcess | undefined,
): Daemon {
  return {
    ...life,
    get successor() {
      return own?.successor;
    },
    get inspector() {
      return inspection.url;
    },
    ...{ number: hooks.daemon, observe: () => observed(hooks), statistics },
    tree: (actors_max) => actorTree(root, actors_max),
    reload: (by) => {
      if (!tellConfiguration(root, { type: 'reload.asked', by })) {
        log.info({ by }, 'the configuration is not read again, since the daemon ends');
      }
    },
  };
}

function hearPhase(decision: Decision, root: AnyActorRef, own: OwnProcess | undefined): void {
  if (isPhase(decision, 'running')) {
    tellConfiguration(root, { type: 'daemon.running' });
    own?.running();
  }
  if (isPhase(decision, 'shutting down')) {
    tellConfiguration(root, { type: 'daemon.stopping' });
    own?.stopping();
  }
}

/** Whether the daemon as a whole begins to run, or to stop. */
function isPhase({ supervisor, kind }: Decision, phase: Decision['kind']): boolean {
  return supervisor === '' && kind === phase;
}

/** Unix time that never goes back. */
function unix_ms(): number {
  return performance.timeOrigin + performance.now();
}

function summary(root: AnyActorRef) {
  const { value, children } = root.getSnapshot();
  const engines = children.engines === undefined ? [] : actorTree(children.engines).children;
  return { state: String(value), engines: engines.filter(({ id }) => id !== SPARE) };
}

function endOf(root: AnyActorRef): Promise<Outcome> {
  return new Promise((resolve) => {
    root.subscribe({
      complete: () => resolve(outcomeOf(root.getSnapshot().output as SupervisorOutcome)),
      // A defect in the root itself; those of its children are outcomes.
      error: (error) => resolve({ kind: 'defect', reason: String(error) }),
    });
  });
}
