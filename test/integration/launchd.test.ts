/** The property list for launchd: well-formed, with the keys that launchd knows, and true. */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'plist';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadConfig } from '../../conf/load.ts';
import { SETTINGS } from '../../conf/settings.ts';
import { parseCommandLine } from '../../supervisor/cli/args.ts';
import { ROOT } from '../support/modules.ts';
import { whereIs } from '../support/tools.ts';

const FOLDER = join(ROOT, 'conf/launchd');
const PATH = join(FOLDER, 'com.goxel.supervisor.plist');

interface Job {
  readonly Label: string;
  readonly ProgramArguments: readonly string[];
  readonly KeepAlive: { readonly SuccessfulExit: boolean };
  readonly ExitTimeOut: number;
  readonly Umask: number;
  readonly WorkingDirectory: string;
  readonly StandardErrorPath: string;
  readonly SoftResourceLimits: { readonly NumberOfFiles: number };
  readonly HardResourceLimits: { readonly NumberOfFiles: number };
}

/** Keys of launchd.plist(5) that ours may use; a misspelt one is ignored there in silence. */
const KNOWN = [
  ...['Label', 'ProgramArguments', 'EnvironmentVariables', 'UserName', 'GroupName', 'Umask'],
  ...['WorkingDirectory', 'RunAtLoad', 'KeepAlive', 'ThrottleInterval', 'ExitTimeOut'],
  ...['ProcessType', 'SoftResourceLimits', 'HardResourceLimits'],
  ...['StandardOutPath', 'StandardErrorPath'],
];

const launchd = suite('launchd');
const job = parse(readFileSync(PATH, 'utf8')) as unknown as Job;

launchd('has keys that launchd knows, each with a value of its type', () => {
  assert.equal(
    Object.keys(job).filter((key) => !KNOWN.includes(key)),
    [],
  );
  assert.is(`${job.Label}.plist`, 'com.goxel.supervisor.plist');
  assert.is(job.Umask, 0o027);
  assert.is(job.KeepAlive.SuccessfulExit, false);
  if (whereIs('plutil') !== undefined) {
    assert.is(spawnSync('plutil', ['-lint', PATH]).status, 0);
  }
});

launchd('runs a command that there is, and gives it the time that it takes', () => {
  const [program, ...args] = job.ProgramArguments;
  assert.is(program, '/usr/local/bin/goxel-supervisor');
  assert.is(parseCommandLine(args).kind, 'command');
  const shutdown_ms = Number(SETTINGS.get('performance.shutdown_timeout_ms')?.default);
  assert.ok(job.ExitTimeOut * 1000 > shutdown_ms + 2000);
});

launchd('speaks of the same places and limits as the configuration', async () => {
  const { config, warnings } = await loadConfig({ file: join(FOLDER, 'daemon.conf') });
  assert.equal(warnings, []);
  assert.equal(config.files.roots, [job.WorkingDirectory]);
  assert.is(dirname(config.logging.file), dirname(job.StandardErrorPath));
  assert.is(job.SoftResourceLimits.NumberOfFiles, config.resources.open_files);
  assert.is(job.HardResourceLimits.NumberOfFiles, config.resources.open_files_max);
});

launchd.run();
