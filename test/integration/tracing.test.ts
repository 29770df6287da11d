/** Requests of a real daemon as tracers, the log and `system.trace` tell of them. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withDaemon } from '../support/daemon.ts';
import type { LogLine } from '../support/log-lines.ts';
import { ROOT } from '../support/modules.ts';
import { eventually, RawConnection, request } from '../support/raw.ts';
import type { Span } from '../support/span-tracer.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const TRACER = new URL('../support/span-tracer.js', import.meta.url).href;
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const traceparent = `00-${TRACE}-${PARENT}-01`;
const ENDLESS = 'for (;;);';

const tracing = suite('tracing from outside');

/** The lines of a text that are JSON. */
function linesIn<T>(text: string): T[] {
  const lines = text.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line) as T);
}

interface Told {
  readonly result: { readonly requests: readonly Record<string, unknown>[]; readonly slow: number };
}

const told = async (connection: RawConnection, wanted: object) =>
  (JSON.parse(await connection.ask(request('system.trace', wanted, 'told'))) as Told).result;

tracing('a tracer that knows nothing of us makes spans, and one that fails ends nothing', () => {
  const file = join(temporaryDirectory(), 'spans');
  const env = { NODE_OPTIONS: `--import ${TRACER}`, SPANS: file };
  return withDaemon({ env }, async (daemon) => {
    const connection = await RawConnection.open(daemon.socket);
    const _meta = { traceparent };
    await connection.ask(request('add_voxel', { x: 0, y: 0, z: 0, _meta }, 1));
    await connection.ask(request('nope', { _meta }, 2));
    await connection.ask(request('ping', {}, 3));
    connection.destroy();
    const spans = () => (existsSync(file) ? linesIn<Span>(readFileSync(file, 'utf8')) : []);
    const closed = () => spans().filter(({ name }) => name === 'goxel:connection.close');
    await eventually('a connection had closed', () => closed().length > 0);
    const made = spans().filter(({ name, span_id }) => span_id !== undefined && name !== '');
    const [edit, unknown] = made.filter(({ trace_id }) => trace_id === TRACE);
    assert.equal([edit?.name, edit?.parent_id, edit?.code], ['goxel.add_voxel', PARENT, undefined]);
    assert.equal([unknown?.name, unknown?.code], ['(unknown)', 'GOX_METHOD_NOT_FOUND']);
    assert.ok(edit!.took_ms > 0 && edit!.daemon === 1);
    assert.ok(made.some(({ name, parent_id }) => name === 'ping' && parent_id === undefined));
    const about = closed()[0] as unknown as Record<string, unknown>;
    assert.is(about.listener, 'unix');
    const failed = linesIn<LogLine>(daemon.stdout()).filter(({ channel }) => channel !== undefined);
    assert.ok(failed.length > 0, 'the tracer that fails is in the log');
    assert.is(failed[0]!.channel, 'goxel:request.start');
  });
});

tracing(
  'what is slow is logged while it runs and when it ends, and system.trace tells of it',
  () => {
    const settings = {
      ...{ 'tracing.slow_ms': 300, 'health.check_interval_ms': 100, 'logging.level': 'debug' },
    };
    return withDaemon({ settings }, async (daemon) => {
      const connection = await RawConnection.open(daemon.socket);
      await connection.call('goxel.add_voxel', [0, 0, 0]);
      const own = { timeout_ms: 2500, traceparent };
      connection.write(request('execute_script', { script: ENDLESS, _meta: own }, 'slow one'));
      const watcher = await RawConnection.open(daemon.socket);
      const running = { running: true, method: 'goxel.execute_script' };
      await eventually('the request ran', async () => {
        const { requests } = await told(watcher, running);
        return requests[0]?.started_ms !== undefined;
      });
      await connection.line();
      const lines = () =>
        linesIn<LogLine>(daemon.stdout()).filter((line) => line.request === 'slow one');
      await eventually('there were lines about it', () => lines().length > 2);
      const [first, second, third] = lines();
      assert.equal(
        [first, second, third].map((line) => line?.msg),
        ['a request is under way for long', 'a request was slow', 'a request was answered'],
      );
      assert.ok(Number(first!.running_ms) >= 300);
      assert.equal([first!.project, first!.traceparent], ['default', traceparent]);
      assert.equal([second!.code, second!.method], ['GOX_REQUEST_TIMEOUT', 'script.execute']);
      const { requests: all, slow } = await told(watcher, { min_ms: 300 });
      assert.is(slow, all.length);
      // A busy machine may have made others slow too.
      const requests = all.filter((one) => one.request === 'slow one');
      assert.is(requests.length, 1);
      const { engine, session, queued_ms, started_ms, answered_ms, ...rest } = requests[0]!;
      assert.equal([engine, session, rest.request], [0, 0, 'slow one']);
      const times = [0, queued_ms, started_ms, answered_ms].map(Number);
      assert.equal(
        times,
        [...times].sort((a, b) => a - b),
      );
      assert.equal((await told(watcher, running)).requests, []);
      watcher.destroy();
      connection.destroy();
    });
  },
);

tracing('the example of the README prints what it says', () => {
  const page = readFileSync(join(ROOT, 'supervisor/README.md'), 'utf8');
  const [, program, printed] = /```js\n(.*?)```\n\nprints `(.*?)`/s.exec(page)!;
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'node_modules'));
  symlinkSync(ROOT, join(directory, 'node_modules/goxel-supervisor'));
  for (const one of ['pino', 'rxjs']) {
    symlinkSync(join(ROOT, 'node_modules', one), join(directory, 'node_modules', one));
  }
  writeFileSync(join(directory, 'example.mjs'), program!);
  const args = [join(directory, 'example.mjs'), join(directory, 's')];
  const output = execFileSync(process.execPath, args, {
    ...{ encoding: 'utf8', timeout: 60_000 },
    env: { ...process.env, GOXEL_CONFIG: '/dev/null' },
  });
  assert.is(output, `${printed}\n`);
});

tracing.run();
