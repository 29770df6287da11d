/** The commands about the configuration, and the way from its sources to a running daemon. */

import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { type CliResult, shell } from '../support/cli.ts';
import { DAEMON_MAIN, startDaemon, withDaemon } from '../support/daemon.ts';
import { DAEMON_SCHEMA, DAEMON_YAML } from '../support/daemon-yaml.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const FIXTURES = fileURLToPath(new URL('../../../test/fixtures/conf/', import.meta.url));
const IS_ROOT = process.getuid?.() === 0;

/** Runs `gs ARGUMENTS`, with these variables. */
function gs(command: string, env: Readonly<Record<string, string>> = {}): Promise<CliResult> {
  const variables = Object.entries(env).map(([name, value]) => `export ${name}='${value}'`);
  return shell(['unset GOXEL_CONFIG', ...variables, `gs ${command}`].join('\n'));
}

/** A directory of XDG with a configuration file in it, so that that of the machine is not found. */
function userFile(text: string): { XDG_CONFIG_HOME: string; file: string } {
  const XDG_CONFIG_HOME = temporaryDirectory();
  const file = join(XDG_CONFIG_HOME, 'goxel-supervisor/daemon.yaml');
  mkdirSync(dirname(file));
  writeFileSync(file, text);
  return { XDG_CONFIG_HOME, file };
}

const check = suite('config check');

check('takes the shipped file, and says what this machine lacks', async () => {
  const { code, stdout } = await gs(`config check '${DAEMON_YAML}' --json`);
  assert.is(code, 0, stdout);
  const result = JSON.parse(stdout);
  assert.is(result.usable, true);
  assert.equal(result.problems, []);
});

check('tells all problems at once, with 78', async () => {
  const { file } = userFile('limits: {depht_max: 1, projects_max: 0}\n');
  const { code, stdout } = await gs(`config check '${file}'`);
  assert.is(code, 78);
  assert.equal(stdout.split('\n').slice(0, 3), [
    `error: ${file}:1:10: unknown key limits.depht_max; did you mean limits.depth_max?`,
    `error: ${file}:1:38: limits.projects_max: expected an integer from 1 to 65536, not 0`,
    `${file} cannot be used`,
  ]);
  const json = JSON.parse((await gs(`config check '${file}' --json`)).stdout);
  assert.is(json.problems.length, 2);
  assert.is(json.file, file);
});

check('looks at the environment and flags too, and reads standard input', async () => {
  const { XDG_CONFIG_HOME } = userFile('');
  const wrong = await gs('config check', { XDG_CONFIG_HOME, GOXEL_LIMITS_DEPTH_MAX: 'x' });
  assert.is(wrong.code, 78);
  assert.match(wrong.stdout, 'GOXEL_LIMITS_DEPTH_MAX: limits.depth_max: expected');
  const flag = await gs('config check --set limits.depth_max=1', { XDG_CONFIG_HOME });
  assert.is(flag.code, 78);
  const input = await shell("printf 'limits: {depth_max: 1}' | gs config check -");
  assert.is(input.code, 78);
  assert.match(input.stdout, 'error: standard input:1:21: limits.depth_max');
  assert.is((await gs(`config check a --config b`)).code, 64);
});

check('names users, directories and files that are not there, as warnings', async () => {
  const directory = temporaryDirectory();
  const token_file = join(directory, 'tokens');
  writeFileSync(token_file, '');
  chmodSync(token_file, 0o644);
  const { file } = userFile(
    [
      'user: no-such-user',
      `pid_file: ${directory}/none/a.pid`,
      `security: {token_file: ${token_file}}`,
      `sockets: {tcp: {tls: {certificate: ${directory}/c.pem, key: ${directory}/k.pem}}}`,
    ].join('\n'),
  );
  const { code, stdout } = await gs(`config check '${file}'`);
  assert.is(code, 0, stdout);
  assert.match(stdout, /warning: user: there is no user no-such-user .* useradd/);
  assert.match(stdout, `warning: pid_file: there is no directory ${directory}/none`);
  assert.match(stdout, `tls.certificate: there is no file ${directory}/c.pem`);
  assert.match(stdout, /warning: security\.token_file: .*tokens: .*0644/);
});

