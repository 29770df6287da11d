/** Events that a viewer sends: wrong ones leave the service as it was, and say why. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type AnyStateMachine, assign, createActor, fromCallback, sendTo, setup } from 'xstate';
import { type InspectorOptions, serveInspector } from '../../../../supervisor/inspector/index.ts';
import type { Answer } from '../../../../supervisor/inspector/protocol.ts';
import { Looker } from '../../../support/inspected.ts';

const test = suite('sending events by the inspector');

interface Order {
  readonly type: string;
  readonly dish: { readonly name: string };
}

/** A kitchen that trusts every event: its guards, assignments, actions and cook throw. */
function kitchen(did: string[]) {
  return setup({
    types: { context: {} as { dishes: readonly string[] }, events: {} as Order },
    actors: {
      cook: fromCallback<Order>(({ receive }) => {
        receive(({ dish }) => did.push(`cooked ${dish.name.trim()}`));
      }),
    },
    actions: {
      'say so': ({ event }) => did.push(`ordered ${event.dish.name.trim()}`),
      'note dish': assign({
        dishes: ({ context, event }) => [...context.dishes, event.dish.name.trim()],
      }),
    },
    guards: { 'is soup': ({ event }) => event.dish.name.startsWith('soup') },
  }).createMachine({
    id: 'kitchen',
    context: { dishes: [] },
    invoke: { id: 'cook', src: 'cook' },
    initial: 'open',
    states: {
      open: {
        on: {
          taste: { guard: 'is soup', actions: 'say so' },
          note: { actions: ['note dish', sendTo('cook', { type: 'start' } as Order)] },
          say: { actions: ['say so'], target: 'busy' },
          cook: { actions: sendTo('cook', ({ event }) => event), target: 'busy' },
          close: 'closed',
        },
      },
      busy: { on: { rest: 'open' } },
      closed: { type: 'final' },
    },
  });
}

async function withKitchen(
  options: InspectorOptions,
  use: (kitchen: {
    readonly looker: Looker;
    readonly did: readonly string[];
    send(event: object, more?: object): Promise<Answer>;
    state(): ReturnType<ReturnType<typeof createActor<AnyStateMachine>>['getSnapshot']>;
    readonly session: string;
  }) => Promise<void>,
): Promise<void> {
  const did: string[] = [];
  const actor = createActor(kitchen(did) as AnyStateMachine, { id: 'kitchen' }).start();
  const served = await serveInspector(actor, { admin: 'always', ...options });
  const looker = await Looker.open(served.url);
  const session = actor.sessionId;
  const send = (event: object, more: object = {}) =>
    looker.ask({ type: 'xstate.event', service: session, event: JSON.stringify(event), ...more });
  try {
    await use({ looker, did, send, session, state: () => actor.getSnapshot() });
  } finally {
    await looker.leave();
    await served.close();
    actor.stop();
  }
}

const SOUP = { dish: { name: 'soup' } };

test('what throws leaves all actors as they were', () =>
  withKitchen({}, async ({ send, state, did }) => {
    assert.match((await send({ type: 'taste' })).error ?? '', 'a guard has thrown at it');
    const table = { note: /^it has thrown/, say: /^it has thrown/, cook: /^cook, which it was/ };
    for (const [type, error] of Object.entries(table)) {
      for (const dish of [undefined, null, 7, {}, { name: 7 }, []]) {
        assert.match((await send({ type, dish })).error ?? '', error, `${type} ${dish}`);
        if (type === 'cook') {
          assert.is((await send({ type: 'rest' })).error, undefined);
        }
        assert.is(state().status, 'active');
        assert.is(state().value, 'open');
        assert.equal(state().context, { dishes: [] });
        assert.is(state().children.cook?.getSnapshot().status, 'active');
      }
    }
    assert.equal(did, [], 'nothing was begun');
    assert.is((await send({ type: 'say', ...SOUP })).error, undefined, 'and it still listens');
    assert.is(state().value, 'busy');
    assert.is((await send({ type: 'rest' })).error, undefined);
    assert.is((await send({ type: 'cook', ...SOUP })).error, undefined);
    assert.equal(did, ['ordered soup', 'cooked soup']);
  }));

test('what no transition takes is refused, with the state', () =>
  withKitchen({}, async ({ send, state }) => {
    for (const type of ['rest', 'nothing', 'constructor', '__proto__']) {
      assert.is((await send({ type })).error, 'no transition takes it in the state "open"', type);
    }
    const stew = { dish: { name: 'stew' } };
    assert.match((await send({ type: 'taste', ...stew })).error ?? '', 'no transition takes it');
    assert.is((await send({ type: 'taste', ...SOUP })).error, undefined);
    assert.is(state().status, 'active');
  }));

test('what ends something is sent when just that was confirmed', () => {
  const ends: InspectorOptions['ends'] = (_, { type }) =>
    type === 'close' ? 'the whole kitchen' : undefined;
  return withKitchen({ ends }, async ({ send, state }) => {
    const close = { type: 'close' };
    assert.is((await send(close, { check: true })).ends, 'the whole kitchen');
    assert.is((await send({ type: 'taste', ...SOUP }, { check: true })).ends, undefined);
    for (const confirmed of [undefined, true, '', 'something else']) {
      const { error, ends: told } = await send(close, { confirmed });
      assert.is(error, 'that has to be confirmed, since it ends the whole kitchen');
      assert.is(told, 'the whole kitchen');
      assert.is(state().status, 'active');
    }
    assert.is((await send(close, { confirmed: 'the whole kitchen' })).error, undefined);
    assert.is(state().status, 'done');
  });
});

test('a check sends nothing, and says what is wrong', () =>
  withKitchen({}, async ({ send, state }) => {
    assert.is((await send({ type: 'say', ...SOUP }, { check: true })).error, undefined);
    assert.is(state().value, 'open');
    assert.match((await send({ type: 'rest' }, { check: true })).error ?? '', 'no transition');
  }));

test('a service says what may be sent, of which what is taken now is told', () => {
  const all = [{ type: 'taste', example: SOUP }, { type: 'rest' }, { type: 'close' }];
  const refuse: InspectorOptions['refuse'] = (_, event) =>
    'secret' in event ? 'it has a secret' : undefined;
  return withKitchen({ takes: () => all, refuse }, async ({ looker, session, send }) => {
    const ask = (service: string) => looker.ask({ type: 'inspector.takes', service });
    assert.equal((await ask(session)).takes, [all[0], all[2]]);
    assert.is((await ask('x:none')).error, 'that actor is gone');
    assert.is((await send({ type: 'close', secret: 1 })).error, 'it has a secret');
  });
});

test('a question that throws refuses, and ends nothing', () => {
  const refuse = () => {
    throw new Error('a defect of the service');
  };
  return withKitchen({ refuse }, async ({ send }) => {
    const { error } = await send({ type: 'close' });
    assert.is(error, 'it cannot be told whether it may be sent: a defect of the service');
  });
});

test.run();
