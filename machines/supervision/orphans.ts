import type { AnyActorRef, EventObject } from 'xstate';

/** The event by which xstate itself stops an actor. */
const STOP = { type: 'xstate.stop' };

interface SnapshotShape {
  readonly status: string;
  readonly children?: Readonly<Record<string, AnyActorRef | undefined>>;
}

/**
 * Stops what failed actors have left, the given one and those below it. xstate stops a failed actor
 * alone (`_error` in its createActor.ts):
 *
 * - the children of a machine go on with nobody above them, sockets and threads among them;
 * - the cleanup of an effect is not run, and what the effect says still reaches its parent, where
 *   it would be taken for the word of whatever has its id by then.
 *
 * What has not failed is left alone.
 */
export function stopOrphans(actor: AnyActorRef | undefined): void {
  if (actor === undefined) return;
  const { status, children }: SnapshotShape = actor.getSnapshot();
  const failed = status === 'error';
  for (const child of Object.values(children ?? {})) {
    stopOrphans(child);
    if (failed && child?.getSnapshot().status === 'active') child.send(STOP);
  }
  if (failed && children === undefined) stopEffect(actor);
}

/** Whether there is anything for `stopOrphans` to do. */
export function hasOrphans(actor: AnyActorRef | undefined): boolean {
  if (actor === undefined) return false;
  const { status, children }: SnapshotShape = actor.getSnapshot();
  if (status === 'error') return true;
  for (const id in children) if (hasOrphans(children[id])) return true;
  return false;
}

/** As if it had been stopped before it failed; there is no public way. */
function stopEffect(failed: AnyActorRef): void {
  const { _process }: { _process?: (event: EventObject) => void } = failed as object;
  _process?.call(failed, STOP);
}
