/** What whoever looks is told, and what the service does for it. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { WebSocket } from 'ws';
import {
  type ActorLogic,
  type AnyActorRef,
  type AnyEventObject,
  createActor,
  createMachine,
  type EventObject,
  fromCallback,
  type Snapshot,
} from 'xstate';
import {
  type InspectorOptions,
  type ServedInspector,
  type ShownMessage,
  serveInspector,
} from '../../../../supervisor/inspector/index.ts';
import type { Message } from '../../../../supervisor/inspector/protocol.ts';
import { Looker, startShop } from '../../../support/inspected.ts';
import { ROOT } from '../../../support/modules.ts';
import { temporaryDirectory } from '../../../support/tmp.ts';

/** Counts those who watch a system, which xstate does not tell. */
function countWatchers({ system }: AnyActorRef): () => number {
  const { inspect } = system;
  let count = 0;
  system.inspect = (observer) => {
    const subscription = inspect(observer);
    count++;
    return {
      unsubscribe: () => {
        count--;
        subscription.unsubscribe();
      },
    };
  };
  return () => count;
}

async function waitFor(what: () => boolean): Promise<void> {
  for (const end_ms = performance.now() + 10_000; !what(); ) {
    if (performance.now() > end_ms) throw new Error(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const context = { ends: [] as (() => Promise<void> | void)[] };
const test = suite('the inspector', context);

test.after.each(async () => {
  for (const end of context.ends.splice(0).reverse()) await end();
});

async function inspected(options: InspectorOptions = {}) {
  const shop = startShop();
  const served = await serveInspector(shop, { limits: { flush_ms: 5 }, ...options });
  context.ends.push(
    () => void shop.stop(),
    () => served.close(),
  );
  return { shop, served };
}

async function look(served: ServedInspector, options = {}): Promise<Looker> {
  const looker = await Looker.open(served.url, options);
  context.ends.push(() => looker.leave());
  return looker;
}

const isOf =
  (type: Message['type'], session: string) =>
  (message: Message): boolean =>
    message.type === type && 'sessionId' in message && message.sessionId === session;

test('watches nothing until somebody looks, and nothing once they have left', async () => {
  const looks: string[] = [];
  const { shop, served } = await inspected({
    onLook: () => {
      looks.push('on');
      return () => looks.push('off');
    },
    messages: () => () => looks.push('quiet'),
  });
  const watchers = countWatchers(shop);
  assert.is(watchers(), 0);
  const socket = new WebSocket(served.url.replace('http', 'ws'));
  await new Promise((resolve) => socket.once('open', resolve));
  assert.is(watchers(), 0, 'before it has said that it looks');
  const one = await look(served);
  const two = await look(served);
  await one.until(isOf('service.register', shop.sessionId));
  await two.until(isOf('service.register', shop.sessionId));
  assert.is(watchers(), 1);
  assert.is(served.inspector.viewers, 3);
  await one.leave();
  assert.is(watchers(), 1);
  await two.leave();
  await waitFor(() => served.inspector.viewers === 1);
  assert.is(watchers(), 0);
  assert.equal(looks, ['on', 'quiet', 'off']);
  socket.terminate();
});

test('tells who lives, parents first, and then what happens', async () => {
  const { shop, served } = await inspected({ title: 'shop 1', describe: () => ({ restarts: 7 }) });
  shop.send({ type: 'hire', id: 'bob' });
  const looker = await look(served);
  const vitals = await looker.until(({ type }) => type === 'service.vitals');
  assert.is(vitals.type === 'service.vitals' && vitals.actors[shop.sessionId]?.restarts, 7);
  const [greeting, first, ...others] = looker.messages;
  assert.is(greeting?.type === 'service.greeting' && greeting.title, 'shop 1');
  assert.is(first?.type === 'service.register' && first.sessionId, shop.sessionId);
  const children = others.filter((message) => message.type === 'service.register');
  assert.equal(children.map(({ id, parent, kind, source }) => [id, parent, kind, source]).sort(), [
    ['bob', shop.sessionId, 'machine', 'clerk'],
    ['errand', shop.sessionId, 'effect', 'errand'],
  ]);
  shop.send({ type: 'close' });
  const event = await looker.until(isOf('service.event', shop.sessionId));
  assert.is(event.type === 'service.event' && JSON.parse(event.event).name, 'close');
  const stated = await looker.until(isOf('service.state', shop.sessionId));
  assert.ok(stated.type === 'service.state');
  assert.equal(stated.transitions, [
    { from: 'shop.open', to: ['shop.closed'], event: 'close', actions: [] },
  ]);
  assert.equal(stated.delays, []);
  const state = JSON.parse(stated.state);
  assert.equal([state.value, state.context.safe_password], ['closed', '(masked)']);
  shop.send({ type: 'open' });
  await looker.until((message) => message.type === 'service.state' && message.delays.length === 1);
});

test('tells of actors that come, and how they went', async () => {
  const { shop, served } = await inspected();
  const looker = await look(served);
  await looker.until(isOf('service.register', shop.sessionId));
  const hired = async (id: string): Promise<string> => {
    shop.send({ type: 'hire', id });
    const come = await looker.until((message) => 'id' in message && message.id === id);
    return come.type === 'service.register' ? come.sessionId : '';
  };
  const ann = await hired('ann');
  shop.getSnapshot().children.ann?.send({ type: 'go' });
  const gone = await looker.until(isOf('service.stop', ann));
  assert.equal(gone.type === 'service.stop' && [gone.status, gone.last], [
    'done',
    '"done for today"',
  ]);
  const bob = await hired('bob');
  shop.send({ type: 'fire', id: 'bob' });
  const fired = await looker.until(isOf('service.stop', bob));
  assert.is(fired.type === 'service.stop' && fired.status, 'stopped');
  shop.subscribe({ error: () => {} });
  shop.send({ type: 'fail' });
  const failed = await looker.until(isOf('service.stop', shop.sessionId));
  assert.ok(failed.type === 'service.stop' && failed.status === 'error');
  assert.match(failed.last ?? '', 'the till is empty');
});

test('tells only the last of several states, and the latest events, and counts', async () => {
  const { shop, served } = await inspected({ limits: { flush_ms: 50, events_max: 10 } });
  const looker = await look(served);
  await looker.until(isOf('service.register', shop.sessionId));
  for (let count = 0; count < 1000; count++) shop.send({ type: 'customer', count });
  const stated = await looker.until(isOf('service.state', shop.sessionId));
  assert.is(stated.type === 'service.state' && JSON.parse(stated.state).context.count, 1000);
  assert.ok(stated.type === 'service.state' && stated.transitions.length <= 16);
  const vitals = await looker.until(
    (message) => message.type === 'service.vitals' && message.dropped.events > 0,
  );
  assert.ok(vitals.type === 'service.vitals');
  assert.equal(vitals.dropped, { events: 990, states: 999, messages: 0 });
  const counts = looker.of('service.event').map(({ event }) => JSON.parse(event).data.count);
  assert.equal(
    counts,
    Array.from({ length: 10 }, (_, index) => 990 + index),
  );
});

/** Whether it gets an answer, or is cut off before. */
function isServed(looker: Looker): Promise<boolean> {
  const { socket } = looker;
  const cut = new Promise<boolean>((resolve) => {
    if (socket.readyState === socket.CLOSED) resolve(false);
    socket.once('close', () => resolve(false));
  });
  const asked = looker.ask({ type: 'inspector.token', token: '' });
  return Promise.race([cut, asked.then(() => true)]);
}

test('cuts off who does not read, and goes on for others', async () => {
  const { shop, served } = await inspected({ limits: { flush_ms: 5, unread_ms_max: 300 } });
  for (let tries = 1; ; tries += 1) {
    const [quick, stuck] = [await look(served), await look(served)];
    stuck.socket.pause();
    await waitFor(() => served.inspector.viewers <= 1);
    const goesOn = await isServed(quick);
    stuck.socket.terminate();
    if (goesOn) {
      shop.send({ type: 'close' });
      await quick.until(isOf('service.state', shop.sessionId));
      return;
    }
    // A busy machine may hold up this process for so long that nobody is heard of in time.
    assert.ok(tries < 5, 'who reads was cut off, too');
    await waitFor(() => served.inspector.viewers === 0);
  }
});

test('tells of so many actors, and counts the others until there is room', async () => {
  const { shop, served } = await inspected({ limits: { flush_ms: 5, actors_max: 3 } });
  for (const id of ['ann', 'bob', 'cy']) shop.send({ type: 'hire', id });
  const looker = await look(served);
  const hidden = (count: number) => (message: Message) =>
    message.type === 'service.vitals' && message.hidden === count;
  await looker.until(hidden(2));
  assert.is(looker.of('service.register').length, 3);
  shop.send({ type: 'fire', id: 'ann' });
  await looker.until(hidden(1));
  await looker.until((message) => 'id' in message && message.id === 'bob');
});

test('shows messages of the service, whole flows or nothing of them', async () => {
  const tellers: ((message: ShownMessage) => void)[] = [];
  const { shop, served } = await inspected({
    limits: { flush_ms: 5, flows_max: 3 },
    messages: (tell) => {
      tellers.push(tell);
      return () => {};
    },
  });
  const looker = await look(served);
  await looker.until(isOf('service.register', shop.sessionId));
  const [tell] = tellers;
  assert.ok(tell);
  for (const stage of ['received', 'answered']) {
    for (let flow = 0; flow < 10; flow++) {
      tell({ to: shop, from: shop, event: { type: stage, token: 's3cr3t' }, flow: `${flow}` });
    }
  }
  const vitals = await looker.until(
    (message) => message.type === 'service.vitals' && message.dropped.messages > 0,
  );
  assert.is(vitals.type === 'service.vitals' && vitals.dropped.messages, 14);
  const shown = looker.of('service.event').filter(({ sampled }) => sampled);
  assert.equal(
    shown.map(({ event, flow }) => `${JSON.parse(event).name} ${flow}`),
    ['received 0', 'received 1', 'received 2', 'answered 0', 'answered 1', 'answered 2'],
  );
  assert.not.match(JSON.stringify(shown), 's3cr3t');
});

test('shows several systems, and what of them ends by itself', async () => {
  const shops = [startShop(), startShop()] as const;
  const served = await serveInspector(shops, { limits: { flush_ms: 5 } });
  context.ends.push(() => served.close());
  const looker = await look(served);
  for (const { sessionId } of shops) await looker.until(isOf('service.register', sessionId));
  const [failing, other] = shops;
  failing.subscribe({ error: () => {} });
  failing.send({ type: 'fail' });
  await looker.until(isOf('service.stop', failing.sessionId));
  other.send({ type: 'close' });
  await looker.until(isOf('service.state', other.sessionId));
  other.stop();
  await looker.until(isOf('service.stop', other.sessionId));
});

test('what the service gives may throw', async () => {
  const warnings: string[] = [];
  const fail = (): never => {
    throw new Error('oh');
  };
  const { shop, served } = await inspected({
    ...{ describe: fail, dead: fail, onLook: fail, messages: fail, admin: fail, secret: fail },
    warn: (text) => warnings.push(text),
  });
  const looker = await look(served);
  await looker.until(isOf('service.register', shop.sessionId));
  await looker.until(({ type }) => type === 'service.vitals');
  const { error } = await looker.ask({ type: 'inspector.token', token: 'x' });
  assert.is(error, 'that token is wrong');
  for (const what of ['describe', 'dead', 'onLook', 'messages', 'admin']) {
    assert.ok(warnings.includes(`${what} of the inspector has thrown: Error: oh`), what);
  }
});

/** The receiver of the package, with the xstate that it wants. */
async function foreignReceiver(): Promise<{
  createWebSocketReceiver: (options: object) => {
    subscribe: (next: (event: Record<string, unknown>) => void) => unknown;
    send: (event: object) => void;
  };
}> {
  const directory = temporaryDirectory();
  const outfile = join(directory, 'receiver.mjs');
  const entry = join(directory, 'entry.js');
  writeFileSync(entry, "export { createWebSocketReceiver } from '@xstate/inspect';");
  await build({
    ...{ entryPoints: [entry], outfile, bundle: true, format: 'esm', platform: 'browser' },
    ...{ alias: { xstate: 'xstate4' }, nodePaths: [join(ROOT, 'node_modules')] },
    ...{ logLevel: 'error', define: { 'process.env.NODE_ENV': '"production"' } },
  });
  return await import(pathToFileURL(outfile).href);
}

test('speaks to the receiver of @xstate/inspect in the messages that it knows', async () => {
  const { shop, served } = await inspected({ admin: 'always' });
  const { createWebSocketReceiver } = await foreignReceiver();
  const sockets: WebSocket[] = [];
  const before = Object.getOwnPropertyDescriptor(globalThis, 'WebSocket');
  const Watched = class extends WebSocket {
    constructor(...options: ConstructorParameters<typeof WebSocket>) {
      super(...options);
      sockets.push(this);
    }
  };
  Object.defineProperty(globalThis, 'WebSocket', { value: Watched, configurable: true });
  const seen: Record<string, unknown>[] = [];
  const receiver = createWebSocketReceiver({ server: served.url.replace('http://', '') });
  receiver.subscribe((event) => seen.push(event));
  if (before === undefined) Reflect.deleteProperty(globalThis, 'WebSocket');
  else Object.defineProperty(globalThis, 'WebSocket', before);
  await waitFor(() => seen.length >= 2);
  // As the package's own page sends events.
  const scxml = { name: 'close', data: { type: 'close' }, $$type: 'scxml', origin: shop.sessionId };
  receiver.send({ type: 'xstate.event', event: JSON.stringify(scxml) });
  await waitFor(() => seen.some(({ type }) => type === 'service.state'));
  shop.stop();
  await waitFor(() => seen.some(({ type }) => type === 'service.stop'));
  const machine = seen[0]?.machine as { id: string; states: object };
  assert.equal([machine.id, Object.keys(machine.states)], ['shop', ['open', 'closed']]);
  const stated = seen.find(({ type }) => type === 'service.state');
  assert.is((stated?.state as { value: unknown } | undefined)?.value, 'closed');
  await new Promise((resolve) => setTimeout(resolve, 600));
  assert.equal([...new Set(seen.map(({ type }) => type))].sort(), [
    'service.event',
    'service.register',
    'service.state',
    'service.stop',
  ]);
  for (const socket of sockets) socket.terminate();
});

test('an actor that cannot be read, and events that are none, hide nothing else', async () => {
  const odd = { status: 'active', machine: 'coffee', tags: 5, children: 7, historyValue: 3 };
  const logic = {
    transition: (state: object) => ({ ...state }),
    getInitialSnapshot: () => odd,
    getPersistedSnapshot: () => odd,
  } as unknown as ActorLogic<Snapshot<unknown>, EventObject>;
  const root = createActor(
    createMachine({
      invoke: [
        { src: logic, id: 'odd' },
        { src: fromCallback(() => {}), id: 'deaf' },
      ],
    }),
  ).start();
  const served = await serveInspector(root, { limits: { flush_ms: 5 } });
  context.ends.push(
    () => void root.stop(),
    () => served.close(),
  );
  const looker = await look(served);
  const { odd: one, deaf } = root.getSnapshot().children as Record<string, AnyActorRef>;
  await looker.until(isOf('service.register', one!.sessionId));
  await looker.until(isOf('service.register', deaf!.sessionId));
  one!.send({ type: 'x' });
  await looker.until(isOf('service.state', one!.sessionId));
  for (const event of ['a text', {}, { type: 5 }, { type: `login?token=${'a'.repeat(9000)}` }]) {
    deaf!.send(event as AnyEventObject);
  }
  const isLast = (message: Message): boolean =>
    message.type === 'service.event' && message.event.includes('login?token=(masked)');
  await looker.until(isLast);
  for (const message of looker.messages) {
    if (message.type === 'service.event') assert.type(JSON.parse(message.event).name, 'string');
    if (message.type === 'service.state')
      assert.type(JSON.parse(message.state)._event.name, 'string');
  }
});

test.run();
