/** The methods about the daemon itself; the catalogue in `engine/catalogue` says what they give. */

import { hostname } from 'node:os';
import type { Counters, DaemonDispatch } from '../actors/connection/intake-deps.ts';
import { type ToldDeps, toldRequests } from '../actors/connection/told-requests.ts';
import type { Projects } from '../actors/engines/projects.ts';
import type { HeapSnapshots } from '../actors/heap/snapshots.ts';
import type { Jobs } from '../actors/jobs/jobs.ts';
import type { ProjectStore } from '../actors/journal/store.ts';
import type { Renders } from '../actors/renders/renders.ts';
import type { Tracer } from '../actors/tracing/tracer.ts';
import { GoxError } from '../conf/errors.ts';
import type { Level } from '../conf/levels.ts';
import type { Config } from '../conf/schema.ts';
import { admission } from '../engine/catalogue/access.ts';
import {
  type cancelJob as cancelJobSpec,
  cancelRequest as cancelRequestSpec,
  type discover as discoverSpec,
  echo,
} from '../engine/catalogue/daemon.ts';
import { REQUESTS_TOLD_MAX, type tree as treeSpec } from '../engine/catalogue/inside.ts';
import type { inspect as inspectSpec } from '../engine/catalogue/inspect.ts';
import type { heap as heapSpec } from '../engine/catalogue/memory.ts';
import { META } from '../engine/catalogue/meta.ts';
import { nearMethod } from '../engine/catalogue/method-not-found.ts';
import { findMethod, METHODS } from '../engine/catalogue/methods.ts';
import { openRpcDocument, openRpcList } from '../engine/catalogue/openrpc.ts';
import type { debug as debugSpec } from '../engine/catalogue/operation.ts';
import { decodeParams, type Named, paramProblem } from '../engine/catalogue/params.ts';
import { cut } from '../engine/catalogue/sketch.ts';
import type { Params } from '../engine/catalogue/spec.ts';
import type { trace as traceSpec } from '../engine/catalogue/tracing.ts';
import { VERSION } from '../engine/catalogue/version.ts';
import { HISTORY, type Pool } from '../engine/port/pool.ts';
import type { LogFacts } from '../machines/health-facts.ts';
import type { Death } from '../machines/supervision/index.ts';
import type { Caller } from '../transport/caller.ts';
import type { Encoding } from '../transport/jsonrpc.ts';
import type { Ledger } from '../transport/ledger.ts';
import type { KnownToken } from '../transport/tokens.ts';
import { encoded } from '../transport/values.ts';
import type { DaemonHealth } from './health.ts';
import type { Inspection } from './inspection/inspection.ts';
import type { DaemonLeaks } from './leaks.ts';
import { renderMethods } from './renders.ts';
import { daemonReport, type ReportSource } from './report/daemon-report.ts';
import type { Statistics } from './statistics.ts';
import { traceResult } from './trace.ts';
import type { TreeNode } from './tree.ts';

export interface MethodsDeps extends ToldDeps {
  /** The tree of actors, as far as it costs little. */
  readonly tree: () => TreeNode;
  readonly statistics: () => Statistics;
  /** The last deaths in it, the latest last. */
  readonly deaths: () => readonly Death[];
  readonly clock: { now_ms(): number };
  /** The state of the daemon, and the tree of its engines. */
  readonly daemon: () => { readonly state: string; readonly engines: readonly TreeNode[] };
  readonly stop: (by: string) => void;
  /** Debug lines on or off, or over; gives the level of the log from now on. */
  readonly debug: (on?: boolean) => string;
  readonly log: { readonly level: string };
  readonly logs: () => readonly LogFacts[];
  /** Reads the configuration again; gives the result of the method, or rejects with a GoxError. */
  readonly reload: (by: string) => Promise<unknown>;
  /** Has another process take over; as `reload`. */
  readonly upgrade: (by: string) => Promise<unknown>;
  readonly inspection: Pick<Inspection, 'turn'>;
  readonly health: Pick<DaemonHealth, 'check' | 'stats'>;
  readonly leaks: Pick<DaemonLeaks, 'recent'>;
  readonly snapshots: HeapSnapshots;
  readonly counters: Readonly<Counters>;
  readonly ledger: Pick<Ledger, 'bytes'>;
  readonly pool: Pick<Pool, 'held'>;
  readonly projects: Projects;
  /** Where projects are kept on the disk, if they are. */
  readonly store: Pick<ProjectStore, 'directory' | 'keeps'> | undefined;
  readonly jobs: Jobs;
  readonly renders: Renders;
  readonly tracer: Pick<Tracer, 'ways' | 'counts'>;
  readonly config: Config;
  readonly tokens: { readonly all: readonly KnownToken[] };
  readonly reportSource: ReportSource | undefined;
}

