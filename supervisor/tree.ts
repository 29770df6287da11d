/** The tree of actors as data and as text, read from their snapshots: no worker need answer. */

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

/** One line an actor, with the branches drawn. */
export function treeText(node: TreeNode): string {
  const lines: string[] = [];
  draw(node, '', '', lines);
  return `${lines.join('\n')}\n`;
}

function draw(node: TreeNode, branch: string, stem: string, lines: string[]): void {
  const words = [`${branch}${node.id}`, node.state, `age ${ageText(node.age_ms)}`];
  if (node.restarts !== undefined) words.push(`restarts ${node.restarts}`);
  if (node.retiring === true) words.push('retiring');
  for (const [name, value] of Object.entries(node.figures ?? {})) words.push(`${name} ${value}`);
  if (node.hidden !== undefined) words.push(`and ${node.hidden} more`);
  lines.push(words.join('  '));
  for (const [i, child] of node.children.entries()) {
    const last = i === node.children.length - 1;
    draw(child, `${stem}${last ? '└─ ' : '├─ '}`, `${stem}${last ? '   ' : '│  '}`, lines);
  }
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

function ageText(age_ms: number): string {
  if (age_ms < 1000) return `${age_ms}ms`;
  if (age_ms < 120_000) return `${(age_ms / 1000).toFixed(1)}s`;
  return `${Math.round(age_ms / 60_000)}min`;
}
