/**
 * The whole configuration: every key with its default, its bounds and the reason for both. Types,
 * checks, the shipped `daemon.yaml` and the error messages all come from here, and no default
 * stands anywhere else.
 *
 * Durations end in `_ms`, sizes in `_bytes`, ceilings in `_max`. A `title` says which values a
 * setting takes, where the other keywords do not. Four keywords are ours. Text with `path: true`
 * may begin as `paths.ts` says, and is made absolute by `load.ts`. A number with a `floor` may be
 * given as a percentage of memory, and `memory.ts` makes bytes of it. `live` says of each setting
 * whether another value counts while the daemon runs, after a reload, or from its next start only.
 * `original` is the value in the configuration of the original, which the shipped file has; a
 * default of ours that differs says why.
 */

import type { Static } from 'typebox';
import { journal } from './journal.ts';
import { history, limits, performance } from './limits.ts';
import { logging } from './logging.ts';
import { http, inspector, leaks, tracing } from './observation.ts';
import { renders } from './renders.ts';
import { GIB, HOUR_MS, MIB, memoryBytes, section } from './section.ts';
import { security, sockets } from './sockets.ts';
import { transport } from './transport.ts';
import { Type } from './type.ts';

/** How often something is started again, and after which waits. */
function restarts(
  description: string,
  defaults: { attempts: number; window_ms: number; delay_ms: number },
  original: { restart_on_failure?: unknown; attempts?: unknown; delay_ms?: unknown },
  of: { restart_on_failure: string; attempts: string; window: string; delay: string },
) {
  return section(description, {
    restart_on_failure: Type.Boolean({
      default: true,
      live: true,
      original: original.restart_on_failure,
      description: of.restart_on_failure,
    }),
    max_restart_attempts: Type.Integer({
      default: defaults.attempts,
      live: true,
      original: original.attempts,
      minimum: 0,
      maximum: 1000,
      description: of.attempts,
    }),
    window_ms: Type.Integer({
      default: defaults.window_ms,
      live: true,
      minimum: 1000,
      maximum: HOUR_MS,
      description: of.window,
    }),
    restart_delay_ms: Type.Integer({
      default: defaults.delay_ms,
      live: true,
      original: original.delay_ms,
      minimum: 0,
      maximum: HOUR_MS,
      description: of.delay,
    }),
    backoff_factor: Type.Number({
      default: 2,
      live: true,
      minimum: 1,
      maximum: 10,
      description: 'By what each further wait is longer than the one before.',
    }),
    restart_delay_ms_max: Type.Integer({
      default: 30_000,
      live: true,
      minimum: 0,
      maximum: HOUR_MS,
      description: 'The longest wait before a restart; at least restart_delay_ms.',
    }),
    jitter: Type.Number({
      default: 0.2,
      live: true,
      minimum: 0,
      maximum: 1,
      description:
        'Random share added to each wait (0.2 is up to 20 %), so that what died together does' +
        ' not all start at the same moment.',
    }),
  });
}

const restart = restarts(
  'What happens when the thread of an engine dies.',
  { attempts: 3, window_ms: 60_000, delay_ms: 200 },
  { restart_on_failure: true, attempts: 3, delay_ms: 5000 },
  {
    restart_on_failure: 'Whether a thread that died is started again; if not, its engine failed.',
    attempts: 'Restarts within restart_window_ms after which the engine failed.',
    window:
      'The time over which restarts are counted. Long enough to catch a crash loop, short' +
      ' enough that accidents an hour apart do not add up.',
    delay:
      'Wait before a restart that follows another; a single one of an engine comes at once.' +
      ' Clients wait for as long, so it is short; the original waited 5000 each time.' +
      ' restart_backoff_factor makes the later waits longer.',
  },
).properties;

const supervisor = section('The supervisors above the engines and all other parts.', {
  restart: restarts(
    'What happens when a part of the daemon failed: an engine that used up its restarts, say.',
    { attempts: 3, window_ms: 600_000, delay_ms: 1000 },
    {},
    {
      restart_on_failure: 'Whether it is replaced; if not, the daemon ends with exit code 70.',
      attempts:
        'Replacements within window_ms after which the daemon ends, in order and with exit' +
        ' code 70, for a service manager to see. Until then the others go on.',
      window:
        'The time over which replacements are counted: ten times that of an engine, since each' +
        ' stands for a whole crash loop.',
      delay:
        'Wait before the first replacement. Meanwhile requests for the projects of a failed' +
        ' engine wait for its successor.',
    },
  ),
});

