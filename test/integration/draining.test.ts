/** A daemon that stops answers all that it has read, in the time that it is given. */

import { Packr } from 'msgpackr';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { goxeMsgpack } from '../../transport/client-codec.ts';
import { type Daemon, startDaemon } from '../support/daemon.ts';
import { eventually, RawConnection, type RawReply, request } from '../support/raw.ts';

const SHUTDOWN_MS = 3000;
/** The time in which a container must have ended, as a rule. */
const CONTAINER_MS = 10_000;
const SETTINGS = { 'performance.shutdown_timeout_ms': SHUTDOWN_MS };
const LONG_RENDER = { width: 512, height: 512, trace: { samples: 10_000 } };

/** The line of its log when it has been told to stop. */
const STOPPING = /"msg":"stopping"/;

const draining = suite('draining');

const NOTICE = JSON.stringify({
  ...{ jsonrpc: '2.0', method: 'server.draining', params: { timeout_ms: SHUTDOWN_MS } },
});

/** Waits until the one job is there; none is begun of a request that was not read yet. */
async function jobBegan({ socket }: Daemon): Promise<void> {
  const control = await RawConnection.open(socket);
  await eventually('the job began', async () => {
    const { result } = await control.call('goxel.list_jobs');
    return (result as { count: number }).count === 1;
  });
  control.destroy();
}

/** The replies by their ids, behind which the client was told, once, that the daemon stops. */
function repliesOf(bytes: Buffer, notice = NOTICE): Map<unknown, RawReply> {
  const lines = bytes.toString().split('\n').slice(0, -1);
  assert.is(lines.pop(), notice);
  const replies = lines.map((line) => JSON.parse(line) as RawReply);
  return new Map(replies.map((reply) => [reply.id, reply]));
}

draining('a job that has minutes to go is answered, and the daemon ends in time', async () => {
  const daemon = await startDaemon({ settings: SETTINGS });
  const client = await RawConnection.open(daemon.socket);
  await client.call('goxel.add_voxel', [1, 2, 3, '#3366CC']);
  client.write(request('goxel.render_scene', LONG_RENDER, 'long'));
  await jobBegan(daemon);
  const asked_ms = performance.now();
  const exit = await daemon.stop();
  const took_ms = performance.now() - asked_ms;
  assert.is(exit.code, 0);
  const reply = repliesOf(await client.rest()).get('long');
  assert.match(reply?.error?.data.code ?? 'no reply', /^GOX_(SHUTTING_DOWN|CANCELLED)$/);
  // For machines that are busy, all that a container is given.
  assert.ok(took_ms < CONTAINER_MS, `it took ${Math.round(took_ms)} ms`);
});

draining('requests that were read are answered, each once', async () => {
  const daemon = await startDaemon({ settings: SETTINGS });
  const client = await RawConnection.open(daemon.socket);
  const script = 'const until = Date.now() + 20; while (Date.now() < until);';
  const ids = Array.from({ length: 120 }, (_, i) => i);
  await client.call('goxel.add_voxel', [0, 0, 0, '#3366CC'], 'first');
  await client.written(
    ids
      .map((id) =>
        id % 3 === 0
          ? request('script.execute', { script }, id)
          : request('goxel.add_voxel', [id, 0, 0, '#3366CC'], id),
      )
      .join(''),
  );
  // It reads them all at once, and has when it answers one.
  const head = Buffer.from(`${await client.line()}\n`);
  const stopped = daemon.stop();
  const replies = repliesOf(Buffer.concat([head, await client.rest()]));
  assert.is((await stopped).code, 0);
  const unanswered = ids.filter((id) => !replies.has(id));
  assert.is(unanswered.join(), '', 'without a reply');
  assert.is(replies.size, ids.length);
  for (const [id, { result, error }] of replies) {
    const fine = result !== undefined || error?.data.code === 'GOX_SHUTTING_DOWN';
    assert.ok(fine, `${id}: ${JSON.stringify(error)}`);
  }
});

draining('a second request to stop gets its way, and is no failure', async () => {
  const daemon = await startDaemon({ settings: { 'performance.shutdown_timeout_ms': 60_000 } });
  const client = await RawConnection.open(daemon.socket);
  await client.call('goxel.add_voxel', [1, 2, 3, '#3366CC']);
  client.write(request('goxel.render_scene', LONG_RENDER, 'long'));
  await jobBegan(daemon);
  process.kill(daemon.pid, 'SIGTERM');
  // Two signals that come at once are one.
  await eventually('it had heard of the first', () => STOPPING.test(daemon.stdout()));
  const { code } = await daemon.stop();
  assert.is(code, 0);
  const reply = repliesOf(await client.rest(), NOTICE.replace(`${SHUTDOWN_MS}`, '60000')).get(
    'long',
  );
  assert.match(reply?.error?.data.code ?? 'no reply', /^GOX_(SHUTTING_DOWN|CANCELLED)$/);
});

draining('clients are told that have asked for something, each in its framing', async () => {
  const daemon = await startDaemon({ settings: SETTINGS });
  const open = () => RawConnection.open(daemon.socket);
  const [idle, silent, headers, goxe, left] = await Promise.all([
    ...[open(), open(), open(), open(), open()],
  ]);
  const ping = request('ping', [], 1).trim();
  await idle!.ask(`${ping}\n`);
  headers!.write(`Content-Length: ${ping.length}\r\n\r\n${ping}`);
  goxe!.write(goxeMsgpack.encode({ jsonrpc: '2.0', id: 1, method: 'ping' }));
  await Promise.all([headers!.bytes(60), goxe!.bytes(60)]);
  // It has said that it asks for nothing more, and is gone when it is answered.
  await left!.ask(`${ping}\n`);
  left!.end();
  assert.is((await left!.rest()).length, 0);
  const stopped = daemon.stop();
  assert.is((await idle!.rest()).toString(), `${NOTICE}\n`);
  assert.is((await silent!.rest()).length, 0);
  assert.ok((await headers!.rest()).toString().endsWith(`: ${NOTICE.length}\r\n\r\n${NOTICE}`));
  const frame = await goxe!.rest();
  const text = frame.toString('latin1');
  const notice = new Packr({ useRecords: false }).unpack(
    frame.subarray(text.lastIndexOf('GOXE') + 16),
  );
  assert.equal(notice, JSON.parse(NOTICE));
  assert.is((await stopped).code, 0);
});

draining('a client that reads messages by their headers is told at once', async () => {
  const daemon = await startDaemon({ settings: SETTINGS });
  const client = await RawConnection.open(daemon.socket);
  const send = (text: string) => client.write(`Content-Length: ${text.length}\r\n\r\n${text}`);
  send(request('goxel.add_voxel', [1, 2, 3, '#3366CC'], 1));
  await client.bytes(60);
  send(request('goxel.render_scene', LONG_RENDER, 'long'));
  await jobBegan(daemon);
  const stopped = daemon.stop();
  const text = (await client.rest()).toString();
  assert.ok(text.indexOf(NOTICE) >= 0, 'it is told');
  assert.ok(text.indexOf(NOTICE) < text.indexOf('"id":"long"'), text);
  assert.is(text.split('server.draining').length, 2, 'once');
  assert.is((await stopped).code, 0);
});

draining.run();
