/** `goxel-supervisor debug on|off`: debug lines in the log of a running daemon. */

import type { CommandLine } from '../args.ts';
import { configOf, withDaemon } from '../connection.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { writeData } from '../output.ts';

type Line = Extract<CommandLine, { command: 'debug on' | 'debug off' }>;

const TIMEOUT_MS = 10_000;

export async function debug(line: Line): Promise<ExitCode> {
  const on = line.command === 'debug on';
  const result = await withDaemon(
    await configOf(line),
    (client) => client.call('supervisor.debug', { on }, { timeout_ms: TIMEOUT_MS }),
    line.options,
  );
  const { level = on ? 'debug' : '' } = result as { readonly level?: string };
  await writeData(
    line.options.json === true
      ? `${JSON.stringify(result, undefined, 2)}\n`
      : `debug lines are ${on ? 'on' : 'off'}${level === '' ? '' : `: the level is ${level}`}\n`,
  );
  return EXIT.OK;
}