const workers = section('The engines.', {
  count: Type.Integer({
    default: 2,
    live: true,
    original: 4,
    minimum: 1,
    maximum: 64,
    description:
      'Engines, each in a worker thread, among which projects are divided. The thread of the' +
      ' first starts with the daemon, of each other with its first project; it takes about 28 MB' +
      ' when idle. Two, so that one project goes on while another is busy or its engine' +
      ' restarts; more help only when that many projects are busy at once, one a processor core.',
  }),
  spare: Type.Boolean({
    default: true,
    live: false,
    description:
      'Whether one more thread is started, once there is a project, that only waits: an engine' +
      ' whose thread died goes on with it within some 10 ms, and not the 100 ms that a thread' +
      ' takes to start, or more on a busy machine. It takes about 28 MB.',
  }),
  queue_size: Type.Integer({
    default: 1000,
    live: true,
    original: 1000,
    minimum: 1,
    maximum: 1_000_000,
    description:
      'Requests of all clients that wait for an engine, fairly shared among the clients that have' +
      ' some; further ones are refused at once, and told when to ask again. Clients of today send' +
      ' up to 1000 before they read; more would only make everybody wait longer. Each client may' +
      ' have queue_size / performance.max_connections waiting, though others filled the queue.',
  }),
  jobs: Type.Integer({
    default: 2,
    live: true,
    minimum: 1,
    maximum: 64,
    description:
      'Threads that render and export, beside the engines, on snapshots of projects, and one more' +
      ' for saves, loads and reads alone, which would otherwise wait for pictures. They start' +
      ' with the first job. One a processor core: the parts of a picture are shared among them.',
  }),
  heap_bytes_max: memoryBytes({
    default: '20%',
    live: false,
    minimum: 64 * MIB,
    maximum: 64 * GIB,
    floor: 512 * MIB,
    description:
      'Bytes of the JavaScript heap of each thread. Voxels are not in it: limits.voxel_bytes_max' +
      ' bounds those.',
  }),
});

const files = section('Files named in requests.', {
  roots: Type.Array(Type.String({ minLength: 1 }), {
    default: ['.', '~', '/tmp', '$TMPDIR'],
    live: false,
    minItems: 1,
    maxItems: 64,
    title: 'a list of 1 to 64 texts',
    path: true,
    description:
      'Directories below which requests may read and write files. "." is the working directory' +
      ' at the start; where there is no such place, as without a home directory, it is left out.' +
      ' A service that starts in / should name its directories here instead.',
  }),
});

const resources = section('What the process may take of the system.', {
  open_files: Type.Integer({
    default: 1024,
    live: false,
    minimum: 64,
    maximum: 1_048_576,
    description:
      'Descriptors that may be open (RLIMIT_NOFILE); more, if performance.max_connections needs' +
      ' more, up to open_files_max.',
  }),
  open_files_max: Type.Integer({
    default: 4096,
    live: false,
    minimum: 64,
    maximum: 1_048_576,
    description: 'The hard limit of the same, as far as this user may have it.',
  }),
  core_dumps: Type.Boolean({
    default: false,
    live: false,
    description: 'Whether the system may write core dumps, which hold what is in memory.',
  }),
});

