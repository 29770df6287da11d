/** What is counted for the metrics, and how it is told. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { HookEvent, RequestTrace } from '../../../actors/hooks.ts';
import { JournalMeter } from '../../../actors/journal/journal-meter.ts';
import { exposition } from '../../../supervisor/metrics/exposition.ts';
import { type MetricFacts, processFacts } from '../../../supervisor/metrics/facts.ts';
import { RequestMeter } from '../../../supervisor/metrics/requests.ts';
import { Tally } from '../../../supervisor/metrics/tally.ts';
import { configWith } from '../../support/probe.ts';

const test = suite('metrics');

function answered(method: string, took_ms: number, code?: string): HookEvent {
  const trace = { method, code, received_ms: 1000, answered_ms: 1000 + took_ms };
  return {
    type: 'request.answered',
    trace: { ...trace, bytes_in: 10, bytes_out: 20 } as RequestTrace,
  };
}

async function facts(meter: RequestMeter, tally = new Tally()): Promise<MetricFacts> {
  const queue = { queued: 3, queue_size: 1000, queue_refused: 4, held_bytes_max: 9 };
  const waiting = { requests_waiting: 5, requests_running: 6, jobs_waiting: 0, jobs_running: 0 };
  const engine = { restarts: 0, in_flight: 0, pulse_age_ms: 1, projects: 1, voxel_bytes: 100 };
  const project = { state: 'open', unsaved: true, read_only: undefined };
  const full = { ...project, unsaved: false, read_only: { code: 'GOX_JOURNAL_FULL' } };
  const store = { meter: new JournalMeter(), journals: [{ figures: undefined }] };
  store.meter.wrote(3, 100, 500);
  store.meter.became('full');
  return {
    ...{ config: await configWith(() => {}), state: 'restarting', ready: true, meter, tally },
    stats: {
      ...{ total_requests: 0, failed_requests: 0, active_connections: 0, memory_usage_mb: 1 },
      ...{ state: 'degraded', uptime_seconds: 1, errors: { GOX_PARSE: 2 } },
      rates: { window_ms: 1, requests_per_s: 0, failed_per_s: 0 },
      event_loop_delay: { p50_ms: 1, p99_ms: 250, max_ms: 3 },
      queues: { ...queue, ...waiting, held_bytes: 7 },
      memory: { rss: 1, heap_used: 2, external: 3, array_buffers: 4, limit: 5 },
      ...{ projects_lost: 0, restarts: 0, job_threads: [] },
      engines: ['ready', 'lost', 'ready'].map((state, i) => ({ ...engine, id: `e${i}`, state })),
    },
    jobs: ['running', 'running', 'waiting'].map((state) => ({ kind: 'render', state })),
    projects: [project, full],
    ...{ store, remade: { read: 2, recovered: 1 } },
    history_bytes: 2048,
    renders: { files: 3, bytes: 4096 },
    logs: [{ id: 'log', to: '/secret', lost: 8, held_bytes: 9, trouble: '' }],
    process: processFacts(),
  };
}

async function linesOf(one: MetricFacts, open = false): Promise<string[]> {
  const { text } = await (await exposition(() => one))(open);
  return text.split('\n');
}

test('counts requests by method and code, and how long they took', async () => {
  const meter = new RequestMeter();
  for (const took_ms of [0.4, 0.5, 3, 70_000]) meter.hook(answered('ping', took_ms));
  meter.hook(answered('ping', 1, 'GOX_CANCELLED'));
  const lines = await linesOf(await facts(meter));
  const has = (line: string) => assert.ok(lines.includes(line), line);
  const name = 'goxel_rpc_request_duration_seconds';
  has('goxel_rpc_requests_total{method="ping",code="ok"} 4');
  has('goxel_rpc_requests_total{method="ping",code="GOX_CANCELLED"} 1');
  has(`# TYPE ${name} histogram`);
  for (const [le, count] of Object.entries({ 0.0005: 2, 0.001: 3, 0.0025: 3, 0.005: 4, 60: 4 }))
    has(`${name}_bucket{le="${le}",method="ping"} ${count}`);
  has(`${name}_bucket{le="+Inf",method="ping"} 5`);
  has(`${name}_count{method="ping"} 5`);
  has('goxel_rpc_request_bytes_total 50');
  has('goxel_rpc_reply_bytes_total 100');
});

test('has no more labels than there are methods and codes, whatever clients send', async () => {
  const meter = new RequestMeter();
  for (let number = 0; number < 1000; number += 1) {
    meter.hook(answered(`method ${number}`, 1, `code ${number}`));
  }
  meter.hook(answered('__proto__', 1, 'constructor'));
  const lines = await linesOf(await facts(meter));
  assert.equal(
    lines.filter((line) => line.startsWith('goxel_rpc_requests_total')),
    ['goxel_rpc_requests_total{method="(unknown)",code="(unknown)"} 1001'],
  );
});

test('tells connections by listener, whichever went', async () => {
  const meter = new RequestMeter();
  const connection = (type: 'connection.opened' | 'connection.closed', listener: string) =>
    meter.hook({ type, facts: { connection: 1, listener, at_ms: 0 } });
  for (const listener of ['unix', 'unix', 'listener:tcp'])
    connection('connection.opened', listener);
  connection('connection.closed', 'unix');
  const lines = await linesOf(await facts(meter));
  for (const line of [
    'goxel_connections{listener="unix"} 1',
    'goxel_connections{listener="tcp"} 1',
    'goxel_connections_opened_total{listener="unix"} 2',
    'goxel_connections_closed_total{listener="tcp"} 0',
  ]) {
    assert.ok(lines.includes(line), line);
  }
});

test('tells states with zeros, and sums over things without their ids', async () => {
  const lines = await linesOf(await facts(new RequestMeter()));
  for (const line of [
    'goxel_daemon_state{state="running"} 0',
    'goxel_daemon_state{state="restarting"} 1',
    'goxel_health_state{state="degraded"} 1',
    'goxel_engines{state="ready"} 2',
    'goxel_engines{state="starting"} 0',
    'goxel_job_threads{state="ready"} 0',
    'goxel_jobs{kind="render",state="running"} 2',
    'goxel_projects{state="open"} 2',
    'goxel_projects_unsaved 1',
    'goxel_projects_read_only{code="GOX_JOURNAL_FULL"} 1',
    'goxel_projects_read_only{code="GOX_JOURNAL_FAILED"} 0',
    'goxel_project_recoveries_total{how="read"} 2',
    'goxel_project_recoveries_total{how="recovered"} 1',
    'goxel_journal_bytes{kind="segments"} 0',
    'goxel_journal_edits_total 3',
    'goxel_journal_written_bytes_total 100',
    'goxel_journal_writes_total 1',
    'goxel_journal_write_seconds_total 0.5',
    'goxel_journal_failures_total{kind="full"} 1',
    'goxel_journal_failures_total{kind="failed"} 0',
    'goxel_voxel_bytes 300',
    'goxel_history_bytes 2048',
    'goxel_renders 3',
    'goxel_renders_bytes 4096',
    'goxel_event_loop_delay_p99_seconds 0.25',
    'goxel_log_lines_lost_total{sink="log"} 8',
    'goxel_rpc_error_replies_total{code="GOX_PARSE"} 2',
    'goxel_supervisor_restarts_total{child="engine_worker"} 0',
  ]) {
    assert.ok(lines.includes(line), line);
  }
  assert.not.match(lines.join('\n'), '/secret');
});

test('counts deaths by kinds of parts and of reasons', async () => {
  const tally = new Tally();
  const about = { at_ms: 0, supervisor: 'engines', lived_ms: 1, fate: 'restart' } as const;
  const died = { kind: 'died', abnormal: true } as const;
  for (let number = 0; number < 3; number += 1) {
    tally.hear({ ...about, ...died, child: `engine:${number}`, reason: `odd ${number}` });
  }
  tally.hear({ ...about, ...died, abnormal: false, child: 'engine:0', reason: 'ended' });
  tally.hear({ ...about, kind: 'restarted', child: 'service manager', took_ms: 1 });
  tally.died('engine_worker', 'nothing was heard of its thread for 30000 ms, past health.…');
  tally.died('engine_worker', 'Worker terminated due to reaching memory limit: JS heap out of …');
  tally.died('job_worker', 'its thread ended with code 1');
  const lines = await linesOf(await facts(new RequestMeter(), tally));
  const found = lines.filter((line) => /^goxel_supervisor.*[1-9]$/.test(line)).sort();
  assert.equal(found, [
    'goxel_supervisor_deaths_total{child="engine",reason="defect"} 3',
    'goxel_supervisor_deaths_total{child="engine_worker",reason="heartbeat"} 1',
    'goxel_supervisor_deaths_total{child="engine_worker",reason="memory"} 1',
    'goxel_supervisor_deaths_total{child="job_worker",reason="exit"} 1',
    'goxel_supervisor_restarts_total{child="service_manager"} 1',
  ]);
});

test('speaks OpenMetrics too, as often as it is asked, with the same figures', async () => {
  const meter = new RequestMeter();
  meter.hook(answered('ping', 1));
  const one = await facts(meter);
  const scrape = await exposition(() => one);
  const [open, plain] = [await scrape(true), await scrape(false)];
  assert.match(open.type, 'application/openmetrics-text; version=1.0.0');
  assert.match(plain.type, 'text/plain; version=0.0.4');
  assert.match(open.text, '# TYPE goxel_rpc_requests counter\n');
  assert.match(plain.text, '# TYPE goxel_rpc_requests_total counter\n');
  assert.ok(open.text.endsWith('\n# EOF\n'));
  const samples = (text: string) => text.split('\n').filter((line) => /^[a-z]/.test(line));
  assert.equal(samples(open.text), samples(plain.text));
});

test('gathers anew only when the last text is no longer fresh, and after a defect', async () => {
  const one = await facts(new RequestMeter());
  let gathered = 0;
  const scrape = await exposition(() => {
    gathered += 1;
    if (gathered === 1) throw new Error('a defect');
    return one;
  });
  const failed = await scrape(false).catch(String);
  assert.is(failed, 'Error: a defect');
  await Promise.all(Array.from({ length: 100 }, () => scrape(false)));
  assert.is(gathered, 2);
});

test.run();
