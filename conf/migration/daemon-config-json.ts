/** `config/daemon_config.json` of the v14 daemon. */

import {
  anyway,
  type Layout,
  level,
  MIB_AS_BYTES,
  mapped,
  nothing,
  type Rule,
  S_AS_MS,
  SAY,
  scaled,
  secret,
  tcpEnabled,
  to,
} from './rule.ts';

/** `unix`, or the address of a TCP socket. */
const bindAddress: Rule = (value, others) => {
  if (value === 'unix') return [{ key: 'sockets.unix.enabled', value: true }];
  const enabled = tcpEnabled('security.enable_authentication')(true, others);
  return value === 'tcp' ? enabled : [...enabled, { key: 'sockets.tcp.address', value }];
};

const rotation: Rule = (value) =>
  value === false
    ? [{ key: 'logging.max_size_mb', value: 0 }]
    : [{ instead: 'is so anyway: a file is renamed beyond logging.max_size_mb' }];

const rotationSize: Rule = (value, others) =>
  others.get('logging.rotation.enabled') === false
    ? [{ instead: 'logging.rotation.enabled is false' }]
    : [{ key: 'logging.max_size_mb', value }];

const socketGroup: Rule = (value, others) =>
  others.get('daemon.group') === value
    ? [{ instead: 'is so anyway: the socket belongs to group' }]
    : [{ instead: 'the socket belongs to the group that the daemon runs as: set group' }];

const IN_LINES = 'each line of the log has what is known of it';

export const DAEMON_CONFIG_JSON: Layout = {
  name: 'daemon_config.json',
  title: 'config/daemon_config.json of v14',
  rules: {
    $schema: nothing(SAY.version),
    version: nothing(SAY.version),
    description: nothing(SAY.version),
    'daemon.daemonize': anyway(false, 'run stays in the foreground', nothing(SAY.daemonize)),
    'daemon.pid_file': to('pid_file'),
    'daemon.socket_path': to('sockets.unix.path'),
    'daemon.log_file': to('logging.file'),
    'daemon.working_dir': to('working_directory'),
    'daemon.user': to('user'),
    'daemon.group': to('group'),
    'server.workers': to('workers.count'),
    'server.queue_size': to('workers.queue_size'),
    'server.max_connections': to('performance.max_connections'),
    'server.enable_priority_queue': anyway(
      false,
      'requests are shared fairly among clients',
      nothing('requests are shared fairly among clients'),
    ),
    'server.bind_address': bindAddress,
    'server.timeout_seconds': scaled('performance.request_timeout_ms', S_AS_MS),
    'logging.level': level,
    'logging.format': to('logging.format'),
    'logging.rotation.enabled': rotation,
    'logging.rotation.max_size_mb': rotationSize,
    'logging.rotation.max_files': to('logging.max_files'),
    'logging.rotation.max_age_days': nothing(
      'files are kept by their number (logging.max_files); let tmpfiles.d remove old ones',
    ),
    'logging.structured': anyway(true, IN_LINES, nothing('set logging.format: text')),
    'logging.include_timestamp': anyway(true, IN_LINES, nothing(IN_LINES)),
    'logging.include_pid': anyway(true, IN_LINES, nothing(IN_LINES)),
    'logging.include_thread_id': nothing('lines name the actor that wrote them'),
    'security.socket_permissions': to('sockets.unix.permissions'),
    'security.socket_group': socketGroup,
    'security.enable_authentication': to('sockets.unix.authentication'),
    'security.max_request_size_mb': scaled('limits.frame_bytes_max', MIB_AS_BYTES),
    'security.rate_limiting.*': nothing(SAY.rate),
    'performance.worker_thread_stack_size_kb': nothing('threads have the stack that they need'),
    'performance.message_buffer_size_kb': nothing(SAY.buffers),
    'performance.enable_memory_pooling': nothing(SAY.garbage),
    'performance.gc_interval_seconds': nothing(SAY.garbage),
    'performance.max_memory_mb': nothing(SAY.memory),
    'monitoring.enable_health_check': anyway(
      true,
      'the daemon always looks how it is',
      nothing('the daemon always looks how it is'),
    ),
    'monitoring.health_check_interval_seconds': scaled('health.check_interval_ms', S_AS_MS),
    'monitoring.enable_metrics': nothing(SAY.metrics),
    'monitoring.metrics_endpoint': nothing(SAY.metrics),
    'monitoring.enable_profiling': anyway(false, 'it does not', nothing(SAY.profiling)),
    'auto_start.enabled': nothing('let the service manager start it: systemctl enable'),
    'auto_start.start_on_boot': nothing('let the service manager start it: systemctl enable'),
    'auto_start.restart_on_failure': to(
      'health.restart_on_failure',
      'it is about the threads of engines; Restart= in the systemd unit is about the daemon',
    ),
    'auto_start.max_restart_attempts': to('health.max_restart_attempts'),
    'auto_start.restart_delay_seconds': scaled('health.restart_delay_ms', S_AS_MS),
    'auto_start.exponential_backoff': mapped('health.restart_backoff_factor', {
      true: 2,
      false: 1,
    }),
    'mcp_integration.*': nothing('set it where the MCP server is configured'),
    'environment.*': secret(
      'set it where the daemon is started; keys of today have a variable each, GOXEL_SECTION_KEY',
    ),
    'paths.data_directory': nothing('name it in files.roots, and as working_directory'),
    'paths.temp_directory': nothing('set TMPDIR where the daemon is started'),
    'paths.cache_directory': nothing('there is no cache'),
    'paths.config_directory': nothing('see goxel-supervisor config path'),
    'defaults.*': nothing('the value of one platform; this file is for one machine'),
  },
};
