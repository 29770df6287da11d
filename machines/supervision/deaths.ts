import type { AnyActorRef } from 'xstate';
import { DEATHS_MAX, type Death } from './records.ts';

interface SnapshotShape {
  readonly context?: { readonly deaths?: readonly Death[] };
  readonly children?: Readonly<Record<string, AnyActorRef | undefined>>;
}

/** The last deaths that were noted by an actor and all below it, the latest last. */
export function deathsBelow(actor: AnyActorRef): readonly Death[] {
  const found: Death[] = [];
  collect(actor, '', found);
  return found.sort((a, b) => a.at_ms - b.at_ms).slice(-DEATHS_MAX);
}

function collect(actor: AnyActorRef, above: string, found: Death[]): void {
  const { context, children = {} }: SnapshotShape = actor.getSnapshot();
  for (const death of context?.deaths ?? []) {
    found.push(above === '' ? death : { ...death, path: `${above}${death.path}` });
  }
  for (const [id, child] of Object.entries(children)) {
    if (child !== undefined) collect(child, `${above}${id}/`, found);
  }
}
