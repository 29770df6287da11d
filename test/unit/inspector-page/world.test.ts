import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Inbox } from '../../../supervisor/inspector/page/store/inbox.ts';
import { lookAt, stepFrom } from '../../../supervisor/inspector/page/store/look.ts';
import type { Heard } from '../../../supervisor/inspector/page/store/messages.ts';
import { Ring } from '../../../supervisor/inspector/page/store/ring.ts';
import {
  columnNames,
  companyOf,
  sequenceActors,
} from '../../../supervisor/inspector/page/store/sequence.ts';
import { type Shot, Timeline } from '../../../supervisor/inspector/page/store/timeline.ts';
import { World } from '../../../supervisor/inspector/page/store/world.ts';

const NOW_MS = 1_700_000_000_000;

function tell(world: World, ...messages: Heard[]): void {
  for (const message of messages) world.apply({ message, at_ms: NOW_MS, size: 100 });
}

function registered(sessionId: string, id: string, parent?: string): Heard {
  return {
    type: 'service.register',
    machine: {},
    state: { value: 'ready', context: { of: id } },
    id,
    sessionId,
    kind: 'machine',
    born_ms: NOW_MS - 5000,
    ...(parent === undefined ? {} : { parent }),
  };
}

function stated(sessionId: string, value: unknown, event = 'e'): Heard {
  const transitions = [{ from: 'a', to: ['b'], event, actions: [] }];
  const state = { value, context: {} };
  return { type: 'service.state', state, sessionId, at_ms: NOW_MS, transitions, delays: [] };
}

function received(to: string, name: string, from?: string): Heard {
  const event = { name, data: { type: name } };
  const who = from === undefined ? {} : { from };
  return { type: 'service.event', event, sessionId: to, at_ms: NOW_MS, ...who };
}

function stopped(sessionId: string): Heard {
  return { type: 'service.stop', sessionId, at_ms: NOW_MS, status: 'error', last: '"gone"' };
}

function small(): World {
  const world = new World();
  tell(world, registered('r', 'root'), registered('a', 'a', 'r'), registered('b', 'b', 'a'));
  return world;
}

const worlds = suite('world of the page');

worlds('knows actors by their paths, and what is below them', () => {
  const world = small();
  assert.equal(
    [...world.actors.values()].map(({ path }) => path),
    ['', 'a', 'a/b'],
  );
  assert.is(world.byPath('a/b')?.session, 'b');
  assert.equal([...world.subtree('a')], ['a', 'b']);
  assert.is(world.alive, 3);
});

worlds('takes an actor that is told of anew for the same', () => {
  const world = small();
  tell(world, registered('a', 'a', 'r'));
  assert.is(world.alive, 3);
  assert.equal([...world.subtree('a')], ['a', 'b']);
});

worlds('keeps the dead with their last words, and not too many below one parent', () => {
  const world = small();
  for (let index = 0; index < 40; index++) {
    tell(world, registered(`d${index}`, 'worker', 'a'), stopped(`d${index}`));
  }
  const dead = [...world.actors.values()].filter(({ death }) => death !== undefined);
  assert.is(dead.length, 24);
  assert.is(world.dead, 24);
  assert.is(world.buried, 16);
  assert.is(world.alive, 3);
  assert.is(dead[0]?.session, 'd16');
  assert.is(dead[0]?.death?.last, '"gone"');
  assert.is(dead[0]?.death?.lived_ms, 5000);
  assert.is(world.timeline.of('d0'), undefined, 'snapshots of who is forgotten');
});

worlds('keeps not too many dead in all', () => {
  const world = small();
  for (let parent = 0; parent < 30; parent++) {
    tell(world, registered(`p${parent}`, 'p', 'r'));
    for (let index = 0; index < 20; index++) {
      const session = `d${parent}.${index}`;
      tell(world, registered(session, 'd', `p${parent}`), stopped(session));
    }
  }
  assert.is(world.dead, 400);
  assert.is(world.buried, 200);
});

