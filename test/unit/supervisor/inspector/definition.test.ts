/** Machines of xstate 5 as xstate 4 reads them. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type AnyStateMachine,
  and,
  assign,
  createActor,
  createMachine,
  not,
  raise,
  StateMachine,
  sendTo,
  setup,
  spawnChild,
} from 'xstate';
import { createMachine as createMachine4, State } from 'xstate4';
import { Definitions } from '../../../../supervisor/inspector/service/definition.ts';
import { Masking } from '../../../../supervisor/inspector/service/masking.ts';
import { stateJson, transitionOf } from '../../../../supervisor/inspector/service/state.ts';
import { ROOT } from '../../../support/modules.ts';

/** A state node of either version, as far as they are alike. */
interface Node {
  readonly id: string;
  readonly states: Readonly<Record<string, Node>>;
}
interface Node5 extends Node {
  readonly states: Readonly<Record<string, Node5>>;
  readonly transitions: ReadonlyMap<string, readonly unknown[]>;
  readonly always?: readonly unknown[];
}
interface Transition4 {
  readonly eventType: string;
  readonly target?: readonly Node[];
  readonly actions: readonly { readonly type: string }[];
  readonly cond?: { readonly name: string };
}
interface Node4 extends Node {
  readonly states: Readonly<Record<string, Node4>>;
  readonly transitions: readonly Transition4[];
}

const masking = new Masking();
const definitions = new Definitions(masking);

function parsed(machine: AnyStateMachine): Node4 {
  return createMachine4(JSON.parse(definitions.machine(machine))) as unknown as Node4;
}

function nodes<N extends Node>(node: N): N[] {
  return [node, ...(Object.values(node.states) as N[]).flatMap((child) => nodes(child))];
}

function transitions5(node: Node5): number {
  return [...node.transitions.values()].flat().length + (node.always?.length ?? 0);
}

async function machinesOfThisProject(): Promise<AnyStateMachine[]> {
  const found: AnyStateMachine[] = [];
  for (const name of readdirSync(join(ROOT, 'dist/machines'))) {
    if (!name.endsWith('.js')) continue;
    const exported: Record<string, unknown> = await import(join(ROOT, 'dist/machines', name));
    for (const value of Object.values(exported)) {
      if (value instanceof StateMachine) found.push(value as AnyStateMachine);
    }
  }
  return found;
}

const test = suite('definitions of machines');

test('every machine of this project keeps its states and transitions', async () => {
  const machines = await machinesOfThisProject();
  assert.ok(machines.length > 8);
  for (const machine of machines) {
    const before = nodes(machine.root as unknown as Node5);
    const after = nodes(parsed(machine));
    const ids = (list: readonly Node[]) => list.map(({ id }) => id);
    assert.equal(ids(after), ids(before), machine.id);
    assert.equal(
      after.map(({ transitions }) => transitions.length),
      before.map(transitions5),
      machine.id,
    );
  }
});

const everything = setup({
  actors: { child: createMachine({ id: 'child' }) },
  guards: { 'is open': () => true, 'is new': () => true },
  actions: { note: () => {} },
  delays: { 'a while': 20 },
}).createMachine({
  id: 'all',
  type: 'parallel',
  states: {
    left: {
      id: 'the left one',
      initial: 'one',
      onDone: { actions: 'note' },
      states: {
        one: {
          tags: ['first'],
          description: 'where it begins',
          meta: { colour: 'red', token: 'abc' },
          entry: ['note', spawnChild('child', { id: 'c' }), raise({ type: 'go' })],
          exit: [() => {}, assign({})],
          after: { 100: 'two', 'a while': { target: 'two', guard: 'is open' } },
          on: {
            go: [
              { target: 'two', guard: and(['is open', not('is new')]), actions: 'note' },
              { actions: sendTo('c', { type: 'hello' }), guard: () => true },
            ],
            'a.*': { target: '#the right one' },
            '*': { target: 'two', reenter: true },
          },
        },
        two: { always: { target: 'end', guard: 'is new' } },
        end: { type: 'final' },
      },
    },
    right: {
      id: 'the right one',
      initial: 'in',
      states: {
        in: {
          invoke: { id: 'helper', src: 'child', onDone: 'out', onError: 'out' },
          on: { 'xstate.done.actor.*': { actions: 'note' } },
        },
        out: { on: { back: 'before' } },
        before: { type: 'history', history: 'deep', target: 'in' },
      },
    },
  },
});

test('all that a definition may have is there, by its name', () => {
  const json = JSON.parse(definitions.machine(everything));
  const { left, right } = json.states;
  assert.is(left.initial, 'one');
  assert.equal(left.onDone, [{ actions: ['note'], internal: true }]);
  const { one, two, end } = left.states;
  assert.equal(one.entry, ['note', 'start child', 'raise go']);
  assert.equal(one.exit, ['inline', 'assign']);
  assert.equal(one.on.go[0].target, ['#all.left.two']);
  assert.is(one.on.go[0].cond, 'is open and not is new');
  assert.is(one.on.go[1].cond, 'inline');
  assert.equal(one.on.go[1].actions, ['send hello to c']);
  assert.equal(one.on['a.*'][0].target, ['#the right one']);
  assert.is(one.on['*'][0].internal, false);
  assert.equal(Object.keys(one.after).sort(), ['100', 'a while']);
  assert.is(one.description, 'where it begins');
  assert.equal(one.meta, { colour: 'red', token: '(masked)' });
  assert.equal(one.tags, ['first']);
  assert.is(two.always[0].cond, 'is new');
  assert.is(end.type, 'final');
  const [invoke] = right.states.in.invoke;
  assert.is(invoke.src, 'child');
  assert.equal(invoke.onDone[0].target, ['#all.right.out']);
  assert.ok(right.states.in.on['xstate.done.actor.*']);
  const { history, target } = right.states.before;
  assert.equal([history, target], ['deep', '#all.right.in']);
});

test('a transition that is taken has the name that xstate 4 gives to its event', () => {
  const four = nodes(parsed(everything));
  for (const node of nodes(everything.root as unknown as Node5)) {
    for (const transition of [...node.transitions.values()].flat()) {
      const { from, event, to } = transitionOf(transition as Parameters<typeof transitionOf>[0]);
      const found = four
        .find(({ id }) => id === from)
        ?.transitions.filter(({ eventType }) => eventType === event)
        .map(({ target = [] }) => target.map(({ id }) => id));
      assert.ok(
        found?.some((ids) => JSON.stringify(ids) === JSON.stringify(to)),
        `${from} ${event} to ${to}: ${JSON.stringify(found)}`,
      );
    }
  }
});

test('a snapshot is a state that xstate 4 can make', () => {
  const actor = createActor(everything).start();
  const text = stateJson(actor, { type: 'go' }, masking, { context: 1000, event: 1000 });
  const state = State.create(JSON.parse(text));
  assert.ok(state.matches({ left: 'one', right: 'in' }));
  assert.is(state.event.type, 'go');
  assert.is(state.done, false);
  assert.equal(Object.keys(state.children), ['c', 'helper']);
  actor.stop();
});

test('a definition is made once, whatever is provided for it', () => {
  const text = definitions.machine(everything);
  assert.is(definitions.machine(everything.provide({ actions: { note: () => {} } })), text);
});

test('events may be called as everything in a program is', () => {
  const on = JSON.parse('{"constructor":"b","toString":"b","__proto__":"b"}');
  const machine = createMachine({ initial: 'a', states: { a: { on }, b: {} } });
  const { on: told } = JSON.parse(definitions.machine(machine)).states.a;
  assert.equal(Object.keys(told), Object.keys(on));
});

test.run();
