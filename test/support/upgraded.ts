/** Daemons whose program and configuration change while they run, to be replaced by others. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { cli } from './cli.ts';
import { type Daemon, type DaemonOptions, startDaemon } from './daemon.ts';
import { RawConnection } from './raw.ts';
import { type SwappedProgram, swappedProgram } from './swapped-program.ts';
import { temporaryDirectory } from './tmp.ts';

export interface Place {
  readonly daemon: Daemon;
  readonly program: SwappedProgram;
  readonly config: string;
  /** The number in the PID file. */
  readonly pid: () => number;
}

/** A configuration without a mistake. */
export const FINE = 'logging: { level: info }\n';

/** Uses a daemon whose program and configuration are files that can be changed; then it is gone. */
export async function withPlace(
  use: (place: Place) => Promise<void>,
  options: DaemonOptions = {},
): Promise<void> {
  const directory = temporaryDirectory();
  const config = join(directory, 'daemon.yaml');
  writeFileSync(config, FINE);
  const pid_file = join(directory, 'pid');
  const program = swappedProgram();
  const daemon = await startDaemon({
    ...options,
    main: program.path,
    args: ['--config', config, ...(options.args ?? [])],
    settings: { pid_file, ...options.settings },
  });
  const pid = () => Number(readFileSync(pid_file, 'utf8'));
  const reap = () => {
    try {
      process.kill(pid(), 'SIGKILL');
    } catch {
      // It has ended.
    }
  };
  process.once('exit', reap);
  try {
    await use({ daemon, program, config, pid });
    const { code, stderr } = await cli('stop', '--socket', daemon.socket);
    assert.is(code, 0, stderr);
  } catch (error) {
    process.stderr.write(`the daemon printed:\n${daemon.stdout()}${daemon.stderr()}`);
    reap();
    throw error;
  } finally {
    process.off('exit', reap);
    await daemon.kill();
  }
}

export const upgrade = ({ daemon }: Place) => cli('upgrade', '--socket', daemon.socket);

export const VOXEL = { project: 'tower', x: 1, y: 2, z: 3 };

/** A client that has made an edit. */
export async function edited(socket: string): Promise<RawConnection> {
  const client = await RawConnection.open(socket);
  await client.call('goxel.create_project', { project: 'tower' });
  assert.is(
    (await client.call('goxel.add_voxel', { ...VOXEL, color: '#3366CC' })).error,
    undefined,
  );
  return client;
}

/** Whether that is there. */
export async function isThere(client: RawConnection): Promise<boolean> {
  const { result, error } = await client.call('goxel.get_voxel', VOXEL);
  assert.is(error, undefined, JSON.stringify(error));
  return (result as { exists: boolean }).exists;
}
