/** What a job asks of another project, as that project's session and engine see it. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { borrow } from '../../../actors/connection/loans.ts';
import type { DepartedRequest } from '../../../actors/connection/request.ts';
import { GoxError } from '../../../conf/errors.ts';
import {
  LEND,
  METHOD_MASK,
  MSGPACK_FLAG,
  NEW_PROJECT_FLAG,
  STATUS_ERROR,
} from '../../../engine/port/layout.ts';
import { encoded } from '../../../transport/values.ts';
import { codes, stage } from '../../support/session-stage.ts';

const test = suite('loans');

const ENOUGH = new GoxError('GOX_CANCELLED', 'enough');
const GOX = { code: 'GOX_STEP_NOT_FOUND', details: { step: 9 } };

/** A client with sessions for two projects, of which one has asked for a comparison. */
async function borrowing(encoding: 'json' | 'msgpack' = 'json') {
  const daemon = await stage();
  const client = daemon.connect('default');
  client.ask('goxel.get_voxel', 1);
  const [asking] = daemon.depart() as DepartedRequest[];
  const { sessions } = client;
  const heard: unknown[] = [];
  const order = { project: 'default', parameter: 'params.to', params: Buffer.from('{"from":{}}') };
  const flags = encoding === 'msgpack' ? MSGPACK_FLAG : 0;
  const call = {
    ...{ ...asking!, method: asking!.method | flags },
    reply: { ...asking!.reply, encoding },
  };
  const ask = (project = 'default') =>
    borrow(
      { sessions, now_ms: 0 },
      call,
      { ...order, project },
      {
        lent: (value) => heard.push(value),
        refused: ({ code, message, details }) => heard.push([code, message, details]),
      },
    );
  return { ...daemon, client, ask, heard, share: asking!.share };
}

test('it is asked behind what the client asked before, and before what it asks later', async () => {
  const { client, ask, depart, share } = await borrowing();
  client.ask('goxel.get_voxel', 2);
  ask();
  assert.is(share.waiting, 1, 'it is counted as one that waits');
  client.ask('goxel.get_voxel', 3);
  const calls = depart();
  assert.equal(
    calls.map(({ method }) => (method & METHOD_MASK) === LEND),
    [false, true, false],
  );
  const [, loan] = calls;
  assert.equal(
    [Buffer.from(loan!.params).toString(), loan!.method & NEW_PROJECT_FLAG],
    ['{"from":{}}', NEW_PROJECT_FLAG],
  );
});

for (const encoding of ['json', 'msgpack'] as const) {
  test(`an error of its engine names the parameter, in ${encoding}`, async () => {
    const { ask, depart, heard, client } = await borrowing(encoding);
    ask();
    const [call] = depart() as DepartedRequest[];
    const source = client.handle as unknown as {
      answer(call: unknown, status: number, bytes: Uint8Array, from: number, to: number): void;
      flush(): void;
    };
    const bytes = encoded({ message: 'no step 9', data: GOX }, encoding);
    source.answer(call, STATUS_ERROR, bytes, 0, bytes.length);
    source.flush();
    const details = { step: 9, parameter: 'params.to' };
    assert.equal(heard, [['GOX_STEP_NOT_FOUND', 'params.to: no step 9', details]]);
    assert.equal(codes(client), [], 'nothing is sent to the client');
  });
}

test('what becomes of its project becomes of it', async () => {
  const { ask, depart, heard, fail, client } = await borrowing();
  ask();
  fail(depart()[0]!);
  assert.equal((heard.splice(0)[0] as unknown[])[0], 'GOX_FILE');
  ask();
  client.handle.giveUp(new GoxError('GOX_SHUTTING_DOWN', 'the end'));
  assert.equal((heard[0] as unknown[]).slice(0, 2), ['GOX_SHUTTING_DOWN', 'params.to: the end']);
});

test('it can be given up while it waits and while it runs, and once it is there', async () => {
  const { ask, depart, heard, told, answer } = await borrowing();
  ask()(ENOUGH);
  assert.equal([(heard.splice(0)[0] as unknown[])[0], depart()], ['GOX_CANCELLED', []]);
  const giveUp = ask();
  const [call] = depart();
  giveUp(ENOUGH);
  assert.equal(
    told.map((event) => event.type === 'call.cancel' && event.call === call),
    [true],
  );
  call!.loan!.lent('blocks');
  answer(call!);
  giveUp(ENOUGH);
  assert.equal([heard, told.length], [['blocks'], 1]);
});

test('a session that is not there is asked for', async () => {
  const { ask, heard, client } = await borrowing();
  const giveUp = ask('other');
  assert.equal([...client.sessions.held(9)].filter(({ project }) => project === 'other').length, 1);
  giveUp(ENOUGH);
  assert.equal((heard[0] as unknown[])[0], 'GOX_CANCELLED');
});

test.run();
