import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { eventFrom } from '../../../supervisor/inspector/page/store/event-draft.ts';
import { eventTest, payloadLine, Sieve } from '../../../supervisor/inspector/page/store/filter.ts';
import {
  age,
  bytes,
  duration,
  rate,
  shortAge,
} from '../../../supervisor/inspector/page/store/format.ts';
import {
  changesBetween,
  type JsonRow,
  jsonRows,
} from '../../../supervisor/inspector/page/store/json.ts';
import {
  activeIds,
  eventsTaken,
  type StateTree,
  stateText,
  toneOf,
} from '../../../supervisor/inspector/page/store/state-text.ts';
import {
  moveInTree,
  type TreeView,
  treeRows,
} from '../../../supervisor/inspector/page/store/tree.ts';
import { World } from '../../../supervisor/inspector/page/store/world.ts';

function worldOf(...actors: [session: string, id: string, parent: string | undefined][]): World {
  const world = new World();
  for (const [sessionId, id, parent] of actors) {
    const message = { type: 'service.register', machine: {}, id, sessionId } as const;
    const state = { value: 'ready', context: {} };
    const above = parent === undefined ? {} : { parent };
    world.apply({ message: { ...message, state, ...above }, at_ms: 0, size: 1 });
  }
  return world;
}

const FOUR = worldOf(
  ['r', 'daemon', undefined],
  ['es', 'engines', 'r'],
  ['e', 'engine:0', 'es'],
  ['l', 'listener', 'r'],
);
const ALL: TreeView = { search: '', closed: new Set(), with_dead: true };

const tree = suite('tree of the page');

function ids(view: Partial<TreeView>, world = FOUR): string[] {
  return treeRows(world, { ...ALL, ...view }).map(({ actor, depth }) => `${depth}${actor.id}`);
}

tree('shows what is open', () => {
  assert.equal(ids({}), ['0daemon', '1engines', '2engine:0', '1listener']);
  assert.equal(ids({ closed: new Set(['es']) }), ['0daemon', '1engines', '1listener']);
});

tree('shows what a search finds, also in what is closed, with what leads there', () => {
  const rows = treeRows(FOUR, { ...ALL, search: 'ENGINE:', closed: new Set(['r', 'es']) });
  assert.equal(
    rows.map(({ actor, found }) => [actor.session, found]),
    [
      ['r', false],
      ['es', false],
      ['e', true],
    ],
  );
  assert.equal(ids({ search: 'engines/engine ready' }), ['0daemon', '1engines', '2engine:0']);
  assert.equal(ids({ search: 'nothing' }), []);
});

tree('puts the dead last, the latest first, or hides them', () => {
  const world = worldOf(['r', 'r', undefined], ['a', 'a', 'r'], ['b', 'b', 'r'], ['c', 'c', 'r']);
  for (const [index, sessionId] of ['a', 'b'].entries()) {
    const message = { type: 'service.stop', sessionId, at_ms: index, status: 'done' } as const;
    world.apply({ message, at_ms: 0, size: 1 });
  }
  assert.equal(ids({}, world), ['0r', '1c', '1b', '1a']);
  assert.equal(ids({ with_dead: false }, world), ['0r', '1c']);
  assert.equal(ids({ search: 'dead done' }, world), ['0r', '1b', '1a']);
});

tree('is gone through by keys', () => {
  const rows = treeRows(FOUR, { ...ALL, closed: new Set(['es']) });
  const move = (from: string | undefined, key: string) => moveInTree(rows, from, key, 20);
  assert.equal(move('r', 'ArrowDown'), { to: 'es' });
  assert.equal(move('r', 'ArrowUp'), { to: 'r' });
  assert.equal(move('r', 'End'), { to: 'l' });
  assert.equal(move('l', 'PageUp'), { to: 'r' });
  assert.equal(move('es', 'ArrowRight'), { open: 'es' });
  assert.equal(move('r', 'ArrowRight'), { to: 'es' });
  assert.equal(move('r', 'ArrowLeft'), { close: 'r' });
  assert.equal(move('l', 'ArrowLeft'), { to: 'r' });
  assert.equal(move(undefined, 'ArrowDown'), { to: 'r' });
  assert.is(move('r', 'q'), undefined);
});

