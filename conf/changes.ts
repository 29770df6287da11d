/** What is different between two configurations, and what of it counts while the daemon runs. */

import type { Config } from './schema.ts';
import { SETTINGS } from './settings.ts';

/** A key that has another value. None is a secret: of those the configuration has only paths. */
export interface Change {
  readonly key: string;
  readonly from: unknown;
  readonly to: unknown;
}

export interface Changes {
  /** Of keys that are live. */
  readonly live: readonly Change[];
  /** Of keys that count from the next start. */
  readonly waiting: readonly Change[];
}

export function changesBetween(from: Config, to: Config): Changes {
  const changes = { live: [] as Change[], waiting: [] as Change[] };
  for (const { key, live } of SETTINGS.values()) {
    const change = { key, from: valueAt(from, key), to: valueAt(to, key) };
    if (JSON.stringify(change.from) === JSON.stringify(change.to)) continue;
    changes[live ? 'live' : 'waiting'].push(change);
  }
  return changes;
}

/** What a daemon that runs goes by from now on: `next`, but for what counts from its next start. */
export function takenOver(running: Config, next: Config): Config {
  const taken = structuredClone(next) as unknown as Section;
  for (const { key, live } of SETTINGS.values()) {
    if (live) continue;
    const names = key.split('.');
    const last = names.pop() ?? '';
    const section = names.reduce((node, name) => node[name] as Section, taken);
    section[last] = valueAt(running, key);
  }
  return taken as unknown as Config;
}

interface Section {
  [name: string]: unknown;
}

function valueAt(config: Config, key: string): unknown {
  return key.split('.').reduce<unknown>((node, name) => (node as Readonly<Section>)[name], config);
}
