/** `report` on the real binary: with a daemon, without one, and with secrets in every place. */

import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { shell } from '../support/cli.ts';
import { withDaemon } from '../support/daemon.ts';
import { ADMIN, EDIT, fileOf, LOOK, opened, settings, WRONG } from '../support/secrets.ts';
import { temporaryDirectory } from '../support/tmp.ts';

interface Report {
  readonly daemon: Readonly<Record<string, unknown>>;
  readonly local: Readonly<Record<string, unknown>>;
}

const PASSWORD = 'hunter2hunter2';

const test = suite('report');

test('has all parts and no secret, whatever place that is in', () => {
  const directory = temporaryDirectory();
  const config = join(directory, 'daemon.yaml');
  const url = `https://user:${PASSWORD}@host.example/`;
  writeFileSync(config, `logging:\n  level: info\ndump:\n  directory: ${directory}/${EDIT}\n`);
  const args = ['--config', config, '--set', `working_directory=${directory}`];
  const env = { GOXEL_TOKEN: ADMIN, GOXEL_HOME_PAGE: url, GOXEL_PASSWORD: PASSWORD };
  return withDaemon({ settings: settings(), args, env }, async (daemon) => {
    const client = await opened(daemon, ADMIN);
    await client.call('goxel.add_voxel', { x: 1, y: 2, z: 3, color: '#3366CC', project: 'house' });
    await client.call('goxel.load_project', { path: `/nowhere/${LOOK}/x.gox` });
    await client.call('system.authenticate', { token: WRONG });
    const tokens = fileOf(`${ADMIN}\n`);
    const file = join(directory, 'report.json');
    const command = `gs report --socket ${daemon.socket} --token-file ${tokens}`;
    const { code, stdout, stderr } = await shell(`
      export GOXEL_TOKEN=${LOOK} GOXEL_CONFIG=/dev/null
      ${command} --output ${file} && { ${command} --output ${file}; echo $?; } 2>&1
    `);
    assert.is(code, 0, stderr);
    assert.match(
      stdout,
      /read it before you send it\n.*is there already; name another file\n73\n/s,
    );
    assert.is(statSync(file).mode & 0o777, 0o600);
    const text = readFileSync(file, 'utf8');
    for (const secret of [ADMIN, EDIT, LOOK, WRONG, PASSWORD]) {
      assert.not.match(text, secret);
    }
    const report = JSON.parse(text) as Report;
    for (const half of [report.daemon, report.local]) {
      for (const [name, part] of Object.entries(half)) {
        assert.not.match(JSON.stringify(part), /^{"unavailable"/, name);
      }
    }
    const says = (name: string, what: string | RegExp) =>
      assert.match(JSON.stringify(report.daemon[name]), what);
    says('tree', '"id":"engine:0"');
    says('tree', '"statistics":{');
    says('configuration', '"logging.level":{"value":"info","origin":"');
    says('log', /INFO {2}configuration: .*daemon.yaml/);
    says('traces', '"method":"goxel.add_voxel"');
    says('start', 'GOXEL_HOME_PAGE');
    assert.match(JSON.stringify(report.local.process), `"pid":${daemon.pid}`);
    client.destroy();
  });
});

test('is written without a daemon too, and says so by its exit code', async () => {
  const socket = join(temporaryDirectory(), 's');
  const { code, stdout, stderr } = await shell(`
    export GOXEL_CONFIG=/dev/null GOXEL_TOKEN=${ADMIN}
    gs report --output - --socket ${socket}
  `);
  assert.is(code, 69, stderr);
  assert.match(stderr, 'without the daemon: no daemon answers on');
  const { daemon, local } = JSON.parse(stdout) as Report;
  assert.match(String(daemon.unavailable), 'there is no such socket');
  assert.equal(local.socket, { path: socket, there: false });
  assert.not.match(stdout, ADMIN);
});

test('is written though the configuration is wrong, which it tells', async () => {
  const config = join(temporaryDirectory(), 'daemon.yaml');
  writeFileSync(config, 'workers:\n  count: many\n');
  const { code, stdout } = await shell(`gs report --output - --config ${config}`);
  assert.is(code, 78);
  const { daemon, local } = JSON.parse(stdout) as Report;
  assert.match(String(daemon.unavailable), 'workers.count');
  assert.match(JSON.stringify(local.configuration), 'workers.count');
  assert.match(JSON.stringify(local.versions), '"node"');
});

test.run();
