/** The parts of a daemon that go over to another configuration, in their order. */

import type { Logger } from 'pino';
import type { AnyActorRef } from 'xstate';
import type { Projects } from '../../actors/engines/projects.ts';
import type { PartScheduler } from '../../actors/jobs/parts.ts';
import type { LiveConfig } from '../../conf/live.ts';
import type { Config } from '../../conf/schema.ts';
import { tokensOf } from '../../conf/token-file.ts';
import type { EngineInput } from '../../machines/engine.ts';
import type { SocketsEvent, SocketsOutcome } from '../../machines/sockets.ts';
import { adjust, type ChildSpec, type SupervisorRef } from '../../machines/supervision/index.ts';
import type { KnownToken, Tokens } from '../../transport/tokens.ts';
import { supervisorSettings } from '../children.ts';
import type { Inspection } from '../inspection/inspection.ts';
import { Crew, type Roster } from './crew.ts';
import { inspectorPart } from './inspector-part.ts';
import { ALL_TAKEN, type Part } from './parts.ts';
import { guardedSettingsPart, settingsPart } from './reload.ts';

export interface DaemonPartsDeps {
  readonly config: LiveConfig;
  readonly log: Logger;
  readonly root: () => AnyActorRef;
  readonly projects: Projects;
  readonly jobs: { readonly parts: PartScheduler };
  readonly tokens: Tokens;
  readonly inspection: Pick<Inspection, 'turn'>;
  readonly thread: (kind: EngineInput['kind'], number: number) => ChildSpec;
  /** What whoever started the daemon has to do with it: its log. */
  readonly own: readonly Part[];
}

/** A thread starts in a tenth of a second, and is tried again while the system is short. */
const THREADS_MS = 60_000;
const SUPERVISORS_MS = 1000;
const TOKENS_MS = 1000;
/** Each daemon that may listen there is asked whether it lives. */
const SOCKETS_MS = 30_000;

export function daemonParts(deps: DaemonPartsDeps): Part[] {
  const { config, own } = deps;
  return [
    ...own,
    guardedSettingsPart(config),
    tokensPart(deps.tokens),
    socketsPart(deps),
    inspectorPart(deps.inspection),
    settingsPart(config),
    supervisorsPart(deps),
    crewPart('engine', deps, engineRoster(deps.projects)),
    crewPart('job', deps, jobRoster(deps.jobs.parts)),
  ];
}

/** Read again each time: a file of the same name may have others in it. */
function tokensPart(tokens: Tokens): Part {
  let last: { from: Config; to: Config; all: readonly KnownToken[] } | undefined;
  return {
    name: 'tokens',
    within_ms: TOKENS_MS,
    check: (to) => void tokensOf(to),
    apply: (from, to) => {
      const all = tokens.all;
      const back = last?.from === to && last.to === from ? last.all : undefined;
      // Of going back there is nothing to be read: the file may be another by now.
      if (back !== undefined) tokens.restore(back);
      else tokens.replace(tokensOf(to));
      last = { from, to, all };
      return ALL_TAKEN;
    },
  };
}

/** Those that hold the sockets do all of it or nothing, and say why. */
function socketsPart({ root }: DaemonPartsDeps): Part {
  return {
    name: 'sockets',
    within_ms: SOCKETS_MS,
    apply: (_, config) =>
      new Promise((resolve, reject) => {
        const actor: AnyActorRef | undefined = root().getSnapshot().children.sockets;
        if (actor?.getSnapshot().status !== 'active') {
          reject(new Error('they are being bound or closed; ask again when that is done'));
          return;
        }
        const answer = (outcome: SocketsOutcome) => {
          if (outcome.ok) resolve(outcome.waits);
          else reject(new Error(outcome.reason));
        };
        actor.send({ type: 'sockets.change', config, answer } satisfies SocketsEvent);
      }),
  };
}

function supervisorAt(root: AnyActorRef, id: string): SupervisorRef | undefined {
  return root.getSnapshot().children[id] as SupervisorRef | undefined;
}

/** Windows and deadlines. */
function supervisorsPart({ root }: DaemonPartsDeps): Part {
  return {
    name: 'supervisors',
    within_ms: SUPERVISORS_MS,
    apply: async (from, to) => {
      const before = JSON.stringify(supervisorSettings(from));
      const { root: top, ...others } = supervisorSettings(to);
      if (JSON.stringify({ root: top, ...others }) === before) return ALL_TAKEN;
      await adjust(root() as unknown as SupervisorRef, top);
      for (const [id, settings] of Object.entries(others)) {
        const below = supervisorAt(root(), id);
        if (below !== undefined) await adjust(below, settings);
      }
      return ALL_TAKEN;
    },
  };
}

function crewPart(kind: EngineInput['kind'], deps: DaemonPartsDeps, roster: Roster): Part {
  const { log, root, thread } = deps;
  const supervisor = () => supervisorAt(root(), `${kind}s`);
  const child = (number: number) => thread(kind, number);
  const crew = new Crew({ kind, roster, supervisor, child, log });
  return {
    name: kind === 'engine' ? 'workers.count' : 'workers.jobs',
    within_ms: THREADS_MS,
    apply: async (_, { workers }) => {
      await crew.resize(kind === 'engine' ? workers.count : workers.jobs);
      return ALL_TAKEN;
    },
  };
}

/** What an engine has are its projects; its queue says when it comes and leaves. */
function engineRoster(projects: Projects): Roster {
  return {
    uses: () =>
      projects.engines.map(({ engine, projects: load, retiring }) => ({
        ...{ number: engine, load, retiring },
      })),
    reserved: [],
    add: () => {},
    retire: (number, free) => projects.retire(number, free),
    takeBack: (number) => projects.takeBack(number),
    remove: (number) => projects.forgetEngine(number),
  };
}

/** The threads for quick kinds are none of those that the configuration numbers. */
function jobRoster(parts: PartScheduler): Roster {
  const { threads } = parts;
  return {
    uses: () =>
      threads.all
        .filter(({ quick }) => !quick)
        .map(({ thread, retiring }) => ({ number: thread, load: 0, retiring })),
    reserved: threads.all.filter(({ quick }) => quick).map(({ thread }) => thread),
    add: (number) => threads.add(number),
    retire: (number, free) => parts.retire(number, free),
    takeBack: (number) => parts.takeBack(number),
    remove: (number) => parts.remove(number),
  };
}
