/**
 * The options of goxel-daemon, the daemon in C, and what they are here. Its command line has no
 * command: options alone start it.
 */

import type { OptionSpec } from '../command-spec.ts';
import { COMMANDS } from '../commands.ts';

export interface OriginalOption extends OptionSpec {
  /** Its letter. */
  readonly short?: string;
  /** Of a number: what goxel-daemon takes. */
  readonly bounds?: readonly [number, number];
  /** The words that it takes. */
  readonly words?: readonly string[];
  /** Why it does nothing here. */
  readonly void?: string;
}

const flag = (summary: string, short?: string): OriginalOption => ({
  ...{ type: 'boolean', summary },
  ...(short === undefined ? {} : { short }),
});

/** Those that goxel-daemon has. */
export const ORIGINAL_OPTIONS: Readonly<Record<string, OriginalOption>> = {
  help: flag('print this help', 'h'),
  version: flag('print the version', 'v'),
  verbose: { ...flag('write debug lines to the log', 'V') },
  daemonize: flag('run in the background, and return when it is ready or has failed', 'D'),
  foreground: flag('stay in the foreground, as without an option', 'f'),
  daemon: flag('the same'),
  headless: flag('with --daemon as for v14.6: the daemon is a child of this process', 'H'),
  'pid-file': {
    ...{ type: 'string', value: 'PATH', short: 'p', key: 'pid_file' },
    summary: 'PID file; in the background /tmp/goxel-daemon.pid without it',
  },
  socket: {
    ...{ type: 'string', value: 'PATH', short: 's', key: 'sockets.unix.path' },
    summary: 'Unix socket',
  },
  config: {
    ...{ type: 'string', value: 'FILE', short: 'c' },
    summary: 'configuration file, ours or one of goxel-daemon',
  },
  'log-file': {
    ...{ type: 'string', value: 'PATH', short: 'l', key: 'logging.file' },
    summary: 'log file; in the foreground standard output without it',
  },
  'working-dir': {
    ...{ type: 'string', value: 'DIR', short: 'w', key: 'working_directory' },
    summary: 'working directory',
  },
  user: {
    ...{ type: 'string', value: 'USER', short: 'u', key: 'user' },
    summary: 'user to run as',
  },
  group: {
    ...{ type: 'string', value: 'GROUP', short: 'g', key: 'group' },
    summary: 'group to run as',
  },
  workers: {
    ...{ type: 'string', value: 'N', short: 'j', key: 'workers.count', bounds: [1, 64] },
    summary: 'number of engines',
  },
  'queue-size': {
    ...{ type: 'string', value: 'N', short: 'q', key: 'workers.queue_size', bounds: [1, 65_536] },
    summary: 'requests that may wait',
  },
  'max-connections': {
    ...{ type: 'string', value: 'N', short: 'm', key: 'performance.max_connections' },
    bounds: [1, 65_536],
    summary: 'connections at a time',
  },
  protocol: {
    ...{ type: 'string', value: 'PROTO', short: 'P', words: ['auto', 'jsonrpc', 'mcp'] },
    summary: 'does nothing',
    void: 'JSON-RPC and MCP are told apart for each message',
  },
  'priority-queue': {
    ...flag('does nothing'),
    void: 'the queue is shared fairly among the clients',
  },
  'render-dir': {
    ...{ type: 'string', value: 'DIR', key: 'renders.directory' },
    summary: 'where renders are kept that name no file',
  },
  status: flag('say whether a daemon runs: exit code 0, or 1 when none does'),
  stop: flag('stop it, and wait until it is gone: 0, or 1 when none runs'),
  reload: flag('have it read its configuration again: 0, or 1 when none runs'),
  'test-lifecycle': flag('start a daemon in a place of its own, and see that it lives and ends'),
  'test-signals': flag('the same, with signals that must leave it running'),
  'test-concurrent': flag('refused: it tests nothing there either'),
};

/** Those of `run`, which may stand beside them. */
export const OUR_OPTIONS: Readonly<Record<string, OriginalOption>> = Object.fromEntries(
  Object.entries(COMMANDS.run.options).filter(([name]) => !Object.hasOwn(ORIGINAL_OPTIONS, name)),
);
