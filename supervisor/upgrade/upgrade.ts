/**
 * How a daemon that runs is replaced by another process of the program, which may be a newer one:
 * the machine `upgrade` with its effect. The method `supervisor.upgrade` asks it.
 */

import type { AnyActorRef } from 'xstate';
import type { Projects } from '../../actors/engines/projects.ts';
import type { ProjectStore } from '../../actors/journal/store.ts';
import type { HeldSocket } from '../../actors/listener/held-socket.ts';
import type { SocketHolder } from '../../actors/listener/holder.ts';
import type { ProcessOptions, ProcessSteps } from '../../actors/process/steps.ts';
import { UPGRADE_PROTOCOL } from '../../actors/upgrade/estate.ts';
import {
  type Belonging,
  estateEffect,
  type UpgradeDeps,
} from '../../actors/upgrade/handing-over.ts';
import type { Successor } from '../../actors/upgrade/successor.ts';
import { withVitals } from '../../actors/vitals.ts';
import { GoxError } from '../../conf/errors.ts';
import type { upgrade } from '../../engine/catalogue/operation.ts';
import type { Result } from '../../engine/catalogue/spec.ts';
import { VERSION } from '../../engine/catalogue/version.ts';
import { type UpgradeEvent, type UpgradeOutcome, upgradeMachine } from '../../machines/upgrade.ts';
import { UPGRADE } from '../children.ts';

export interface UpgradingDeps
  extends Pick<UpgradeDeps, 'connections' | 'jobs' | 'renders' | 'log'> {
  readonly process: ProcessOptions;
  readonly steps: ProcessSteps;
  readonly holder: SocketHolder;
  /** The socket of metrics and health, if it is served. */
  readonly http: () => HeldSocket | undefined;
  readonly belongings: readonly Belonging[];
  readonly store: ProjectStore | undefined;
  readonly projects: Pick<Projects, 'all'>;
  /** Ends the daemon; `by` is for the log. */
  readonly stop: (by: string) => void;
}

/** What is on its way to the process that has taken over. */
export type Farewell = Pick<Successor, 'pid' | 'settled'>;

/** @param gone hears who has taken over */
export function upgradeLogic(deps: UpgradingDeps, gone: (successor: Farewell) => void) {
  const { log, stop, process: own } = deps;
  const fixed = () => own.fixed() ?? unkept(deps);
  const effect = estateEffect({
    ...deps,
    command: own.upgrade,
    estate: () => estateOf(deps),
    gone: (successor) => {
      own.manager?.handOver(successor.pid ?? 0);
      deps.steps['pid file'].leave();
      deps.http()?.leave();
      gone(successor);
    },
  });
  return withVitals(
    upgradeMachine.provide({
      actors: { estate: withVitals(effect) },
      guards: { 'cannot be': () => fixed() !== undefined },
      ...(own.start_ms === undefined ? {} : { delays: { start: own.start_ms } }),
      actions: {
        'refuse asker': ({ event }) => {
          const reason = fixed() ?? '';
          if (event.type === 'upgrade.asked') event.answer({ kind: 'refused', reason });
        },
        'announce start': ({ context: { by } }) =>
          log.info({ by }, 'another process is started, to take over'),
        'announce hand over': ({ context: { successor } }) =>
          log.info(successor, 'the other process is ready, and takes over'),
        'announce failure': ({ context: { failure } }) => {
          const text = 'no other process has taken over; this one goes on as before';
          log.error({ ...failure, kind: undefined }, text);
        },
        'end daemon': ({ context: { successor } }) =>
          stop(`process ${successor?.pid}, which has taken over`),
      },
    }),
  );
}

/** Why projects cannot be handed over, if that is so. */
function unkept({ store, projects }: UpgradingDeps): string | undefined {
  if (store?.keeps) return undefined;
  const edited = [...projects.all()].filter(({ log }) => log.sequence > 0).length;
  if (edited === 0) return undefined;
  const what = edited === 1 ? 'a project is' : `${edited} projects are`;
  return `${what} kept nowhere, and would be lost; close them first`;
}

/** What it is told of the sockets is what they are at this moment. */
function estateOf({ process: own, steps, holder, http, store }: UpgradingDeps) {
  const served = http()?.handed();
  return {
    ...{ protocol: UPGRADE_PROTOCOL, pid: process.pid, version: VERSION },
    background: own.background,
    pid_file: steps['pid file'].handed(),
    store: store?.handed,
    sockets: [...holder.handed(), ...(served === undefined ? [] : [served])],
  };
}

/** Asks for it; the promise is of the result of the method. */
export function askForUpgrade(root: AnyActorRef, by: string): Promise<Result<typeof upgrade>> {
  return new Promise((resolve, reject) => {
    const answer = (outcome: UpgradeOutcome) => {
      if (outcome.kind === 'handing over') resolve(resultOf(outcome));
      else reject(errorOf(outcome));
    };
    const actor = root.getSnapshot().children[UPGRADE] as AnyActorRef | undefined;
    if (actor?.getSnapshot().status === 'active') {
      actor.send({ type: 'upgrade.asked', by, answer } satisfies UpgradeEvent);
    } else answer({ kind: 'refused', reason: 'the daemon starts, or is part of another program' });
  });
}

function resultOf({ pid, version }: Extract<UpgradeOutcome, { kind: 'handing over' }>) {
  return { pid, version, before: { pid: process.pid, version: VERSION } };
}

function errorOf(outcome: Exclude<UpgradeOutcome, { kind: 'handing over' }>): GoxError {
  switch (outcome.kind) {
    case 'stopping':
      return new GoxError('GOX_SHUTTING_DOWN', 'The daemon is stopping.');
    case 'refused':
      return new GoxError('GOX_UPGRADE', `No other process can take over: ${outcome.reason}.`);
    case 'failed': {
      const { reason, exit_code, talk } = outcome;
      const text = `The other process did not come up: ${reason}. This one goes on as before.`;
      return new GoxError('GOX_UPGRADE', text, {
        ...(exit_code === undefined ? {} : { exit_code }),
        talk,
      });
    }
  }
}