tree.run();

const json = suite('JSON of the page');

function texts(rows: readonly JsonRow[]): string[] {
  return rows.map(
    ({ depth, key, text, open }) => `${depth} ${key} ${open === true ? 'open' : text}`,
  );
}

json('is rows, opened two levels deep', () => {
  const value = { a: { b: { c: 1 } }, list: [], text: 'x' };
  const none = { toggled: new Map(), changes: new Map() };
  assert.equal(texts(jsonRows(value, none)), [
    '0 a open',
    '1 b open',
    '2 c 1',
    '0 list []',
    '0 text "x"',
  ]);
  const path = jsonRows(value, none)[0]?.path ?? '';
  const closed = jsonRows(value, { ...none, toggled: new Map([[path, false]]) });
  assert.equal(texts(closed), ['0 a {b: {…}}', '0 list []', '0 text "x"']);
  assert.equal(texts(jsonRows(7, none)), ['0  7']);
});

json('says so when there is too much to show', () => {
  const open = new Map([['\u0000a', true]]);
  const value = { a: Array.from({ length: 9000 }, (_, index) => index), b: 1 };
  const rows = jsonRows(value, { toggled: open, changes: new Map() });
  assert.is(rows.length, 5001);
  assert.is(rows.at(-1)?.kind, 'more');
});

json('tells what changed, what came, and what they are in', () => {
  const before = { a: { b: 1, c: [1, 2] }, gone: 1, same: { x: 1 } };
  const after = { a: { b: 2, c: [1, 2, 3] }, same: { x: 1 } };
  const changes = changesBetween(before, after);
  const readable = [...changes].map(([path, change]) => [path.replaceAll('\u0000', '/'), change]);
  assert.equal(readable, [
    ['/a/b', 'changed'],
    ['/a/c/2', 'added'],
    ['/a/c', 'inside'],
    ['/a', 'inside'],
    ['', 'changed'],
  ]);
  assert.is(changesBetween(after, structuredClone(after)).size, 0);
  assert.is(changesBetween('a', { a: 1 }).get(''), 'changed');
});

json.run();

const events = suite('events of the page');

function worldWithEvents(): World {
  const world = worldOf(['r', 'daemon', undefined], ['e', 'engine:0', 'r']);
  const say = (to: string, name: string, data: object, from?: string): void => {
    const who = from === undefined ? {} : { from };
    const event = { name, data: { type: name, ...data } };
    const message = { type: 'service.event', event, sessionId: to, at_ms: 0, ...who } as const;
    world.apply({ message, at_ms: 0, size: 10 });
  };
  say('e', 'worker.exited', { reason: 'Out Of Memory' });
  say('r', 'child.ended', { code: 134 }, 'e');
  say('r', 'stop', {});
  return world;
}

function passing(world: World, text: string, type = '', sessions?: string[]): string[] {
  const filter = { text, type, sessions: sessions && new Set(sessions) };
  return new Sieve().take(world.events, eventTest(filter, world)).map(({ name }) => name);
}

events('are filtered by words, type and actors', () => {
  const world = worldWithEvents();
  assert.equal(passing(world, ''), ['worker.exited', 'child.ended', 'stop']);
  assert.equal(passing(world, 'out memory'), ['worker.exited']);
  assert.equal(passing(world, 'engine:0'), ['worker.exited', 'child.ended']);
  assert.equal(passing(world, 'engine:0 -134'), ['worker.exited']);
  assert.equal(passing(world, '-engine:0 -'), ['stop']);
  assert.equal(passing(world, '', 'stop'), ['stop']);
  assert.equal(passing(world, '', '', ['e']), ['worker.exited', 'child.ended'], 'to it or from it');
});

