/** What waits for a client that does not read is bounded, and delays nobody. */

import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withDaemon } from '../support/daemon.ts';
import { residentMiB } from '../support/processes.ts';
import { RawConnection, type RawReply, request } from '../support/raw.ts';

/**
 * More than a daemon needs to make replies that it cannot send, with what a busy machine has not
 * collected yet, and less than the two gigabytes and more that these would take.
 */
const HELD_MIB_MAX = 1200;
const WATCH_MS = 4000;
/** Large results come at some hundred megabytes a second. */
const WATCH_BATCH_MS = 12_000;
/** Of a ping beside it all; on a machine with nothing else to do it is under a millisecond. */
const PING_MS_MAX = 5000;
/** Sixteen megabytes of voxels, and twenty-two as text. */
const LARGE = { min: [0, 0, 0], max: [255, 255, 63] };
/** A sixty-fourth of it. */
const SMALL = { min: [0, 0, 0], max: [63, 63, 15] };

const held = suite('held replies');

/** Watches a daemon while nobody reads; gives the most memory and the longest ping. */
async function watch(
  pid: number,
  control: RawConnection,
  duration_ms = WATCH_MS,
): Promise<[number, number]> {
  let rss_mib = 0;
  let ping_ms = 0;
  for (const until_ms = performance.now() + duration_ms; performance.now() < until_ms; ) {
    const asked_ms = performance.now();
    await control.call('ping');
    ping_ms = Math.max(ping_ms, performance.now() - asked_ms);
    rss_mib = Math.max(rss_mib, residentMiB(pid));
    await sleep(20);
  }
  return [rss_mib, ping_ms];
}

held('a batch of large results is not gathered without bound', () =>
  withDaemon({}, async ({ socket, pid }) => {
    const control = await RawConnection.open(socket);
    await control.call('goxel.fill_region', { ...LARGE, color: '#3366CC' });
    const greedy = await RawConnection.open(socket);
    greedy.pause();
    const before = residentMiB(pid);
    const one = request('goxel.get_packed_region', LARGE, 1).trim();
    greedy.write(`[${Array.from({ length: 100 }, () => one).join(',')}]\n`);
    const [rss_mib] = await watch(pid, control, WATCH_BATCH_MS);
    assert.ok(rss_mib < before + HELD_MIB_MAX, `${before} MiB before, ${rss_mib} MiB meanwhile`);
    greedy.destroy();
    assert.is((await control.call('ping')).error, undefined);
    control.destroy();
  }),
);

held('a batch has a reply for each request, a result or an error', () =>
  withDaemon({}, async ({ socket }) => {
    const client = await RawConnection.open(socket);
    await client.call('goxel.fill_region', { ...SMALL, color: '#3366CC' });
    const ids = Array.from({ length: 12 }, (_, i) => i);
    const requests = ids.map((id) => request('goxel.get_packed_region', SMALL, id).trim());
    client.write(`[${requests.join(',')}]\n`);
    const replies = JSON.parse(await client.line()) as RawReply[] | RawReply;
    const list = [replies].flat();
    // Refused as a whole, or answered one by one.
    if (Array.isArray(replies))
      assert.equal(
        list.map(({ id }) => id),
        ids,
      );
    for (const { result, error } of list) {
      assert.ok(result !== undefined || /^GOX_/.test(error?.data.code ?? ''));
    }
    client.destroy();
  }),
);

held('a flood of rpc.discover that nobody reads delays nobody', () =>
  withDaemon({}, async ({ socket, pid }) => {
    const control = await RawConnection.open(socket);
    await control.call('rpc.discover');
    const before = residentMiB(pid);
    const flood = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const connection = await RawConnection.open(socket);
        connection.pause();
        connection.write(request('rpc.discover', {}, 1).repeat(900));
        connection.write(request('supervisor.tree', {}, 1).repeat(100));
        return connection;
      }),
    );
    const [rss_mib, ping_ms] = await watch(pid, control);
    for (const connection of flood) connection.destroy();
    control.destroy();
    assert.ok(ping_ms < PING_MS_MAX, `a ping took ${Math.round(ping_ms)} ms`);
    assert.ok(rss_mib < before + HELD_MIB_MAX, `${before} MiB before, ${rss_mib} MiB meanwhile`);
  }),
);

held('a reader that is slow gets every reply, however little may wait for it', () =>
  withDaemon({ settings: { 'limits.output_bytes_max': 1024 } }, async ({ socket }) => {
    const client = await RawConnection.open(socket);
    client.pause();
    const text = 'x'.repeat(20_000);
    const count = 400;
    for (let id = 0; id < count; id++) client.write(request('echo', [text], id));
    client.write(`[${[0, 1, 2].map((i) => request('echo', [text], count + i).trim()).join()}]\n`);
    for (let i = 0; i < 10; i++) {
      await sleep(30);
      client.resume();
      await sleep(5);
      client.pause();
    }
    client.resume();
    const lines = await client.lines(count + 1);
    const ids = lines.flatMap((line) => [JSON.parse(line) as RawReply].flat().map(({ id }) => id));
    assert.equal(
      ids,
      Array.from({ length: count + 3 }, (_, i) => i),
    );
    client.destroy();
  }),
);

held('a project name of megabytes is refused, and neither echoed nor kept', () =>
  withDaemon({}, async ({ socket, pid }) => {
    const client = await RawConnection.open(socket);
    await client.call('ping');
    const before = residentMiB(pid);
    for (let i = 0; i < 24; i++) {
      const project = `${i}${'x'.repeat(4 * 2 ** 20)}`;
      const line = await client.ask(request('goxel.get_voxel', { project, x: 1, y: 1, z: 1 }, i));
      const { error } = JSON.parse(line) as RawReply;
      assert.is(error?.data.code, 'GOX_INVALID_PARAMS');
      assert.ok(line.length < 4096, `the reply has ${line.length} characters`);
    }
    const rss_mib = residentMiB(pid);
    assert.ok(rss_mib < before + HELD_MIB_MAX / 6, `${before} MiB before, ${rss_mib} MiB after`);
    client.destroy();
  }),
);

held.run();
