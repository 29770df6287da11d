/** Signals by the thousand while clients work: none is the end of anything. */

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startDaemon } from '../support/daemon.ts';
import { openSocketsAndFiles } from '../support/processes.ts';
import { eventually, RawConnection } from '../support/raw.ts';
import { resultOf } from '../support/reloading.ts';
import { SEED } from '../support/seed.ts';
import { temporaryDirectory } from '../support/tmp.ts';
import { Random } from '../unit/supervision/simulation/history.ts';

const SIGNALS = ['SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGPIPE', 'SIGQUIT'] as const;
const COUNT = 10_000;
/** So many between two looks at what the clients do. */
const BURST = 25;
const CLIENTS = 4;
/** A line of each second signal would be more; what is merged is a few a second. */
const LOG_BYTES_MAX = 64 * 1024 * 1024;
const GROWTH_BYTES_MAX = 150 * 1024 * 1024;

function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return 1024 * Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1] ?? 0);
}

const storm = suite('a storm of signals');

storm('loses no request, leaks nothing, and fills neither the log nor the disk', async () => {
  console.log(`GOXEL_SEED=${SEED} repeats it`);
  const random = new Random(SEED);
  const directory = temporaryDirectory();
  const daemon = await startDaemon({ settings: { 'dump.directory': join(directory, 'dumps') } });
  const clients = await Promise.all(
    Array.from({ length: CLIENTS }, () => RawConnection.open(daemon.socket)),
  );
  for (const one of clients) resultOf(await one.call('goxel.add_voxel', [0, 0, 0]));
  const before = { fds: openSocketsAndFiles(daemon.pid), bytes: residentBytes(daemon.pid) };
  let over = false;
  let asked = 0;
  const works = clients.map(async (client, number) => {
    for (let x = 1; !over; x += 1) {
      const { id, result } = await client.call('goxel.add_voxel', [x % 50, number, 1], x);
      assert.is(id, x);
      assert.ok(result, 'each is answered, and in order');
      asked += 1;
    }
  });
  const since_ms = performance.now();
  for (let sent = 0; sent < COUNT; sent += 1) {
    process.kill(daemon.pid, random.of(...SIGNALS));
    if (sent % BURST === 0) await sleep(1);
  }
  // The last of each kind is answered still.
  await sleep(1000);
  const dumped = () =>
    existsSync(join(directory, 'dumps')) ? readdirSync(join(directory, 'dumps')) : [];
  const reloaded = () => [...daemon.stdout().matchAll(/the configuration was read again/g)];
  await eventually('some were answered', () => dumped().length > 0 && reloaded().length > 0);
  // On a busy machine the daemon does little else meanwhile.
  await eventually('the clients go on', () => asked > CLIENTS);
  over = true;
  await Promise.all(works);
  const dumps = dumped().length;
  const log = daemon.stdout();
  const reloads = reloaded().length;
  // After them: there may be more of them at any time.
  const seconds = (performance.now() - since_ms) / 1000;
  console.log(`${asked} requests, ${dumps} dumps, ${reloads} reloads in ${seconds.toFixed(1)} s`);
  assert.ok(dumps >= 1 && dumps <= 2 * seconds + 2, `${dumps} dumps`);
  assert.ok(reloads >= 1 && reloads <= 10 * seconds + 2, `${reloads} reloads`);
  assert.ok(log.length < LOG_BYTES_MAX, `the log has ${log.length} bytes`);
  assert.not.match(log, /not taken over|"level":[56]0/);
  await eventually('its descriptors were as many as before', () => {
    return openSocketsAndFiles(daemon.pid) <= before.fds;
  });
  const growth = residentBytes(daemon.pid) - before.bytes;
  assert.ok(growth < GROWTH_BYTES_MAX, `it has grown by ${growth} bytes`);
  await eventually('no dump is empty', () =>
    dumped().every((name) => statSync(join(directory, 'dumps', name)).size > 0),
  );
  for (const one of clients) one.destroy();
  assert.equal(await daemon.stop(), { code: 0, signal: null });
});

storm.run();
