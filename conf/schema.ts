/**
 * The whole configuration: every key with its default, its bounds and the reason for both. Types,
 * checks, the shipped `daemon.yaml` and the error messages all come from here, and no default
 * stands anywhere else.
 *
 * Durations end in `_ms`, sizes in `_bytes`, ceilings in `_max`. A `title` says which values a
 * setting takes, where the other keywords do not. Text with `path: true`, a keyword of ours, may
 * begin with `~` (the home directory) or `$TMPDIR` (the system's directory for temporary files) and
 * is made absolute against the working directory by `load.ts`.
 */

import { type Static, type TProperties, Type } from 'typebox';

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
const HOUR_MS = 3_600_000;

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** Keys that belong together. */
function section<P extends TProperties>(description: string, properties: P) {
  return Type.Object(properties, { description });
}

const unix = section('The Unix socket, where requests come in.', {
  path: Type.String({
    default: '/tmp/goxel.sock',
    minLength: 1,
    title: 'a text that is not empty',
    path: true,
    description:
      'Path of the Unix socket, at most 107 bytes, which is what the kernel takes. The default' +
      ' is where the clients of the v14 daemon look for it.',
  }),
  permissions: Type.String({
    default: '0600',
    pattern: '^(0o?)?[0-7]{3}$',
    title: 'three octal digits such as 0600',
    description:
      'Who may connect, as the octal mode of the socket file. Files can be read and written' +
      " through the socket with the daemon's rights, so by default only its own user may: the" +
      ' v14 design had 0666, which lets every local user in.',
  }),
  backlog: Type.Integer({
    default: 128,
    minimum: 1,
    maximum: 65_535,
    description:
      'Connections that may wait to be accepted; the kernel caps it at net.core.somaxconn.',
  }),
});

