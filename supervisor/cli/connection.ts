/** The way from a command to a running daemon. */

import { loadConfig } from '../../conf/load.ts';
import type { Config } from '../../conf/schema.ts';
import { type Client, connect } from '../../transport/client.ts';
import type { CommandLine } from './args.ts';
import { connectionFailure } from './connection-failure.ts';

/** The commands about a running daemon. */
type Asking = 'call' | 'debug' | 'health' | 'reload' | 'status' | 'stop' | 'tree';
type Line = Extract<CommandLine, { command: Asking }>;

/** The configuration that the command line, the environment and a file give. */
export async function configOf({ options, flags }: Line): Promise<Config> {
  const { config } = await loadConfig({
    ...(options.config === undefined ? {} : { file: options.config }),
    env: process.env,
    flags,
  });
  return config;
}

/**
 * Connects to the daemon that a configuration names, and does something with it.
 *
 * @throws CliError when there is no connection, with the code for the reason
 */
export async function withDaemon<T>(
  { sockets }: Config,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const { path } = sockets.unix;
  const client = await connect({ path }).catch((error: Error) => {
    throw connectionFailure(path, error);
  });
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}
