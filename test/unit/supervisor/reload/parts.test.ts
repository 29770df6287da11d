/** Going over to another configuration: in order, as a whole, in time, or not at all. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadConfig } from '../../../../conf/load.ts';
import { ApplyError, goOver, type Part } from '../../../../supervisor/reload/parts.ts';
import { configWith } from '../../../support/probe.ts';

const { config: FROM } = await loadConfig();
const TO = await configWith((config) => {
  config.limits.depth_max = 32;
});

/** Parts that note what they are asked. */
function stage() {
  const log: string[] = [];
  const part = (name: string, does: (there: boolean) => unknown = () => []): Part => ({
    ...{ name, within_ms: 50 },
    apply: async (from, to) => {
      assert.ok((from === FROM && to === TO) || (from === TO && to === FROM));
      log.push(to === TO ? name : `${name} back`);
      return ((await does(to === TO)) ?? []) as readonly string[];
    },
  });
  return { log, part };
}

async function problemsOf(promise: Promise<unknown>): Promise<readonly string[]> {
  try {
    await promise;
  } catch (error) {
    assert.instance(error, ApplyError);
    return (error as ApplyError).problems;
  }
  throw new Error('it was taken over');
}

function fail(why: string): never {
  throw new Error(why);
}

const test = suite('going over');

test('the parts follow each other, and say what counts from the next start only', async () => {
  const { log, part } = stage();
  const parts = [part('a'), part('b', () => ['sockets.tcp.backlog']), part('c')];
  assert.equal(await goOver(parts, FROM, TO), ['sockets.tcp.backlog']);
  assert.equal(log, ['a', 'b', 'c']);
});

test('when one cannot, those before it go back, the last first', async () => {
  const { log, part } = stage();
  const parts = [part('a'), part('b'), part('c', () => fail('no room')), part('d')];
  assert.equal(await problemsOf(goOver(parts, FROM, TO)), ['c: no room']);
  assert.equal(log, ['a', 'b', 'c', 'b back', 'a back'], 'what failed has changed nothing');
});

test('one that takes too long goes back as well', async () => {
  const { log, part } = stage();
  // What waits for it keeps no process alive.
  const alive = setTimeout(() => {}, 60_000);
  const never = new Promise(() => {});
  const parts = [part('a'), part('b', (there) => (there ? never : []))];
  assert.equal(await problemsOf(goOver(parts, FROM, TO)), ['b: it was not done within 50 ms']);
  assert.equal(log, ['a', 'b', 'b back', 'a back']);
  clearTimeout(alive);
});

test('one that cannot go back holds up no other, and is named', async () => {
  const { log, part } = stage();
  const stuck = part('b', (there) => (there ? [] : fail('it is gone')));
  const parts = [part('a'), stuck, part('c', () => fail('no room'))];
  assert.equal(await problemsOf(goOver(parts, FROM, TO)), [
    'c: no room',
    'b: could not go back: it is gone; restart the daemon',
  ]);
  assert.equal(log.at(-1), 'a back');
});

test('nothing more begins when the daemon stops', async () => {
  const { log, part } = stage();
  let over = false;
  const parts = [
    part('a', () => {
      over = true;
    }),
    part('b'),
  ];
  await goOver(parts, FROM, TO, () => over);
  assert.equal(log, ['a']);
});

test.run();
