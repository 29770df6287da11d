/** `goxel-supervisor call`: one request to a running daemon. */

import { CLIENT_ERRORS, ClientError } from '../../transport/client.ts';
import type { CommandLine } from './args.ts';
import { withDaemon } from './connection.ts';
import { CliError, EXIT, type ExitCode } from './exit-codes.ts';
import { writeData } from './output.ts';
import { withProgress } from './progress.ts';

type Line = Extract<CommandLine, { command: 'call' }>;

export async function call(line: Line): Promise<ExitCode> {
  const [method = '', text] = line.positionals;
  const params = text === undefined ? undefined : parseParams(text);
  const result = await withDaemon(line, (client) =>
    withProgress(client, client.call(method, params)),
  ).catch((error: unknown) => {
    throw error instanceof ClientError ? refusal(method, error) : error;
  });
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

/** An error of the daemon as one of the command line: what, where, and what to do about it. */
function refusal(method: string, error: ClientError): CliError {
  const lines = [`${method}: ${error.message} (${error.code})`];
  const advice = adviceOf(error.data);
  if (advice !== undefined) lines.push(advice);
  const lost = error.code in CLIENT_ERRORS;
  return new CliError(lost ? EXIT.IOERR : EXIT.DATAERR, lines.join('\n'), error);
}

/** Errors of this daemon say what to do; those of another one need not. */
function adviceOf(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || !('advice' in data)) return undefined;
  return typeof data.advice === 'string' ? data.advice : undefined;
}
