import { writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError } from '../../../conf/config-error.ts';
import { type ConfigSources, loadConfig } from '../../../conf/load.ts';
import { type Config, permissionBits } from '../../../conf/schema.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

function yaml(text: string): string {
  const file = join(temporaryDirectory(), 'c.yaml');
  writeFileSync(file, text);
  return file;
}

async function config(sources: ConfigSources): Promise<Config> {
  return (await loadConfig(sources)).config;
}

/** The problems, without the directory of the file. */
async function problems(sources: ConfigSources): Promise<string[]> {
  try {
    await loadConfig(sources);
  } catch (error) {
    assert.instance(error, ConfigError);
    const { file = 'c.yaml' } = sources;
    return (error as ConfigError).problems.map((text) => text.replaceAll(file, 'c.yaml'));
  }
  return assert.unreachable('the configuration was accepted') ?? [];
}

const layers = suite('configuration: sources');

layers('has the documented defaults', async () => {
  const { config: defaults, warnings } = await loadConfig();
  assert.equal(defaults.sockets.unix, {
    enabled: true,
    authentication: false,
    path: '/tmp/goxel.sock',
    permissions: '0600',
    backlog: 1024,
  });
  assert.is(defaults.health.max_restart_attempts, 3);
  assert.is(defaults.limits.frame_bytes_max, 16_777_216);
  assert.equal(warnings, []);
});

layers('takes flags over the environment over the file over the defaults', async () => {
  const file = yaml('limits: {depth_max: 10, projects_max: 11, batch_length_max: 12}\n');
  const env = {
    GOXEL_SUPERVISOR__LIMITS__PROJECTS_MAX: '21',
    GOXEL_SUPERVISOR__LIMITS__BATCH_LENGTH_MAX: '22',
    PATH: '/bin',
  };
  const flags = [{ key: 'limits.batch_length_max', text: '32', flag: '--set' }];
  const { limits, performance } = await config({ file, env, flags });
  assert.is(limits.depth_max, 10);
  assert.is(limits.projects_max, 21);
  assert.is(limits.batch_length_max, 32);
  assert.is(performance.max_connections, 256);
});

layers('reads every type from text', async () => {
  const { health, files, logging } = await config({
    env: {
      GOXEL_SUPERVISOR__HEALTH__RESTART_ON_FAILURE: 'false',
      GOXEL_SUPERVISOR__HEALTH__RESTART_JITTER: '0.5',
      GOXEL_SUPERVISOR__FILES__ROOTS: '/a:/b',
      GOXEL_SUPERVISOR__LOGGING__LEVEL: 'warn',
    },
  });
  assert.is(health.restart_on_failure, false);
  assert.is(health.restart_jitter, 0.5);
  assert.equal(files.roots, ['/a', '/b']);
  assert.is(logging.level, 'warn');
});

layers('takes an empty file, an empty section and an empty key as nothing', async () => {
  const defaults = await config({});
  for (const text of ['', '# only a comment\n', 'limits:\n', 'limits:\n  depth_max:\n']) {
    assert.equal(await config({ file: yaml(text) }), defaults, text);
  }
});

layers('expands paths', async () => {
  const file = yaml('files: {roots: [., ~/models, $TMPDIR, $TMPDIR/x, .]}\ndump: {directory: d}\n');
  const { files, dump, logging } = await config({ file });
  const roots = [process.cwd(), join(homedir(), 'models'), tmpdir(), join(tmpdir(), 'x')];
  assert.equal(files.roots, roots, 'and names each once');
  assert.is(dump.directory, resolve('d'));
  assert.is(logging.file, '');
});

layers('follows an alias', async () => {
  const file = yaml('limits: {depth_max: &n 77, batch_length_max: *n}\n');
  assert.is((await config({ file })).limits.batch_length_max, 77);
});

layers('takes permissions in every way people write octal', async () => {
  for (const text of ['0640', '0o640', '640', '"0640"']) {
    const file = yaml(`sockets: {unix: {permissions: ${text}}}\n`);
    const { permissions } = (await config({ file })).sockets.unix;
    assert.is(permissionBits(permissions), 0o640, text);
  }
});

layers.run();

