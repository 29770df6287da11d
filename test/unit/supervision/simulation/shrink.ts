/** Makes a history that fails as small as it gets while it still fails, and prints it. */

import type { SupervisorNode } from './history.ts';
import { calmLife, type History, isEffect, type Life, type Node } from './history.ts';

/** A history whose lives are known, so that they can be taken out one by one. */
interface Recorded extends History {
  readonly lives: ReadonlyMap<string, Life>;
}

/** Notes the lives that a run asks for. */
function record(history: History, run: (history: History) => unknown): Recorded {
  const lives = new Map<string, Life>();
  const life = (path: string, nth: number): Life => {
    const one = history.life(path, nth);
    lives.set(`${path}#${nth}`, one);
    return one;
  };
  run({ ...history, life });
  return withLives(history, lives);
}

/** Lives that are not among the given ones are calm. */
function withLives(history: History, lives: ReadonlyMap<string, Life>): Recorded {
  const { root, outside } = history;
  const life = (path: string, nth: number): Life =>
    lives.get(`${path}#${nth}`) ?? calmLife(isEffect(root, path));
  return { root, outside, lives, life };
}

export function shrink(history: History, fails: (history: History) => boolean): Recorded {
  let best = record(history, fails);
  for (let smaller: Recorded | undefined = best; smaller !== undefined; ) {
    best = smaller;
    smaller = candidates(best).find(fails);
  }
  return best;
}

function candidates(history: Recorded): Recorded[] {
  const { root, outside, lives } = history;
  const calm = [...lives.keys()].map((key) => {
    const others = new Map([...lives].filter(([one]) => one !== key));
    return withLives(history, others);
  });
  const quieter = [...lives].flatMap(([key, life]) =>
    (['noise', 'end', 'hurry_ms', 'haunts'] as const)
      .filter((member) => member in life && isSomething(life[member]))
      .map((member) => {
        const nothing = { noise: [], end: undefined, hurry_ms: undefined, haunts: false }[member];
        return withLives(history, new Map([...lives, [key, { ...life, [member]: nothing }]]));
      }),
  );
  return [
    ...outside.map((one) => ({ ...history, outside: outside.filter((other) => other !== one) })),
    ...smallerTrees(root).map((tree) => withLives({ ...history, root: tree }, lives)),
    ...calm,
    ...quieter,
  ];
}

function isSomething(value: unknown): boolean {
  return value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);
}

/** With one child less, or one setting simpler. */
function smallerTrees(node: SupervisorNode): SupervisorNode[] {
  const { children } = node;
  const without = children.map((child) => ({
    ...node,
    children: children.filter((other) => other !== child),
  }));
  const plain = simpler(node).map((one) => ({ ...node, ...one }) as SupervisorNode);
  const below = children.flatMap((child, index) =>
    (child.kind === 'supervisor' ? smallerTrees(child) : simpler(child)).map((one) => ({
      ...node,
      children: children.with(index, { ...child, ...one } as Node),
    })),
  );
  return [...without, ...plain, ...below];
}

function simpler(node: Node): Partial<Node>[] {
  const simple: Partial<Node>[] = [];
  if (node.kind === 'supervisor') {
    if (node.stop_within_ms !== undefined) simple.push({ stop_within_ms: undefined });
    if (node.restarts.jitter > 0) simple.push({ restarts: { ...node.restarts, jitter: 0 } });
    if (node.restarts.reset_after_ms !== undefined) {
      const { reset_after_ms: _, ...restarts } = node.restarts;
      simple.push({ restarts });
    }
    return simple;
  }
  if (node.kind === 'worker' && node.ready !== undefined) simple.push({ ready: undefined });
  return simple;
}

/** A line for each part of the tree, each event from outside and each life that is not calm. */
export function print({ root, outside, lives }: Recorded): string {
  const calm = new Set([true, false].map((effect) => JSON.stringify(calmLife(effect))));
  return [
    ...treeLines(root, '', '(root)'),
    ...outside.map((one) => `outside ${JSON.stringify(one)}`),
    ...[...lives]
      .map(([key, life]) => [key, JSON.stringify(life)] as const)
      .filter(([, text]) => !calm.has(text))
      .map(([key, text]) => `life ${key} ${text}`),
  ].join('\n');
}

function treeLines(node: Node, indent: string, id: string): string[] {
  const { id: _, kind, ...facts } = node;
  const { children = [], spare: __, ...own } = facts as Partial<SupervisorNode>;
  const line = `${indent}${id} ${kind} ${JSON.stringify(own)}`;
  return [line, ...children.flatMap((child) => treeLines(child, `${indent}  `, child.id))];
}
