/**
 * The whole configuration: every key with its default, its bounds and the reason for both. Types,
 * checks, the shipped `daemon.yaml` and the error messages all come from here, and no default
 * stands anywhere else.
 *
 * Durations end in `_ms`, sizes in `_bytes`, ceilings in `_max`. Text with `path: true` may begin
 * with `~` (the home directory) or `$TMPDIR` (the system's directory for temporary files) and is
 * made absolute against the working directory by `load.ts`.
 *
 * It is written in JSON Schema's words, as constants: a schema library would give the same types,
 * but loading one costs every start more than 0.1 s.
 */

export interface SchemaNode {
  readonly type: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly description?: string;
  readonly default?: string | number | boolean | readonly string[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  /** Ours: the text is a path, or the texts are. */
  readonly path?: true;
  /** Ours: what `pattern` means, in words for an error message. */
  readonly expected?: string;
}

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
const HOUR_MS = 3_600_000;

const unix = {
  type: 'object',
  description: 'The Unix socket, where requests come in.',
  properties: {
    path: {
      type: 'string',
      default: '/tmp/goxel.sock',
      minLength: 1,
      path: true,
      description:
        'Path of the Unix socket, at most 107 bytes, which is what the kernel takes. The default' +
        ' is where the clients of the v14 daemon look for it.',
    },
    permissions: {
      type: 'string',
      default: '0600',
      pattern: '^(0o?)?[0-7]{3}$',
      expected: 'three octal digits such as 0600',
      description:
        'Who may connect, as the octal mode of the socket file. Files can be read and written' +
        " through the socket with the daemon's rights, so by default only its own user may: the" +
        ' v14 design had 0666, which lets every local user in.',
    },
    backlog: {
      type: 'integer',
      default: 128,
      minimum: 1,
      maximum: 65_535,
      description:
        'Connections that may wait to be accepted; the kernel caps it at net.core.somaxconn.',
    },
  },
} as const satisfies SchemaNode;

const restart = {
  type: 'object',
  description: 'What happens when an engine dies.',
  properties: {
    restart_on_failure: {
      type: 'boolean',
      default: true,
      description: 'Whether an engine that died is started again; if not, it stays failed.',
    },
    max_restart_attempts: {
      type: 'integer',
      default: 3,
      minimum: 1,
      maximum: 1000,
      description: 'Restarts within window_ms after which the engine is given up.',
    },
    window_ms: {
      type: 'integer',
      default: 60_000,
      minimum: 1000,
      maximum: HOUR_MS,
      description:
        'The time over which restarts are counted. Long enough to catch a crash loop, short' +
        ' enough that accidents an hour apart do not add up.',
    },
    restart_delay_ms: {
      type: 'integer',
      default: 200,
      minimum: 0,
      maximum: HOUR_MS,
      description:
        'Wait before the first restart. Clients wait for as long, so it is short; the v14 design' +
        ' waited 5000 each time. backoff_factor makes the later waits longer.',
    },
    backoff_factor: {
      type: 'number',
      default: 2,
      minimum: 1,
      maximum: 10,
      description: 'By what each further wait is longer than the one before.',
    },
    restart_delay_ms_max: {
      type: 'integer',
      default: 30_000,
      minimum: 0,
      maximum: HOUR_MS,
      description: 'The longest wait before a restart; at least restart_delay_ms.',
    },
    jitter: {
      type: 'number',
      default: 0.2,
      minimum: 0,
      maximum: 1,
      description:
        'Random share added to each wait (0.2 is up to 20 %), so that engines that died together' +
        ' do not all start at the same moment.',
    },
  },
} as const satisfies SchemaNode;

const workers = {
  type: 'object',
  description: 'The engines.',
  properties: {
    count: {
      type: 'integer',
      default: 2,
      minimum: 1,
      maximum: 64,
      description:
        'Engines, each in a worker thread, among which projects are divided. Each takes about 9' +
        ' MB when idle. Two, so that one project goes on while another is busy or its engine' +
        ' restarts; more help only when that many projects are busy at once, one a processor core.',
    },
    restart,
  },
} as const satisfies SchemaNode;

const limits = {
  type: 'object',
  description: 'Ceilings. What exceeds one gets an error that names the key.',
  properties: {
    connections_max: {
      type: 'integer',
      default: 10,
      minimum: 1,
      maximum: 1024,
      description: 'Connections open at a time; further ones are told so and closed.',
    },
    frame_bytes_max: {
      type: 'integer',
      default: 16 * MIB,
      minimum: KIB,
      maximum: 256 * MIB,
      description:
        'Bytes of one request, or one batch. It bounds what a connection can make the daemon' +
        ' hold; 16 MiB is a few hundred thousand voxels in JSON.',
    },
    header_bytes_max: {
      type: 'integer',
      default: 4 * KIB,
      minimum: 64,
      maximum: 64 * KIB,
      description: 'Bytes of the header of one request, where Content-Length framing is spoken.',
    },
    depth_max: {
      type: 'integer',
      default: 64,
      minimum: 4,
      maximum: 512,
      description: 'Nesting of arrays and objects in a request; parsing recurses so deep.',
    },
    batch_length_max: {
      type: 'integer',
      default: 1000,
      minimum: 1,
      maximum: 100_000,
      description: 'Requests in one JSON-RPC batch.',
    },
    requests_in_flight_max: {
      type: 'integer',
      default: 1024,
      minimum: 1,
      maximum: 65_536,
      description:
        'Requests of one connection that wait for their reply; clients of today send up to 1000' +
        ' before they read one.',
    },
    request_timeout_ms: {
      type: 'integer',
      default: 30_000,
      minimum: 10,
      maximum: HOUR_MS,
      description: 'Time for one request; then it is answered with an error.',
    },
    partial_frame_timeout_ms: {
      type: 'integer',
      default: 10_000,
      minimum: 10,
      maximum: HOUR_MS,
      description: 'Time for a request that has begun to arrive to be complete.',
    },
    shutdown_timeout_ms: {
      type: 'integer',
      default: 10_000,
      minimum: 10,
      maximum: HOUR_MS,
      description:
        'Time for the requests in flight to end when the daemon stops. A service manager should' +
        ' wait longer than this before it kills.',
    },
    output_bytes_max: {
      type: 'integer',
      default: MIB,
      minimum: KIB,
      maximum: GIB,
      description:
        'Bytes of replies that wait for a slow reader; beyond it nothing more is read from that' +
        ' connection until it catches up.',
    },
    result_bytes_max: {
      type: 'integer',
      default: 64 * MIB,
      minimum: KIB,
      maximum: 256 * MIB,
      description:
        'Bytes of one encoded result. A string of the JavaScript engine ends at 512 MiB.',
    },
    voxel_bytes_max: {
      type: 'integer',
      default: GIB,
      minimum: MIB,
      maximum: 64 * GIB,
      description:
        'Bytes of voxels that one engine holds for all its projects and their undo history.' +
        ' Nothing else bounds them: the memory limits of a worker thread do not count buffers.',
    },
    file_bytes_max: {
      type: 'integer',
      default: 256 * MIB,
      minimum: KIB,
      maximum: 2 * GIB - 1,
      description: 'Bytes of a file to be loaded, since it is read as a whole.',
    },
    projects_max: {
      type: 'integer',
      default: 256,
      minimum: 1,
      maximum: 65_536,
      description: 'Projects open at a time, in all engines together.',
    },
  },
} as const satisfies SchemaNode;

const files = {
  type: 'object',
  description: 'Files named in requests.',
  properties: {
    roots: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      default: ['.', '~', '/tmp', '$TMPDIR'],
      minItems: 1,
      maxItems: 64,
      path: true,
      description:
        'Directories below which requests may read and write files. "." is the working directory' +
        ' at the start; a service that starts in / should name its directories here instead.',
    },
  },
} as const satisfies SchemaNode;