/** Gives the result, or a promise of it. Throws GoxError, or rejects with one. */
type Handler = (params: Named, caller: Caller) => unknown;

/** Methods whose answer is the same for the same parameters, as long as the daemon lives. */
const CONSTANT: readonly string[] = ['version', 'list_methods', 'rpc.discover'];

/** Such answers that are kept: one of each method whole, in both encodings. */
const CONSTANTS_MAX = 2 * METHODS.length;

/** Answers daemon methods by their canonical names. */
export function daemonDispatch(deps: MethodsDeps): DaemonDispatch {
  const handlers: Readonly<Record<string, Handler>> = {
    ping: () => ({ pong: true, timestamp: Math.floor(Date.now() / 1000) }),
    version: () => ({ version: VERSION, type: 'daemon', protocol: 'JSON-RPC 2.0' }),
    status: () => status(deps),
    list_methods: () => ({
      count: METHODS.length,
      methods: METHODS.map(({ name, brief }) => ({ method: name, description: brief })),
    }),
    'rpc.discover': (params) => discover(params as Params<typeof discoverSpec>),
    'goxel.list_projects': () => listProjects(deps.projects),
    'goxel.list_jobs': () => listJobs(deps.jobs),
    'goxel.cancel_job': (params, caller) =>
      cancelJob(deps.jobs, params as Params<typeof cancelJobSpec>, caller),
    ...renderMethods(deps.renders),
    'system.authenticate': (_, { rights }) => admission(rights),
    '$/cancelRequest': (params, caller) =>
      cancelRequest(params as Params<typeof cancelRequestSpec>, caller),
    'supervisor.tree': (params) => treeOf(deps, params as Params<typeof treeSpec>),
    'supervisor.requests': () => toldRequests(deps, REQUESTS_TOLD_MAX),
    'supervisor.debug': (params) => ({
      level: deps.debug((params as Params<typeof debugSpec>).on),
    }),
    'system.trace': (params) =>
      traceResult(deps.tracer, deps.config.tracing, params as Params<typeof traceSpec>),
    'supervisor.deaths': () => listDeaths(deps.deaths(), deps.clock.now_ms()),
    'supervisor.reload': () => deps.reload('the method supervisor.reload'),
    'supervisor.upgrade': () => deps.upgrade('the method supervisor.upgrade'),
    'supervisor.inspect': (params) => deps.inspection.turn(params as Params<typeof inspectSpec>),
    'supervisor.leaks': () => deps.leaks.recent(),
    'supervisor.heap': (params, { signal }) =>
      deps.snapshots.take(params as Params<typeof heapSpec>, signal),
    'supervisor.report': (_, caller) => {
      const ask = (method: string, params: Named) => handlers[method]?.(params, caller);
      return daemonReport({ ...deps, source: deps.reportSource, ask });
    },
    health_check: () => deps.health.check(),
    health_stats: () => deps.health.stats(),
    shutdown: () => {
      // After the reply to this request is written.
      setImmediate(() => deps.stop('the method shutdown'));
      return { success: true };
    },
  };
  const constants = new Map<string, Uint8Array>();
  return (method, params, caller) => {
    const { encoding } = caller;
    if (method === echo.name) return encoded(echoed(params), encoding);
    const handler = handlers[method];
    const entry = findMethod(method);
    if (handler === undefined || entry === undefined) {
      throw new GoxError('GOX_INTERNAL', `The method ${method} is in the catalogue only.`);
    }
    const named = decodeParams(entry.spec, params);
    if (!CONSTANT.includes(method)) return answer(handler(named, caller), encoding);
    const key = `${encoding} ${method} ${JSON.stringify(named)}`;
    const known = constants.get(key) ?? encoded(handler(named, caller), encoding);
    if (constants.size < CONSTANTS_MAX) constants.set(key, known);
    return known;
  };
}

function answer(result: unknown, encoding: Encoding): Uint8Array | Promise<Uint8Array> {
  if (!(result instanceof Promise)) return encoded(result, encoding);
  return result.then((value) => encoded(value, encoding));
}

/** What is about the request is no parameter. */
function echoed(params: unknown): unknown {
  if (typeof params !== 'object' || params === null || !(META in params)) return params ?? {};
  const { [META]: _, ...others } = params;
  return others;
}

function cancelRequest(params: unknown, connection: Pick<Caller, 'cancel'>) {
  const { id } = decodeParams(cancelRequestSpec, params) as Params<typeof cancelRequestSpec>;
  return { success: true, cancelled: id !== undefined && connection.cancel(id) };
}

