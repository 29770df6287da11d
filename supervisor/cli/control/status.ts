/** `goxel-supervisor status`: whether a daemon runs, and the most important things about it. */

import type { Config } from '../../../conf/schema.ts';
import type { Client } from '../../../transport/client.ts';
import type { TreeNode } from '../../tree.ts';
import type { CommandLine } from '../args.ts';
import { columns } from '../columns.ts';
import { configOf, withDaemon } from '../connection.ts';
import { type CliError, EXIT, type ExitCode } from '../exit-codes.ts';
import { writeData } from '../output.ts';
import { asCliError, isStopping } from './answers.ts';
import { listenerOf, readPidFile } from './daemon-process.ts';

type Line = Extract<CommandLine, { command: 'status' }>;

/** No engine is asked, so a daemon that takes longer is not well. */
const TIMEOUT_MS = 10_000;

/** What is asked, all at once: the daemon answers in the order of its own. */
const METHODS = ['status', 'version', 'health_check', 'goxel.list_projects', 'supervisor.tree'];

/** What `--json` prints of a daemon that runs. */
export interface Portrait {
  readonly running: true;
  readonly version: string;
  readonly pid: number;
  /** running, or what it is on its way to. */
  readonly state: string;
  readonly uptime_seconds: number;
  readonly health: { readonly state: string; readonly since: string; readonly reasons: string[] };
  readonly sockets: readonly { readonly id: string; readonly state: string; address: string }[];
  readonly engines: readonly { readonly id: string; readonly state: string; restarts: number }[];
  readonly projects: { readonly count: number; readonly unsaved: number; readonly lost: number };
  readonly connections: number;
  readonly requests: number;
  readonly memory_bytes: number;
  readonly voxel_bytes: number;
  readonly voxel_bytes_max: number;
  readonly history_bytes: number;
  readonly log: LogPortrait;
}

interface LogPortrait {
  readonly level: string;
  readonly sinks: readonly { readonly to: string; readonly lost: number }[];
}

export async function status(line: Line): Promise<ExitCode> {
  const { json = false } = line.options;
  const config = await configOf(line);
  try {
    const portrait = await withDaemon(config, ask, line.options);
    await writeData(json ? text(portrait) : portraitText(portrait));
    return EXIT.OK;
  } catch (error) {
    const failure = withProcess(config, error);
    if (!json || failure.exit_code === EXIT.SOFTWARE) throw failure;
    const { message, exit_code } = failure;
    await writeData(text({ running: false, reason: message, exit_code }));
    return exit_code;
  }
}