const logging = {
  type: 'object',
  description: 'The log.',
  properties: {
    level: {
      type: 'string',
      enum: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
      default: 'info',
      description: 'The least serious lines that are written.',
    },
    file: {
      type: 'string',
      default: '',
      path: true,
      description:
        'File to which log lines (JSON, one a line) are appended; empty for standard output,' +
        ' where a service manager picks them up and rotates them.',
    },
  },
} as const satisfies SchemaNode;

const dump = {
  type: 'object',
  description: 'Dumps for diagnosis.',
  properties: {
    directory: {
      type: 'string',
      default: '$TMPDIR',
      minLength: 1,
      path: true,
      description: 'Where SIGUSR1 writes the tree of actors.',
    },
  },
} as const satisfies SchemaNode;

export const CONFIG_SCHEMA = {
  type: 'object',
  properties: {
    sockets: { type: 'object', description: 'Where the daemon listens.', properties: { unix } },
    workers,
    limits,
    files,
    logging,
    dump,
  },
} as const satisfies SchemaNode;

/** The type of a node's values. */
type Static<Node> = Node extends { properties: infer Properties }
  ? { readonly [Key in keyof Properties]: Static<Properties[Key]> }
  : Node extends { enum: readonly (infer Member)[] }
    ? Member
    : Node extends { items: infer Item }
      ? readonly Static<Item>[]
      : Node extends { type: 'integer' | 'number' }
        ? number
        : Node extends { type: 'boolean' }
          ? boolean
          : string;

/** A whole configuration; `loadConfig` makes one. */
export type Config = Static<typeof CONFIG_SCHEMA>;

/** The mode bits of `sockets.unix.permissions`: '0600', '0o600' and '600' are all 0o600. */
export function permissionBits(permissions: string): number {
  return Number.parseInt(permissions.replace(/^0o?/, ''), 8);
}
