/** `goxel-supervisor call`: one request to a running daemon. */

import { ClientError } from '../../transport/client.ts';
import type { CommandLine } from './args.ts';
import { configOf, withDaemon } from './connection.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { writeData } from './output.ts';
import { readParams } from './params.ts';
import { savePictures, shown } from './pictures.ts';
import { withProgress } from './progress.ts';
import { timeoutOf } from './seconds.ts';

type Line = Extract<CommandLine, { command: 'call' }>;

/** Of `--timeout`: the limits of the daemon decide. */
const NO_LIMIT = '0';

export async function call(line: Line): Promise<ExitCode> {
  const [method = '', text] = line.positionals;
  const timeout_ms = timeoutOf(line.options.timeout ?? NO_LIMIT);
  const params = readParams(text);
  const config = await configOf(line);
  const interruption = interruptible();
  const { signal } = interruption;
  let result: unknown;
  try {
    result = await withDaemon(
      config,
      (client) => withProgress(client, client.call(method, params, { timeout_ms, signal })),
      line.options,
    );
  } catch (error) {
    if (signal.aborted) return interruption.exit_code();
    throw error instanceof ClientError ? about(method, error) : error;
  } finally {
    interruption.release();
  }
  const { output } = line.options;
  await writeData(output === undefined ? shown(result) : savePictures(result, output));
  return EXIT.OK;
}

interface Interruption {
  readonly signal: AbortSignal;
  exit_code(): ExitCode;
  release(): void;
}

/** The first Ctrl-C (or SIGTERM) takes the request back; the second does not wait for that. */
function interruptible(): Interruption {
  const controller = new AbortController();
  let exit_code: ExitCode = EXIT.INTERRUPTED;
  const stop = (name: NodeJS.Signals) => {
    exit_code = name === 'SIGTERM' ? EXIT.TERMINATED : EXIT.INTERRUPTED;
    if (controller.signal.aborted) process.exit(exit_code);
    controller.abort();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return {
    signal: controller.signal,
    exit_code: () => exit_code,
    release: () => process.off('SIGINT', stop).off('SIGTERM', stop),
  };
}

/** An error with the method it is about. */
function about(method: string, { message, code, number, data, cause }: ClientError): ClientError {
  return new ClientError(`${method}: ${message}`, code, number, data, cause);
}