events('are looked at once, and go when they are forgotten', () => {
  const world = new World();
  let looked = 0;
  const sieve = new Sieve();
  const test = (): boolean => {
    looked += 1;
    return true;
  };
  const message = { type: 'service.event', event: { name: 'e' }, sessionId: 'x' } as const;
  for (let index = 0; index < 20_500; index++) world.apply({ message, at_ms: 0, size: 1 });
  assert.is(sieve.take(world.events, test).length, 20_000);
  for (let index = 0; index < 100; index++) world.apply({ message, at_ms: 0, size: 1 });
  const passed = sieve.take(world.events, test);
  assert.equal([passed.length, looked], [20_000, 20_100]);
  assert.is(passed[0]?.number, world.events.first()?.number);
});

events('have payloads in a line, and are written by hand', () => {
  assert.is(payloadLine({ type: 'x', a: 1, b: { c: 2 }, d: [1, 2] }), '{a: 1, b: {…}, d: [2]}');
  assert.is(payloadLine({ type: 'x' }), '');
  assert.is(payloadLine(undefined), '');
  assert.equal(eventFrom(' go ', ''), { event: { type: 'go' } });
  assert.equal(eventFrom('go', '{"a": 1}'), { event: { type: 'go', a: 1 } });
  for (const [type, payload] of [
    ['', ''],
    ['go', '{a}'],
    ['go', '[1]'],
    ['go', 'null'],
    ['go', '{"type": "stop"}'],
  ] as const) {
    assert.ok('wrong' in eventFrom(type, payload), payload);
  }
});

events.run();

const states = suite('states of the page');

const node = (id: string, events_: string[] = [], inner: StateTree[] = []): StateTree => ({
  id,
  key: id.split('.').at(-1) ?? '',
  type: 'atomic',
  states: inner,
  transitions: events_.map((eventType) => ({ eventType })),
});
const MACHINE = node(
  'm',
  ['stop', '*', ''],
  [
    node(
      'm.ready',
      ['retire', 'xstate.after(5)#m.ready', 'done.invoke.x'],
      [node('m.ready.idle', ['work']), node('m.ready.busy', ['rest'])],
    ),
    node('m.other'),
  ],
);

states('are text, ids and what they take', () => {
  assert.is(stateText({ open: 'idle' }), 'open.idle');
  assert.is(stateText({ a: 'x', b: { c: 'y' } }), 'a.x, b.c.y');
  assert.is(stateText({ p: { a: 'x', b: {} } }), 'p.(a.x, b)');
  assert.is(stateText(undefined), '');
  assert.equal(activeIds(MACHINE, { ready: 'idle' }), ['m', 'm.ready', 'm.ready.idle']);
  assert.equal(activeIds(MACHINE, { ready: {}, other: {} }), ['m', 'm.ready', 'm.other']);
  assert.equal(activeIds(MACHINE, 'unknown'), ['m']);
  assert.equal(eventsTaken(MACHINE, { ready: 'idle' }), ['retire', 'stop', 'work']);
  assert.equal(['lost', 'backoff', 'ready.idle', 'done'].map(toneOf), [
    'bad',
    'wait',
    'good',
    'plain',
  ]);
});

states('have times and numbers that a person reads', () => {
  assert.equal([850, 4250, 65_000].map(duration), ['850 ms', '4.2 s', '1 m 5 s']);
  assert.equal([-5, 3_700_000, 90_000_000].map(age), ['0 s', '1 h 1 m', '1 d 1 h']);
  assert.equal([59_000, 3_540_000, 4_320_000, 40_000_000, 2e8].map(shortAge), [
    '59 s',
    '59 m',
    '1.2 h',
    '11 h',
    '2.3 d',
  ]);
  assert.equal([0.01, 0.42, 12, 1204.4].map(rate), ['0', '0.4', '12', '1,204']);
  assert.equal([12, 4100, 12_300_000].map(bytes), ['12 B', '4.1 kB', '12.3 MB']);
});

states.run();
