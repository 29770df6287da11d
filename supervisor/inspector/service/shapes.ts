/**
 * What is read of actors beyond the types that xstate gives them. All of it may be missing: another
 * version of xstate then shows less.
 */

import type { AnyActorRef, AnyEventObject, AnyStateMachine } from 'xstate';

export interface ActorShape {
  readonly logic?: unknown;
  readonly options?: { readonly input?: unknown };
  /** 2 when it has stopped. */
  readonly _processingStatus?: unknown;
}

export interface SnapshotShape {
  readonly status: 'active' | 'done' | 'error' | 'stopped';
  readonly output?: unknown;
  readonly error?: unknown;
  readonly context?: unknown;
  /** Machines only, from here on. */
  readonly machine?: AnyStateMachine & { readonly idMap?: ReadonlyMap<string, unknown> };
  readonly value?: unknown;
  readonly tags?: ReadonlySet<string>;
  readonly historyValue?: Readonly<Record<string, readonly { readonly id: string }[]>>;
  readonly children?: Readonly<Record<string, AnyActorRef | undefined>>;
}

export interface ScheduledEvent {
  readonly id: string;
  readonly event: AnyEventObject;
  readonly startedAt: number;
  readonly delay: number;
  readonly source: AnyActorRef;
}

const STOPPED = 2;

/** The machine of a snapshot; other logic may call anything of its own so. */
export function machineOf(snapshot: SnapshotShape | undefined): SnapshotShape['machine'] {
  const machine: unknown = snapshot?.machine;
  const isMachine = typeof machine === 'object' && machine !== null && '__xstatenode' in machine;
  return isMachine ? snapshot?.machine : undefined;
}

/** The type of what an actor got: it ought to be a text, but effects take whatever comes. */
export function typeOf(event: unknown): string {
  if (typeof event !== 'object' || event === null) return '(no event)';
  // Not run, when it is a getter.
  const type: unknown = Object.getOwnPropertyDescriptor(event, 'type')?.value;
  return typeof type === 'string' ? type : '(no type)';
}

/** Undefined for an actor that is not made yet. */
export function snapshotOf(actor: AnyActorRef): SnapshotShape | undefined {
  try {
    return actor.getSnapshot() as SnapshotShape | undefined;
  } catch {
    // So says a development build of it.
    return undefined;
  }
}

/** Whether it will never do anything again. */
export function hasEnded(actor: AnyActorRef): boolean {
  const { _processingStatus } = actor as ActorShape;
  if (_processingStatus === STOPPED) return true;
  const status = snapshotOf(actor)?.status;
  return status !== undefined && status !== 'active';
}

/** The timers of a system, by what they are for; those of an actor begin with its session. */
export function timersOf({ system }: AnyActorRef): Readonly<Record<string, ScheduledEvent>> {
  // Not `getSnapshot`, which copies all of them each time.
  const { _snapshot } = system as unknown as {
    readonly _snapshot?: { readonly _scheduledEvents?: Readonly<Record<string, ScheduledEvent>> };
  };
  return _snapshot?._scheduledEvents ?? {};
}