check.run();

const print = suite('config print');

print('prints what can be read back, and where each value comes from', async () => {
  const { XDG_CONFIG_HOME, file } = userFile('limits:\n  depth_max: 20\nfiles: {roots: [., /a]}\n');
  const env = { XDG_CONFIG_HOME, GOXEL_WORKERS_COUNT: '3', GOXEL_SUPERVISOR__WORKERS__JOBS: '1' };
  const { code, stdout } = await gs('config print --origin --socket /tmp/x.sock', env);
  assert.is(code, 0);
  assert.match(stdout, `depth_max: 20 # ${file}:2:14`);
  assert.match(stdout, 'count: 3 # GOXEL_WORKERS_COUNT');
  assert.match(stdout, 'jobs: 1 # GOXEL_SUPERVISOR__WORKERS__JOBS');
  assert.match(stdout, 'path: /tmp/x.sock # --socket');
  assert.match(stdout, 'batch_length_max: 1000 # default');
  const share = / voxel_bytes_max: \d+ # default: 50% of the \d+ bytes that /;
  assert.match(stdout, share);
  // With or without origins: nobody can see otherwise what it is a share of.
  assert.match((await gs('config print', env)).stdout, share);

  const again = userFile(stdout);
  const json = async (env: Readonly<Record<string, string>>, flags = ''): Promise<unknown> =>
    JSON.parse((await gs(`config print --json ${flags}`, env)).stdout);
  const first = await json(env, '--socket /tmp/x.sock');
  assert.equal(await json({ XDG_CONFIG_HOME: again.XDG_CONFIG_HOME }), first);
  assert.equal(parse(stdout).daemon, first);

  const origins = await gs('config print --origin --json', env);
  assert.equal(JSON.parse(origins.stdout)['workers.count'], {
    value: 3,
    origin: 'GOXEL_WORKERS_COUNT',
  });
});

print('refuses what cannot be used', async () => {
  const { XDG_CONFIG_HOME } = userFile('limit: {}\n');
  const { code, stdout, stderr } = await gs('config print', { XDG_CONFIG_HOME });
  assert.is(code, 78);
  assert.is(stdout, '');
  assert.match(stderr, 'did you mean limits?');
});

print.run();

const others = suite('config path, schema, migrate');

others('path says which file is taken, by the same search as run', async () => {
  const { XDG_CONFIG_HOME, file } = userFile('');
  assert.is((await gs('config path', { XDG_CONFIG_HOME })).stdout, `${file}\n`);
  const named = await gs('config path', { XDG_CONFIG_HOME, GOXEL_CONFIG: '/a' });
  assert.is(named.stdout, '/a\n');
  const flag = await gs('config path --config /b', { XDG_CONFIG_HOME, GOXEL_CONFIG: '/a' });
  assert.is(flag.stdout, '/b\n');
  const json = JSON.parse((await gs('config path --json', { XDG_CONFIG_HOME })).stdout);
  assert.is(json.path, file);
  assert.equal(
    json.places.map((place: { path: string }) => place.path),
    [file, '/etc/goxel/daemon.conf'],
  );
});

others('schema prints the shipped one', async () => {
  const { stdout, code } = await gs('config schema');
  assert.is(code, 0);
  assert.is(stdout, readFileSync(DAEMON_SCHEMA, 'utf8'));
});

others('migrate makes a file that check takes, and that it does not overwrite', async () => {
  const output = join(temporaryDirectory(), 'daemon.yaml');
  const made = await gs(`config migrate '${FIXTURES}goxel-daemon.conf' --output '${output}'`);
  assert.is(made.code, 0, made.stderr);
  assert.is(made.stdout, '');
  assert.match(made.stderr, /goxel-daemon\.conf:7:3: daemon\.tcp_host: 0\.0\.0\.0: would be/);
  assert.match(made.stderr, 'environments.production.daemon.worker_threads: 8');
  assert.is((await gs(`config check '${output}'`)).code, 0);
  const again = await gs(`config migrate '${FIXTURES}documents.yaml' --output '${output}'`);
  assert.is(again.code, 73);
  assert.match(again.stderr, 'is there already');
});