const health = section('The health monitor, and what happens when the thread of an engine dies.', {
  check_interval_ms: Type.Integer({
    default: 5000,
    live: true,
    original: 5000,
    minimum: 100,
    maximum: 60_000,
    description:
      'How often the daemon looks how it is. A trouble is told at once or after three checks, and' +
      ' is over after three good ones, so this says how soon; one check takes less than a ms.',
  }),
  restart_on_failure: restart.restart_on_failure,
  max_restart_attempts: restart.max_restart_attempts,
  restart_window_ms: restart.window_ms,
  restart_delay_ms: restart.restart_delay_ms,
  restart_delay_ms_max: restart.restart_delay_ms_max,
  restart_backoff_factor: restart.backoff_factor,
  restart_jitter: restart.jitter,
  heartbeat_timeout_ms: Type.Integer({
    default: 30_000,
    live: true,
    minimum: 1000,
    maximum: HOUR_MS,
    description:
      'Time without a sign of life after which the thread of an engine or of jobs is replaced;' +
      ' its projects are made anew in another. Long loops give signs of life, but the largest' +
      ' files and results take some seconds on a busy machine without one, and a slow disk may' +
      ' take longer. Time in which the process stood still does not count.',
  }),
  event_loop_delay_ms_max: Type.Integer({
    default: 500,
    live: true,
    minimum: 10,
    maximum: 60_000,
    description:
      'Delay of the main thread, as the 99th percentile between two checks, beyond which the' +
      ' daemon is degraded; beyond four times as much it is failing. Below half a second nobody' +
      ' who waits for a picture or a save notices.',
  }),
  memory_share_max: Type.Number({
    default: 0.9,
    live: true,
    minimum: 0.1,
    maximum: 1,
    description:
      'Share of the memory of its container, or else of the machine, beyond which the daemon is' +
      ' degraded: at 1 the system ends it, and all that it had under way.',
  }),
});

const dump = section('Dumps for diagnosis.', {
  directory: Type.String({
    default: '$TMPDIR',
    live: true,
    minLength: 1,
    title: 'a text that is not empty',
    path: true,
    description: 'Where SIGUSR1 and SIGQUIT write the tree of actors.',
  }),
});

const path = (original: string, description: string) =>
  Type.String({ default: '', live: false, original, title: 'a text', path: true, description });

const account = (description: string) =>
  Type.String({
    default: '',
    live: false,
    original: 'goxel',
    title: 'a name or number',
    description,
  });

export const CONFIG_SCHEMA = Type.Object({
  pid_file: path(
    '/var/run/goxel/goxel.pid',
    'File with the number of the process, locked for its whole life, so that a second daemon on' +
      ' it does not start. Empty is none, for runs by hand: a second one is refused the socket.',
  ),
  working_directory: path(
    '/var/lib/goxel',
    'Where the daemon works: relative paths in requests start there. Empty is where it was' +
      ' started, so that who starts it by hand works on the files around.',
  ),
  user: account(
    'Name or number of the user it runs as once it has started, which must have been as root.' +
      ' Empty changes nothing: it runs as whoever starts it.',
  ),
  group: account('Name or number of its group. Empty is the group of that user.'),
  sockets,
  transport,
  security,
  workers,
  performance,
  supervisor,
  health,
  logging,
  resources,
  limits,
  history,
  journal,
  files,
  renders,
  dump,
  inspector,
  http,
  tracing,
  leaks,
});

type DeepReadonly<T> = { readonly [K in keyof T]: DeepReadonly<T[K]> };

/** A whole configuration; `loadConfig` makes one. */
export type Config = DeepReadonly<Static<typeof CONFIG_SCHEMA>>;

/**
 * How often the threads of engines and jobs are started again; what the configuration says at the
 * moment of reading it.
 */
export function workerRestarts(config: Pick<Config, 'health'>) {
  return {
    get restart_on_failure() {
      return config.health.restart_on_failure;
    },
    get max_restart_attempts() {
      return config.health.max_restart_attempts;
    },
    get window_ms() {
      return config.health.restart_window_ms;
    },
    get restart_delay_ms() {
      return config.health.restart_delay_ms;
    },
    get restart_delay_ms_max() {
      return config.health.restart_delay_ms_max;
    },
    get backoff_factor() {
      return config.health.restart_backoff_factor;
    },
    get jitter() {
      return config.health.restart_jitter;
    },
  };
}

/**
 * Bytes of a socket's path that the kernel takes: `sun_path` of Linux holds 108 with the closing
 * NUL, of macOS 104. Node would cut a longer path off and listen elsewhere.
 */
export const SOCKET_PATH_BYTES_MAX = process.platform === 'linux' ? 107 : 103;

/** The mode bits of `sockets.unix.permissions`: '0600', '0o600' and '600' are all 0o600. */
export function permissionBits(permissions: string): number {
  return Number.parseInt(permissions.replace(/^0o?/, ''), 8);
}
