/**
 * The keys of the v14.6 design's configuration file, whose root is `daemon:`. Such a file is taken
 * as it is: the keys that mean something here are translated, and for each of the others the
 * operator is told that it has no effect.
 */

/** Keys below `daemon:` that have another name here. Those with the same name are not listed. */
export const V14_RENAMED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'performance.max_connections': 'limits.connections_max',
    'performance.request_timeout_ms': 'limits.request_timeout_ms',
    'performance.shutdown_timeout_ms': 'limits.shutdown_timeout_ms',
    'health.restart_on_failure': 'workers.restart.restart_on_failure',
    'health.max_restart_attempts': 'workers.restart.max_restart_attempts',
    'health.restart_delay_ms': 'workers.restart.restart_delay_ms',
  }),
);

interface Unused {
  /** What to do instead. */
  readonly instead: string;
  /** The value that asks for what happens anyway, so that there is nothing to say. */
  readonly fits?: unknown;
  /** Set where the daemon could not be reached as the file asks: that is an error. */
  readonly fatal?: true;
}

/** Keys below `daemon:` that this daemon does not act on. */
export const V14_UNUSED: ReadonlyMap<string, Unused> = new Map(
  Object.entries<Unused>({
    pid_file: {
      instead: 'the service manager knows the process; a second daemon finds the socket',
    },
    working_directory: { instead: 'start the daemon in that directory' },
    user: { instead: 'start the daemon as that user' },
    group: { instead: 'start the daemon with that group' },
    'sockets.unix.enabled': {
      instead: 'the Unix socket is the only one there is',
      fits: true,
      fatal: true,
    },
    'sockets.tcp.enabled': { instead: 'there is only the Unix socket', fits: false, fatal: true },
    'sockets.tcp.address': { instead: 'there is only the Unix socket' },
    'sockets.tcp.port': { instead: 'there is only the Unix socket' },
    'workers.queue_size': { instead: 'set limits.requests_in_flight_max, per connection' },
    'logging.max_size_mb': { instead: 'let logrotate or the service manager rotate' },
    'logging.max_files': { instead: 'let logrotate or the service manager rotate' },
    'logging.syslog': { instead: 'let the service manager read standard output', fits: false },
  }),
);
