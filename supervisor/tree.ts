/** The tree of actors as data, read from their snapshots: no worker need answer. */

import type { AnyActorRef } from 'xstate';
import { ageOf, type Figures, figuresOf } from '../actors/vitals.ts';
import { look } from '../actors/watch.ts';

export interface TreeNode {
  readonly id: string;
  /** A machine has states; an effect is active, stopped, or failed. */
  readonly kind: 'machine' | 'effect';
  /** The state value, in dots: `open.idle`. */
  readonly state: string;
  readonly age_ms: number;
  /** How often its worker was started again; engines only. */
  readonly restarts?: number;
  /** It is to go, when it has nothing left to do; engines and job threads only. */
  readonly retiring?: true;
  /** What the actor counts, such as requests in flight. */
  readonly figures?: Figures;
  /** Children that are not told of, since there are too many actors. */
  readonly hidden?: number;
  readonly children: readonly TreeNode[];
}

interface SnapshotShape {
  readonly status: string;
  readonly value?: unknown;
  readonly context?: {
    readonly restarts?: unknown;
    readonly retiring?: unknown;
    readonly children?: unknown;
  };
  readonly children?: Readonly<Record<string, AnyActorRef | undefined>>;
}

/** What a supervisor knows of a child (`machines/supervision/book.ts`). */
interface SupervisedChild {
  readonly phase: string;
  readonly spec: { readonly id: string };
}

/**
 * Actors that one reply or one line of the log tells of: it takes some 2 ms, however many
 * connections there are.
 */
export const TREE_ACTORS_MAX = 500;

/**
 * The tree from `actor` down, of at most so many actors; of the others only how many there are is
 * told, where they would be.
 */
export function actorTree(actor: AnyActorRef, actors_max = Number.POSITIVE_INFINITY): TreeNode {
  const turnAway = look(actor);
  try {
    return treeOf(actor, { left: actors_max - 1 });
  } finally {
    turnAway();
  }
}

/** An actor right below another, by its id. */
export function childOf(actor: AnyActorRef, id: string): AnyActorRef | undefined {
  return (actor.getSnapshot() as SnapshotShape).children?.[id];
}

/** All actors right below another, in the order of their starts. */
export function childrenOf(actor: AnyActorRef | undefined): AnyActorRef[] {
  const { children = {} }: Pick<SnapshotShape, 'children'> = actor?.getSnapshot() ?? {};
  return Object.values(children).filter((child) => child !== undefined);
}

function treeOf(actor: AnyActorRef, budget: { left: number }): TreeNode {
  const snapshot: SnapshotShape = actor.getSnapshot();
  const machine = snapshot.value !== undefined;
  const { restarts, retiring } = snapshot.context ?? {};
  const figures = figuresOf(actor);
  const children: TreeNode[] = [];
  let hidden = 0;
  for (const child of Object.values(snapshot.children ?? {})) {
    if (child === undefined) continue;
    budget.left -= 1;
    if (budget.left >= 0) children.push(treeOf(child, budget));
    else hidden += 1;
  }
  return {
    id: actor.id,
    kind: machine ? 'machine' : 'effect',
    // A machine of one state has no name for it.
    state: (machine && stateText(snapshot.value) + busyWith(snapshot)) || snapshot.status,
    age_ms: Math.round(ageOf(actor) ?? 0),
    ...(typeof restarts === 'number' ? { restarts } : {}),
    ...(retiring === true ? { retiring } : {}),
    ...(figures === undefined ? {} : { figures }),
    ...(hidden === 0 ? {} : { hidden }),
    children,
  };
}

/** The child that a supervisor is starting or stopping just now: `starting{engines}`. */
function busyWith({ value, context }: SnapshotShape): string {
  if (value !== 'starting' && value !== 'stopping') return '';
  const { children } = context ?? {};
  if (!Array.isArray(children)) return '';
  const busy = children.find((child: Partial<SupervisedChild>) => child.phase === value);
  return busy === undefined ? '' : `{${busy.spec.id}}`;
}

function stateText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const parts = Object.entries(value).map(([name, inner]) => {
    const below = stateText(inner);
    return below === '' ? name : `${name}.${below}`;
  });
  return parts.join(' ');
}
