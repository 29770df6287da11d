/** What the daemon knows of its actors beside their states, for who looks at them. */

import type { AnyActorRef } from 'xstate';
import { ageOf, type Figures, figuresOf } from '../../actors/vitals.ts';
import type { Death } from '../../machines/supervision/index.ts';
import type { Description } from '../inspector/service/options.ts';

interface SnapshotShape {
  readonly context?: {
    readonly restarts?: unknown;
    readonly children?: unknown;
    readonly deaths?: readonly Death[];
  };
  readonly children?: Readonly<Record<string, AnyActorRef | undefined>>;
}

/** What a supervisor knows of a child (`machines/supervision/book.ts`). */
interface SupervisedChild {
  readonly starts: number;
  readonly spec: { readonly id: string };
}

/** How long a thread had worked when somebody looked, and its load as it was told then. */
interface Reading {
  readonly busy_ms: number;
  readonly at_ms: number;
  readonly load: number | undefined;
}

/** Who looks more often gets the last load again: of a moment there is none. */
const LOAD_INTERVAL_MS = 200;

/** So soon after a death it is told of. An older one was of another actor of that name. */
const JUST_MS = 1000;

const readings = new WeakMap<AnyActorRef, Reading>();

export function describe(actor: AnyActorRef): Description {
  const age_ms = ageOf(actor);
  const restarts = restartsOf(actor);
  const figures = figuresOf(actor);
  const load = loadOf(actor, figures);
  return {
    ...(age_ms === undefined ? {} : { born_ms: unix_ms(performance.now() - age_ms) }),
    ...(restarts === undefined ? {} : { restarts }),
    ...(load === undefined ? {} : { load }),
    ...(figures === undefined ? {} : { figures }),
  };
}

/** Those of its worker, of an engine; else how often its supervisor started it again. */
function restartsOf(actor: AnyActorRef): number | undefined {
  const { restarts } = (actor.getSnapshot() as SnapshotShape).context ?? {};
  if (typeof restarts === 'number') return restarts;
  const parent: SnapshotShape | undefined = actor._parent?.getSnapshot();
  const siblings = parent?.context?.children;
  if (!Array.isArray(siblings)) return undefined;
  const own = siblings.find(({ spec }: Partial<SupervisedChild>) => spec?.id === actor.id);
  return own === undefined ? undefined : Math.max(0, own.starts - 1);
}

/** The share of a core that a thread works, and so does the engine that has it. */
function loadOf(actor: AnyActorRef, figures: Figures | undefined): number | undefined {
  if (actor._parent === undefined) return performance.eventLoopUtilization().utilization;
  if (typeof figures?.busy_ms === 'number') return loadSince(actor, figures.busy_ms);
  const { worker } = (actor.getSnapshot() as SnapshotShape).children ?? {};
  return worker === undefined ? undefined : readings.get(worker)?.load;
}

function loadSince(actor: AnyActorRef, busy_ms: number): number | undefined {
  const at_ms = performance.now();
  const last = readings.get(actor);
  if (last !== undefined && at_ms - last.at_ms < LOAD_INTERVAL_MS) return last.load;
  const load =
    last === undefined
      ? undefined
      : Math.min(1, Math.max(0, (busy_ms - last.busy_ms) / (at_ms - last.at_ms)));
  readings.set(actor, { busy_ms, at_ms, load });
  return load;
}

/** Deaths as who looks has them. `now_ms` is of the clock of the deaths. */
export function obituaries(deaths: readonly Death[], now_ms: number) {
  const now = unix_ms(performance.now());
  return deaths.map(({ path, at_ms, lived_ms, reason }) => ({
    ...{ path, at_ms: Math.round(now - (now_ms - at_ms)), lived_ms: Math.round(lived_ms), reason },
  }));
}

/** What the parent of an actor that was stopped has just noted as the reason of its death. */
export function reasonOfDeath(actor: AnyActorRef, now_ms: number): string | undefined {
  const parent: SnapshotShape | undefined = actor._parent?.getSnapshot();
  const death = parent?.context?.deaths?.findLast(({ path }) => path === actor.id);
  return death !== undefined && now_ms - death.at_ms < JUST_MS ? death.reason : undefined;
}

function unix_ms(now_ms: number): number {
  return Math.round(performance.timeOrigin + now_ms);
}
