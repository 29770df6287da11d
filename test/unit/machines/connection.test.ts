import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import {
  type ConnectionInput,
  connectionMachine,
  type SocketCommand,
} from '../../../machines/connection.ts';
import type { JobCommand } from '../../../machines/job.ts';
import { jobMachine } from '../../../machines/job.ts';
import {
  type SessionCommand,
  type SessionInput,
  sessionMachine,
} from '../../../machines/session.ts';
import { fakeEffect } from '../../support/fake-effect.ts';
import { configWith, probe } from '../../support/probe.ts';

async function connection(guest = false, trust: ConnectionInput['trust'] = 'full') {
  const socket = fakeEffect<SocketCommand, ConnectionInput>();
  const session = fakeEffect<SessionCommand, SessionInput>();
  const work = fakeEffect<JobCommand, { number: number }>();
  const config = await configWith(({ limits, performance, security }) => {
    security.authentication_timeout_ms = 700;
    limits.partial_frame_timeout_ms = 500;
    performance.shutdown_timeout_ms = 3000;
  });
  const machine = connectionMachine.provide({
    actors: {
      socket: socket.logic,
      session: sessionMachine.provide({
        actors: {
          requests: session.logic,
          job: jobMachine.provide({ actors: { work: work.logic } }),
        },
      }),
    },
  });
  const freed: number[] = [];
  const places = { release: (number: number) => void freed.push(number) };
  return {
    ...probe(machine, { number: 3, accepted: 7, guest, trust, places, config }),
    freed,
    socket,
    session,
    work,
  };
}

const types = (events: readonly { type: string }[]) => events.map(({ type }) => type);
const test = suite('connection');

test('starts a session for each project that the socket asks for', async () => {
  const { socket, session } = await connection();
  for (const [slot, name] of ['default', 'tower'].entries()) {
    socket.say({ type: 'session.needed', session: name, slot, retire: false });
  }
  assert.equal(
    session.started.map((input) => input.session),
    ['default', 'tower'],
  );
  assert.is(session.alive, 2);
});

test('stops a session that has nothing to do for the one that takes its number', async () => {
  const { session, send } = await connection();
  for (let i = 0; i < 20; i += 1) {
    send({ type: 'session.needed', session: `p${i}`, slot: i % 3, retire: i >= 3 });
  }
  assert.is(session.started.length, 20);
  assert.is(session.alive, 3);
});

test('ends all sessions when they are of no use, and starts them again', async () => {
  const { socket, session, snapshot } = await connection();
  const need = (slot: number) =>
    socket.say({ type: 'session.needed', session: `p${slot}`, slot, retire: false });
  for (const slot of [0, 1]) need(slot);
  socket.say({ type: 'sessions.unused' });
  assert.is(session.alive, 0);
  assert.equal(snapshot().context.sessions, []);
  assert.equal(Object.keys(snapshot().children), ['socket']);
  need(0);
  assert.is(session.alive, 1);
  assert.equal(snapshot().value, { open: 'idle' });
});

test('looks whether a client is there that nothing is read from', async () => {
  const { socket, clock, send, snapshot } = await connection();
  send({ type: 'reading.paused' });
  assert.equal(snapshot().value, { open: 'paused' });
  clock.increment(500);
  clock.increment(500);
  assert.equal(types(socket.told), ['socket.probe', 'socket.probe']);
  send({ type: 'reading.resumed' });
  clock.increment(10_000);
  assert.equal(snapshot().value, { open: 'idle' });
  assert.is(socket.told.length, 2);
});

test('is paused from work too, and is idle after it', async () => {
  const { socket, send, snapshot } = await connection();
  socket.say({ type: 'work.begun' });
  assert.equal(snapshot().value, { open: 'busy' });
  send({ type: 'reading.paused' });
  assert.equal(snapshot().value, { open: 'paused' });
  send({ type: 'reading.resumed' });
  assert.equal(snapshot().value, { open: 'idle' });
});

test('a client goes once: its edits are carried out, whatever is said of its socket', async () => {
  const { socket, send, snapshot } = await connection();
  socket.say({ type: 'socket.closed', under_way: true, idle: false });
  socket.say({ type: 'socket.closed', under_way: false, idle: false });
  assert.equal(snapshot().value, { leaving: 'requests' });
  send({ type: 'socket.idle' });
  assert.is(snapshot().status, 'done');
});

test('refuses a request whose rest does not come in time', async () => {
  const { socket, clock, send } = await connection();
  send({ type: 'frame.partial' });
  clock.increment(499);
  assert.equal(socket.told, []);
  clock.increment(1);
  assert.equal(types(socket.told), ['socket.refuse', 'socket.drain', 'socket.probe']);
});

