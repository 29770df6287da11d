/**
 * What opens and closes a project holds back everybody who asks for it; what works on files holds
 * back the like of it in its own session.
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import { NEW_PROJECT_FLAG, QUIET_FLAG, STATUS_ERROR } from '../../../engine/port/layout.ts';
import { loseAll } from '../../support/projects.ts';
import { codes, ids, stage } from '../../support/session-stage.ts';

const test = suite('session');

test('an edit behind another client’s close waits, and is for the next project', async () => {
  const { connect, depart, answer } = await stage();
  const [closer, editor] = [connect('default'), connect('default')];
  editor.ask('goxel.add_voxel');
  for (const call of depart()) answer(call);
  closer.ask('goxel.close_project', 2);
  editor.ask('goxel.add_voxel', 3);
  const [close, ...others] = depart();
  assert.equal(others, []);
  answer(close!);
  const [edit] = depart();
  assert.is.not(edit!.project.number, close!.project.number);
  assert.is(edit!.method & NEW_PROJECT_FLAG, NEW_PROJECT_FLAG);
  answer(edit!);
  assert.equal(ids(editor), [1, 3]);
});

test('a create beside a load that fails is what stays', async () => {
  const { projects, connect, depart, answer, fail } = await stage();
  const [loader, creator] = [connect('p'), connect('p')];
  loader.ask('goxel.load_project');
  creator.ask('goxel.create_project');
  const [load, ...others] = depart();
  assert.equal(others, []);
  fail(load!);
  const [create] = depart();
  answer(create!);
  assert.equal(codes(creator), ['result']);
  assert.is(projects.find('p', {}).number, create!.project.number);
});

test('a request that met a defect is told of, with all that is known of it', async () => {
  const { connect, depart, answer, defects } = await stage();
  const client = connect('default');
  const method = 'goxel.add_voxel';
  for (const id of [7, 8, 'none'] as const) client.ask(method, id);
  const errors = (['GOX_INTERNAL', 'GOX_FILE', 'GOX_INTERNAL'] as const).map((code) => {
    return JSON.stringify(new GoxError(code, 'no').toObject());
  });
  for (const [i, call] of depart().entries()) answer(call, errors[i], STATUS_ERROR);
  const about = { actor: 'requests', connection: 0, project: 'default', method };
  assert.equal(defects, [
    { ...about, request: 7 },
    { ...about, request: undefined },
  ]);
});

test('requests may be about a new project until one of them is answered', async () => {
  const { connect, depart, answer } = await stage();
  const client = connect('default');
  const mayBeNew = () => depart().map(({ method }) => (method & NEW_PROJECT_FLAG) !== 0);
  for (const id of [1, 2]) client.ask('goxel.get_voxel', id);
  const [first, second] = depart();
  assert.ok([first, second].every((call) => (call!.method & NEW_PROJECT_FLAG) !== 0));
  client.ask('goxel.get_voxel', 3);
  assert.equal(mayBeNew(), [true]);
  answer(first!);
  client.ask('goxel.get_voxel', 4);
  assert.equal(mayBeNew(), [false]);
});

test('a project stays of use when the first request for it was cancelled', async () => {
  const { connect, depart, putBack } = await stage();
  const [first, second] = [connect('default'), connect('default')];
  first.ask('goxel.get_voxel', 1);
  putBack(depart());
  assert.ok(first.sessions.cancel(() => true, new GoxError('GOX_CANCELLED', 'No more.')));
  second.ask('goxel.get_voxel', 2);
  const [call] = depart();
  assert.ok((call!.method & NEW_PROJECT_FLAG) !== 0);
});

test('what opens a project holds others back while it waits again', async () => {
  const { connect, depart, putBack, answer } = await stage();
  const [creator, editor] = [connect('p'), connect('p')];
  creator.ask('goxel.create_project');
  const [create] = depart();
  editor.ask('goxel.add_voxel');
  putBack([create!]);
  const [again, ...others] = depart();
  assert.is(again, create);
  assert.equal(others, []);
  answer(again!);
  assert.is(depart().length, 1);
});

for (const end of ['is cancelled as it waits again', 'goes with its connection'] as const) {
  test(`one that would open a project and ${end} leaves none`, async () => {
    const { connect, depart, putBack } = await stage();
    const [creator, editor] = [connect('p'), connect('p')];
    creator.ask('goxel.create_project');
    const calls = depart();
    editor.ask('goxel.add_voxel');
    putBack(calls);
    if (end === 'is cancelled as it waits again') {
      creator.sessions.cancel(() => true, new GoxError('GOX_CANCELLED', 'No more.'));
    } else creator.actor.stop();
    assert.equal(depart(), []);
    assert.equal(codes(editor), ['GOX_PROJECT_NOT_FOUND']);
  });
}

test('a request that was told to stop is not begun again', async () => {
  const { connect, depart, putBack } = await stage();
  const client = connect('default');
  client.ask('goxel.add_voxel', 1);
  client.ask('goxel.add_voxel', 2);
  const [first, second] = depart();
  let asked = 0;
  const why = new GoxError('GOX_CANCELLED', 'No more.');
  assert.ok(client.sessions.cancel(() => asked++ === 1, why));
  putBack([first!, second!]);
  assert.equal(codes(client), ['GOX_CANCELLED']);
  assert.equal(depart(), [first]);
});

test('a request put back in front of one that opens its project goes first', async () => {
  const { connect, depart, putBack, answer } = await stage();
  const client = connect('default');
  client.ask('goxel.add_voxel', 1);
  client.ask('goxel.create_project', 2);
  const calls = depart();
  assert.is(calls.length, 2);
  putBack(calls);
  assert.equal(depart(), calls);
  for (const call of calls) answer(call);
  assert.equal(codes(client), ['result', 'result']);
});

test('what does not touch the file goes on beside a save, what does waits', async () => {
  const { connect, depart, answer } = await stage();
  const client = connect('default');
  client.ask('goxel.save_project', 1);
  client.ask('goxel.add_voxel', 2);
  client.ask('goxel.export_model', 3);
  client.ask('goxel.add_voxel', 4);
  const [save, edit, ...others] = depart();
  assert.equal(others, []);
  answer(edit!);
  answer(save!);
  assert.is(depart().length, 2);
});

test('what follows an import waits for it, since it may be about what is imported', async () => {
  const { connect, depart } = await stage();
  const client = connect('default');
  client.ask('goxel.import_file', 1);
  client.ask('goxel.get_voxel', 2);
  assert.is(depart().length, 1);
});

test('a request that waits for a barred project is not kept waiting for ever', async () => {
  const { projects, connect, depart } = await stage();
  const [opener, other] = [connect('default'), connect('default')];
  opener.ask('goxel.load_project');
  depart();
  const before_ms = performance.now();
  other.ask('goxel.get_voxel', 2);
  projects.expire(before_ms - 1);
  assert.equal(codes(other), []);
  projects.expire(performance.now() + 1);
  assert.equal(codes(other), ['GOX_ENGINE_BUSY']);
});

test('a lost project is closed where no engine has it', async () => {
  const { projects, connect, depart, answer } = await stage();
  const client = connect('p');
  client.ask('goxel.create_project', 1);
  answer(depart()[0]!);
  loseAll(projects, 0);
  client.ask('goxel.get_voxel', 2);
  client.ask('goxel.close_project', 3);
  client.ask('goxel.get_voxel', 4);
  assert.equal(codes(client), ['result', 'GOX_PROJECT_LOST', 'result', 'GOX_PROJECT_NOT_FOUND']);
  assert.is(projects.count, 0);
});

test('to close what is not there is refused when a parameter is misspelt', async () => {
  const { connect } = await stage();
  const client = connect('default');
  client.ask('goxel.close_project', 1, '{"projct":"tower"}');
  client.ask('goxel.close_project', 2, '{}');
  assert.equal(codes(client), ['GOX_INVALID_PARAMS', 'result']);
});

test('a project is found by its title when no other has that', async () => {
  const { connect, depart, answer } = await stage();
  const [client, other] = [connect('default'), connect('tower')];
  client.ask('goxel.create_project', 1);
  const [create] = depart();
  answer(create!, '{"success":true,"name":"tower"}');
  other.ask('goxel.add_voxel', 2);
  assert.is(depart()[0]?.project.number, create!.project.number);
});

test('a project that is closed by its title is told of by its name', async () => {
  const { connect, depart, answer } = await stage();
  const [client, other] = [connect('default'), connect('tower')];
  client.ask('goxel.create_project', 1);
  answer(depart()[0]!, '{"success":true,"name":"tower"}');
  other.ask('goxel.close_project', 2);
  answer(depart()[0]!, '{"success":true,"project":"tower","closed":{"name":"tower"}}');
  assert.equal(other.output.replies[0]?.result, {
    ...{ success: true, project: 'default', closed: { name: 'tower' } },
  });
});

test('a project that a notification opens has a title', async () => {
  const { projects, connect, depart, answer } = await stage();
  const client = connect('p');
  client.ask('goxel.create_project', 'none');
  client.ask('goxel.add_voxel', 'none');
  const [create] = depart();
  assert.is(create!.method & QUIET_FLAG, 0, 'its engine is to answer');
  answer(create!, '{"success":true,"name":"tower"}');
  assert.is(projects.find('p', {}).title, 'tower');
  assert.equal(client.output.writes, []);
  assert.is(depart()[0]!.method & QUIET_FLAG, QUIET_FLAG);
});

test('what is asked of an engine that is not there fails, and says when to ask again', async () => {
  const { projects, connect, depart, answer, queues } = await stage();
  const client = connect('p');
  client.ask('goxel.create_project', 1);
  answer(depart()[0]!);
  queues.clear();
  projects.engineLeft(0, 'it died too often');
  client.ask('goxel.get_voxel', 2);
  const { code, details } = client.output.replies[1]!.error!.data;
  assert.is(code, 'GOX_ENGINE_FAILED');
  assert.equal(details, { retryable: true, retry_after_ms: 1000 });
  assert.match(client.output.replies[1]!.error!.message, 'it died too often');
});

test.run();
