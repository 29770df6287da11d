/** What is shipped for containers, and how the daemon behaves in one. */

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DockerfileParser, type Instruction } from 'dockerfile-ast';
import { ValidationSeverity, validate } from 'dockerfile-utils';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { loadConfig } from '../../conf/load.ts';
import { SETTINGS } from '../../conf/settings.ts';
import { parseCommandLine } from '../../supervisor/cli/args.ts';
import { cli } from '../support/cli.ts';
import { leaveOrphans, noContainers, startContainer, zombiesOf } from '../support/container.ts';
import { DAEMON_MAIN, withDaemon } from '../support/daemon.ts';
import { ROOT } from '../support/modules.ts';
import { eventually, RawConnection } from '../support/raw.ts';
import { temporaryDirectory } from '../support/tmp.ts';
import { withoutTool } from '../support/tools.ts';

const FOLDER = join(ROOT, 'conf/docker');
const DOCKERFILE = readFileSync(join(FOLDER, 'Dockerfile'), 'utf8');
const IN_IMAGE = '/etc/goxel/daemon.conf';

const instructions = DockerfileParser.parse(DOCKERFILE).getInstructions();

/** The arguments of all instructions of a name, as they stand there. */
function argumentsOf(name: string): string[] {
  return instructions
    .filter((instruction: Instruction) => instruction.getKeyword() === name)
    .map((instruction: Instruction) => instruction.getArgumentsContent() ?? '');
}

/** Those of the last one, which is the image's. */
function lastOf(name: string): string {
  return argumentsOf(name).at(-1) ?? '';
}

const shipped = suite('Dockerfile');

shipped('has nothing that a linter complains of', () => {
  const severity = ValidationSeverity.ERROR;
  const complaints = validate(DOCKERFILE, {
    deprecatedMaintainer: severity,
    directiveCasing: severity,
    emptyContinuationLine: severity,
    instructionCasing: severity,
    instructionCmdMultiple: severity,
    instructionEntrypointMultiple: severity,
    instructionHealthcheckMultiple: severity,
    instructionJSONInSingleQuotes: severity,
    instructionWorkdirRelative: severity,
  });
  assert.equal(
    complaints.map(({ message, range }) => `${range.start.line + 1}: ${message}`),
    [],
  );
});

shipped('copies what is there, into the context too', () => {
  const ignored = readFileSync(join(FOLDER, 'Dockerfile.dockerignore'), 'utf8').split('\n');
  for (const [, text = ''] of DOCKERFILE.matchAll(/^COPY (?!--from)(.+)$/gm)) {
    for (const name of text.split(' ').slice(0, -1)) {
      assert.ok(existsSync(join(ROOT, name)), name);
      assert.not(ignored.includes(name), name);
    }
  }
});

shipped('runs as a user that is not root, by commands that there are', async () => {
  assert.match(lastOf('USER'), /^[1-9]\d*:[1-9]\d*$/);
  assert.equal(JSON.parse(lastOf('ENTRYPOINT')), ['goxel-supervisor']);
  const run = parseCommandLine(JSON.parse(lastOf('CMD')) as string[]);
  assert.is(run.kind, 'command');
  const { config, warnings } = await loadConfig({ file: join(FOLDER, 'daemon.conf') });
  assert.equal(warnings, []);
  const volumes = JSON.parse(lastOf('VOLUME')) as string[];
  assert.ok(volumes.some((path) => config.sockets.unix.path.startsWith(`${path}/`)));
  assert.ok(volumes.includes(config.files.roots[0] ?? ''));
  assert.is(lastOf('WORKDIR'), config.files.roots[0]);
});

shipped('the health command tells the living from the dead', async () => {
  const [, command = ''] = /CMD (.+)$/s.exec(lastOf('HEALTHCHECK')) ?? [];
  const directory = temporaryDirectory();
  const socket = join(directory, 's');
  const config = join(directory, 'daemon.conf');
  writeFileSync(config, `sockets: { unix: { path: ${socket} } }\n`);
  const bin = join(directory, 'bin');
  mkdirSync(bin);
  symlinkSync(process.execPath, join(bin, 'node'));
  writeFileSync(join(bin, 'goxel-supervisor'), `#!/bin/sh\nexec node ${DAEMON_MAIN} "$@"\n`, {
    mode: 0o755,
  });
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
  const check = () => {
    const text = command.replace(IN_IMAGE, config);
    return spawnSync('sh', ['-c', text], { env, encoding: 'utf8' }).status;
  };
  await withDaemon({ socket }, async () => {
    assert.is(check(), 0);
  });
  assert.is(check(), 1);
});