others('migrate prints the result, or what became of each key as JSON', async () => {
  const text = await shell(`gs config migrate - < '${FIXTURES}documents.json'`);
  assert.is(text.code, 0);
  assert.is(parse(text.stdout).daemon.sockets.unix.path, '/run/gx/four.sock');
  const json = JSON.parse((await gs(`config migrate '${FIXTURES}documents.json' --json`)).stdout);
  assert.is(json.layout, 'v14.6-documents');
  assert.is(json.values['limits.idle_yield_ms'], 240_000);
  assert.equal(Object.keys(json.kept[0]).slice(0, 5), ['from', 'origin', 'before', 'key', 'value']);
});

others('migrate refuses what it does not know', async () => {
  assert.is((await gs(`config migrate /no/such/file`)).code, 66);
  const other = await shell("printf 'a: 1' | gs config migrate -");
  assert.is(other.code, 65);
  assert.match(other.stderr, 'its keys are of no layout that is known');
});

others.run();

const running = suite('configuration of a daemon');

running('is that of the first file that is found, and the log names it', async () => {
  const { XDG_CONFIG_HOME, file } = userFile('performance: {max_connections: 3}\n');
  const env = { XDG_CONFIG_HOME, GOXEL_CONFIG: '' };
  await withDaemon({ env }, async (daemon) => {
    assert.match(daemon.stdout(), `configuration: ${file} (the configuration of this user)`);
    const status = await gs(`call get_status --socket '${daemon.socket}'`);
    assert.is(status.code, 0, status.stderr);
  });
});

running('is refused where a named file is not there, or a found one cannot be read', async () => {
  const none = await gs('run', { GOXEL_CONFIG: '/no/such/file' });
  assert.is(none.code, 78);
  assert.match(none.stderr, '/no/such/file: cannot be read: ENOENT');
  const { XDG_CONFIG_HOME, file } = userFile('');
  rmSync(file);
  symlinkSync('nowhere', file);
  const dangling = await gs('run', { XDG_CONFIG_HOME });
  assert.is(dangling.code, 78);
  assert.match(dangling.stderr, `${file}: cannot be read`);
});

running('need not be read by who names the socket', async () => {
  const { XDG_CONFIG_HOME, file } = userFile('what: is this\n');
  const daemon = await startDaemon();
  try {
    const named = await gs(`call ping --socket '${daemon.socket}'`, { XDG_CONFIG_HOME });
    assert.is(named.code, 0, named.stderr);
    const variable = { XDG_CONFIG_HOME, GOXEL_SOCKETS_UNIX_PATH: daemon.socket };
    assert.is((await gs('health', variable)).code, 0);
    const unnamed = await gs('tree', { XDG_CONFIG_HOME });
    assert.is(unnamed.code, 78);
    assert.match(unnamed.stderr, `${file}:1:1: unknown key what`);
    assert.match(unnamed.stderr, 'With --socket PATH, no configuration file is read.');
  } finally {
    await daemon.stop();
  }
});

running('that this user may not read is no hindrance to who names the socket', async () => {
  const { XDG_CONFIG_HOME, file } = userFile('');
  chmodSync(file, 0);
  // Root may read everything, unless it gives that right up.
  const rights = '--bounding-set=-dac_override,-dac_read_search';
  const bounded = IS_ROOT ? `setpriv ${rights} --` : '';
  const limited = (command: string): Promise<CliResult> =>
    shell(
      `unset GOXEL_CONFIG; export XDG_CONFIG_HOME='${XDG_CONFIG_HOME}'\n` +
        `${bounded} '${process.execPath}' '${DAEMON_MAIN}' ${command}`,
    );
  const daemon = await startDaemon();
  try {
    const named = await limited(`call ping --socket '${daemon.socket}'`);
    assert.is(named.code, 0, named.stderr);
  } finally {
    await daemon.stop();
  }
  for (const command of ['call ping', 'run', 'config print']) {
    const { code, stderr } = await limited(command);
    assert.is(code, 78, `${command}: ${stderr}`);
    assert.match(stderr, /EACCES.*; --config names another file, and --config \/dev\/null none/);
  }
});

running.run();
