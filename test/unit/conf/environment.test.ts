/** Variables of the environment: each is of one key, and what may be meant for us is told. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { environmentName, fromEnvironment } from '../../../conf/environment.ts';
import { FORMER_KEYS } from '../../../conf/former-keys.ts';
import { checkConfig, loadConfig } from '../../../conf/load.ts';
import { SETTINGS } from '../../../conf/settings.ts';

const test = suite('configuration: environment');

test('has a variable for each key, and no two keys share one', () => {
  const keys = [...SETTINGS.keys(), ...FORMER_KEYS.keys()];
  assert.is(new Set(keys.map(environmentName)).size, keys.length);
  assert.is(environmentName('performance.max_connections'), 'GOXEL_PERFORMANCE_MAX_CONNECTIONS');
  assert.is(environmentName('pid_file'), 'GOXEL_PID_FILE');
});

test('takes the name of today, the older form and former keys', async () => {
  for (const name of [
    'GOXEL_PERFORMANCE_MAX_CONNECTIONS',
    'GOXEL_SUPERVISOR__PERFORMANCE__MAX_CONNECTIONS',
    'GOXEL_LIMITS_CONNECTIONS_MAX',
    'GOXEL_SUPERVISOR__LIMITS__CONNECTIONS_MAX',
  ]) {
    const { config, origins } = await loadConfig({ env: { [name]: '7' } });
    assert.is(config.performance.max_connections, 7, name);
    assert.is(origins.get('performance.max_connections'), name);
  }
  const { config } = await loadConfig({ env: { GOXEL_SUPERVISOR_RESTART_JITTER: '0.1' } });
  assert.is(config.supervisor.restart.jitter, 0.1);
});

test('refuses a key that has two variables', async () => {
  const env = {
    GOXEL_LIMITS_CONNECTIONS_MAX: '5',
    GOXEL_PERFORMANCE_MAX_CONNECTIONS: '5',
  };
  const { problems } = await checkConfig({ env });
  assert.equal(problems, [
    'GOXEL_PERFORMANCE_MAX_CONNECTIONS: performance.max_connections has a value already:' +
      ' GOXEL_LIMITS_CONNECTIONS_MAX',
  ]);
});

test('takes those of the C daemon behind our own; their times are in seconds', async () => {
  const env = {
    GOXEL_RENDER_DIR: '/var/cache/goxel',
    GOXEL_RENDER_TTL: '120',
    GOXEL_RENDER_MAX_SIZE: '52428800',
    GOXEL_RENDER_CLEANUP_INTERVAL: '',
  };
  const { config, origins } = await loadConfig({ env });
  const { directory, ttl_ms, bytes_max, cleanup_interval_ms } = config.renders;
  assert.equal([directory, ttl_ms, bytes_max], ['/var/cache/goxel', 120_000, 52_428_800]);
  assert.is(cleanup_interval_ms, 300_000, 'an empty one is none');
  assert.is(origins.get('renders.ttl_ms'), 'GOXEL_RENDER_TTL');
  const both = await loadConfig({ env: { ...env, GOXEL_RENDERS_TTL_MS: '5000' } });
  assert.is(both.config.renders.ttl_ms, 5000);
  const { problems } = await checkConfig({ env: { GOXEL_RENDER_TTL: 'long' } });
  assert.is(problems.length, 1);
  assert.match(problems[0]!, /GOXEL_RENDER_TTL/);
});

function told(...names: string[]): { problems: string[]; warnings: string[] } {
  const { problems, warnings } = fromEnvironment(
    Object.fromEntries(names.map((name) => [name, '1'])),
  );
  return { problems, warnings };
}

test('refuses an unknown variable that begins like a section', () => {
  const { problems, warnings } = told(
    'GOXEL_LIMITS_DEPHT_MAX',
    'GOXEL_SOCKETS_NOTHING_LIKE_IT_AT_ALL',
    'GOXEL_SUPERVISOR__LIMITS__DEPHT_MAX',
  );
  assert.equal(problems, [
    'environment: unknown variable GOXEL_LIMITS_DEPHT_MAX; did you mean GOXEL_LIMITS_DEPTH_MAX?',
    'environment: unknown variable GOXEL_SOCKETS_NOTHING_LIKE_IT_AT_ALL',
    'environment: unknown variable GOXEL_SUPERVISOR__LIMITS__DEPHT_MAX;' +
      ' did you mean GOXEL_SUPERVISOR__LIMITS__DEPTH_MAX?',
  ]);
  assert.equal(warnings, []);
});

test('warns of one that is near to one of ours', () => {
  const { problems, warnings } = told('GOXEL_PIDFILE', 'GOXEL_CONFG', 'GOXEL_LOG_LEVEL');
  assert.equal(problems, []);
  assert.equal(warnings, [
    'environment: GOXEL_PIDFILE sets nothing here; did you mean GOXEL_PID_FILE?',
    'environment: GOXEL_CONFG sets nothing here; did you mean GOXEL_CONFIG?',
    'environment: GOXEL_LOG_LEVEL sets nothing here; did you mean GOXEL_LOGGING_LEVEL?',
  ]);
});

test('takes no variable of the scripts of goxel-daemon for a mistake', () => {
  const names =
    'DAEMON_BINARY DAEMON_MODE DAEMON_USER DAEMON_GROUP SOCKET SOCKET_PATH LOG_FILE CONFIG_FILE' +
    ' WORKING_DIR START_TIMEOUT STOP_TIMEOUT STARTUP_TIMEOUT SHUTDOWN_TIMEOUT HEALTH_TIMEOUT' +
    ' MAX_WORKERS WORKER_THREADS QUEUE_SIZE MAX_CONNECTIONS LOG_LEVEL VERBOSE HEADLESS';
  assert.equal(told(...names.split(' ').map((name) => `GOXEL_${name}`)).problems, []);
});

test('leaves alone what is none of its business', () => {
  const others = told(
    'GOXEL_CONFIG',
    'GOXEL_TOKEN',
    'GOXEL_RENDER_DIR',
    'GOXEL_RENDER_MAX_SIZE',
    'GOXEL_HEALTH_TIMEOUT',
    'GOXEL_DAEMON_BINARY',
    'GOXEL_HEADLESS',
    'GOXELS',
    'PATH',
  );
  assert.equal(others, { problems: [], warnings: [] });
});

test.run();