shipped('compose gives it a read-only root, places to write, and time to stop', () => {
  const { services } = parse(readFileSync(join(FOLDER, 'compose.yaml'), 'utf8')) as {
    services: Record<'goxel' | 'client', Record<string, unknown>>;
  };
  const { goxel } = services;
  assert.is(goxel.read_only, true);
  assert.equal(goxel.tmpfs, ['/tmp']);
  const volumes = (goxel.volumes as string[]).map((text) => text.split(':')[1]);
  assert.equal(volumes.sort(), (JSON.parse(lastOf('VOLUME')) as string[]).sort());
  const shutdown_ms = Number(SETTINGS.get('performance.shutdown_timeout_ms')?.default);
  assert.ok(Number.parseInt(String(goxel.stop_grace_period), 10) * 1000 > shutdown_ms);
  assert.is(parseCommandLine(services.client.command as string[]).kind, 'command');
});

/** Why no image can be built here; undefined when it can. */
function noDocker(): string | undefined {
  const { status, error, stderr } = spawnSync('docker', ['info'], { encoding: 'utf8' });
  if (status === 0) return undefined;
  return error?.message ?? stderr.trim().split('\n').at(-1) ?? 'docker does not work here';
}

const without_docker = noDocker();
if (without_docker === undefined) {
  shipped('builds an image that runs, is healthy, and stops', async () => {
    const name = `goxel-supervisor-test-${process.pid}`;
    const docker = (...args: readonly string[]) =>
      execFileSync('docker', args, { cwd: ROOT, encoding: 'utf8' });
    docker('build', '--quiet', '--file', 'conf/docker/Dockerfile', '--tag', name, '.');
    try {
      docker('run', '--detach', '--name', name, '--read-only', '--tmpfs', '/tmp', name);
      const status = () => docker('exec', name, 'goxel-supervisor', 'status');
      await eventually('it ran', () => {
        try {
          return status().includes('running');
        } catch {
          return false;
        }
      });
      docker('stop', name);
      assert.is(docker('inspect', '--format', '{{.State.ExitCode}}', name).trim(), '0');
    } finally {
      docker('rm', '--force', name);
      docker('image', 'rm', '--force', name);
    }
  });
} else {
  // Nothing here can make docker work, so that this is no failure of a run in CI.
  process.stderr.write(`skipped: the image is not built: ${without_docker}\n`);
  shipped.skip('builds an image that runs, is healthy, and stops');
}

shipped.run();

const inside = suite('in a container');
const why_not = noContainers();
const add = why_not === undefined ? inside : withoutTool(inside, why_not);

/** Leaves orphans until they have been seen ended: a busy machine may look too late. */
async function endedOrphans(pid: number, count: number): Promise<void> {
  for (let more = 5; ; more -= 1) {
    leaveOrphans(pid, count);
    try {
      return await eventually('the orphans ended', () => zombiesOf(pid).length === count, 4000);
    } catch (error) {
      if (more === 0) throw error;
    }
  }
}

add('as its first process it serves, reaps orphans, and stops on SIGTERM', async () => {
  const { socket, pid, exited, output } = await startContainer();
  const client = await RawConnection.openEventually(socket);
  const { result } = await client.call('status');
  assert.is((result as { pid: number }).pid, 1);
  client.destroy();
  await endedOrphans(pid, 5);
  await eventually('they were waited for', () => zombiesOf(pid).length === 0);
  process.kill(pid, 'SIGTERM');
  assert.is(await exited(), 0, output());
  assert.not(existsSync(socket));
});

add('with a read-only root, an unknown user and no home it does all that it does', async () => {
  const { socket, state, exited } = await startContainer();
  const client = await RawConnection.openEventually(socket);
  await client.call('goxel.add_voxel', [1, 2, 3, '#3366CC']);
  // Relative paths are those of its working directory.
  await client.call('goxel.save_project', ['a.gox']);
  const picture = { width: 16, height: 16, output_path: 'a.png' };
  await client.call('goxel.render_scene', picture);
  assert.ok(existsSync(join(state, 'a.gox')) && existsSync(join(state, 'a.png')));
  client.destroy();
  // Its id inside is another one's outside, so that the command goes by the socket.
  const { code, stdout, stderr } = await cli(
    'stop',
    '--any-owner',
    '--timeout',
    '20',
    '--socket',
    socket,
  );
  assert.is(code, 0, stderr);
  assert.match(stdout, 'the daemon is gone');
  assert.is(await exited(), 0);
});

add('without koffi it reaps nothing, and all else goes on', async () => {
  const { pid, exited } = await startContainer({ GOXEL_NATIVE: 'off' });
  leaveOrphans(pid, 1);
  await eventually('the orphan ended', () => zombiesOf(pid).length === 1);
  await sleep(2000);
  assert.is(zombiesOf(pid).length, 1);
  process.kill(pid, 'SIGTERM');
  assert.is(await exited(), 0);
});

inside.run();
