/** Clients that come when few descriptors are left. */

import type { Socket } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Descriptors } from '../../../actors/listener/descriptors.ts';

const test = suite('descriptors left');

function scene(limit: number | undefined) {
  const told: string[] = [];
  const warned: object[] = [];
  let destroyed = 0;
  const log = { warn: (about: object) => void warned.push(about) } as never;
  const descriptors = new Descriptors(log, () => limit);
  const admit = (fd: number | undefined) => {
    const handle = fd === undefined ? {} : { _handle: { fd } };
    const socket = { ...handle, destroy: () => (destroyed += 1) } as unknown as Socket;
    return descriptors.admit(socket, (_, why) => told.push(why.message));
  };
  return { admit, told, warned, destroyed: () => destroyed };
}

test('lets in while there are enough, tells who comes then, and cuts who comes last', () => {
  const { admit, told, warned, destroyed } = scene(100);
  assert.ok(admit(3) && admit(83));
  assert.equal([told, warned, destroyed()], [[], [], 0]);
  assert.not(admit(84));
  assert.not(admit(95));
  assert.is(told.length, 2);
  assert.match(told[0] ?? '', 'may have 100 files');
  assert.not(admit(96));
  assert.is(destroyed(), 1);
  assert.equal(warned, [{ open_files: 100, turned_away: 1 }], 'once a second');
});

test('lets all in where the system says neither number nor limit', () => {
  const { admit } = scene(undefined);
  assert.ok(admit(1_000_000));
  assert.ok(scene(100).admit(undefined));
  assert.ok(scene(100).admit(-1));
});

test.run();
