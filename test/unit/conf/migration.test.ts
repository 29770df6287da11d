/** Configurations of other daemons of Goxel become ones of today; nothing is dropped in silence. */

import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkConfig } from '../../../conf/load.ts';
import { LAYOUTS } from '../../../conf/migration/layouts.ts';
import { type Migration, migrate } from '../../../conf/migration/migrate.ts';
import { migratedYaml, migrationNotes } from '../../../conf/migration/report.ts';
import { SETTINGS } from '../../../conf/settings.ts';
import { Random } from '../../fuzz/random.ts';
import { SEED } from '../../support/seed.ts';

const test = suite('configuration: migration');

function fixture(name: string): string {
  return readFileSync(new URL(`../../../../test/fixtures/conf/${name}`, import.meta.url), 'utf8');
}

function migrated(text: string): Migration {
  const result = migrate(text, 'f');
  if ('problems' in result) throw new Error(result.problems.join('\n'));
  return result;
}

function valuesOf({ kept }: Migration): Record<string, unknown> {
  return Object.fromEntries(kept.map(({ key, value }) => [key, value]));
}

/** What is said of a key of the file. */
function said(migration: Migration, key: string): string {
  return migration.unused.find(({ from }) => from === key)?.instead ?? '(nothing)';
}

/** Every fixture, with its layout. */
const FILES = {
  'daemon_config.json': 'daemon_config.json',
  'goxel-daemon.conf': 'goxel-daemon.conf',
  'documents.yaml': 'v14.6-documents',
  'documents.json': 'v14.6-documents',
  'structures.json': 'daemon_config_schema.h',
  'former.yaml': 'goxel-supervisor',
  'design-v14.6.yaml': 'goxel-supervisor',
} as const;

test('knows each layout by its keys', () => {
  for (const [name, layout] of Object.entries(FILES)) {
    assert.is(migrated(fixture(name)).layout.name, layout, name);
  }
});

