/** How many threads of a kind there are, below a real supervisor. */

import { pino } from 'pino';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createActor, fromCallback } from 'xstate';
import { supervisor, whichChildren } from '../../../../machines/supervision/index.ts';
import { Crew, type Use } from '../../../../supervisor/reload/crew.ts';

const RESTARTS = {
  ...{ restart_on_failure: true, max_restart_attempts: 3, window_ms: 10_000, jitter: 0 },
  ...{ restart_delay_ms: 0, restart_delay_ms_max: 0, backoff_factor: 1 },
};

/** Two engines at first, those of which the numbers are in `broken` cannot be started. */
function stage(loads: Record<number, number> = {}, broken: readonly number[] = []) {
  const told: string[] = [];
  const uses = new Map<number, Use & { free?: () => void }>();
  const engine = fromCallback<{ type: string }>(({ self, receive }) => {
    if (broken.includes(Number(self.id.split(':')[1]))) throw new Error('no memory');
    receive(({ type }) => void told.push(`${self.id} ${type}`));
  });
  const child = (number: number) =>
    ({ id: `engine:${number}`, logic: 'engine', shutdown: 'kill' }) as const;
  const logic = supervisor({ logics: { engine }, now_ms: () => performance.now() });
  const spec = {
    strategy: 'one_for_one',
    restarts: RESTARTS,
    children: [0, 1].map(child),
  } as const;
  const root = createActor(logic, { input: { spec } }).start();
  const add = (number: number) =>
    void uses.set(number, { number, load: loads[number] ?? 0, retiring: false });
  for (const number of [0, 1]) add(number);
  const put = (number: number, change: object) =>
    void uses.set(number, { ...uses.get(number)!, ...change });
  const crew = new Crew({
    ...{ kind: 'engine', child, log: pino({ level: 'silent' }), supervisor: () => root },
    roster: {
      ...{ uses: () => [...uses.values()], reserved: [2], add },
      retire: (number, free) => put(number, { retiring: true, free }),
      takeBack: (number) => put(number, { retiring: false, free: undefined }),
      remove: (number) => void uses.delete(number),
    },
  });
  const there = () =>
    whichChildren(root)
      .map(({ id }) => Number(id.slice(7)))
      .sort()
      .join(' ');
  return { root, crew, told, uses, there, free: (number: number) => uses.get(number)?.free?.() };
}

const test = suite('a crew');

test('becomes more by the lowest numbers that are free', async () => {
  const { crew, there, uses } = stage();
  await crew.resize(4);
  assert.is(there(), '0 1 3 4');
  assert.is(uses.size, 4);
});

test('becomes fewer by those that have least, when they have nothing left', async () => {
  const { crew, there, told, free, uses } = stage({ 0: 0, 1: 5 });
  await crew.resize(1);
  assert.equal(told, ['engine:0 engine.retire']);
  assert.is(there(), '0 1', 'it has something to do yet');
  free(0);
  await new Promise((resolve) => setImmediate(resolve));
  assert.is(there(), '1');
  assert.equal([...uses.keys()], [1]);
});

test('takes back what retires before it starts another', async () => {
  const { crew, there, told, free } = stage();
  await crew.resize(1);
  await crew.resize(3);
  assert.equal(told, ['engine:1 engine.retire', 'engine:1 engine.stay']);
  assert.is(there(), '0 1 3');
  await crew.resize(2);
  free(3);
  await crew.resize(3);
  assert.is(there(), '0 1 4', 'but not one that goes already, nor its number');
});

test('comes to all that are asked for, or to none of them', async () => {
  const { crew, there, uses, free } = stage({}, [4]);
  let reason = '';
  await crew.resize(4).catch((error: Error) => {
    reason = error.message;
  });
  assert.match(reason, 'no memory');
  free(3);
  await new Promise((resolve) => setImmediate(resolve));
  assert.is(there(), '0 1');
  assert.equal([...uses.keys()], [0, 1]);
});

test('leaves all to the end of the daemon when that has begun', async () => {
  const { crew, free, root } = stage();
  await crew.resize(1);
  root.send({ type: 'supervisor.stop', by: 'test' });
  free(1);
  const how = await crew.resize(3).catch((error: Error) => error.message);
  assert.match(String(how), 'has ended');
});

test.run();
