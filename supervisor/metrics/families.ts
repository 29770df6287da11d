/**
 * The metrics as data: name, help, type, labels, and where the values come from. Names follow the
 * conventions of Prometheus: base units, `_total` for what only grows, no ids as labels. Those that
 * begin with `process_` and `nodejs_` are what any exporter calls them.
 */

import { METHODS } from '../../engine/catalogue/methods.ts';
import { VERSION } from '../../engine/catalogue/version.ts';
import { by, census, counter, type Family, gauge, type Labels, type Samples } from './family.ts';
import { JOURNALS } from './journal-families.ts';

/** 1 for the one that is, 0 for those that could be. */
const oneOf = (label: string, is: string, all: readonly string[]): Samples =>
  census(label, [is], all);

const DAEMON_STATES = ['starting', 'running', 'restarting', 'stopping'];
const HEALTH_STATES = ['healthy', 'degraded', 'failing'];
const THREAD_STATES = ['starting', 'ready', 'lost', 'failed'];
const PROJECT_STATES = ['opening', 'open', 'closing', 'replaying', 'unloaded', 'lost'];

const DAEMON: readonly Family[] = [
  gauge(
    'goxel_build_info',
    'Always 1; the labels tell which daemon runs, and on what.',
    () => [[{ version: VERSION, node: process.versions.node }, 1]],
    ...['version', 'node'],
  ),
  gauge(
    'goxel_daemon_state',
    '1 for the state that the daemon is in, 0 for the others.',
    ({ state }) => oneOf('state', state, DAEMON_STATES),
    'state',
  ),
  gauge('goxel_ready', 'Whether /readyz says that clients can be sent here.', ({ ready }) =>
    Number(ready),
  ),
  gauge(
    'goxel_health_state',
    '1 for the verdict of the health monitor, 0 for the others.',
    ({ stats }) => oneOf('state', stats.state, HEALTH_STATES),
    'state',
  ),
  counter(
    'goxel_supervisor_restarts_total',
    'Restarts of parts of the daemon, by kind of part.',
    ({ tally }) => by('child', tally.restarts),
    'child',
  ),
  counter(
    'goxel_supervisor_deaths_total',
    'Abnormal ends of parts of the daemon, by kind of part and kind of reason.',
    function* ({ tally }) {
      for (const [child, reasons] of tally.deaths) {
        for (const [reason, count] of reasons) yield [{ child, reason }, count];
      }
    },
    ...['child', 'reason'],
  ),
];

const REQUESTS: readonly Family[] = [
  counter(
    'goxel_rpc_requests_total',
    'Requests that were answered, by method and by the code of the error, or ok.',
    function* ({ meter }) {
      for (const [method, { codes }] of meter.methods) {
        for (const [code, count] of codes) yield [{ method, code }, count];
      }
    },
    ...['method', 'code'],
  ),
  counter(
    'goxel_rpc_error_replies_total',
    'Replies that are errors, to what was no request too, by code.',
    ({ stats }) => by('code', Object.entries(stats.errors)),
    'code',
  ),
  counter(
    'goxel_rpc_request_bytes_total',
    'Bytes of the parameters of requests that were answered.',
    ({ meter }) => meter.bytes_in,
  ),
  counter(
    'goxel_rpc_reply_bytes_total',
    'Bytes of the results and errors that they were answered with.',
    ({ meter }) => meter.bytes_out,
  ),
  gauge('goxel_rpc_methods', 'Methods that can be called.', () => METHODS.length),
  gauge(
    'goxel_rpc_requests_waiting',
    'Requests that wait for an engine or for their turn.',
    ({ stats }) => stats.queues.requests_waiting,
  ),
  gauge(
    'goxel_rpc_requests_running',
    'Requests that engines work at.',
    ({ stats }) => stats.queues.requests_running,
  ),
  gauge(
    'goxel_rpc_queue_length',
    'Requests that count against workers.queue_size.',
    ({ stats }) => stats.queues.queued,
  ),
  gauge(
    'goxel_rpc_queue_capacity',
    'What workers.queue_size allows.',
    ({ stats }) => stats.queues.queue_size,
  ),
  counter(
    'goxel_rpc_queue_refused_total',
    'Requests that were refused since the queue was full.',
    ({ stats }) => stats.queues.queue_refused,
  ),
  gauge(
    'goxel_connections',
    'Connections that are open, by listener.',
    function* ({ meter }) {
      for (const [listener, { opened, closed }] of meter.listeners) {
        yield [{ listener }, opened - closed];
      }
    },
    'listener',
  ),
  counter(
    'goxel_connections_opened_total',
    'Connections that were accepted, by listener: not those turned away, or gone by then.',
    function* ({ meter }) {
      for (const [listener, { opened }] of meter.listeners) yield [{ listener }, opened];
    },
    'listener',
  ),
  counter(
    'goxel_connections_closed_total',
    'Connections that ended, by listener.',
    function* ({ meter }) {
      for (const [listener, { closed }] of meter.listeners) yield [{ listener }, closed];
    },
    'listener',
  ),
  gauge(
    'goxel_connections_limit',
    'What performance.max_connections allows.',
    ({ config }) => config.performance.max_connections,
  ),
];