function treeOf(deps: MethodsDeps, { statistics = false }: Params<typeof treeSpec>) {
  return statistics ? { ...deps.tree(), statistics: deps.statistics() } : deps.tree();
}

function status(deps: MethodsDeps) {
  const { state, engines } = deps.daemon();
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  return {
    status: state,
    pid: process.pid,
    current_time: localTime(new Date()),
    hostname: hostname(),
    goxel_initialized: true,
    methods_available: METHODS.length,
    memory_allocated: engines.reduce((total, engine) => total + sum(engine, 'voxel_bytes'), 0),
    memory_allowed: deps.config.limits.voxel_bytes_max,
    history_bytes: deps.pool.held(HISTORY),
    uptime_seconds: Math.round(process.uptime() * 10) / 10,
    connections: deps.connections.size,
    requests: deps.counters.requests,
    held_bytes: deps.ledger.bytes,
    memory: { rss, heap_used: heapUsed, external, array_buffers: arrayBuffers },
    journal: journalOf(deps),
    log: {
      level: deps.log.level,
      sinks: deps.logs().map(({ to, lost, held_bytes, trouble }) => ({
        ...{ to, lost, held_bytes, trouble },
      })),
    },
    engines: engines.map(({ id, state, restarts = 0, retiring }) => ({
      id,
      state: retiring === true ? 'retiring' : state.split('.')[0],
      restarts,
    })),
  };
}

function journalOf({ projects, store, config }: MethodsDeps) {
  const all = [...projects.all()];
  const count = (is: (project: (typeof all)[number]) => boolean) => all.filter(is).length;
  return {
    sync: store?.keeps ? config.journal.sync : ('ephemeral' as const),
    directory: store?.directory ?? '',
    bytes: all.reduce((total, { kept_bytes }) => total + kept_bytes, 0),
    read_only: count(({ read_only }) => read_only !== undefined),
    unread: count(({ isUnread, state }) => isUnread && state === 'replaying'),
    unloaded: count(({ state }) => state === 'unloaded'),
  };
}

function sum(node: TreeNode, figure: string): number {
  const own = node.figures?.[figure];
  return node.children.reduce(
    (total, child) => total + sum(child, figure),
    typeof own === 'number' ? own : 0,
  );
}

function listDeaths(deaths: readonly Death[], now_ms: number) {
  const list = deaths.map(({ path, at_ms, lived_ms, reason, fate }) => ({
    ...{ actor: path, ago_ms: Math.round(now_ms - at_ms), lived_ms: Math.round(lived_ms) },
    ...{ reason, decided: fate },
  }));
  return { count: list.length, deaths: list };
}

function listProjects(projects: Projects) {
  const list = [...projects.all()].map((one) => {
    const { name, title, engine, state, unsaved, read_only, kept_bytes } = one;
    const about = { project: name, title, engine, state, unsaved };
    const reason = read_only?.message ?? one.reason;
    return { ...about, read_only: read_only !== undefined, reason, kept_bytes };
  });
  return { count: list.length, projects: list };
}

function listJobs(jobs: Jobs) {
  const list = jobs.list();
  return { count: list.length, jobs: list };
}

function discover({ method, full = false }: Params<typeof discoverSpec>) {
  if (method === undefined) return full ? openRpcDocument(VERSION) : openRpcList(VERSION);
  const entry = findMethod(method);
  if (entry !== undefined) return openRpcDocument(VERSION, [entry.spec]);
  throw paramProblem('.method', `there is no method ${cut(method)}${nearMethod(method)}`);
}

/** Jobs of other connections are their work: only who may do everything may stop them. */
function cancelJob(jobs: Jobs, { job }: Params<typeof cancelJobSpec>, caller: Caller) {
  const { level } = caller.rights;
  if (level !== 'admin') {
    const asked = jobs.list().find((one) => one.job === job)?.connection;
    if (asked !== undefined && String(asked) !== caller.connection) throw foreignJob(job, level);
  }
  const error = new GoxError('GOX_CANCELLED', `Job ${job} was cancelled by a request.`);
  return { success: true, job, cancelled: jobs.cancel(job, error) };
}

function foreignJob(job: number, level: Level): GoxError {
  const text = `Job ${job} is of another connection: stopping it needs level admin, not ${level}.`;
  return new GoxError('GOX_FORBIDDEN', text, { level_needed: 'admin', level_held: level });
}

/** YYYY-MM-DD HH:MM:SS, local time, as the v14 daemon writes it. */
function localTime(now: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const date = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join('-');
  return `${date} ${[now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join(':')}`;
}