const messages = suite('configuration: messages');

messages('name file, line, column, key and what was expected', async () => {
  const file = yaml(
    'limits:\n  depth_max: 1000\n  frame_bytes_max: many\nlogging: {level: loud}\n',
  );
  assert.equal(await problems({ file }), [
    'c.yaml:2:14: limits.depth_max: expected an integer from 4 to 512, not 1000',
    'c.yaml:3:20: limits.frame_bytes_max: expected an integer from 1024 to 268435456, not "many"',
    'c.yaml:4:18: logging.level: expected one of trace, debug, info, warn, error, fatal, silent,' +
      ' not "loud"',
  ]);
});

messages('name the nearest key for an unknown one', async () => {
  const file = yaml('limits:\n  depht_max: 5\nworker:\n  count: 1\nzzz: 1\n');
  assert.equal(await problems({ file }), [
    'c.yaml:2:3: unknown key limits.depht_max; did you mean limits.depth_max?',
    'c.yaml:3:1: unknown key worker; did you mean workers?',
    'c.yaml:5:1: unknown key zzz',
  ]);
});

messages('refuse the names that every object has', async () => {
  const file = yaml('constructor: 1\n__proto__: {a: 1}\ndaemon: {toString: 1}\n');
  assert.equal(await problems({ file }), [
    'c.yaml:1:1: unknown key constructor',
    'c.yaml:2:1: unknown key __proto__',
    'c.yaml:3:10: unknown key toString',
  ]);
});

messages('collect those of all sources', async () => {
  const found = await problems({
    file: yaml('limits: {depth_max: 1}\n'),
    env: { GOXEL_SUPERVISOR__LIMITS__DEPTH_MX: '5', GOXEL_SUPERVISOR__WORKERS__COUNT: 'two' },
    flags: [
      { key: 'workers.cnt', text: '2', flag: '--set' },
      { key: 'workers.count', text: '65', flag: '--workers' },
    ],
  });
  assert.equal(found, [
    'environment: unknown variable GOXEL_SUPERVISOR__LIMITS__DEPTH_MX;' +
      ' did you mean GOXEL_SUPERVISOR__LIMITS__DEPTH_MAX?',
    '--set: unknown key workers.cnt; did you mean workers.count?',
    'c.yaml:1:21: limits.depth_max: expected an integer from 4 to 512, not 1',
    'GOXEL_SUPERVISOR__WORKERS__COUNT: workers.count: expected an integer from 1 to 64, not "two"',
    '--workers: workers.count: expected an integer from 1 to 64, not 65',
  ]);
});

messages('point at broken YAML, duplicate keys and what is no section', async () => {
  assert.match((await problems({ file: yaml('limits: {a: 1\n') }))[0] ?? '', /^c\.yaml:\d+:\d+: /);
  const twice = yaml('limits:\n  depth_max: 5\n  depth_max: 6\n');
  assert.match(
    (await problems({ file: twice }))[0] ?? '',
    /^c\.yaml:3:3: .*twice, first at c\.yaml:2:3$/,
  );
  assert.equal(await problems({ file: yaml('limits: 5\n') }), [
    'c.yaml:1:1: limits: expected a section, such as operators_max:',
  ]);
  assert.equal(await problems({ file: yaml('- a\n') }), [
    'c.yaml:1:1: expected sections, such as limits:',
  ]);
});

messages('say when the file cannot be read', async () => {
  const file = join(temporaryDirectory(), 'none.yaml');
  assert.match((await problems({ file }))[0] ?? '', /^c\.yaml: cannot be read: ENOENT/);
});

messages('see contradictions between keys', async () => {
  const long = `/tmp/${'x'.repeat(103)}`;
  const found = await problems({
    flags: [
      { key: 'sockets.unix.path', text: long, flag: '--socket' },
      { key: 'health.restart_delay_ms', text: '40000', flag: '--set' },
    ],
  });
  assert.equal(found, [
    `--socket: sockets.unix.path: expected at most 107 bytes, not "${long}"`,
    '--set: health.restart_delay_ms: 40000 is more than' +
      ' default: health.restart_delay_ms_max, 30000',
  ]);
  const fits = [{ key: 'sockets.unix.path', text: long.slice(0, 107), flag: '--socket' }];
  assert.is((await config({ flags: fits })).sockets.unix.path.length, 107);
});