function text(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

async function ask(client: Client): Promise<Portrait | Stopping> {
  const answers = await client.batch(
    METHODS.map((method) => ({ method })),
    { timeout_ms: TIMEOUT_MS },
  );
  const results: unknown[] = [];
  for (const answer of answers) {
    if (answer.ok) results.push(answer.result);
    else if (isStopping(answer.error)) return { running: true, state: 'stopping' };
    else throw answer.error;
  }
  // The daemon made them by the catalogue.
  return portraitOf(...(results as unknown as Parameters<typeof portraitOf>));
}

/** One that stops tells no more than that. */
interface Stopping {
  readonly running: true;
  readonly state: 'stopping';
}

function portraitOf(
  status: {
    readonly status: string;
    readonly pid: number;
    readonly uptime_seconds: number;
    readonly connections: number;
    readonly requests: number;
    readonly memory: { readonly rss: number };
    readonly memory_allocated: number;
    readonly memory_allowed: number;
    readonly history_bytes: number;
    readonly engines: Portrait['engines'];
    readonly log: LogPortrait;
  },
  { version }: { readonly version: string },
  health: {
    readonly state: string;
    readonly since: string;
    readonly reasons: readonly { readonly what: string; readonly reason: string }[];
  },
  list: { readonly projects: readonly { readonly state: string; readonly unsaved: boolean }[] },
  tree: TreeNode,
): Portrait {
  const { projects } = list;
  return {
    running: true,
    version,
    pid: status.pid,
    state: status.status,
    uptime_seconds: status.uptime_seconds,
    health: {
      state: health.state,
      since: health.since,
      reasons: health.reasons.map(({ what, reason }) => `${what}: ${reason}`),
    },
    sockets: socketsOf(tree),
    engines: status.engines,
    projects: {
      count: projects.length,
      unsaved: projects.filter(({ unsaved }) => unsaved).length,
      lost: projects.filter(({ state }) => state === 'lost').length,
    },
    connections: status.connections,
    requests: status.requests,
    memory_bytes: status.memory.rss,
    voxel_bytes: status.memory_allocated,
    voxel_bytes_max: status.memory_allowed,
    history_bytes: status.history_bytes,
    log: status.log,
  };
}

/** The listeners of the tree, with the addresses that the holder of the sockets tells. */
function socketsOf({ children }: TreeNode): Portrait['sockets'] {
  const below = (id: string) => children.find((node) => node.id === id)?.children ?? [];
  const addresses = below('sockets').find(({ id }) => id === 'holder')?.figures ?? {};
  return below('listeners').flatMap(({ id, state }) => {
    const kind = id.replace(/^listener:/, '');
    const address = addresses[kind];
    return address === undefined ? [] : [{ id: kind, state, address: String(address) }];
  });
}

/** A few lines, the most important first. */
export function portraitText(portrait: Portrait | Stopping): string {
  if (!('pid' in portrait)) return 'stopping: it takes no more requests\n';
  const { health, projects, engines } = portrait;
  const ready = engines.filter(({ state }) => state === 'ready').length;
  const restarts = engines.reduce((sum, engine) => sum + engine.restarts, 0);
  const sockets = portrait.sockets.map(({ id, state, address }): [string, string] => [
    'socket',
    `${id} ${address} ${state}`,
  ]);
  const rows: [string, string][] = [
    ['process', `${portrait.pid}, up ${duration(portrait.uptime_seconds)}`],
    ['health', `${health.state} since ${health.since}`],
    ...health.reasons.map((reason): [string, string] => ['', reason]),
    ...sockets,
    ['engines', `${engines.length}, ${ready} ready${restarts > 0 ? `, ${restarts} restarts` : ''}`],
    ['projects', counts(projects)],
    ['clients', `${portrait.connections} connected, ${portrait.requests} requests so far`],
    ...portrait.log.sinks.map(({ to, lost }): [string, string] => [
      'log',
      `${portrait.log.level} to ${to}${lost > 0 ? `, ${lost} lines lost` : ''}`,
    ]),
    ['memory', `${mib(portrait.memory_bytes)} MiB`],
    ['voxels', `${mib(portrait.voxel_bytes)} MiB of ${mib(portrait.voxel_bytes_max)} MiB`],
    ['history', `${mib(portrait.history_bytes)} MiB`],
  ];
  const title = `goxel-supervisor ${portrait.version}: ${portrait.state}`;
  return `${[title, ...columns(rows)].join('\n')}\n`;
}

function counts({ count, unsaved, lost }: Portrait['projects']): string {
  const parts = [`${count} open`];
  if (unsaved > 0) parts.push(`${unsaved} not saved`);
  if (lost > 0) parts.push(`${lost} lost`);
  return parts.join(', ');
}

function mib(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}

function duration(seconds: number): string {
  const [days, hours, minutes] = [seconds / 86_400, (seconds / 3600) % 24, (seconds / 60) % 60];
  if (days >= 1) return `${Math.floor(days)} d ${Math.floor(hours)} h`;
  if (hours >= 1) return `${Math.floor(hours)} h ${Math.floor(minutes)} min`;
  if (minutes >= 1) return `${Math.floor(minutes)} min ${Math.floor(seconds % 60)} s`;
  return `${seconds.toFixed(1)} s`;
}

/** A process that lives while its socket does not answer is worth to be told of. */
function withProcess({ pid_file, sockets }: Config, error: unknown): CliError {
  const file = pid_file === '' ? undefined : readPidFile(pid_file);
  if (file?.kind === 'held') {
    return asCliError(
      error,
      `process ${file.process.pid} lives and holds ${pid_file}; see its log`,
    );
  }
  const listener = listenerOf(sockets.unix.path);
  if (listener === undefined) return asCliError(error);
  return asCliError(error, `process ${listener.pid} has the socket; see its log`);
}
