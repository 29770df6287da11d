/**
 * How a daemon that runs comes to another configuration: the machine `configuration` with its
 * effects. The signal SIGHUP and the method `supervisor.reload` ask it, and nobody else changes
 * anything of the configuration.
 */

import type { Logger } from 'pino';
import { type AnyActorRef, type EventObject, fromCallback } from 'xstate';
import { withVitals } from '../../actors/vitals.ts';
import { changesBetween, takenOver } from '../../conf/changes.ts';
import { ConfigError } from '../../conf/config-error.ts';
import { GoxError } from '../../conf/errors.ts';
import type { LiveConfig } from '../../conf/live.ts';
import type { LoadedConfig } from '../../conf/load.ts';
import type { Config } from '../../conf/schema.ts';
import {
  type Asker,
  type ConfigurationEvent,
  configurationMachine,
  type Found,
  type ReloadOutcome,
} from '../../machines/configuration.ts';
import { ALL_TAKEN, ApplyError, goOver, messageOf, type Part } from './parts.ts';

export interface ReloadDeps {
  readonly config: LiveConfig;
  readonly log: Logger;
  /** Whether the whole tree has started. */
  readonly isUp: () => boolean;
  /** Reads the configuration again; without, there is nothing to be read. */
  readonly read: (() => Promise<LoadedConfig>) | undefined;
  readonly parts: readonly Part[];
  /** For whoever watches over the process: a reload begins, and is over. */
  readonly onReload?: ((phase: 'begins' | 'is over') => void) | undefined;
}

/** What of the configuration of the daemon is `configuration` in its tree. */
export function configurationLogic(deps: ReloadDeps) {
  const { isUp, log, onReload } = deps;
  // All other parts of the daemon come after this machine, and would go with it.
  const tell = (phase: 'begins' | 'is over') => {
    try {
      onReload?.(phase);
    } catch (error) {
      log.error({ err: error }, 'a defect of who hears of reloads');
    }
  };
  return withVitals(
    configurationMachine.provide({
      actors: {
        reader: withVitals(readerEffect(deps)),
        applier: withVitals(applierEffect(deps)),
      },
      guards: { 'is up': isUp },
      actions: {
        'announce reload': ({ context: { current } }) => {
          log.debug({ by: bysOf(current) }, 'reading the configuration again');
          tell('begins');
        },
        'announce outcome': ({ context: { current, outcome } }) => {
          if (outcome !== undefined) announce(log, bysOf(current), outcome);
          tell('is over');
        },
      },
    }),
  );
}

/** Asks for a reload; the promise is of its result, as the method gives it. */
export function askForReload(root: AnyActorRef, by: string): Promise<ReloadResult> {
  return new Promise((resolve, reject) => {
    const answer = (outcome: ReloadOutcome) => {
      try {
        resolve(resultOf(outcome));
      } catch (error) {
        reject(error);
      }
    };
    if (!tellConfiguration(root, { type: 'reload.asked', by, answer }))
      answer({ kind: 'stopping' });
  });
}

/** Whether there is somebody to be told. */
export function tellConfiguration(root: AnyActorRef, event: ConfigurationEvent): boolean {
  const actor = root.getSnapshot().children.configuration as AnyActorRef | undefined;
  if (actor?.getSnapshot().status !== 'active') return false;
  actor.send(event);
  return true;
}

export interface ReloadResult {
  readonly applied: Found['live'];
  readonly restart_needed: Found['waiting'];
  /** Whether nothing has changed. */
  readonly unchanged: boolean;
  readonly warnings: readonly string[];
}

function resultOf(outcome: ReloadOutcome): ReloadResult {
  switch (outcome.kind) {
    case 'applied': {
      const { applied, restart_needed, warnings } = outcome;
      const unchanged = applied.length === 0 && restart_needed.length === 0;
      return { applied, restart_needed, unchanged, warnings };
    }
    case 'refused': {
      const { problems } = outcome;
      const text = `The configuration stays as it is: ${problems.join('; ')}`;
      throw new GoxError('GOX_CONFIG', text, { problems });
    }
    case 'stopping':
      throw new GoxError('GOX_SHUTTING_DOWN', 'The daemon is stopping.');
  }
}

