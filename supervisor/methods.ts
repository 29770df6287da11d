/** The methods about the daemon itself; the catalogue in `engine/catalogue` says what they give. */

import { hostname } from 'node:os';
import type { Counters, DaemonDispatch } from '../actors/intake.ts';
import type { JobQueue } from '../actors/jobs.ts';
import type { Projects } from '../actors/projects.ts';
import { GoxError } from '../conf/errors.ts';
import {
  type cancelJob as cancelJobSpec,
  type discover as discoverSpec,
  echo,
} from '../engine/catalogue/daemon.ts';
import { nearMethod } from '../engine/catalogue/method-not-found.ts';
import { findMethod, METHODS } from '../engine/catalogue/methods.ts';
import { openRpcDocument, openRpcList } from '../engine/catalogue/openrpc.ts';
import { cut } from '../engine/catalogue/sketch.ts';
import type { Params } from '../engine/catalogue/spec.ts';
import { VERSION } from '../engine/catalogue/version.ts';
import { decodeParams, type Named, paramProblem } from '../engine/params.ts';
import type { TreeNode } from './tree.ts';

export interface MethodsDeps {
  readonly tree: () => TreeNode;
  readonly stop: (by: string) => void;
  readonly counters: Readonly<Counters>;
  readonly projects: Projects;
  readonly jobs: JobQueue;
}

type Handler = (params: Named) => unknown;

/** Answers daemon methods by their canonical names. */
export function daemonDispatch(deps: MethodsDeps): DaemonDispatch {
  const handlers: Readonly<Record<string, Handler>> = {
    ping: () => ({ pong: true, timestamp: Math.floor(Date.now() / 1000) }),
    version: () => ({ version: VERSION, type: 'daemon', protocol: 'JSON-RPC 2.0' }),
    status: () => status(deps),
    list_methods: () => ({
      count: METHODS.length,
      methods: METHODS.map(({ name, summary }) => ({ method: name, description: summary })),
    }),
    'rpc.discover': (params) => discover(params as Params<typeof discoverSpec>),
    'goxel.list_projects': () => listProjects(deps.projects),
    'goxel.list_jobs': () => listJobs(deps.jobs),
    'goxel.cancel_job': (params) => cancelJob(deps.jobs, params as Params<typeof cancelJobSpec>),
    'supervisor.tree': () => deps.tree(),
    shutdown: () => {
      // After the reply to this request is written.
      setImmediate(() => deps.stop('the method shutdown'));
      return { success: true };
    },
  };
  return (method, params) => {
    if (method === echo.name) return params ?? {};
    const handler = handlers[method];
    const entry = findMethod(method);
    if (handler === undefined || entry === undefined) {
      throw new GoxError('GOX_INTERNAL', `The method ${method} is in the catalogue only.`);
    }
    return handler(decodeParams(entry.spec, params));
  };
}

function status({ tree, counters }: MethodsDeps) {
  const root = tree();
  return {
    status: root.state,
    pid: process.pid,
    current_time: localTime(new Date()),
    hostname: hostname(),
    goxel_initialized: true,
    methods_available: METHODS.length,
    memory_allocated: sum(root, 'voxel_bytes'),
    uptime_seconds: Math.round(process.uptime() * 10) / 10,
    connections: count(root, /^connection:/),
    requests: counters.requests,
    engines: engines(root),
  };
}

function engines(root: TreeNode) {
  const found = root.children.find(({ id }) => id === 'engines')?.children ?? [];
  return found.map(({ id, state, restarts }) => ({ id, state, restarts: restarts ?? 0 }));
}

function count(node: TreeNode, ids: RegExp): number {
  return node.children.reduce((n, child) => n + count(child, ids), ids.test(node.id) ? 1 : 0);
}

function sum(node: TreeNode, figure: string): number {
  const own = node.figures?.[figure];
  return node.children.reduce(
    (total, child) => total + sum(child, figure),
    typeof own === 'number' ? own : 0,
  );
}

function listProjects(projects: Projects) {
  const list = [...projects.all()].map(({ name, engine, state }) => ({
    project: name,
    engine,
    state,
  }));
  return { count: list.length, projects: list };
}

function listJobs(jobs: JobQueue) {
  const list = jobs.list();
  return { count: list.length, jobs: list };
}

function discover({ method, full = false }: Params<typeof discoverSpec>) {
  if (method === undefined) return full ? openRpcDocument(VERSION) : openRpcList(VERSION);
  const entry = findMethod(method);
  if (entry !== undefined) return openRpcDocument(VERSION, [entry.spec]);
  throw paramProblem('.method', `there is no method ${cut(method)}${nearMethod(method)}`);
}

function cancelJob(jobs: JobQueue, { job }: Params<typeof cancelJobSpec>) {
  const error = new GoxError('GOX_CANCELLED', `Job ${job} was cancelled by a request.`);
  return { success: true, job, cancelled: jobs.cancel(job, error) };
}

/** YYYY-MM-DD HH:MM:SS, local time, as the v14 daemon writes it. */
function localTime(now: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const date = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join('-');
  return `${date} ${[now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join(':')}`;
}