worlds('tells of who died before the page came, below a parent that is told of later', () => {
  const world = new World();
  tell(world, {
    type: 'service.greeting',
    title: 't',
    now_ms: NOW_MS + 700,
    sending: 'never',
    dead: [{ path: 'a/worker', at_ms: NOW_MS, lived_ms: 10, reason: 'out of memory' }],
  });
  assert.is(world.now(1000), 1700);
  tell(world, registered('r', 'root'), registered('a', 'a', 'r'));
  const [dead] = [...(world.actors.get('a')?.children ?? [])];
  assert.is(world.actors.get(dead ?? '')?.death?.last, 'out of memory');
  assert.is(world.actors.get(dead ?? '')?.parent, 'a');
});

worlds('smooths how many events there are, and forgets those of who has none', () => {
  const world = small();
  const vitals = (at_ms: number, events: number): Heard => ({
    type: 'service.vitals',
    at_ms,
    actors: events === 0 ? {} : { a: { events, restarts: 2 } },
    dropped: { events: 7, states: 1, messages: 0 },
    hidden: 3,
  });
  tell(world, vitals(NOW_MS, 50), vitals(NOW_MS + 500, 50));
  assert.is(world.actors.get('a')?.rate, 75);
  assert.is(world.actors.get('a')?.restarts, 2);
  for (let turn = 2; turn < 20; turn++) tell(world, vitals(NOW_MS + turn * 500, 0));
  assert.is(world.actors.get('a')?.rate, 0);
  assert.is(world.rate, 0);
  assert.equal([world.dropped.events, world.hidden], [7, 3]);
});

worlds('reads a service that knows only the package', () => {
  const world = new World();
  const bare = { type: 'service.register', machine: {}, state: { value: 'on', context: 1 } };
  tell(world, { ...bare, id: 'x', sessionId: 'x' } as Heard);
  tell(world, { type: 'service.state', state: { value: 'off', context: 2 }, sessionId: 'x' });
  tell(world, { type: 'service.stop', sessionId: 'x' }, { type: 'service.stop', sessionId: 'y' });
  assert.is(world.actors.get('x')?.state_text, 'off');
  assert.is(world.actors.get('x')?.death?.status, 'stopped');
});

worlds('shows those around the chosen actor in a sequence, or those that are pinned', () => {
  const world = small();
  tell(world, registered('c', 'c', 'a'));
  const sessions = (pins: string[]): string[] =>
    sequenceActors(world, new Set(pins), companyOf(world, 'a', [])).map(({ session }) => session);
  assert.equal(sessions([]), ['r', 'a', 'b', 'c']);
  assert.equal(sessions(['b', 'gone', 'r']), ['b', 'r']);
});

worlds('shows those by whom the requests of the chosen actor go, in their order', () => {
  const world = small();
  tell(world, registered('c', 'c', 'r'), registered('d', 'a', 'c'), received('c', 'other', 'd'));
  for (const [from, to] of ['rb', 'ba', 'ac', 'ca']) {
    tell(world, { ...received(to!, 'request #1', from), flow: '1' } as Heard);
  }
  assert.equal(companyOf(world, 'a', []), ['r', 'b', 'a', 'c']);
  assert.equal(companyOf(world, 'a', ['c', 'a']), ['c', 'a', 'r', 'b'], 'who is shown stays');
  const actors = ['b', 'a', 'd'].map((session) => world.actors.get(session)!);
  assert.equal(columnNames(world, actors), [
    { name: 'b' },
    { name: 'a', above: 'root' },
    { name: 'a', above: 'c' },
  ]);
});

