/** The life of a project: every state, and every way from one to another. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type AnyActorRef, createActor, SimulatedClock } from 'xstate';
import { type ProjectEvent, projectMachine } from '../../../machines/project.ts';
import { projectsLogic, projectsSpec } from '../../../machines/projects.ts';

const OPEN: ProjectEvent = { type: 'project.open' };
const CLOSE: ProjectEvent = { type: 'project.close' };
const OPENED: ProjectEvent = { type: 'project.opened', title: 'tower' };
const CLOSED: ProjectEvent = { type: 'project.closed' };
const REFUSED: ProjectEvent = { type: 'project.refused' };
const EDITED: ProjectEvent = { type: 'project.edited' };
const SAVED: ProjectEvent = { type: 'project.saved' };
const UNLOADED: ProjectEvent = { type: 'project.unloaded', reason: 'no memory' };
const LOST: ProjectEvent = { type: 'project.lost', reason: 'killed' };
const REPLAY: ProjectEvent = { type: 'project.replay' };
const REPLAYED: ProjectEvent = { type: 'project.replayed' };

function project(opening: boolean) {
  const input = { name: 'p', engine: 1, opening };
  return createActor(projectMachine, { input, clock: new SimulatedClock() }).start();
}

function stateOf(actor: ReturnType<typeof project>): string {
  const { value } = actor.getSnapshot();
  if (typeof value === 'string') return value;
  return Object.entries(value).join('.').replace(',', '.');
}

/** The state before and the event, and the state after; of one that a request makes, at first. */
const PATHS: readonly (readonly [before: readonly ProjectEvent[], after: string])[] = [
  [[], 'opening'],
  [[REFUSED], 'closed'],
  [[LOST], 'closed'],
  [[OPENED], 'open.clean'],
  [[OPENED, EDITED], 'open.unsaved'],
  [[OPENED, EDITED, SAVED], 'open.clean'],
  [[OPENED, OPEN], 'opening'],
  [[OPENED, OPEN, REFUSED], 'open.clean'],
  [[OPENED, EDITED, OPEN, REFUSED], 'open.unsaved'],
  [[OPENED, EDITED, OPEN, OPENED], 'open.clean'],
  [[OPENED, OPEN, LOST], 'lost'],
  [[OPENED, CLOSE], 'closing'],
  [[OPENED, CLOSE, CLOSED], 'closed'],
  [[OPENED, CLOSE, REFUSED], 'open.clean'],
  [[OPENED, EDITED, CLOSE, REFUSED], 'open.unsaved'],
  [[OPENED, CLOSE, LOST], 'lost'],
  [[OPENED, LOST], 'lost'],
  [[OPENED, EDITED, LOST], 'lost'],
  [[OPENED, LOST, CLOSED], 'closed'],
  [[UNLOADED], 'unloaded'],
  [[OPENED, EDITED, UNLOADED], 'unloaded'],
  [[OPENED, CLOSE, UNLOADED], 'unloaded'],
  [[OPENED, REPLAY, UNLOADED], 'unloaded'],
  [[OPENED, UNLOADED, CLOSED], 'closed'],
  [[REPLAY], 'replaying.opening'],
  [[REPLAY, REPLAYED], 'opening'],
  [[REPLAY, OPENED], 'replaying.open'],
  [[REPLAY, OPENED, REPLAYED], 'open.clean'],
  [[REPLAY, REFUSED], 'closed'],
  [[REPLAY, LOST], 'closed'],
  [[OPENED, REPLAY], 'replaying.open'],
  [[OPENED, REPLAY, REPLAYED], 'open.clean'],
  [[OPENED, EDITED, REPLAY, REPLAYED], 'open.unsaved'],
  [[OPENED, REPLAY, LOST], 'lost'],
  [[OPENED, EDITED, OPEN, REPLAY, REFUSED, REPLAYED], 'open.unsaved'],
  [[OPENED, CLOSE, REPLAY], 'replaying.closing'],
  [[OPENED, CLOSE, REPLAY, REPLAYED], 'closing'],
  [[OPENED, CLOSE, REPLAY, CLOSED], 'closed'],
  [[OPENED, CLOSE, REPLAY, REFUSED], 'replaying.open'],
  [[OPENED, CLOSE, REPLAY, LOST], 'lost'],
];