/** How often something is started again, and after which waits. */
function restarts(
  description: string,
  defaults: { attempts: number; window_ms: number; delay_ms: number },
  of: { restart_on_failure: string; attempts: string; window: string; delay: string },
) {
  return section(description, {
    restart_on_failure: Type.Boolean({ default: true, description: of.restart_on_failure }),
    max_restart_attempts: Type.Integer({
      default: defaults.attempts,
      minimum: 0,
      maximum: 1000,
      description: of.attempts,
    }),
    window_ms: Type.Integer({
      default: defaults.window_ms,
      minimum: 1000,
      maximum: HOUR_MS,
      description: of.window,
    }),
    restart_delay_ms: Type.Integer({
      default: defaults.delay_ms,
      minimum: 0,
      maximum: HOUR_MS,
      description: of.delay,
    }),
    backoff_factor: Type.Number({
      default: 2,
      minimum: 1,
      maximum: 10,
      description: 'By what each further wait is longer than the one before.',
    }),
    restart_delay_ms_max: Type.Integer({
      default: 30_000,
      minimum: 0,
      maximum: HOUR_MS,
      description: 'The longest wait before a restart; at least restart_delay_ms.',
    }),
    jitter: Type.Number({
      default: 0.2,
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
  {
    restart_on_failure: 'Whether a thread that died is started again; if not, its engine failed.',
    attempts: 'Restarts within window_ms after which the engine failed.',
    window:
      'The time over which restarts are counted. Long enough to catch a crash loop, short' +
      ' enough that accidents an hour apart do not add up.',
    delay:
      'Wait before the first restart. Clients wait for as long, so it is short; the v14 design' +
      ' waited 5000 each time. backoff_factor makes the later waits longer.',
  },
);

const supervisor = section('The supervisors above the engines and all other parts.', {
  restart: restarts(
    'What happens when a part of the daemon failed: an engine that used up its restarts, say.',
    { attempts: 3, window_ms: 600_000, delay_ms: 1000 },
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
        ' engine are refused at once.',
    },
  ),
});

const workers = section('The engines.', {
  count: Type.Integer({
    default: 2,
    minimum: 1,
    maximum: 64,
    description:
      'Engines, each in a worker thread, among which projects are divided. Each takes about 9' +
      ' MB when idle. Two, so that one project goes on while another is busy or its engine' +
      ' restarts; more help only when that many projects are busy at once, one a processor core.',
  }),
  jobs: Type.Integer({
    default: 2,
    minimum: 1,
    maximum: 64,
    description:
      'Threads that render and export, beside the engines, on snapshots of projects, and one more' +
      ' for saves, loads and reads alone, which would otherwise wait for pictures. They start' +
      ' with the first job. One a processor core: the parts of a picture are shared among them.',
  }),
  restart,
});

const limits = section('Ceilings. What exceeds one gets an error that names the key.', {
  connections_max: Type.Integer({
    default: 10,
    minimum: 1,
    maximum: 1024,
    description: 'Connections open at a time; further ones are told so and closed.',
  }),
  idle_yield_ms: Type.Integer({
    default: 60_000,
    minimum: 0,
    maximum: 24 * HOUR_MS,
    description:
      'When all places are taken, a connection that asked for nothing for so long gives way to' +
      ' a new one.',
  }),
  frame_bytes_max: Type.Integer({
    default: 16 * MIB,
    minimum: KIB,
    maximum: 256 * MIB,
    description:
      'Bytes of one request, or one batch. It bounds what a connection can make the daemon' +
      ' hold; 16 MiB is some 300 000 voxels in JSON, the largest edit seen in the field, with' +
      ' room to spare.',
  }),
  header_bytes_max: Type.Integer({
    default: 4 * KIB,
    minimum: 64,
    maximum: 64 * KIB,
    description:
      'Bytes of the header of one request, where Content-Length framing is spoken; ten times' +
      ' what any client sends.',
  }),
  depth_max: Type.Integer({
    default: 64,
    minimum: 4,
    maximum: 512,
    description: 'Nesting of arrays and objects in a request; parsing recurses so deep.',
  }),
  batch_length_max: Type.Integer({
    default: 1000,
    minimum: 1,
    maximum: 100_000,
    description:
      'Requests in one JSON-RPC batch; its replies are held until the last of them is there.',
  }),
  requests_in_flight_max: Type.Integer({
    default: 1024,
    minimum: 1,
    maximum: 65_536,
    description:
      'Requests of one connection that wait for their reply; clients of today send up to 1000' +
      ' before they read one.',
  }),
  request_timeout_ms: Type.Integer({
    default: 30_000,
    minimum: 10,
    maximum: HOUR_MS,
    description:
      'Time for one request, from when it is begun; then it is stopped, nothing is changed, and' +
      ' it is answered with an error. As long may it wait before. Only an engine that does not' +
      ' stop within as long again (at least 5 s) is started anew, and loses its projects.',
  }),
  job_timeout_ms: Type.Integer({
    default: 600_000,
    minimum: 10,
    maximum: 24 * HOUR_MS,
    description: 'Time for one job (a render, an export), waiting included; then it is cancelled.',
  }),
  jobs_max: Type.Integer({
    default: 64,
    minimum: 1,
    maximum: 4096,
    description:
      'Jobs that wait or run at a time. Each keeps the voxels of its project as they were when' +
      ' it was asked for.',
  }),
  job_bytes_max: Type.Integer({
    default: 512 * MIB,
    minimum: MIB,
    maximum: 64 * GIB,
    description:
      'Bytes that one job may hold beside the voxels it works on: the mesh of a picture, a count' +
      ' of colours. As many as the voxels of the largest project, since no work needs to take' +
      ' more than what it is about; jobs may take this at the same time, one in each thread.',
  }),
  script_timeout_ms: Type.Integer({
    default: 10_000,
    minimum: 10,
    maximum: HOUR_MS,
    description:
      'Time for one script; then it is stopped and nothing is changed. Other requests of the' +
      ' engine wait as long. Of no use beyond request_timeout_ms, which stops it as well.',
  }),
  script_memory_bytes_max: Type.Integer({
    default: 64 * MIB,
    minimum: 16 * MIB,
    maximum: GIB,
    description: 'Memory of one script, its sandbox included, beside the voxels it makes.',
  }),
  partial_frame_timeout_ms: Type.Integer({
    default: 10_000,
    minimum: 10,
    maximum: HOUR_MS,
    description: 'Time for a request that has begun to arrive to be complete.',
  }),
  shutdown_timeout_ms: Type.Integer({
    default: 8000,
    minimum: 10,
    maximum: HOUR_MS,
    description:
      'Time that the daemon takes to stop, at the most. When half of it is over, what is under' +
      ' way is given up and answered so. Containers are killed after 10 s, as a rule.',
  }),
  output_bytes_max: Type.Integer({
    default: MIB,
    minimum: KIB,
    maximum: GIB,
    description:
      'Bytes of replies that wait for a slow reader; beyond it nothing more is read from that' +
      ' connection until it catches up.',
  }),
  held_bytes_max: Type.Integer({
    default: GIB,
    minimum: MIB,
    maximum: 64 * GIB,
    description:
      'Bytes of requests and replies that wait for all connections together. Beyond it nothing' +
      ' more is read from a connection that has some, and large results give way to errors.',
  }),
  result_bytes_max: Type.Integer({
    default: 64 * MIB,
    minimum: KIB,
    maximum: 256 * MIB,
    description:
      'Bytes of one encoded result, and of those of one JSON-RPC batch together. A string of the' +
      ' JavaScript engine ends at 512 MiB.',
  }),
  voxel_bytes_max: Type.Integer({
    default: GIB,
    minimum: MIB,
    maximum: 64 * GIB,
    description:
      'Bytes of voxels that one engine holds for all its projects. Nothing else bounds them: the' +
      ' memory limits of a worker thread do not count buffers.',
  }),
  project_voxel_bytes_max: Type.Integer({
    default: 512 * MIB,
    minimum: MIB,
    maximum: 64 * GIB,
    description:
      'Bytes of voxels that one project holds, its selection among them, so that one project' +
      ' cannot take all that its engine has.',
  }),
  file_bytes_max: Type.Integer({
    default: 256 * MIB,
    minimum: KIB,
    maximum: 2 * GIB - 1,
    description: 'Bytes of a file to be loaded, since it is read as a whole.',
  }),
  projects_max: Type.Integer({
    default: 256,
    minimum: 1,
    maximum: 65_536,
    description: 'Projects open at a time, in all engines together.',
  }),
});

const files = section('Files named in requests.', {
  roots: Type.Array(Type.String({ minLength: 1 }), {
    default: ['.', '~', '/tmp', '$TMPDIR'],
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

const logging = section('The log.', {
  level: Type.Enum(LEVELS, {
    default: 'info',
    title: `one of ${LEVELS.join(', ')}`,
    description: 'The least serious lines that are written.',
  }),
  file: Type.String({
    default: '',
    title: 'a text',
    path: true,
    description:
      'File to which log lines (JSON, one a line) are appended; empty for standard output,' +
      ' where a service manager picks them up and rotates them. SIGHUP opens it again. One that' +
      ' cannot be opened at the start is an error; one that cannot be written later is not.',
  }),
});

const dump = section('Dumps for diagnosis.', {
  directory: Type.String({
    default: '$TMPDIR',
    minLength: 1,
    title: 'a text that is not empty',
    path: true,
    description: 'Where SIGUSR1 and SIGQUIT write the tree of actors.',
  }),
});

export const CONFIG_SCHEMA = Type.Object({
  sockets: section('Where the daemon listens.', { unix }),
  workers,
  supervisor,
  limits,
  files,
  logging,
  dump,
});

type DeepReadonly<T> = { readonly [K in keyof T]: DeepReadonly<T[K]> };

/** A whole configuration; `loadConfig` makes one. */
export type Config = DeepReadonly<Static<typeof CONFIG_SCHEMA>>;

/**
 * Bytes of a socket's path that the kernel takes: `sun_path` of Linux holds 108 with the closing
 * NUL, of macOS 104. Node would cut a longer path off and listen elsewhere.
 */
export const SOCKET_PATH_BYTES_MAX = process.platform === 'linux' ? 107 : 103;

/** The mode bits of `sockets.unix.permissions`: '0600', '0o600' and '600' are all 0o600. */
export function permissionBits(permissions: string): number {
  return Number.parseInt(permissions.replace(/^0o?/, ''), 8);
}
