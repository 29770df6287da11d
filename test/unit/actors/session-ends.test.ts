/**
 * How requests end that are not answered as usual; a
 * client that goes leaves its edits and nothing else.
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import { codes, stage } from '../../support/session-stage.ts';

const test = suite('how a session ends');

test('a client that has gone leaves its edits and notifications; jobs and reads end', async () => {
  const { connect, depart, answer, told, jobs } = await stage();
  const client = connect('default');
  client.ask('goxel.render_scene', 1);
  client.ask('goxel.get_voxel', 2);
  const [render, read] = depart();
  jobs.add(render!);
  client.ask('goxel.add_voxel', 3);
  client.ask('goxel.get_voxel', 4);
  client.ask('goxel.get_voxel', 'none');
  client.replies.abandon();
  client.sessions.abandon();
  assert.is(jobs.size, 0);
  assert.equal(
    told.map((event) => event.type === 'call.cancel' && event.call === read),
    [true],
  );
  const left = depart();
  assert.is(left.length, 2);
  for (const call of [read!, ...left]) answer(call);
  assert.is(client.replies.open, 0);
  assert.is(client.output.text, '');
});

test('an edit of a client that has gone is carried out by its engine, not as a job', async () => {
  const { connect, depart, told, jobs } = await stage();
  const [one, other] = [connect('default'), connect('default')];
  for (const client of [one, other]) client.ask('goxel.import_file', 1);
  const [job, edit] = depart();
  jobs.add(job!);
  for (const client of [one, other]) {
    client.replies.abandon();
    client.sessions.abandon();
  }
  assert.is(jobs.size, 0);
  assert.equal(told, []);
  assert.is(edit!.stopped, undefined);
});

test('a session is not idle before its last job has stopped', async () => {
  const { connect, depart, answer, jobs } = await stage();
  const client = connect('default');
  assert.is(client.handle.idle(), true);
  client.ask('goxel.render_scene', 1);
  const [render] = depart();
  assert.is(client.handle.idle(), false);
  jobs.add(render!);
  answer(render!);
  assert.is(client.handle.idle(), false, 'it is answered, and still has to stop');
  jobs.delete(render!);
  assert.is(client.handle.idle(), true);
});

test('a request is cancelled by its id, waiting or away', async () => {
  const { connect, depart, told } = await stage();
  const client = connect('default');
  client.ask('goxel.get_voxel', 1);
  const [away] = depart();
  client.ask('goxel.get_voxel', 2);
  const why = new GoxError('GOX_CANCELLED', 'asked');
  const named = (id: string) => (reply: { id: Uint8Array | undefined }) =>
    Buffer.from(reply.id ?? []).toString() === id;
  assert.is(client.sessions.cancel(named('2'), why), true);
  assert.is(client.sessions.cancel(named('9'), why), false);
  assert.equal(codes(client), ['GOX_CANCELLED']);
  assert.is(client.sessions.cancel(named('1'), why), true);
  assert.equal(told, [{ type: 'call.cancel', call: away!, why }]);
});

test('everything is answered when the daemon does not wait, and once', async () => {
  const { connect, depart, answer } = await stage();
  const client = connect('default');
  client.ask('goxel.get_voxel', 1);
  const [away] = depart();
  client.ask('goxel.get_voxel', 2);
  client.sessions.refuseRest(new GoxError('GOX_SHUTTING_DOWN', 'stopping'));
  answer(away!);
  assert.equal(codes(client), ['GOX_SHUTTING_DOWN', 'GOX_SHUTTING_DOWN']);
  assert.is(client.replies.open, 0);
});

test.run();