test('has a result that can be used, and that says what became of each key', async () => {
  for (const name of Object.keys(FILES)) {
    const migration = migrated(fixture(name));
    const text = migratedYaml(migration, name);
    const { problems, loaded } = await checkConfig({ file: 'c', text });
    assert.equal(problems, [], name);
    for (const { key } of migration.kept) assert.ok(loaded?.origins.has(key), `${name} ${key}`);
    const told = new Set([...migration.kept, ...migration.unused].map(({ from }) => from));
    const leaves = fixture(name).matchAll(/(?:^|[\s{])"?([\w$.]+)"?: +[^\s{#[]/gm);
    for (const [, last = ''] of leaves) {
      assert.ok(
        [...told].some((key) => `.${key}`.endsWith(`.${last}`)),
        `${name}: ${last}`,
      );
    }
    for (const { from } of migration.unused) assert.match(text, `#   ${from}`, name);
  }
});

test('converts daemon_config.json', () => {
  const migration = migrated(fixture('daemon_config.json'));
  assert.equal(valuesOf(migration), {
    pid_file: '/run/gx/one.pid',
    'sockets.unix.path': '/run/gx/one.sock',
    'logging.file': '/var/log/gx/one.log',
    working_directory: '/srv/gx',
    user: 'voxel',
    group: 'voxel',
    'workers.count': 6,
    'workers.queue_size': 500,
    'performance.max_connections': 1024,
    'sockets.unix.enabled': true,
    'performance.request_timeout_ms': 45_000,
    'logging.level': 'warn',
    'logging.format': 'json',
    'logging.max_size_mb': 50,
    'logging.max_files': 4,
    'sockets.unix.permissions': '0660',
    'limits.frame_bytes_max': 4 * 1024 * 1024,
    'health.check_interval_ms': 12_000,
    'health.restart_on_failure': false,
    'health.max_restart_attempts': 7,
    'health.restart_delay_ms': 2000,
    'health.restart_backoff_factor': 1,
  });
  assert.match(said(migration, 'daemon.daemonize'), 'run --daemon');
  assert.match(said(migration, 'security.socket_group'), 'set group');
  assert.match(said(migration, 'security.enable_authentication'), 'set security.token_file');
  assert.match(said(migration, 'defaults.linux.daemon.pid_file'), 'one platform');
  const notes = migrationNotes(migration).join('\n');
  assert.match(notes, /server\.max_connections: 2000 is now performance\.max_connections: 1024/);
});

test('converts goxel-daemon.conf', () => {
  const migration = migrated(fixture('goxel-daemon.conf'));
  assert.equal(valuesOf(migration), {
    'sockets.unix.path': '/run/gx/two.sock',
    'sockets.unix.permissions': '0640',
    'sockets.unix.backlog': 64,
    'sockets.tcp.enabled': true,
    'sockets.tcp.port': 7999,
    pid_file: '~/two.pid',
    'workers.queue_size': 300,
    'performance.request_timeout_ms': 15_000,
    'performance.max_connections': 40,
    'limits.idle_yield_ms': 120_000,
    'limits.frame_bytes_max': 1_048_576,
    'limits.batch_length_max': 20,
    'logging.level': 'debug',
    'logging.file': '/var/log/gx/two.log',
    'logging.max_size_mb': 5,
    'logging.max_files': 3,
    'logging.format': 'text',
    'sockets.unix.authentication': false,
    'health.memory_share_max': 0.7,
    'resources.open_files': 32_768,
    'resources.open_files_max': 32_768,
    'health.check_interval_ms': 20_000,
    'limits.depth_max': 24,
  });
  // All machines could reach it, and there is no token.
  assert.match(said(migration, 'daemon.tcp_host'), 'is reached from other machines');
  assert.match(said(migration, 'daemon.working_directory'), 'may begin with');
  assert.match(said(migration, 'advanced.no_such_key'), 'is no key of');
  const everything = [migratedYaml(migration, 'f'), ...migrationNotes(migration)].join('\n');
  assert.not.match(everything, 'hunter2');
  assert.match(everything, 'security.auth_token (not shown): write the token into a file');
});

test('converts what the documents show', () => {
  const yaml = migrated(fixture('documents.yaml'));
  assert.equal(valuesOf(yaml), {
    'sockets.tcp.port': 7531,
    'sockets.unix.path': '/run/gx/three.sock',
    'performance.max_connections': 25,
    'workers.count': 3,
    'logging.level': 'info',
    'logging.file': '/var/log/gx/three.log',
    'logging.max_size_mb': 21,
    'logging.max_files': 6,
    'performance.request_timeout_ms': 20_000,
    'limits.idle_yield_ms': 90_000,
    'sockets.tcp.tls.certificate': '/etc/gx/server.crt',
    'sockets.tcp.tls.key': '/etc/gx/server.key',
  });
  assert.match(said(yaml, 'performance.thread_pool_size'), 'daemon.thread_pool_size gave');
  // Its clients had to have a token: it is not opened to all.
  assert.match(said(yaml, 'daemon.port'), 'together with security.token_file');
  const open = migrated(
    fixture('documents.yaml').replace('auth_enabled: true', 'auth_enabled: no'),
  );
  assert.is(valuesOf(open)['sockets.tcp.enabled'], true);
  const json = migrated(fixture('documents.json'));
  assert.equal(valuesOf(json), {
    'sockets.unix.path': '/run/gx/four.sock',
    'sockets.tcp.port': 7891,
    'sockets.tcp.enabled': false,
    'performance.max_connections': 12,
    'limits.idle_yield_ms': 240_000,
    'health.restart_on_failure': true,
    'logging.level': 'error',
  });
});

test('converts the structures of the schema in C', () => {
  const migration = migrated(fixture('structures.json'));
  assert.equal(valuesOf(migration), {
    user: 'voxel',
    pid_file: '',
    'sockets.unix.enabled': true,
    'sockets.unix.path': '/run/gx/five.sock',
    'sockets.unix.permissions': '0660',
    'sockets.tcp.enabled': true,
    'sockets.tcp.address': '127.0.0.1',
    'sockets.tcp.port': 7892,
    'limits.partial_frame_timeout_ms': 12_000,
    'limits.send_timeout_ms': 13_000,
    'workers.count': 5,
    'workers.queue_size': 900,
    'performance.max_connections': 11,
    'limits.frame_bytes_max': 2_097_152,
    'health.heartbeat_timeout_ms': 14_000,
    'logging.level': 'fatal',
    'logging.syslog': true,
    'resources.open_files': 512,
    'resources.open_files_max': 512,
    'resources.core_dumps': false,
  });
  assert.match(said(migration, 'health.restart_delay_ms'), '90000 is more than');
});

test('gives our own keys their names of today', async () => {
  const migration = migrated(fixture('former.yaml'));
  assert.is(migration.unused.length, 0);
  assert.is(valuesOf(migration)['performance.max_connections'], 7);
  assert.is(valuesOf(migration)['sockets.unix.permissions'], '0600');
  const before = await checkConfig({ file: 'c', text: fixture('former.yaml') });
  const after = await checkConfig({ file: 'c', text: migratedYaml(migration, 'f') });
  assert.equal(after.loaded?.config, before.loaded?.config);
});

test('leads to keys that there are', () => {
  const words = /[a-z]+\.[a-z_.]+_?[a-z]+/g;
  const sections = new Set([...SETTINGS.keys()].map((key) => key.split('.')[0]));
  for (const { rules } of LAYOUTS.slice(1)) {
    for (const [key, rule] of Object.entries(rules)) {
      for (const value of [0, 1, true, false, 'x', 'unix']) {
        for (const outcome of rule(value, new Map())) {
          if ('key' in outcome) assert.ok(SETTINGS.has(outcome.key), `${key}: ${outcome.key}`);
          const text = 'instead' in outcome ? outcome.instead : (outcome.note ?? '');
          for (const [word] of text.matchAll(words)) {
            if (!sections.has(word.split('.')[0]) || Object.hasOwn(rules, word)) continue;
            const known = [...SETTINGS.keys()].some((name) => name.startsWith(word));
            assert.ok(known, `${key}: ${text}`);
          }
        }
      }
    }
  }
});

test('refuses what is no configuration of Goxel', () => {
  for (const [text, problem] of [
    ['', /has no keys/],
    ['name: x\nversion: 1\n', /of no layout that is known, which are: the configuration of/],
    ['{', /^f:1:2: /],
    ['- 1\n', /expected sections/],
  ] as const) {
    const result = migrate(text, 'f');
    assert.match('problems' in result ? (result.problems[0] ?? '') : 'taken', problem);
  }
});

interface Tree {
  [name: string]: string | Tree;
}

function flowOf(tree: Tree): string {
  const entries = Object.entries(tree).map(
    ([name, node]) => `${name}: ${typeof node === 'string' ? node : flowOf(node)}`,
  );
  return `{${entries.join(', ')}}`;
}

const VALUES = [
  '0',
  '-1',
  '1.5',
  '99999999999',
  'true',
  'false',
  'null',
  '[]',
  '[a, b]',
  '{}',
  '""',
  'x',
  '0660',
  '~/a',
  '$HOME/a',
  '$FOO/a',
  '0.0.0.0',
  'tcp',
  'INFO',
  '100M',
  '"a: #b"',
  '"\\u0007\\n"',
];

test('has a result that can be used whatever the values are', async () => {
  const random = new Random(SEED, 'migration');
  for (let round = 0; round < 200; round++) {
    const { rules } = random.pick(LAYOUTS);
    const keys = Object.keys(rules).filter((key) => !key.startsWith('daemon.daemon'));
    const tree: Tree = {};
    for (let count = 1 + random.below(12); count > 0; count--) {
      const names = random.pick(keys).replace('*', 'a.b').split('.');
      let node = tree;
      for (const name of names.slice(0, -1)) {
        if (typeof node[name] !== 'object') node[name] = {};
        node = node[name];
      }
      node[names.at(-1) ?? ''] = random.pick(VALUES);
    }
    const text = flowOf(tree);
    const result = migrate(text, 'f');
    if ('problems' in result) continue;
    const yaml = migratedYaml(result, 'f');
    const { problems } = await checkConfig({ file: 'c', text: yaml });
    assert.equal(problems, [], `${text}\n---\n${yaml}`);
    assert.is(migrationNotes(result).filter((note) => note.includes('\n')).length, 0);
  }
});

test.run();
