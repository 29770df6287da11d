/** The machines of the project as a page of the inspector gets them, and texts without a browser. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type AnyStateMachine, type AnyStateNode, StateMachine } from 'xstate';
import { createMachine } from 'xstate4';
import { type ChartNode, chartOf } from '../../supervisor/inspector/page/chart/model.ts';
import type { Measure } from '../../supervisor/inspector/page/chart/text.ts';
import { ROOT } from './modules.ts';

/** By the names of their files without the ending: each machine that `machines/` exports. */
export async function chartsOfProject(): Promise<Map<string, ChartNode>> {
  const charts = new Map<string, ChartNode>();
  for (const name of readdirSync(join(ROOT, 'machines'), { encoding: 'utf8', recursive: true })) {
    if (!name.endsWith('.ts')) continue;
    const built = new URL(`../../machines/${name.replace(/\.ts$/, '.js')}`, import.meta.url);
    const exported: Record<string, unknown> = await import(built.href);
    for (const machine of Object.values(exported)) {
      if (machine instanceof StateMachine) charts.set(name.slice(0, -3), chartOfMachine(machine));
    }
  }
  return charts;
}

function chartOfMachine(machine: AnyStateMachine): ChartNode {
  const config: object = { ...configOf(machine.root), predictableActionArguments: true };
  return chartOf(createMachine(config));
}

/** As JSON of xstate 4; of names that are functions nothing is said. */
function configOf(node: AnyStateNode): object {
  const on: Record<string, object[]> = {};
  const always = (node.always ?? []).map(transitionOf);
  for (const [type, transitions] of node.transitions) {
    if (!type.startsWith('xstate.after.')) on[type] = transitions.map(transitionOf);
  }
  const after: Record<string, object[]> = {};
  for (const { delay, ...transition } of node.after) {
    after[String(delay)] = [...(after[String(delay)] ?? []), transitionOf(transition as never)];
  }
  const { id, type, history } = node;
  const first = node.config.initial;
  return {
    ...{ id, type, history, on, always, after },
    initial: typeof first === 'string' ? first : undefined,
    ...{ entry: namesOf(node.entry), exit: namesOf(node.exit), tags: node.tags },
    invoke: node.invoke.map(({ id: child, src }) => ({ id: child, src: nameOf(src) })),
    states: Object.fromEntries(
      Object.values(node.states).map((child) => [child.key, configOf(child)]),
    ),
  };
}

type Transition = NonNullable<AnyStateNode['always']>[number];

function transitionOf({ target, guard, actions, reenter }: Transition): object {
  return {
    target: target?.map(({ id }) => `#${id}`),
    cond: guard === undefined ? undefined : nameOf(guard),
    actions: actions.map(nameOf),
    internal: !reenter,
  };
}

/** Without what xstate adds for its timers. */
function namesOf(actions: readonly unknown[]): string[] {
  return actions.map(nameOf).filter((name) => !/^xstate\.(raise|cancel)$/.test(name));
}

function nameOf(named: unknown): string {
  if (typeof named === 'string') return named;
  if (typeof named === 'object' && named !== null && 'type' in named) return String(named.type);
  return 'type' in Object(named) ? String(Object(named).type) : 'function';
}

/** About as wide as a sans serif font has it. */
export const measure: Measure = (text, size, bold) => {
  let ems = 0;
  for (const letter of text) {
    if (/[iljt.,:'|[\]() /]/.test(letter)) ems += 0.34;
    else if (/[mwMW…]/.test(letter)) ems += 0.9;
    else ems += /[A-Z]/.test(letter) ? 0.7 : 0.58;
  }
  return ems * size * (bold ? 1.07 : 1);
};
