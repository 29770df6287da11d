/**
 * What the documents of v14.6 show: `~/.goxel/daemon.conf`, in JSON, and `daemon.yaml` in
 * `~/.config/goxel` and `/etc/goxel`. They share their keys.
 */

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
} from './rule.ts';

const AUTHENTICATION = 'security.auth_enabled';

/** A file that names a port without `tcp_enabled` means to listen there. */
const port: Rule = (value, others) => [
  ...tcpEnabled(AUTHENTICATION)(true, others),
  { key: 'sockets.tcp.port', value },
];

const ofTls =
  (key: string): Rule =>
  (value, others) =>
    others.get('security.tls.enabled') === false
      ? [{ instead: 'security.tls.enabled is false' }]
      : [{ key, value }];

const IDLE = 'who is idle for so long is closed only when all places are taken';
const idle = scaled('limits.idle_yield_ms', S_AS_MS, IDLE);

const ADDRESSES =
  'set sockets.tcp.address, with security.token_file or sockets.tcp.tls.client_ca; which' +
  ' addresses reach it is for the firewall to say';

export const DOCUMENTS: Layout = {
  name: 'v14.6-documents',
  title: 'daemon.conf or daemon.yaml as the documents of v14.6 show it',
  rules: {
    'daemon.socket': to('sockets.unix.path'),
    'daemon.tcp_port': to('sockets.tcp.port'),
    'daemon.tcp_enabled': tcpEnabled(AUTHENTICATION),
    'daemon.port': port,
    'daemon.max_connections': to('performance.max_connections'),
    'daemon.timeout': idle,
    'daemon.idle_timeout': idle,
    'daemon.auto_restart': to(
      'health.restart_on_failure',
      'it is about the threads of engines; Restart= in the systemd unit is about the daemon',
    ),
    'daemon.log_level': level,
    'daemon.thread_pool_size': to('workers.count'),
    'performance.thread_pool_size': to('workers.count'),
    'performance.request_queue_size': to('workers.queue_size'),
    'performance.enable_compression': anyway(false, 'they are not', nothing(SAY.compression)),
    'performance.cache_size': nothing('limits.projects_max says how many projects may be open'),
    'performance.batch_queue_size': nothing('workers.queue_size counts requests of all kinds'),
    'performance.request_timeout': scaled('performance.request_timeout_ms', S_AS_MS),
    'performance.idle_timeout': idle,
    'logging.level': level,
    'logging.file': to('logging.file'),
    'logging.max_size': scaled('logging.max_size_mb', BYTES_AS_MB),
    'logging.max_files': to('logging.max_files'),
    'logging.format': to('logging.format'),
    'security.auth_enabled': to('sockets.unix.authentication'),
    'security.auth_token': secret(SAY.token),
    'security.allowed_ips': nothing(ADDRESSES),
    'security.tls.enabled': nothing('TLS is on where sockets.tcp.tls names a certificate'),
    'security.tls.cert': ofTls('sockets.tcp.tls.certificate'),
    'security.tls.key': ofTls('sockets.tcp.tls.key'),
    'client.*': nothing('it is about clients'),
  },
};
