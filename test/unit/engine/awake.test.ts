/** The main thread stays awake for a moment, as long as that is worth it. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Awake } from '../../../engine/port/awake.ts';
import { eventually } from '../../support/raw.ts';

const awake = suite('awake');

const FREE = { isThere: () => true };

/** Where nothing ever comes by itself. */
class Watched {
  begun = 0;
  looks = 0;
  ended = 0;
  begin(): void {
    this.begun += 1;
  }
  look(): boolean {
    this.looks += 1;
    return false;
  }
  end(): void {
    this.ended += 1;
  }
}

const asleep = (looker: Watched) =>
  eventually('it fell asleep', () => looker.ended === looker.begun);

awake('looks for an answer again and again, and then sleeps', async () => {
  const [main, looker] = [new Awake(FREE), new Watched()];
  main.asked(looker);
  main.asked(looker);
  assert.is(looker.begun, 1);
  await asleep(looker);
  assert.ok(looker.looks > 0);
  const { looks } = looker;
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.is(looker.looks, looks);
});

awake('stays for the next request after an answer', async () => {
  const [main, looker] = [new Awake(FREE, 1000), new Watched()];
  main.asked(looker);
  for (let n = 0; n < 5; n += 1) {
    await new Promise(setImmediate);
    main.answered();
    assert.is(looker.ended, 0);
    main.asked(looker);
  }
  assert.is(looker.begun, 1);
  await asleep(looker);
});

awake('gives up where nothing comes in time, and tries again some time', async () => {
  const [main, looker] = [new Awake(FREE), new Watched()];
  const tries: number[] = [];
  for (let n = 0; n < 200; n += 1) {
    const before = looker.begun;
    main.asked(looker);
    if (looker.begun > before) tries.push(n);
    await asleep(looker);
  }
  assert.equal(tries.slice(0, 9), [0, 1, 2, 3, 4, 5, 6, 7, 72]);
});

awake('leaves cores that are all taken to those who are waited for', async () => {
  const [main, looker] = [new Awake({ isThere: () => false }), new Watched()];
  main.asked(looker);
  main.answered();
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(looker, new Watched());
});

awake('leaves nobody out because another always has something', async () => {
  class Full extends Watched {
    override look(): boolean {
      super.look();
      return true;
    }
  }
  const [main, lookers] = [new Awake(FREE, 20), [new Full(), new Watched(), new Full()]];
  for (const looker of lookers) main.asked(looker);
  await asleep(lookers[0]!);
  const [first, second, third] = lookers.map(({ looks }) => looks) as [number, number, number];
  assert.ok(first > 1 && second > 1 && third > 1, `${first}, ${second}, ${third}`);
});

awake('looks no more at what was forgotten', async () => {
  const [main, gone, other] = [new Awake(FREE), new Watched(), new Watched()];
  main.asked(gone);
  main.asked(other);
  main.forget(gone);
  await asleep(other);
  assert.is(gone.looks, 0);
  assert.is(gone.ended, 0);
});

awake.run();
