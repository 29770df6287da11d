/** Metrics and health by HTTP, from a daemon that starts, works, loses an engine and drains. */

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EXIT } from '../../supervisor/cli/exit-codes.ts';
import { type Daemon, startDaemon, withDaemon } from '../support/daemon.ts';
import { MARKER } from '../support/deadly.ts';
import { ROOT } from '../support/modules.ts';
import { eventually, RawConnection, request } from '../support/raw.ts';
import { runToEnd } from '../support/run.ts';
import { temporaryDirectory } from '../support/tmp.ts';
import { withTool } from '../support/tools.ts';

const ALERTS = join(ROOT, 'conf/prometheus/alerts.yaml');
const DASHBOARD = join(ROOT, 'conf/grafana/dashboard.json');
const LONG_RENDER = { width: 512, height: 512, trace: { samples: 10_000 } };

/** Engines do not start before this file is there, and one that is told so dies. */
const gate = join(temporaryDirectory(), 'gate');
const LATE =
  "import{existsSync}from'node:fs';import{isMainThread}from'node:worker_threads';" +
  'const sleeper=new Int32Array(new SharedArrayBuffer(4));' +
  `if(!isMainThread)while(!existsSync(${JSON.stringify(gate)}))Atomics.wait(sleeper,0,0,20);`;
const NODE_OPTIONS =
  `--import ${new URL('../support/deadly.js', import.meta.url).href}` +
  ` --import data:text/javascript,${encodeURIComponent(LATE)}`;

interface Answer {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly body: string;
}

type Place = { readonly socketPath: string } | { readonly port: number };

function get(place: Place, path: string, accept = '*/*'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { ...place, path, agent: false, headers: { accept } };
    const asked = httpRequest(options, (response: IncomingMessage) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => {
        resolve({ status: response.statusCode, type: response.headers['content-type'], body });
      });
    });
    asked.on('error', reject).end();
  });
}

/** The value of a sample; undefined when there is none. */
function sampleOf(metrics: string, sample: string): number | undefined {
  const line = metrics.split('\n').find((one) => one.startsWith(`${sample} `));
  return line === undefined ? undefined : Number(line.slice(sample.length + 1));
}

const metrics = suite('metrics and health');

const path = join(temporaryDirectory(), 'http.sock');
const place = { socketPath: path };
let daemon: Daemon;
let client: RawConnection;
/** What /readyz said from when it could be asked until it said yes. */
const starting: Answer[] = [];

metrics.before(async () => {
  const settings = {
    ...{ 'http.enabled': true, 'http.path': path, 'workers.count': 1, 'workers.jobs': 1 },
    ...{ 'sockets.unix.permissions': '0660', 'performance.shutdown_timeout_ms': 60_000 },
  };
  const started = startDaemon({ settings, env: { NODE_OPTIONS } });
  await eventually('it is ready', async () => {
    const answer = await get(place, '/readyz').catch(() => undefined);
    if (answer === undefined) return false;
    starting.push(answer);
    writeFileSync(gate, '');
    return answer.status === 200;
  });
  daemon = await started;
  client = await RawConnection.open(daemon.socket);
});

metrics.after(async () => {
  await daemon.kill();
});

metrics('is not ready while it starts, and lives', async () => {
  assert.is(starting[0]?.status, 503);
  assert.match(starting[0]?.body ?? '', /^\[-\]daemon failed: starting\n\[-\]listeners failed/);
  assert.match(starting[0]?.body ?? '', '[-]engines failed: 0 of');
  assert.is(starting.at(-1)?.body, 'ok\n');
  assert.is((await get(place, '/livez')).body, 'ok\n');
  assert.is(statSync(path).mode & 0o777, 0o660);
});

metrics('lists its checks', async () => {
  const all =
    '[+]daemon ok: running\n[+]listeners ok: accepting: unix\n[+]engines ok: 1 of 1 ready\n' +
    '[+]health ok: healthy\nreadyz check passed\n';
  let ready = '';
  // A busy machine may make it degraded for a while.
  await eventually('all is well', async () => {
    ready = (await get(place, '/readyz?verbose')).body;
    return !/degraded/.test(ready);
  });
  assert.is(ready, all);
  await eventually('the health monitor has looked, and all is well', async () => {
    const { body } = await get(place, '/healthz', 'application/json');
    const { ok, state, checks } = JSON.parse(body) as { [key: string]: unknown };
    assert.is(ok, true);
    return state === 'healthy' && (checks as unknown[]).length > 3;
  });
  assert.is((await get(place, '/nope')).status, 404);
});

metrics('counts what was asked', async () => {
  const unknown = 'goxel_rpc_requests_total{method="(unknown)",code="GOX_METHOD_NOT_FOUND"}';
  for (let id = 0; id < 3; id += 1) await client.call('ping');
  await client.call('goxel.add_voxel', [1, 2, 3, '#3366CC']);
  await client.call('goxel.add_voxel', [1]);
  await client.call('no.such.method');
  let body = '';
  await eventually('they are counted', async () => {
    const answer = await get(place, '/metrics');
    assert.match(answer.type ?? '', 'text/plain; version=0.0.4');
    ({ body } = answer);
    return sampleOf(body, unknown) === 1;
  });
  const is = (sample: string, value: number) => assert.is(sampleOf(body, sample), value, sample);
  is('goxel_rpc_requests_total{method="ping",code="ok"}', 3);
  is('goxel_rpc_requests_total{method="goxel.add_voxel",code="ok"}', 1);
  is('goxel_rpc_requests_total{method="goxel.add_voxel",code="GOX_INVALID_PARAMS"}', 1);
  is('goxel_rpc_request_duration_seconds_count{method="goxel.add_voxel"}', 2);
  is('goxel_connections{listener="unix"}', 1);
  is('goxel_engines{state="ready"}', 1);
  is('goxel_projects{state="open"}', 1);
  is('goxel_ready', 1);
  assert.ok((sampleOf(body, 'process_open_fds') ?? 0) > 10);
  await eventually('the engine told of its voxels', async () => {
    return (sampleOf((await get(place, '/metrics')).body, 'goxel_voxel_bytes') ?? 0) > 0;
  });
  assert.ok((sampleOf((await get(place, '/metrics')).body, 'goxel_history_bytes') ?? 0) > 0);
});

