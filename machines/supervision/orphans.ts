import type { AnyActorRef } from 'xstate';

/** The event by which xstate itself stops an actor. */
const STOP = { type: 'xstate.stop' };

interface Parent {
  readonly status: string;
  readonly children?: Readonly<Record<string, AnyActorRef | undefined>>;
}

/**
 * Stops the children of a machine that has failed. xstate leaves them running with nobody above
 * them (`_error` in its createActor.ts stops the machine alone), sockets and threads among them.
 * What failed below it unnoticed has left orphans of its own.
 */
export function stopOrphans(failed: AnyActorRef | undefined): void {
  const { children = {} }: Partial<Parent> = failed?.getSnapshot() ?? {};
  for (const child of Object.values(children)) {
    const { status }: Partial<Parent> = child?.getSnapshot() ?? {};
    if (status === 'active') child?.send(STOP);
    else if (status === 'error') stopOrphans(child);
  }
}