test('counts the time of each partial request anew, and not that of whole ones', async () => {
  const { socket, clock, send } = await connection();
  for (let i = 0; i < 5; i += 1) {
    send({ type: 'frame.partial' });
    clock.increment(400);
  }
  send({ type: 'frame.whole' });
  clock.increment(10_000);
  assert.equal(socket.told, []);
});

const asked = (told: readonly { type: string }[]) =>
  types(told).filter((type) => type !== 'socket.probe');

test('waits as long as it takes for the answers to a client that has sent all', async () => {
  const { socket, clock, send, snapshot } = await connection();
  send({ type: 'input.ended' });
  for (let passed = 0; passed < 3_600_000; passed += 500) clock.increment(500);
  assert.equal(asked(socket.told), ['socket.drain']);
  assert.ok(socket.told.length > 7000, 'and looks whether it is still there');
  socket.say({ type: 'socket.idle' });
  assert.equal(asked(socket.told), ['socket.drain', 'socket.end']);
  send({ type: 'socket.closed', under_way: false, idle: false });
  assert.is(snapshot().status, 'done');
});

test('gives up what is under way, answers it, and ends, when a shutdown takes long', async () => {
  const { socket, clock, send, snapshot } = await connection();
  send({ type: 'child.stop', now: false });
  clock.increment(1499);
  assert.equal(asked(socket.told), ['socket.refuse_new']);
  clock.increment(1);
  assert.equal(asked(socket.told), ['socket.refuse_new', 'socket.give_up']);
  clock.increment(750);
  assert.is(asked(socket.told).at(-1), 'socket.refuse_rest');
  clock.increment(449);
  assert.is(snapshot().status, 'active');
  clock.increment(1);
  assert.is(asked(socket.told).at(-1), 'socket.destroy');
  assert.is(snapshot().status, 'done');
});

test('waits for nobody when told to', async () => {
  const { socket, clock, send, snapshot } = await connection();
  send({ type: 'child.stop', now: true });
  clock.increment(1);
  assert.equal(asked(socket.told), ['socket.refuse_new', 'socket.give_up', 'socket.refuse_rest']);
  clock.increment(249);
  assert.is(snapshot().status, 'done');
});

test('a shutdown limits a connection that was ending by itself', async () => {
  const { clock, send, snapshot } = await connection();
  send({ type: 'input.ended' });
  send({ type: 'child.stop', now: false });
  clock.increment(3000);
  assert.is(snapshot().status, 'done');
});

test('goes on with the edits of a client that has gone, for a limited time', async () => {
  const { socket, clock, send, snapshot } = await connection();
  socket.say({ type: 'socket.closed', under_way: true, idle: false });
  assert.equal(snapshot().value, { leaving: 'requests' });
  send({ type: 'socket.idle' });
  assert.is(snapshot().status, 'done');
  const slow = await connection();
  slow.send({ type: 'socket.closed', under_way: true, idle: false });
  slow.clock.increment(30_000);
  assert.is(slow.snapshot().status, 'done');
  clock.increment(1);
});

test('that must show a token is closed when it does not in time', async () => {
  const { socket, clock, snapshot } = await connection(false, 'token');
  assert.is(snapshot().value, 'authenticating');
  clock.increment(699);
  assert.equal(socket.told, []);
  clock.increment(1);
  assert.equal(asked(socket.told), ['socket.refuse', 'socket.drain']);
  assert.equal(socket.told[0], { type: 'socket.refuse', why: 'unauthenticated' });
  assert.equal(snapshot().value, { draining: 'waiting' });
});

test('that has shown one is open, for as long as it likes', async () => {
  const { socket, clock, send, snapshot } = await connection(false, 'token');
  // What it is half through with does not count before that.
  send({ type: 'frame.partial' });
  clock.increment(699);
  send({ type: 'connection.authenticated' });
  clock.increment(3_600_000);
  assert.equal(snapshot().value, { open: 'idle' });
  assert.equal(socket.told, []);
});

test('that shows none gives its place away as others do', async () => {
  for (const type of ['input.ended', 'connection.yield'] as const) {
    const { send, snapshot } = await connection(false, 'token');
    send({ type });
    assert.equal(snapshot().value, { draining: 'waiting' }, type);
  }
  const guest = await connection(true, 'token');
  guest.clock.increment(1000);
  assert.equal(guest.snapshot().value, { draining: 'waiting' });
});

test('cuts a client that takes nothing, whatever it is about', async () => {
  for (const events of [[], ['reading.paused'], ['input.ended']] as const) {
    const { socket, send } = await connection();
    for (const type of events) send({ type });
    send({ type: 'output.overdue' });
    assert.is(types(socket.told).at(-1), 'socket.destroy');
  }
});

