/** Effects show whether they are busy while somebody looks, and to whoever looks. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type AnyActorRef, createActor, fromCallback } from 'xstate';
import { look, showWork, type Work } from '../../../actors/watch.ts';

function stage() {
  const root: AnyActorRef = createActor(fromCallback(() => {}));
  const said: string[] = [];
  const state = { busy: false };
  const work: Work = showWork(
    root,
    () => state.busy,
    ({ type }) => said.push(type),
  );
  const be = (busy: boolean) => {
    state.busy = busy;
    work.touch();
  };
  return { root, said, work, be };
}

const test = suite('watch');

test('nothing is said while nobody looks', () => {
  const { said, be } = stage();
  be(true);
  be(false);
  assert.equal(said, []);
});

test('who looks is shown what is, and each change from then on', () => {
  const { root, said, be } = stage();
  be(true);
  const stop = look(root);
  assert.equal(said, ['work.begun']);
  be(true);
  be(false);
  be(true);
  assert.equal(said, ['work.begun', 'work.ended', 'work.begun']);
  stop();
  be(false);
  assert.is(said.length, 3);
  look(root)();
  assert.is(said.at(-1), 'work.ended', 'what changed meanwhile is shown when somebody looks again');
});

test('a machine that was elsewhere is told again that its effect is busy', () => {
  const { root, said, work, be } = stage();
  const stop = look(root);
  be(true);
  work.renew();
  assert.equal(said, ['work.begun', 'work.begun']);
  stop();
  look(root)();
  assert.equal(said, ['work.begun', 'work.begun', 'work.begun']);
});

test('two may look, and one who stops twice counts once', () => {
  const { root, said, be } = stage();
  const [one, other] = [look(root), look(root)];
  one();
  one();
  be(true);
  assert.equal(said, ['work.begun']);
  other();
  be(false);
  assert.is(said.length, 1);
});

test('an effect that has ended shows nothing, and trees know nothing of each other', () => {
  const { root, said, work, be } = stage();
  const another = stage();
  be(true);
  look(another.root);
  assert.equal(said, []);
  work.end();
  look(root);
  assert.equal(said, []);
});

test.run();
