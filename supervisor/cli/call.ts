/** `goxel-supervisor call`: one request to a running daemon. */

import { METHODS } from '../../engine/catalogue/methods.ts';
import { ClientError } from '../../transport/client.ts';
import type { CommandLine } from './args.ts';
import { withDaemon } from './connection.ts';
import { CliError, EXIT, type ExitCode } from './exit-codes.ts';
import { writeData } from './output.ts';

type Line = Extract<CommandLine, { command: 'call' }>;

export async function call(line: Line): Promise<ExitCode> {
  const [method = '', text] = line.positionals;
  const params = text === undefined ? undefined : parseParams(text);
  const result = await withDaemon(line, (client) => client.call(method, params)).catch(
    (error: unknown) => {
      throw error instanceof ClientError ? refusal(method, error) : error;
    },
  );
  await writeData(`${JSON.stringify(result, undefined, 2)}\n`);
  return EXIT.OK;
}

function parseParams(text: string): Record<string, unknown> | unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CliError(EXIT.USAGE, `PARAMS is not JSON: ${(error as Error).message}`, error);
  }
  if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  throw new CliError(EXIT.USAGE, `PARAMS must be a JSON array or object, not ${text}`);
}
