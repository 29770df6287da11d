/** The whole stop, with clients of every kind in the middle of something. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startDaemon } from '../support/daemon.ts';
import { eventually, RawConnection, request } from '../support/raw.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const SHUTDOWN_MS = 4000;
/** Longer than anything is waited for here. */
const PATIENT_MS = 60_000;
/** Busy machines are late with everything; a stop that waits for somebody takes far longer. */
const LATE_MS = 6000;

/** The reverse of the start; `health` and the listeners first, the configuration last. */
const UNDONE = [
  ...['leak search', 'health', 'listeners', 'takeover', 'jobs', 'engines', 'sockets', 'renders'],
  ...['store', 'projects'],
  ...['inspection', 'privileges', 'detach'],
  ...['log', 'signals', 'pid file', 'environment', 'configuration'],
];

async function crowdedDaemon(shutdown_ms: number) {
  const directory = temporaryDirectory();
  const paths = { pid_file: join(directory, 'd.pid'), 'logging.file': join(directory, 'log') };
  const daemon = await startDaemon({
    settings: {
      ...paths,
      'logging.level': 'debug',
      'performance.shutdown_timeout_ms': shutdown_ms,
      // The half of a request waits, however long the rest of this takes.
      'limits.stalled_text_timeout_ms': 60_000,
    },
  });
  const client = () => RawConnection.open(daemon.socket);
  const [renders, half, slow] = [await client(), await client(), await client()];
  const [busy, idle] = [await client(), await client()];
  await renders.call('goxel.add_voxel', [1, 2, 3, '#3366CC']);
  const trace = { width: 512, height: 512, trace: { samples: 10_000 } };
  await renders.deliver(request('goxel.render_scene', trace, 'long'));
  await half.written('{"jsonrpc":"2.0","id":7,"method":"pi');
  // More than fits on the way to a client that reads nothing.
  slow.pause();
  const echo = request('echo', { text: 'x'.repeat(200_000) }, 1);
  slow.write(echo.repeat(20));
  const script = 'const until = Date.now() + 300; while (Date.now() < until);';
  await busy.deliver(request('script.execute', { script }, 'script'));
  await idle.call('ping');
  return { daemon, paths, renders, half, slow, busy, idle };
}

const stop = suite('stop');

stop('in time, in order, with an answer to everybody, and nothing is left', async () => {
  const { daemon, paths, renders, half, slow, busy, idle } = await crowdedDaemon(SHUTDOWN_MS);
  const asked_ms = performance.now();
  const exit = await daemon.stop();
  const took_ms = performance.now() - asked_ms;
  assert.equal(exit, { code: 0, signal: null });
  assert.ok(took_ms < SHUTDOWN_MS + LATE_MS, `it took ${Math.round(took_ms)} ms`);
  const texts = await Promise.all([renders, half, busy, idle].map((one) => one.rest()));
  const [rendered, halved, scripted, idled] = texts.map(String);
  assert.match(rendered ?? '', /"id":"long","error":.*GOX_(SHUTTING_DOWN|CANCELLED)/);
  assert.match(halved ?? '', /server.draining|GOX_SHUTTING_DOWN/);
  assert.match(scripted ?? '', /"id":"script","result"/);
  assert.match(idled ?? '', /"method":"server.draining"/);
  slow.destroy();
  assert.not(existsSync(daemon.socket));
  assert.not(existsSync(paths.pid_file));
  assert.not(readdirSync('/proc').includes(String(daemon.pid)), 'the process is left');
  const log = readFileSync(paths['logging.file'], 'utf8');
  const undone = [...log.matchAll(/"step \d+ of 11: ([a-z ]+) undone"/g)].map(([, name]) => name);
  assert.equal(undone, UNDONE);
  assert.match(log, /"steps":\{[^}]*\},"msg":"all steps of the start are undone"/);
});

stop('told twice it waits for nobody, and undoes its steps all the same', async () => {
  const { daemon, paths, ...clients } = await crowdedDaemon(PATIENT_MS);
  process.kill(daemon.pid, 'SIGTERM');
  const log = () => readFileSync(paths['logging.file'], 'utf8');
  await eventually('it was stopping', () => log().includes('"stopping"'));
  const again_ms = performance.now();
  const exit = await daemon.stop();
  const took_ms = performance.now() - again_ms;
  assert.equal(exit, { code: 0, signal: null });
  assert.ok(took_ms < PATIENT_MS / 2, `it took ${Math.round(took_ms)} ms`);
  for (const client of Object.values(clients)) client.destroy();
  assert.not(existsSync(daemon.socket));
  assert.not(existsSync(paths.pid_file));
});

stop.run();
