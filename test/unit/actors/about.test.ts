/** Paths of actors, as lines of the log name them. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type AnyActorRef, createActor, createMachine, fromCallback } from 'xstate';
import { pathOf } from '../../../actors/about.ts';

const paths = suite('path of an actor');

paths('the ids from below the root; that of the root is its id', () => {
  const seen: string[] = [];
  const note = ({ self }: { self: AnyActorRef }) => void seen.push(pathOf(self));
  const leaf = fromCallback(({ self }) => note({ self }));
  const branch = createMachine({ invoke: { src: leaf, id: 'worker' }, entry: note });
  const root = createMachine({ invoke: { src: branch, id: 'engine:0' }, entry: note });
  createActor(root, { id: 'daemon' }).start().stop();
  assert.equal(seen, ['engine:0/worker', 'engine:0', 'daemon']);
});

paths.run();
