/**
 * The table of commands. Parsing, help texts and the types of the parsed options are all made from
 * it. To add a command: an entry here, and its body in `main.ts`.
 */

export interface OptionSpec {
  /** `string` takes a value, `boolean` does not. */
  readonly type: 'string' | 'boolean';
  /** The value's name in help texts. */
  readonly value?: string;
  readonly summary: string;
  /** Given several times, all values count. */
  readonly multiple?: true;
  /** The configuration key that the value sets. */
  readonly key?: string;
}

export interface CommandSpec {
  readonly summary: string;
  /** Names of the positional arguments; one in brackets may be left out. */
  readonly positionals: readonly string[];
  readonly options: Readonly<Record<string, OptionSpec>>;
  readonly examples: readonly string[];
}

const config = {
  config: {
    type: 'string',
    value: 'FILE',
    summary: 'configuration file (YAML)',
  },
  set: {
    type: 'string',
    value: 'KEY=VALUE',
    summary: 'set any key of the configuration; may be repeated',
    multiple: true,
  },
  socket: {
    type: 'string',
    value: 'PATH',
    summary: "the daemon's Unix socket",
    key: 'sockets.unix.path',
  },
} as const satisfies Record<string, OptionSpec>;

export const COMMANDS = {
  run: {
    summary: 'Run the daemon in the foreground until it is told to stop (SIGTERM, SIGINT).',
    positionals: [],
    options: {
      ...config,
      workers: {
        type: 'string',
        value: 'N',
        summary: 'number of engines, each in a thread',
        key: 'workers.count',
      },
      'log-level': {
        type: 'string',
        value: 'LEVEL',
        summary: 'the least serious log lines to write',
        key: 'logging.level',
      },
    },
    examples: [
      'goxel-supervisor run',
      'goxel-supervisor run --socket /run/goxel/goxel.sock --workers 4',
      'goxel-supervisor run --config daemon.yaml --set limits.connections_max=64',
    ],
  },
  call: {
    summary: 'Send one request to a running daemon and print its result as JSON.',
    positionals: ['METHOD', '[PARAMS]'],
    options: config,
    examples: [
      'goxel-supervisor call list_methods',
      'goxel-supervisor call goxel.load_project \'{"path":"house.gox"}\'',
      "goxel-supervisor call goxel.add_voxel '[1,2,3,255,0,0,255]'",
    ],
  },
  tree: {
    summary: 'Print the tree of actors of a running daemon, with the state of each.',
    positionals: [],
    options: {
      ...config,
      json: { type: 'boolean', summary: 'print it as JSON' },
    },
    examples: ['goxel-supervisor tree', 'goxel-supervisor tree --json'],
  },
  convert: {
    summary: 'Convert a model from one file format into another; needs no running daemon.',
    positionals: ['IN', 'OUT'],
    options: {},
    examples: ['goxel-supervisor convert house.gox house.vox'],
  },
} as const satisfies Record<string, CommandSpec>;

export type CommandName = keyof typeof COMMANDS;
