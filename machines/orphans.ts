import type { AnyActorRef } from 'xstate';

/** The event by which xstate itself stops an actor. */
const STOP = { type: 'xstate.stop' };

interface Parent {
  readonly children?: Readonly<Record<string, AnyActorRef | undefined>>;
}

/**
 * Stops the children of a machine that has failed. xstate leaves them running with nobody above
 * them (`_error` in its createActor.ts stops the machine alone), sockets and threads among them.
 */
export function stopOrphans(failed: AnyActorRef | undefined): void {
  const { children = {} }: Parent = failed?.getSnapshot() ?? {};
  for (const child of Object.values(children)) child?.send(STOP);
}
