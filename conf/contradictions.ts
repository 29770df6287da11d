/** What is wrong between keys that are right one by one. */

import { BlockList, isIP } from 'node:net';
import { HTTP_PLACE } from './observation.ts';
import { type Config, SOCKET_PATH_BYTES_MAX } from './schema.ts';

export interface Contradiction {
  /** The key that would have to be another, and those that it does not go with. */
  readonly keys: readonly [string, ...string[]];
  /**
   * What is wrong, after the place and the name of the first key; `at` says where another key has
   * its value from.
   */
  problem(at: (key: string) => string): string;
}

/** Descriptors of the daemon itself, beside connections: files, threads, logs, sockets. */
const OWN_FILES = 48;

export function contradictions(config: Config): Contradiction[] {
  return [
    ...ofSockets(config),
    ...ofHttp(config),
    ...ofTls(config),
    ...ofTokens(config),
    ...ofRestarts(config),
    ...ofResources(config),
    ...ofPaths(config),
  ];
}

function ofSockets({ sockets: { unix, tcp } }: Config): Contradiction[] {
  const found: Contradiction[] = [];
  if (unix.enabled && Buffer.byteLength(unix.path) > SOCKET_PATH_BYTES_MAX) {
    const text = `expected at most ${SOCKET_PATH_BYTES_MAX} bytes, not "${unix.path}"`;
    found.push({ keys: ['sockets.unix.path'], problem: () => text });
  }
  if (!unix.enabled && !tcp.enabled) {
    found.push({
      keys: ['sockets.unix.enabled', 'sockets.tcp.enabled'],
      problem: () =>
        'without sockets.tcp.enabled there is no socket at all, and nobody can connect',
    });
  }
  return found;
}

/** Two servers cannot have one place; and metrics have one place, not two. */
function ofHttp({ http, sockets: { tcp }, inspector }: Config): Contradiction[] {
  const { enabled, path, address, port } = http;
  if (!enabled) return [];
  const found: Contradiction[] = [];
  if (path === '') {
    const others = [
      ['sockets.tcp.port', tcp.enabled ? tcp : undefined],
      ['inspector.port', inspector.enabled ? { address: '127.0.0.1', ...inspector } : undefined],
    ] as const;
    for (const [key, other] of others) {
      if (other === undefined || port === 0 || other.port !== port) continue;
      if (!meet(address, other.address)) continue;
      found.push({ keys: ['http.port', key], problem: (at) => `${port} is ${at(key)} too` });
    }
    return found;
  }
  if (Buffer.byteLength(path) > SOCKET_PATH_BYTES_MAX) {
    const text = `expected at most ${SOCKET_PATH_BYTES_MAX} bytes, not "${path}"`;
    found.push({ keys: ['http.path'], problem: () => text });
  }
  for (const key of ['address', 'port'] as const) {
    if (http[key] === HTTP_PLACE[key]) continue;
    found.push({
      keys: [`http.${key}`, 'http.path'],
      problem: (at) => `${at('http.path')} is where they are served: set one of the two`,
    });
  }
  return found;
}

/** Whether one port cannot be had at both addresses. */
function meet(one: string, other: string): boolean {
  const everywhere = ['0.0.0.0', '::'];
  const numeric = (address: string) => (address === 'localhost' ? '127.0.0.1' : address);
  const isAny = everywhere.includes(one) || everywhere.includes(other);
  return isAny || numeric(one) === numeric(other);
}

function ofTls({ sockets }: Config): Contradiction[] {
  const { certificate, key, client_ca } = sockets.tcp.tls;
  const found: Contradiction[] = [];
  if (certificate !== '' && key === '') {
    found.push({
      keys: ['sockets.tcp.tls.certificate'],
      problem: () => 'its private key is missing: set sockets.tcp.tls.key',
    });
  }
  for (const name of ['key', 'client_ca'] as const) {
    if (certificate !== '' || { key, client_ca }[name] === '') continue;
    found.push({
      keys: [`sockets.tcp.tls.${name}`],
      problem: () => 'without sockets.tcp.tls.certificate there is no TLS',
    });
  }
  return found;
}

function ofTokens({ sockets: { unix, tcp }, security }: Config): Contradiction[] {
  const found: Contradiction[] = [];
  if (security.token_file !== '') return found;
  if (unix.enabled && unix.authentication) {
    found.push({
      keys: ['sockets.unix.authentication'],
      problem: () => 'there are no tokens: set security.token_file',
    });
  }
  if (tcp.enabled && !isLoopback(tcp.address) && tcp.tls.client_ca === '') {
    found.push({
      keys: ['sockets.tcp.address', 'sockets.tcp.enabled'],
      problem: () =>
        `${tcp.address} is reached from other machines, and everybody there could do everything:` +
        ' set security.token_file or sockets.tcp.tls.client_ca',
    });
  }
  return found;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

function isLoopback(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return address === 'localhost';
  return LOOPBACK.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

function ofRestarts({ health, supervisor }: Config): Contradiction[] {
  const sections = { health, 'supervisor.restart': supervisor.restart };
  return Object.entries(sections).flatMap(([section, restarts]) => {
    const { restart_delay_ms: delay_ms, restart_delay_ms_max: ceiling_ms } = restarts;
    if (delay_ms <= ceiling_ms) return [];
    const ceiling = `${section}.restart_delay_ms_max`;
    return [
      {
        keys: [`${section}.restart_delay_ms`, ceiling],
        problem: (at) => `${delay_ms} is more than ${at(ceiling)}, ${ceiling_ms}`,
      },
    ];
  });
}

function ofResources({ resources, performance, limits, workers }: Config): Contradiction[] {
  const { open_files, open_files_max } = resources;
  const found: Contradiction[] = [];
  if (open_files > open_files_max) {
    found.push({
      keys: ['resources.open_files', 'resources.open_files_max'],
      problem: (at) =>
        `${open_files} is more than ${at('resources.open_files_max')}, ${open_files_max}`,
    });
  }
  const connections = performance.max_connections + limits.operators_max;
  // Each thread has some of its own, such as the one that wakes it.
  const needed = connections + OWN_FILES + 4 * (workers.count + workers.jobs);
  if (open_files_max < needed) {
    found.push({
      keys: ['resources.open_files_max', 'performance.max_connections'],
      problem: () =>
        `${open_files_max} descriptors are too few for ${connections} connections` +
        ` (performance.max_connections and limits.operators_max): set ${needed} or more`,
    });
  }
  return found;
}

/** Files that are each written by another part: on one path, they would spoil each other. */
function ofPaths({ pid_file, sockets, security, logging, http }: Config): Contradiction[] {
  const files = [
    ['sockets.unix.path', sockets.unix.enabled ? sockets.unix.path : ''],
    ['pid_file', pid_file],
    ['logging.file', logging.file],
    ['security.token_file', security.token_file],
    ['http.path', http.enabled ? http.path : ''],
  ] as const;
  return files.flatMap(([key, path], index) => {
    const other = files.slice(0, index).find(([, before]) => path !== '' && before === path);
    if (other === undefined) return [];
    return [{ keys: [key, other[0]] as const, problem: (at) => `${path} is ${at(other[0])} too` }];
  });
}
