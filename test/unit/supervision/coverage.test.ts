/**
 * Every state and every transition of the machines is reached: by random histories, and by hand
 * what they never come to.
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type AnyActorRef,
  type AnyStateMachine,
  type AnyStateNode,
  createActor,
  type InspectionEvent,
  SimulatedClock,
} from 'xstate';
import { dynamic, type SupervisorSpec, supervisor } from '../../../machines/supervision/index.ts';
import { randomHistory } from './simulation/history.ts';
import { World } from './simulation/world.ts';
import { actorLogic, RESTARTS, spec } from './stage.ts';

const HISTORIES = 400;
/** Of the random histories, which are the same in each run. */
const FIRST = 1;

interface Transition {
  readonly eventType: string;
  readonly source: { readonly id: string };
  readonly target?: readonly { readonly id: string }[] | undefined;
  readonly guard?: unknown;
}

function nameOf({ eventType, source, target, guard }: Transition): string {
  const to = target?.map(({ id }) => id).join(', ') ?? 'stays';
  const when = guard === undefined ? '' : ` if ${String(guard)}`;
  return `${source.id} on ${eventType === '' ? 'always' : eventType}${when}: ${to}`;
}

function nodesOf(node: AnyStateNode): AnyStateNode[] {
  return [node, ...Object.values(node.states).flatMap(nodesOf)];
}

/** States and transitions of a machine, by name. */
function partsOf(machine: AnyStateMachine): { states: string[]; transitions: string[] } {
  const nodes = nodesOf(machine.root);
  const transitions = nodes.flatMap((node) => [
    ...[...node.transitions.values()].flat(),
    ...(node.always ?? []),
  ]);
  return { states: nodes.map(({ id }) => id), transitions: transitions.map(nameOf) };
}

const reached = { states: new Set<string>(), transitions: new Set<string>() };

function inspect(event: InspectionEvent): void {
  if (event.type !== '@xstate.microstep') return;
  for (const transition of event._transitions) reached.transitions.add(nameOf(transition));
  const { _nodes: nodes } = event.snapshot as { _nodes?: readonly { id: string }[] };
  for (const { id } of nodes ?? []) reached.states.add(id);
}

const CLOCK = new SimulatedClock();
const OPTIONS = { now_ms: () => CLOCK.now() };
const WORKERS = { obeys: actorLogic([], true), stays: actorLogic([], false) };
const DYNAMIC = dynamic({ logics: WORKERS, ...OPTIONS });
const SUPERVISOR = supervisor({ logics: { ...WORKERS, dynamic: DYNAMIC }, ...OPTIONS });

function start(tree: SupervisorSpec): AnyActorRef {
  return createActor(SUPERVISOR, { clock: CLOCK, input: { spec: tree }, inspect }).start();
}

/** What no history does: events that come from nowhere, a pool that breaks. */
function byHand(): void {
  const input = (change: object = {}) => ({
    template: { name: 'd', logic: 'stays', ...change },
    children_max: 2,
  });
  const patient = { shutdown: 'infinity' };
  const root = start(
    spec([
      { id: 'one', logic: 'dynamic', input: input() },
      { id: 'two', logic: 'dynamic', input: input(patient) },
      'worker',
    ]),
  );
  const one: AnyActorRef = root.getSnapshot().children.one;
  const two: AnyActorRef = root.getSnapshot().children.two;
  for (const actor of [one, two]) actor.send({ type: 'dynamic.start', input: {} });
  const pool = (of: AnyActorRef): AnyActorRef => of.getSnapshot().children['pool:0'];
  const said = { type: 'dynamic.tell_all', event: { type: 'test.say', event: { type: 'noise' } } };
  const stray = { type: 'xstate.snapshot.nobody' };
  for (const actor of [one, two]) {
    for (const event of [stray, said]) actor.send(event);
    actor.send({ type: 'dynamic.tell', number: 0, event: said.event });
    pool(actor).send(stray);
  }
  root.send(stray);
  for (const actor of [one, two]) {
    actor.send({ type: 'dynamic.stop', now: false });
    for (const event of [stray, said]) actor.send(event);
    actor.send({ type: 'dynamic.tell', number: 0, event: said.event });
    actor.send({ type: 'dynamic.due', number: 0 });
    actor.send({ type: 'dynamic.start', input: {} });
    actor.send({ type: 'dynamic.stop', now: true });
    actor.send({ type: 'child.stop', now: true });
    pool(actor).send(stray);
    const child = pool(actor).getSnapshot().children['d:0'];
    child.send({ type: 'test.throw', error: new Error('oops') });
  }
  root.send({ type: 'supervisor.stop', by: 'test' });
}

/** The end of a pool, whose code has no way to end, is that of its supervisor. */
function brokenPools(): void {
  for (const state of ['running', 'stopping']) {
    for (const how of ['done', 'error']) {
      const root = createActor(DYNAMIC, {
        clock: CLOCK,
        input: { template: { name: 'd', logic: 'stays' }, children_max: 2 },
        inspect,
      });
      root.subscribe({ error: () => {} });
      root.start();
      root.send({ type: 'dynamic.start', input: {} });
      if (state === 'stopping') root.send({ type: 'dynamic.stop', now: false });
      const why = how === 'done' ? {} : { error: new Error('a defect') };
      const event = { type: `xstate.${how}.actor.pool:0`, actorId: 'pool:0', ...why };
      root.send(event as never);
      const { error } = root.getSnapshot();
      assert.match(String(error), how === 'done' ? 'a pool has ended' : 'a defect');
      // xstate tells of no step that throws.
      reached.transitions.add(`dynamic.${state} on xstate.${how}.actor.*: stays`);
    }
  }
}

/** Starts fail, children significant or not end, requests are refused. */
function troubles(): void {
  const never = { id: 'never', logic: 'obeys', ready: { event: 'up', within_ms: 5 } } as const;
  const late = start(
    spec([{ id: 'a', logic: 'stays', shutdown: 'infinity' }, never], {
      stop_within_ms: 5,
      restarts: RESTARTS,
    }),
  );
  late.send({ type: 'supervisor.request', request: 1, what: 'delete', id: 'a' });
  CLOCK.increment(5);
  late.send({ type: 'supervisor.request', request: 2, what: 'delete', id: 'a' });
  late.send({ type: 'child.stop', now: true });
  CLOCK.increment(5);
  start(spec([])).send({ type: 'child.stop', now: false });
}

const test = suite('coverage of the machines');

for (let index = 0; index < HISTORIES; index += 1) {
  new World(randomHistory(FIRST + index), inspect).run(5000);
}
byHand();
brokenPools();
troubles();

const POOL = DYNAMIC.implementations.actors.pool as AnyStateMachine;

for (const [name, machine] of Object.entries({
  supervisor: SUPERVISOR,
  dynamic: DYNAMIC,
  pool: POOL,
})) {
  const parts = partsOf(machine as AnyStateMachine);

  test(`reaches every state of the ${name}`, () => {
    assert.ok(parts.states.length > 2);
    assert.equal(
      parts.states.filter((one) => !reached.states.has(one)),
      [],
    );
  });

  test(`takes every transition of the ${name}`, () => {
    assert.ok(parts.transitions.length > 10);
    assert.equal(
      parts.transitions.filter((one) => !reached.transitions.has(one)),
      [],
    );
    console.log(`${name}: ${parts.states.length} states, ${parts.transitions.length} transitions`);
  });
}

test.run();