/** What changes nothing, by the state. */
const IGNORED: readonly (readonly [before: readonly ProjectEvent[], events: ProjectEvent[]])[] = [
  [[], [OPEN, CLOSE, CLOSED, EDITED, SAVED]],
  [[OPENED], [OPENED, CLOSED, REFUSED, SAVED]],
  [
    [OPENED, EDITED],
    [OPENED, CLOSED, REFUSED, EDITED],
  ],
  [
    [OPENED, CLOSE],
    [OPEN, CLOSE, OPENED, EDITED, SAVED],
  ],
  [
    [OPENED, REPLAY],
    [OPEN, CLOSE, OPENED, CLOSED, REFUSED, EDITED, SAVED, REPLAY],
  ],
  [
    [OPENED, CLOSE, REPLAY],
    [OPEN, CLOSE, OPENED, EDITED, SAVED, REPLAY],
  ],
  [
    [OPENED, LOST],
    [OPEN, CLOSE, OPENED, REFUSED, EDITED, SAVED, LOST, REPLAY, REPLAYED],
  ],
];

const test = suite('project');

for (const [events, after] of PATHS) {
  const told = events.map(({ type }) => type.replace(/^project\./, '')).join(', ') || 'made';
  test(`${told}: ${after}`, () => {
    const actor = project(true);
    for (const event of events) actor.send(event);
    assert.is(stateOf(actor), after);
    assert.is(actor.getSnapshot().status, after === 'closed' ? 'done' : 'active');
  });
}

test('the current project is there without being asked for', () => {
  const actor = project(false);
  assert.is(stateOf(actor), 'open.clean');
  actor.send(OPEN);
  actor.send(REFUSED);
  assert.is(stateOf(actor), 'open.clean', 'what was there before is there again');
});

for (const [events, ignored] of IGNORED) {
  test(`${events.at(-1)?.type ?? 'made'} is followed by nothing that does not fit`, () => {
    const actor = project(true);
    for (const event of events) actor.send(event);
    const before = actor.getSnapshot();
    for (const event of ignored) {
      actor.send(event);
      assert.is(actor.getSnapshot(), before, event.type);
    }
  });
}

test('knows what it is called, and why it was lost', () => {
  const actor = project(true);
  actor.send(OPENED);
  actor.send(OPEN);
  actor.send({ type: 'project.opened', title: 'bridge' });
  actor.send(LOST);
  const { title, reason, name, engine } = actor.getSnapshot().context;
  assert.equal([title, reason, name, engine], ['bridge', 'killed', 'p', 1]);
});

test('below its supervisor it ends when it is closed, and its number is free', () => {
  let now_ms = 0;
  const logic = projectsLogic(() => now_ms++);
  const actor = createActor(logic, { input: projectsSpec(1) }).start();
  const children = () => {
    const [pool] = Object.values(actor.getSnapshot().children);
    return Object.entries(pool?.getSnapshot().children ?? {}) as [string, AnyActorRef][];
  };
  const start = () =>
    actor.send({ type: 'dynamic.start', input: { name: 'p', engine: 0, opening: true } });
  for (let times = 0; times < 4; times += 1) start();
  assert.equal(
    children().map(([id]) => id),
    ['project:0', 'project:1', 'project:2'],
    'one that is open, one that is lost, one that is being made',
  );
  for (const [, child] of children().slice(0, 2)) child.send(REFUSED);
  assert.is(children().length, 1);
  start();
  assert.is(children().length, 2);
  actor.stop();
});

test.run();
