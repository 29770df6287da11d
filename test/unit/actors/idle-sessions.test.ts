/** When sessions of clients that ask nothing end, and when nobody looks for them. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SimulatedClock } from 'xstate';
import { IdleSessions, LOOK_MS } from '../../../actors/connection/idle-sessions.ts';
import { connected } from '../../support/connected.ts';
import { testClock } from '../../support/test-clock.ts';

const GET = { method: 'goxel.get_voxel', id: 1, params: {} };
const test = suite('idle sessions');

/** A connection with a session that is busy, or not, as the test says. */
async function client() {
  const one = await connected();
  let busy = false;
  await one.send(GET);
  one.connections.get(3)!.sessions.attach('default', {
    ...{ submit() {}, resume() {}, idle: () => !busy, cancel: () => false },
    ...{ abandon() {}, giveUp() {}, refuseRest() {}, held: () => [] },
  });
  const time = new SimulatedClock();
  const timers = new Set<unknown>();
  const idle = new IdleSessions(one.connections, testClock(time, timers));
  idle.started();
  const ended = () => one.told().filter((type) => type === 'sessions.unused').length;
  const work = (now: boolean) => {
    busy = now;
  };
  return { ...one, idle, time, timers, ended, work };
}

test('ends those of a client that asked nothing from one look to the next', async () => {
  const { send, time, ended, close } = await client();
  time.increment(LOOK_MS);
  assert.is(ended(), 0, 'something was asked before the first look');
  await send(GET);
  time.increment(LOOK_MS);
  assert.is(ended(), 0, 'and before the second');
  time.increment(LOOK_MS - 1);
  assert.is(ended(), 0);
  time.increment(1);
  assert.is(ended(), 1);
  close();
});

test('leaves those that have something to do', async () => {
  const { time, ended, work, close } = await client();
  work(true);
  for (let i = 0; i < 5; i += 1) time.increment(LOOK_MS);
  assert.is(ended(), 0);
  work(false);
  time.increment(LOOK_MS);
  assert.is(ended(), 1);
  close();
});

test('has a timer only while there is a session', async () => {
  const { idle, timers, time, close } = await client();
  idle.started();
  assert.is(timers.size, 1);
  time.increment(LOOK_MS);
  idle.ended();
  assert.is(timers.size, 2, 'that of the second look is there');
  idle.ended();
  assert.is(timers.size, 1, 'and is cleared');
  idle.started();
  assert.is(timers.size, 2);
  close();
});

test.run();
