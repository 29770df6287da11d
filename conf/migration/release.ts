/** `configs/goxel-daemon.conf` of the v14.0 release. */

import {
  anyway,
  BYTES_AS_MB,
  type Layout,
  level,
  nothing,
  type Rule,
  S_AS_MS,
  SAY,
  scaled,
  secret,
  tcpEnabled,
  to,
  toAll,
} from './rule.ts';

const workerThreads: Rule = (value) =>
  value === 0
    ? [{ instead: 'there is no finding out; workers.count keeps its default' }]
    : [{ key: 'workers.count', value }];

const enableLogging: Rule = (value) =>
  value === false
    ? [{ key: 'logging.level', value: 'silent' }]
    : [{ instead: 'is so anyway: logging.level says what is logged' }];

const logLevel: Rule = (value, others) =>
  others.get('logging.enable_logging') === false
    ? [{ instead: 'logging.enable_logging is false' }]
    : level(value, others);

const SLOW = 'what takes longer than performance.request_timeout_ms is stopped, and logged';
const WHO = 'sockets.unix.permissions says who may connect, and group to whom the socket belongs';
const REQUESTS = 'set logging.level: debug, or send SIGUSR2 for a while';
const HEALTH = 'the daemon always looks how it is';

export const RELEASE: Layout = {
  name: 'goxel-daemon.conf',
  title: 'goxel-daemon.conf of the v14.0 release',
  rules: {
    'daemon.socket_path': to('sockets.unix.path'),
    'daemon.socket_permissions': to('sockets.unix.permissions'),
    'daemon.socket_backlog': to('sockets.unix.backlog'),
    'daemon.tcp_enabled': tcpEnabled('security.enable_auth'),
    'daemon.tcp_host': to('sockets.tcp.address'),
    'daemon.tcp_port': to('sockets.tcp.port'),
    'daemon.pid_file': to('pid_file'),
    'daemon.working_directory': to('working_directory'),
    'daemon.user': to('user'),
    'daemon.group': to('group'),
    'daemon.umask': nothing(SAY.umask),
    'daemon.worker_threads': workerThreads,
    'daemon.request_queue_size': to('workers.queue_size'),
    'daemon.request_timeout': to('performance.request_timeout_ms'),
    'daemon.max_clients': to('performance.max_connections'),
    'daemon.client_timeout': to(
      'limits.idle_yield_ms',
      'who is idle for so long is closed only when all places are taken',
    ),
    'daemon.max_request_size': to('limits.frame_bytes_max'),
    'daemon.batch_size': to('limits.batch_length_max'),
    'daemon.keepalive_interval': nothing('set net.ipv4.tcp_keepalive_time of the system (sysctl)'),
    'daemon.gc_interval': nothing(SAY.garbage),
    'logging.enable_logging': enableLogging,
    'logging.log_level': logLevel,
    'logging.log_file': to('logging.file'),
    'logging.log_max_size': scaled('logging.max_size_mb', BYTES_AS_MB),
    'logging.log_max_files': to('logging.max_files'),
    'logging.log_format': to('logging.format'),
    'logging.enable_metrics': nothing(SAY.metrics),
    'logging.metrics_interval': nothing(SAY.metrics),
    'logging.log_requests': anyway(false, 'they are not', nothing(REQUESTS)),
    'logging.log_slow_requests': nothing(SLOW),
    'logging.slow_request_threshold': nothing(SLOW),
    'security.enable_auth': to('sockets.unix.authentication'),
    'security.auth_token': secret(SAY.token),
    'security.auth_timeout': nothing('tokens hold until they are taken out of the file'),
    'security.allowed_users': nothing(WHO),
    'security.allowed_groups': nothing(WHO),
    'security.enable_rate_limit': nothing(SAY.rate),
    'security.rate_limit_requests': nothing(SAY.rate),
    'security.rate_limit_burst': nothing(SAY.rate),
    'resource_limits.max_memory_usage': nothing(SAY.memory),
    'resource_limits.memory_warning_threshold': to(
      'health.memory_share_max',
      'it is a share of the memory of the container, or else of the machine',
    ),
    'resource_limits.cpu_affinity': nothing(SAY.affinity),
    'resource_limits.nice_level': anyway(0, 'it is as it was started', nothing(SAY.nice)),
    'resource_limits.max_open_files': toAll(['resources.open_files', 'resources.open_files_max']),
    'monitoring.health_check_enabled': anyway(true, HEALTH, nothing(HEALTH)),
    'monitoring.health_check_interval': scaled('health.check_interval_ms', S_AS_MS),
    'monitoring.metrics_enabled': nothing(SAY.metrics),
    'monitoring.prometheus_enabled': anyway(false, 'there is none', nothing(SAY.metrics)),
    'monitoring.prometheus_port': nothing(SAY.metrics),
    'monitoring.status_file': nothing('ask for it with goxel-supervisor status --json'),
    'monitoring.status_update_interval': nothing('ask with goxel-supervisor status --json'),
    'advanced.socket_buffer_size': nothing(SAY.buffers),
    'advanced.json_parser_depth': to('limits.depth_max'),
    'advanced.enable_profiling': anyway(false, 'it does not', nothing(SAY.profiling)),
    'advanced.profile_output': nothing(SAY.profiling),
    'advanced.enable_compression': anyway(false, 'they are not', nothing(SAY.compression)),
    'advanced.compression_threshold': nothing(SAY.compression),
    'advanced.debug_mode': anyway(false, 'it is not', nothing(REQUESTS)),
    'advanced.trace_requests': anyway(false, 'they are not', nothing(REQUESTS)),
    'environments.*': nothing('the value of one environment; make a file for each'),
  },
};