/** Of the metrics, the names, and with `_bucket` and so on. */
function namesIn(text: string): Set<string> {
  return new Set(text.match(/\b(?:goxel|process|nodejs)_[a-z0-9_]+/g));
}

function expressions(): string[] {
  const { panels } = JSON.parse(readFileSync(DASHBOARD, 'utf8')) as {
    panels: { targets?: { expr: string }[] }[];
  };
  return panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
}

metrics('gives every metric that the dashboard and the rules use', async () => {
  const given = namesIn((await get(place, '/metrics')).body);
  const exprs = readFileSync(ALERTS, 'utf8').match(/expr: (\|\n( {10}.*\n)+|.*)/g) ?? [];
  assert.ok(exprs.length > 10 && expressions().length > 20);
  const used = namesIn([...exprs, ...expressions()].join('\n'));
  assert.equal(
    [...used].filter((name) => !given.has(name)),
    [],
  );
});

const promtool = (args: readonly string[], input?: string) => {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8', input });
  assert.is(status, 0, `${stdout}${stderr}`);
  return stdout;
};

withTool(metrics, 'promtool')('promtool has nothing against any of it', async () => {
  const { body } = await get(place, '/metrics');
  assert.is(promtool(['check', 'metrics'], body), '');
  promtool(['test', 'rules', join(ROOT, 'conf/prometheus/alerts.test.yaml')]);
  // The expressions of the dashboard, as rules that record them.
  const rules = expressions().map((expr, index) => ({
    record: `panel:expression:${index}`,
    expr: expr.replaceAll('$__rate_interval', '5m').replaceAll('$instance', '.*'),
  }));
  const file = join(temporaryDirectory(), 'rules.yaml');
  writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
  const checked = promtool(['check', 'rules', ALERTS, file]);
  assert.match(checked, `SUCCESS: ${rules.length} rules found`);
});

metrics('tells that an engine died, and that it is there again', async () => {
  const params = `{"name":${MARKER}}`;
  const deadly = `{"jsonrpc":"2.0","method":"goxel.create_layer","params":${params},"id":9}`;
  const victim = await RawConnection.open(daemon.socket);
  await victim.written(`${deadly}\n`);
  await eventually('it was lost', async () => {
    const { body } = await get(place, '/metrics');
    const restarts = sampleOf(body, 'goxel_supervisor_restarts_total{child="engine_worker"}');
    return (restarts ?? 0) >= 1;
  });
  victim.destroy();
  await eventually('it is ready again', async () => (await get(place, '/readyz')).status === 200);
  const deaths = 'goxel_supervisor_deaths_total{child="engine_worker",reason="exit"}';
  // Twice, when the request was run again before its client was gone.
  assert.ok([1, 2].includes(sampleOf((await get(place, '/metrics')).body, deaths) ?? 0));
});

metrics('is not ready while it drains, answers to the end, and leaves nothing', async () => {
  await client.call('goxel.create_project');
  await client.call('goxel.add_voxel', [1, 2, 3, '#3366CC']);
  client.write(request('goxel.render_scene', LONG_RENDER, 'long'));
  await eventually('the job began', async () => {
    const { body } = await get(place, '/metrics');
    return /^goxel_jobs\{kind="render",state="running"\} 1$/m.test(body);
  });
  const stopped = daemon.stop();
  await eventually('it drains', async () => {
    const { status, body } = await get(place, '/readyz');
    return status === 503 && body.includes('[-]daemon failed: stopping');
  });
  assert.is((await get(place, '/livez')).status, 200);
  // Its job goes with it, and there is nothing to wait for.
  client.destroy();
  assert.is((await stopped).code, 0);
  assert.not(existsSync(path));
});

metrics('serves at a port, and says what others can see', async () => {
  const settings = { 'http.enabled': true, 'http.address': '0.0.0.0', 'http.port': 0 };
  await withDaemon({ settings }, async ({ stdout }) => {
    const port = Number(/"address":"http:\/\/0\.0\.0\.0:(\d+)"/.exec(stdout())?.[1]);
    assert.is((await get({ port }, '/livez')).status, 200);
    assert.match(stdout(), 'metrics and health can be read from other machines');
  });
});

metrics('does not start where it cannot serve', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as { port: number };
  const socket = join(temporaryDirectory(), 'd.sock');
  const env = { GOXEL_CONFIG: '/dev/null' };
  const start = (settings: Record<string, string | number>) =>
    runToEnd(['--socket', socket], { env, settings: { 'http.enabled': true, ...settings } });
  const [taken, refused] = await Promise.all([
    start({ 'http.port': port }),
    start({ 'http.path': join(ROOT, 'package.json') }),
  ]);
  other.close();
  assert.is(taken.code, EXIT.UNAVAILABLE);
  assert.match(taken.stderr, /another process has the port.*http\.port/s);
  assert.is(refused.code, EXIT.CANTCREAT);
  assert.match(refused.stderr, 'there is a file that is no socket');
  assert.not(existsSync(socket));
});

metrics.run();
