/** `goxel-supervisor inspect`: turns the inspector of a running daemon on, and says where it is. */

import type { inspect as inspectSpec } from '../../engine/catalogue/inspect.ts';
import type { Result } from '../../engine/catalogue/spec.ts';
import type { CommandLine } from './args.ts';
import { configOf, withDaemon } from './connection.ts';
import { CliError, EXIT, type ExitCode } from './exit-codes.ts';
import { writeData, writeTalk } from './output.ts';

type Line = Extract<CommandLine, { command: 'inspect' }>;

const TIMEOUT_MS = 20_000;

export async function inspect(line: Line): Promise<ExitCode> {
  const { port, off = false, json = false } = line.options;
  if (off && port !== undefined) {
    throw new CliError(EXIT.USAGE, '--off takes no --port (see goxel-supervisor inspect --help)');
  }
  const params = { on: !off, ...(port === undefined ? {} : { port: Number(port) }) };
  // The daemon made it by the same schema.
  const result = (await withDaemon(
    await configOf(line),
    (client) => client.call('supervisor.inspect', params, { timeout_ms: TIMEOUT_MS }),
    line.options,
  )) as Result<typeof inspectSpec>;
  if (json) {
    await writeData(`${JSON.stringify(result, undefined, 2)}\n`);
  } else if (result.url === undefined) {
    await writeData('the inspector is off\n');
  } else {
    // The URL alone, for `$(goxel-supervisor inspect)`.
    await writeData(`${result.url}\n`);
    await writeTalk(`To send events to actors there, show the token ${result.admin_token}\n`);
  }
  return EXIT.OK;
}