function bysOf(askers: readonly Asker[]): string {
  return [...new Set(askers.map(({ by }) => by))].join(', ');
}

function announce(log: Logger, by: string, outcome: ReloadOutcome): void {
  if (outcome.kind === 'stopping') return;
  if (outcome.kind === 'refused') {
    const { problems } = outcome;
    log.error({ by, problems }, 'the configuration was not taken over; the old one stays in force');
    return;
  }
  const { applied, restart_needed, warnings } = outcome;
  for (const warning of warnings) log.warn(warning);
  if (applied.length === 0 && restart_needed.length === 0) {
    log.info({ by, unchanged: true }, 'the configuration was read again; it has not changed');
  } else {
    log.info({ by, applied, restart_needed }, 'the configuration was read again');
  }
  if (restart_needed.length === 0) return;
  const keys = restart_needed.map(({ key }) => key).join(', ');
  log.warn({ restart_needed }, `these settings wait for a restart of the daemon: ${keys}`);
}

function readerEffect(deps: ReloadDeps) {
  return fromCallback<EventObject, undefined>(({ sendBack }) => {
    const say = sendBack as (event: ConfigurationEvent) => void;
    let over = false;
    find(deps).then(
      (found) => {
        if (!over) say({ type: 'reader.found', found });
      },
      (error: unknown) => {
        if (!over) say({ type: 'reader.refused', problems: problemsOf(error) });
      },
    );
    return () => {
      over = true;
    };
  });
}

async function find({ config, read, parts }: ReloadDeps): Promise<Found> {
  if (read === undefined) {
    const text = 'the program that started this daemon gave it its configuration, not a file';
    throw new ConfigError([`${text}; there is nothing to be read again`]);
  }
  const { config: next, warnings } = await read();
  const running = config.toJSON();
  const { live, waiting } = changesBetween(running, next);
  const taken = takenOver(running, next);
  const problems: string[] = [];
  for (const part of parts) {
    try {
      await part.check?.(taken);
    } catch (error) {
      problems.push(...problemsOf(error));
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return { config: taken, live, waiting, warnings };
}

function applierEffect({ config, parts }: ReloadDeps) {
  return fromCallback<EventObject, Found>(({ input, sendBack }) => {
    const say = sendBack as (event: ConfigurationEvent) => void;
    const from = config.toJSON();
    let over = false;
    goOver(parts, from, input.config, () => over).then(
      (later) => {
        const waits = (key: string) => later.includes(key);
        const applied = input.live.filter(({ key }) => !waits(key));
        const restart_needed = [...input.waiting, ...input.live.filter(({ key }) => waits(key))];
        if (!over) say({ type: 'applier.done', applied, restart_needed });
      },
      (error: unknown) => {
        config.replace(from);
        if (!over) say({ type: 'applier.refused', problems: problemsOf(error) });
      },
    );
    return () => {
      over = true;
    };
  });
}

function problemsOf(error: unknown): readonly string[] {
  if (error instanceof ConfigError || error instanceof ApplyError) return error.problems;
  return [messageOf(error)];
}

/** The configuration itself, for all who read it where they use it. */
export function settingsPart(live: LiveConfig): Part {
  return {
    name: 'settings',
    within_ms: 1000,
    apply: (_, to) => {
      live.replace(to);
      return ALL_TAKEN;
    },
  };
}

/**
 * The same before sockets open or close: meanwhile clients are asked for tokens wherever one of the
 * two configurations asks for them.
 */
export function guardedSettingsPart(live: LiveConfig): Part {
  return {
    name: 'settings',
    within_ms: 1000,
    apply: (from, to) => {
      live.replace(guarded(from, to));
      return ALL_TAKEN;
    },
  };
}

function guarded(from: Config, to: Config): Config {
  const { sockets, security } = to;
  const authentication = sockets.unix.authentication || from.sockets.unix.authentication;
  const token_file = security.token_file || from.security.token_file;
  return {
    ...to,
    sockets: { ...sockets, unix: { ...sockets.unix, authentication } },
    security: { ...security, token_file },
  };
}
