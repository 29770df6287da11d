/** The leak search put together: what the log says of its findings, and `supervisor.leaks`. */

import type { Logger } from 'pino';
import type { SnapshotFrom } from 'xstate';
import { type LeakSources, leakCountsEffect } from '../actors/health/leak-counts.ts';
import { withVitals } from '../actors/vitals.ts';
import type { leaks as leaksSpec } from '../engine/catalogue/memory.ts';
import type { Result } from '../engine/catalogue/spec.ts';
import type { Finding } from '../machines/leak-rules.ts';
import { leaksMachine } from '../machines/leaks.ts';

/** What the rest of the daemon has of it. */
export interface DaemonLeaks {
  readonly machine: typeof leaksMachine;
  /** The result of `supervisor.leaks`. */
  recent(): Result<typeof leaksSpec>;
}

export function daemonLeaks(sources: LeakSources): DaemonLeaks {
  const { log, root } = sources;
  const machine = leaksMachine.provide({
    actors: { counts: withVitals(leakCountsEffect(sources)) },
    actions: {
      'announce findings': ({ context }) => {
        for (const finding of context.search.news) announce(log, finding);
      },
      'announce defect': ({ event }) =>
        log.error({ err: 'error' in event ? event.error : undefined }, 'the leak search failed'),
    },
  });
  return { machine, recent: () => recent(root().getSnapshot().children['leak search']) };
}

function announce(log: Logger, { series, from, to, ...more }: Finding): void {
  const per_minute = rounded(more.per_minute);
  const over_s = Math.round(more.over_ms / 1000);
  const along = more.along.map((one) => `${one.series}: ${one.from} → ${one.to}`);
  const facts = { series, unit: more.unit, from, to, per_minute, over_s, along };
  if (more.explained) log.info(facts, `${series} grew with the load`);
  else log.warn(facts, `${series} only grew: this may be a leak`);
}

function rounded(number: number): number {
  return Math.round(number * 10) / 10;
}

interface Searching {
  getSnapshot(): SnapshotFrom<typeof leaksMachine>;
}

/** While the daemon starts or stops there is none. */
function recent(actor: Searching | undefined): Result<typeof leaksSpec> {
  const snapshot = actor?.getSnapshot();
  const { rows = [], found = [], per_row = 1 } = snapshot?.context.search ?? {};
  const names = Object.keys(rows.at(-1)?.figures ?? {}).sort();
  const last_ms = rows.at(-1)?.at_ms ?? 0;
  return {
    state: stateOf(snapshot),
    counts_a_row: per_row,
    ago_ms: rows.map(({ at_ms }) => Math.round(last_ms - at_ms)),
    collections: rows.map(({ collections }) => collections),
    series: names.map((name) => ({ name, values: rows.map(({ figures }) => figures[name] ?? 0) })),
    found: found.map(({ series, unit, from, to, per_minute, explained }) => ({
      ...{ series, unit, from, to, per_minute: rounded(per_minute), explained },
    })),
  };
}

function stateOf(snapshot: ReturnType<Searching['getSnapshot']> | undefined) {
  if (snapshot === undefined || snapshot.matches('off')) return 'off';
  return snapshot.matches('broken') ? 'broken' : 'sampling';
}