const WORK: readonly Family[] = [
  gauge(
    'goxel_engines',
    'Engines, by state.',
    ({ stats }) => census('state', stats.engines.map(stateOf), THREAD_STATES),
    'state',
  ),
  gauge(
    'goxel_job_threads',
    'Threads of jobs, by state.',
    ({ stats }) => census('state', stats.job_threads.map(stateOf), THREAD_STATES),
    'state',
  ),
  gauge(
    'goxel_jobs',
    'Jobs that wait, run or stop, by kind and state.',
    function* ({ jobs }) {
      const counts = new Map<string, readonly [Labels, number]>();
      for (const { kind, state } of jobs) {
        const known = counts.get(`${kind} ${state}`)?.[1] ?? 0;
        counts.set(`${kind} ${state}`, [{ kind, state }, known + 1]);
      }
      yield* counts.values();
    },
    ...['kind', 'state'],
  ),
  gauge(
    'goxel_projects',
    'Projects, by state.',
    ({ projects }) => census('state', projects.map(stateOf), PROJECT_STATES),
    'state',
  ),
  gauge(
    'goxel_projects_unsaved',
    'Projects with edits that are in no file.',
    ({ projects }) => projects.filter(({ unsaved }) => unsaved).length,
  ),
  gauge('goxel_voxel_bytes', 'Bytes of the voxels of all projects.', ({ stats }) =>
    stats.engines.reduce((sum, { voxel_bytes }) => sum + voxel_bytes, 0),
  ),
  gauge(
    'goxel_history_bytes',
    'Bytes of the steps that projects can undo and of their checkpoints.',
    ({ history_bytes }) => history_bytes,
  ),
  gauge(
    'goxel_voxel_limit_bytes',
    'Bytes of voxels that all projects may have, by limits.voxel_bytes_max.',
    ({ config }) => config.limits.voxel_bytes_max,
  ),
  gauge('goxel_renders', 'Managed renders that there are.', ({ renders }) => renders.files),
  gauge('goxel_renders_bytes', 'Bytes of managed renders.', ({ renders }) => renders.bytes),
];

const stateOf = ({ state }: { readonly state: string }): string => state;

const PROCESS: readonly Family[] = [
  gauge(
    'goxel_held_bytes',
    'Bytes of requests and replies that wait.',
    ({ stats }) => stats.queues.held_bytes,
  ),
  gauge(
    'goxel_held_limit_bytes',
    'What limits.held_bytes_max allows of these bytes.',
    ({ stats }) => stats.queues.held_bytes_max,
  ),
  gauge(
    'goxel_memory_limit_bytes',
    'What the process may take: the limit of its container, or what the machine has.',
    ({ stats }) => stats.memory.limit,
  ),
  gauge(
    'goxel_array_buffer_bytes',
    'Bytes of array buffers of the main thread and of what threads share with it.',
    ({ stats }) => stats.memory.array_buffers,
  ),
  gauge(
    'goxel_event_loop_delay_p50_seconds',
    'Median delay of the main thread, between the last two health checks.',
    ({ stats }) => stats.event_loop_delay.p50_ms / 1000,
  ),
  gauge(
    'goxel_event_loop_delay_p99_seconds',
    '99th percentile of the delay of the main thread.',
    ({ stats }) => stats.event_loop_delay.p99_ms / 1000,
  ),
  gauge(
    'goxel_event_loop_delay_max_seconds',
    'Longest delay of the main thread.',
    ({ stats }) => stats.event_loop_delay.max_ms / 1000,
  ),
  counter(
    'goxel_event_loop_active_seconds_total',
    'Time in which the main thread had something to do.',
    ({ process }) => process.loop_active_s,
  ),
  counter(
    'goxel_event_loop_idle_seconds_total',
    'Time in which the main thread waited.',
    ({ process }) => process.loop_idle_s,
  ),
  counter(
    'goxel_log_lines_lost_total',
    'Lines of the log that were dropped, by place.',
    ({ logs }) =>
      by(
        'sink',
        logs.map(({ id, lost }) => [id, lost]),
      ),
    'sink',
  ),
  gauge(
    'goxel_log_held_bytes',
    'Bytes of lines of the log that wait to be written, by place.',
    ({ logs }) =>
      by(
        'sink',
        logs.map(({ id, held_bytes }) => [id, held_bytes]),
      ),
    'sink',
  ),
];

const CONVENTIONAL: readonly Family[] = [
  counter(
    'process_cpu_user_seconds_total',
    'User time of the process.',
    ({ process }) => process.cpu_user_s,
  ),
  counter(
    'process_cpu_system_seconds_total',
    'System time of the process.',
    ({ process }) => process.cpu_system_s,
  ),
  counter(
    'process_cpu_seconds_total',
    'User and system time of the process.',
    ({ process }) => process.cpu_user_s + process.cpu_system_s,
  ),
  gauge(
    'process_start_time_seconds',
    'Unix time at which the process started.',
    ({ process }) => process.start_s,
  ),
  gauge(
    'process_resident_memory_bytes',
    'Memory of the process that is in RAM.',
    ({ stats }) => stats.memory.rss,
  ),
  gauge('process_open_fds', 'Descriptors that are open.', ({ process }) => process.open_fds ?? []),
  gauge('process_max_fds', 'Descriptors that may be open.', ({ process }) => process.max_fds ?? []),
  gauge(
    'nodejs_heap_size_used_bytes',
    'JavaScript heap of the main thread that is used.',
    ({ stats }) => stats.memory.heap_used,
  ),
  gauge(
    'nodejs_external_memory_bytes',
    'Memory outside of the JavaScript heap of the main thread that it holds on to.',
    ({ stats }) => stats.memory.external,
  ),
];

export const FAMILIES: readonly Family[] = [
  ...DAEMON,
  ...REQUESTS,
  ...WORK,
  ...JOURNALS,
  ...PROCESS,
  ...CONVENTIONAL,
];
