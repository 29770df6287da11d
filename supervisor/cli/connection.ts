/** The way from a command to a running daemon. */

import { loadConfig } from '../../conf/load.ts';
import { type Client, connect } from '../../transport/client.ts';
import type { CommandLine } from './args.ts';
import { CliError, EXIT } from './exit-codes.ts';

type Line = Extract<CommandLine, { command: 'call' | 'tree' }>;

/**
 * Connects to the daemon that the command line, the environment and the configuration name, and
 * does something with it.
 *
 * @throws CliError EX_UNAVAILABLE when none answers there
 */
export async function withDaemon<T>(
  { options, flags }: Line,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const { config } = await loadConfig({
    ...(options.config === undefined ? {} : { file: options.config }),
    env: process.env,
    flags,
  });
  const { path } = config.sockets.unix;
  const client = await connect({ path }).catch((error: Error) => {
    throw new CliError(
      EXIT.UNAVAILABLE,
      `no daemon answers on ${path} (${error.message}); start one with: goxel-supervisor run`,
      error,
    );
  });
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}