messages.run();

const v14 = suite("configuration: the v14.6 design's file");

const V14_EXAMPLE = `# /etc/goxel/daemon.conf
daemon:
  pid_file: /var/run/goxel/goxel.pid
  working_directory: /var/lib/goxel
  user: goxel
  group: goxel
  sockets:
    unix:
      enabled: true
      path: /tmp/goxel14.sock
      permissions: 0666
    tcp:
      enabled: false
      address: 127.0.0.1
      port: 7890
  workers:
    count: 4
    queue_size: 1000
  performance:
    max_connections: 12
    request_timeout_ms: 31000
    shutdown_timeout_ms: 11000
  health:
    check_interval_ms: 6000
    restart_on_failure: true
    max_restart_attempts: 4
    restart_delay_ms: 5000
  logging:
    level: info
    file: /var/log/goxel/daemon.log
    max_size_mb: 100
    max_files: 10
    syslog: true
`;

v14('is taken as it is', async () => {
  const { config: loaded, warnings } = await loadConfig({ file: yaml(V14_EXAMPLE) });
  assert.is(loaded.sockets.unix.path, '/tmp/goxel14.sock');
  assert.is(permissionBits(loaded.sockets.unix.permissions), 0o666);
  assert.is(loaded.workers.count, 4);
  assert.is(loaded.performance.max_connections, 12);
  assert.is(loaded.performance.request_timeout_ms, 31_000);
  assert.is(loaded.performance.shutdown_timeout_ms, 11_000);
  assert.is(loaded.health.max_restart_attempts, 4);
  assert.is(loaded.health.restart_delay_ms, 5000);
  assert.is(loaded.health.check_interval_ms, 6000);
  assert.is(loaded.logging.file, '/var/log/goxel/daemon.log');
  assert.is(loaded.pid_file, '/var/run/goxel/goxel.pid');
  assert.is(loaded.user, 'goxel');
  assert.is(loaded.logging.max_files, 10);
  assert.is(loaded.logging.syslog, true);
  assert.equal(warnings, []);
});

v14('may leave its root out, but has it once', async () => {
  const file = yaml('performance: {max_connections: 5}\ndaemon: {daemon: {}}\n');
  assert.equal(await problems({ file }), ['c.yaml:2:10: unknown key daemon']);
  const bare = yaml('performance: {max_connections: 5}\n');
  assert.is((await config({ file: bare })).performance.max_connections, 5);
});

v14('is taken with the names that keys had before', async () => {
  const text = 'limits: {connections_max: 5}\nworkers: {restart: {window_ms: 5000}}\n';
  const { performance, health } = await config({ file: yaml(text) });
  assert.equal([performance.max_connections, health.restart_window_ms], [5, 5000]);
  const flags = [{ key: 'limits.connections_max', text: '6', flag: '--set' }];
  const env = { GOXEL_SUPERVISOR__WORKERS__RESTART__JITTER: '0.5' };
  const other = await config({ flags, env });
  assert.equal([other.performance.max_connections, other.health.restart_jitter], [6, 0.5]);
});

v14('has one value by both names: a later source wins, one source is in error', async () => {
  const file = yaml('performance: {max_connections: 5}\n');
  const former = { key: 'limits.connections_max', text: '6', flag: '--set' };
  const today = { key: 'performance.max_connections', text: '7', flag: '--set' };
  const env = { GOXEL_LIMITS_CONNECTIONS_MAX: '8' };
  const connections = async (sources: ConfigSources): Promise<number> =>
    (await config(sources)).performance.max_connections;
  assert.is(await connections({ file, flags: [former] }), 6);
  assert.is(await connections({ env, flags: [today] }), 7);
  assert.is(await connections({ file, env }), 8);
  assert.equal(await problems({ flags: [former, today] }), [
    '--set: performance.max_connections has a value already: limits.connections_max',
  ]);
  // The same flag again is how a command line is corrected.
  assert.is(await connections({ flags: [today, { ...today, text: '9' }] }), 9);
});

v14.run();