worlds('steps back through snapshots and to what is now', () => {
  const world = small();
  tell(world, stated('a', 'lost', 'died'), stated('a', 'backoff', 'again'));
  const now = lookAt(world, 'a', undefined);
  assert.equal([now?.index, now?.shots, now?.live], [2, 3, true]);
  const back = stepFrom(world, now!, -1);
  const then = lookAt(world, 'a', back);
  assert.is(then?.state.value, 'lost');
  assert.is(then?.last?.event, 'died');
  assert.is(then?.before?.state.value, 'ready');
  assert.is(stepFrom(world, then!, 1), undefined, 'the newest is what is now');
  assert.is(lookAt(world, 'a', stepFrom(world, then!, -9))?.index, 0);
  assert.is(lookAt(world, 'a', -1)?.index, 0, 'one that is gone');
});

worlds.run();

const bounds = suite('bounds of the page');

bounds('keeps the newest of a ring by number and by bytes', () => {
  const ring = new Ring<{ bytes: number; at: number }>(5000, 100);
  for (let at = 0; at < 4000; at++) ring.push({ bytes: 10, at });
  assert.equal([ring.length, ring.bytes, ring.dropped], [10, 100, 3990]);
  assert.equal([ring.first()?.at, ring.last()?.at, ring.at(10)], [3990, 3999, undefined]);
  assert.is(ring.push({ bytes: 1000, at: 4000 }), 100, 'one alone may be too big');
  assert.equal(ring.toArray(), [{ bytes: 1000, at: 4000 }]);
});

bounds('drops the oldest snapshots of all, whosever they are', () => {
  const limits = { shots_max: 3, actor_bytes_max: 1000, all_bytes_max: 50 };
  const timeline = new Timeline(limits);
  const shot = (number: number): Shot => ({
    number,
    at_ms: 0,
    state: { value: 0, context: 0 },
    transitions: [],
    delays: [],
    bytes: 10,
  });
  const numbers = (session: string): (number | undefined)[] =>
    timeline
      .of(session)
      ?.toArray()
      .map(({ number }) => number) ?? [];
  for (let number = 0; number < 4; number++) timeline.add('a', shot(number));
  assert.equal(numbers('a'), [1, 2, 3], 'no more than three of one');
  for (let number = 4; number < 7; number++) timeline.add('b', shot(number));
  assert.equal(
    [numbers('a'), numbers('b')],
    [
      [2, 3],
      [4, 5, 6],
    ],
  );
  assert.equal([timeline.bytes, timeline.count, timeline.dropped], [50, 5, 2]);
  timeline.forget('b');
  assert.equal([timeline.bytes, timeline.count, numbers('b')], [20, 2, []]);
  for (let number = 7; number < 9000; number++) timeline.add(`c${number % 9}`, shot(number));
  assert.equal([timeline.bytes, timeline.count], [50, 5]);
});

bounds('holds no more than it may while paused, and loses nobody', () => {
  const inbox = new Inbox(100, 1e9);
  const put = (message: Heard): void => inbox.put({ message, at_ms: NOW_MS, size: 10 });
  put(registered('a', 'a'));
  for (let index = 0; index < 1000; index++) {
    put(received('a', `e${index}`));
    put(stated('a', `s${index}`));
  }
  put(stopped('a'));
  const kept = inbox.takeAll().map(({ message }) => message);
  assert.ok(kept.length <= 101, String(kept.length));
  assert.is(kept[0]?.type, 'service.register');
  assert.is(kept.at(-1)?.type, 'service.stop');
  const { events, states } = inbox.missed;
  assert.is(events + states + kept.length, 2002);
  assert.ok(events > 800 && states > 800, `${events} ${states}`);
  assert.is(inbox.takeAll().length, 0);
});

bounds('holds each actor that comes while it is paused, whatever their number', () => {
  const inbox = new Inbox(10, 1e9);
  for (let index = 0; index < 50; index++) {
    inbox.put({ message: registered(`a${index}`, 'a'), at_ms: NOW_MS, size: 10 });
  }
  assert.is(inbox.takeAll().length, 50);
});

bounds.run();
