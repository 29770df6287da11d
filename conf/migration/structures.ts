/** A file of the keys that the structures of `daemon_config_schema.h` have (v14.6). */

import { anyway, type Layout, level, nothing, type Rule, SAY, to, toAll } from './rule.ts';

const createPidFile: Rule = (value) =>
  value === false
    ? [{ key: 'pid_file', value: '' }]
    : [{ instead: 'is so anyway: it is made where pid_file names one' }];

const pidFile: Rule = (value, others) =>
  others.get('process.create_pid_file') === false
    ? [{ instead: 'process.create_pid_file is false' }]
    : [{ key: 'pid_file', value }];

const coreDumps: Rule = (value) => [{ key: 'resources.core_dumps', value: value !== 0 }];

const NO_DELAY = 'sockets over TCP have TCP_NODELAY and SO_KEEPALIVE';
const KEEPALIVE = 'set net.ipv4.tcp_keepalive_… of the system (sysctl)';
const KERNEL_BUFFERS = 'set net.core.rmem_default and wmem_default of the system (sysctl)';
const WATCHDOG = 'set WatchdogSec= in the systemd unit';
const RESOLVED = 'comes of user and group';

export const STRUCTURES: Layout = {
  name: 'daemon_config_schema.h',
  title: 'the structures of daemon_config_schema.h of v14.6',
  rules: {
    'process.pid_file': pidFile,
    'process.working_directory': to('working_directory'),
    'process.user': to('user'),
    'process.group': to('group'),
    'process.uid': nothing(RESOLVED),
    'process.gid': nothing(RESOLVED),
    'process.daemonize': anyway(false, 'run stays in the foreground', nothing(SAY.daemonize)),
    'process.create_pid_file': createPidFile,
    'process.nice_level': anyway(0, 'it is as it was started', nothing(SAY.nice)),
    'process.umask': nothing(SAY.umask),
    'sockets.unix.enabled': to('sockets.unix.enabled'),
    'sockets.unix.path': to('sockets.unix.path'),
    'sockets.unix.permissions': to('sockets.unix.permissions'),
    'sockets.unix.unlink_existing': nothing(
      'a socket on which nobody listens any more is replaced; one that lives is not',
    ),
    'sockets.unix.backlog': to('sockets.unix.backlog'),
    'sockets.tcp.enabled': to('sockets.tcp.enabled'),
    'sockets.tcp.bind_address': to('sockets.tcp.address'),
    'sockets.tcp.port': to('sockets.tcp.port'),
    'sockets.tcp.backlog': to('sockets.tcp.backlog'),
    'sockets.tcp.nodelay': anyway(true, NO_DELAY, nothing(NO_DELAY)),
    'sockets.tcp.keepalive': anyway(true, NO_DELAY, nothing(NO_DELAY)),
    'sockets.tcp.keepalive_idle': nothing(KEEPALIVE),
    'sockets.tcp.keepalive_interval': nothing(KEEPALIVE),
    'sockets.tcp.keepalive_count': nothing(KEEPALIVE),
    'sockets.receive_timeout_ms': to('limits.partial_frame_timeout_ms'),
    'sockets.send_timeout_ms': to('limits.send_timeout_ms'),
    'sockets.receive_buffer_size': nothing(KERNEL_BUFFERS),
    'sockets.send_buffer_size': nothing(KERNEL_BUFFERS),
    'workers.count': to('workers.count'),
    'workers.queue_size': to('workers.queue_size'),
    'workers.stack_size': nothing('threads have the stack that they need'),
    'workers.priority': nothing(SAY.nice),
    'workers.pin_to_cpu': anyway(false, 'they are not', nothing(SAY.affinity)),
    'workers.cpu_affinity': nothing(SAY.affinity),
    'performance.max_connections': to('performance.max_connections'),
    'performance.request_timeout_ms': to('performance.request_timeout_ms'),
    'performance.shutdown_timeout_ms': to('performance.shutdown_timeout_ms'),
    'performance.buffer_size': nothing(SAY.buffers),
    'performance.max_message_size': to('limits.frame_bytes_max'),
    'performance.use_splice': nothing('voxels are not sent from files'),
    'performance.tcp_cork': nothing('a reply is written at once'),
    'performance.io_threads': nothing('one thread serves all sockets; workers.count has the rest'),
    'health.check_interval_ms': to('health.check_interval_ms'),
    'health.restart_on_failure': to('health.restart_on_failure'),
    'health.max_restart_attempts': to('health.max_restart_attempts'),
    'health.restart_delay_ms': to('health.restart_delay_ms'),
    'health.heartbeat_timeout_ms': to('health.heartbeat_timeout_ms'),
    'health.health_check_script': nothing('run goxel-supervisor health from where it is needed'),
    'health.enable_watchdog': nothing(WATCHDOG),
    'health.watchdog_interval_ms': nothing(WATCHDOG),
    'logging.level': level,
    'logging.numeric_level': nothing('logging.level has its name'),
    'logging.file': to('logging.file'),
    'logging.max_size_mb': to('logging.max_size_mb'),
    'logging.max_files': to('logging.max_files'),
    'logging.use_syslog': to('logging.syslog'),
    'logging.use_colors': nothing('lines are text where a terminal reads them (logging.format)'),
    'logging.log_to_stderr': nothing('leave logging.file out, and lines go to standard output'),
    'logging.syslog_facility': nothing('lines come from the facility daemon'),
    'logging.syslog_ident': nothing('lines come from goxel-supervisor'),
    'security.enable_chroot': anyway(false, 'it is not', nothing('set RootDirectory= in the unit')),
    'security.chroot_directory': nothing('set RootDirectory= in the systemd unit'),
    'security.drop_capabilities': nothing('set CapabilityBoundingSet= in the systemd unit'),
    'security.allowed_capabilities': nothing('set CapabilityBoundingSet= in the systemd unit'),
    'security.umask': nothing(SAY.umask),
    'security.enable_seccomp': nothing('set SystemCallFilter= in the systemd unit'),
    'security.seccomp_profile': nothing('set SystemCallFilter= in the systemd unit'),
    'limits.max_memory_mb': nothing(SAY.memory),
    'limits.max_file_descriptors': toAll(['resources.open_files', 'resources.open_files_max']),
    'limits.max_core_size_mb': coreDumps,
    'limits.max_processes': nothing('set TasksMax= in the systemd unit'),
    'limits.max_cpu_time_sec': nothing('set CPUQuota= in the systemd unit'),
    'limits.scheduling_priority': nothing(SAY.nice),
    config_file_path: nothing('see goxel-supervisor config path'),
    config_load_time: nothing(SAY.version),
    config_version: nothing(SAY.version),
    debug_mode: anyway(false, 'it is not', nothing('set logging.level: debug')),
    test_mode: nothing('run stays in the foreground'),
    validate_only: nothing('see goxel-supervisor config check'),
  },
};
