/** The way from a command to a running daemon. */

import { loadConfig } from '../../conf/load.ts';
import type { Config } from '../../conf/schema.ts';
import { type Client, type ClientError, connect } from '../../transport/client.ts';
import type { CommandLine } from './args.ts';
import { connectionFailure } from './connection-failure.ts';
import { tokenOf } from './token.ts';

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
 * @param token_file the file of the token, if one was named; else the environment may have it
 * @throws CliError when there is no connection, with the code for the reason
 */
export async function withDaemon<T>(
  { sockets }: Config,
  use: (client: Client) => Promise<T>,
  token_file?: string,
): Promise<T> {
  const token = tokenOf(token_file);
  const { path } = sockets.unix;
  const options = token === undefined ? {} : { token };
  const client = await connect({ path }, options).catch((error: ClientError) => {
    throw error.code === 'CLIENT_CONNECT' ? connectionFailure(path, error) : error;
  });
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}
