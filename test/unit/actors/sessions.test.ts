/** The directory of the sessions of one connection. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Sessions } from '../../../actors/connection/sessions.ts';

const test = suite('sessions');

test('names sessions by numbers that are used again', () => {
  const slots: number[] = [];
  const one = new Sessions({ fail() {} }, ({ slot }) => slots.push(slot));
  const session = {
    ...{ submit() {}, resume() {}, idle: () => true, cancel: () => false },
    ...{ abandon() {}, giveUp() {}, refuseRest() {}, held: () => [] },
  };
  for (let i = 0; i < 100; i += 1) {
    one.deliver(`p${i}`, []);
    one.attach(`p${i}`, session);
    if (slots.filter((slot) => slot === slots.at(-1)).length > 1) one.detach(`p${i - 16}`);
  }
  assert.ok(Math.max(...slots) < 16, `${Math.max(...slots)}`);
});

test.run();