const JOB = {
  ...{ number: 1, timeout_ms: 600_000, limit: 'limits.job_timeout_ms' as const },
  patience_ms: 30_000,
};

test('ends at once with its sessions when nothing is left for a client that has gone', async () => {
  const { socket, session, snapshot } = await connection();
  socket.say({ type: 'session.needed', session: 'default', slot: 0, retire: false });
  assert.is(session.alive, 1);
  socket.say({ type: 'socket.closed', under_way: false, idle: true });
  assert.is(snapshot().status, 'done');
  assert.is(session.alive, 0);
  assert.is(socket.alive, 0);
});

test('stays until the job of a client that has gone has stopped, without a place', async () => {
  const { socket, session, work, clock, freed, send, snapshot } = await connection();
  send({ type: 'session.needed', session: 'default', slot: 0, retire: false });
  session.say({ type: 'job.needed', job: JOB });
  work.say({ type: 'part.begun' });
  work.say({ type: 'job.cancel', why: new GoxError('GOX_CANCELLED', 'gone') });
  socket.say({ type: 'socket.closed', under_way: false, idle: false });
  assert.equal(snapshot().value, { leaving: 'jobs' });
  assert.equal([...new Set(freed)], [3]);
  assert.is(session.alive, 0, 'nothing more is asked');
  clock.increment(4999);
  assert.is(snapshot().status, 'active');
  work.say({ type: 'parts.stopped' });
  assert.is(snapshot().status, 'done');
  assert.is(work.alive, 0);
});

test('does not stay for a job that does not stop within the grace, nor for a defect', async () => {
  const { socket, session, work, clock, send, snapshot } = await connection();
  send({ type: 'session.needed', session: 'default', slot: 0, retire: false });
  session.say({ type: 'job.needed', job: JOB });
  work.say({ type: 'job.cancel', why: new GoxError('GOX_CANCELLED', 'gone') });
  socket.say({ type: 'socket.closed', under_way: false, idle: false });
  clock.increment(5000);
  assert.is(snapshot().status, 'done', 'it was abandoned');
  assert.ok(types(work.told).includes('work.abandon'));

  const other = await connection();
  other.send({ type: 'session.needed', session: 'default', slot: 0, retire: false });
  // A job that hears nothing of it, and whose session ends by force then.
  other.session.say({ type: 'job.needed', job: JOB });
  other.socket.say({ type: 'socket.closed', under_way: false, idle: false });
  other.clock.increment(5499);
  assert.is(other.snapshot().status, 'active');
  other.clock.increment(1);
  assert.is(other.snapshot().status, 'done');
  assert.is(other.work.alive, 0);
});

test('a shutdown waits for no job of a client that has gone', async () => {
  const { socket, session, send, snapshot, work } = await connection();
  send({ type: 'session.needed', session: 'default', slot: 0, retire: false });
  session.say({ type: 'job.needed', job: JOB });
  socket.say({ type: 'socket.closed', under_way: false, idle: false });
  assert.equal(snapshot().value, { leaving: 'jobs' });
  send({ type: 'child.stop', now: false });
  assert.is(snapshot().status, 'done');
  assert.is(work.alive, 0);
});

test('a client that has gone has the time of the shutdown for its edits', async () => {
  const { socket, clock, send, snapshot } = await connection();
  socket.say({ type: 'socket.closed', under_way: true, idle: false });
  send({ type: 'child.stop', now: false });
  assert.equal(snapshot().value, { leaving: 'requests' });
  clock.increment(1500);
  assert.is(types(socket.told).at(-1), 'socket.give_up');
  clock.increment(1200);
  assert.is(snapshot().status, 'done');
});

test('a defect in a session ends the connection, its jobs with it', async () => {
  const { session, work, send, snapshot } = await connection();
  send({ type: 'session.needed', session: 'default', slot: 0, retire: false });
  session.say({ type: 'job.needed', job: JOB });
  session.say({ type: 'xstate.error.actor.requests', actorId: 'requests', error: new Error('x') });
  assert.is(snapshot().status, 'done');
  assert.is(work.alive, 0);
});

test('a guest has a second', async () => {
  const { socket, clock, snapshot } = await connection(true);
  clock.increment(999);
  assert.equal(socket.told, []);
  clock.increment(1);
  assert.equal(types(socket.told), ['socket.refuse', 'socket.drain', 'socket.probe']);
  assert.equal(snapshot().value, { draining: 'waiting' });
});

test('a client that goes away ends everything at once', async () => {
  const { socket, session, send, snapshot } = await connection();
  send({ type: 'session.needed', session: 'default', slot: 0, retire: false });
  socket.say({ type: 'socket.closed', under_way: false, idle: false });
  assert.is(snapshot().status, 'done');
  assert.is(session.alive + socket.alive, 0);
});

test.run();
