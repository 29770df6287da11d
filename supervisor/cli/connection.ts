/** The way from a command to a running daemon. */

import { ConfigError } from '../../conf/config-error.ts';
import { loadConfig } from '../../conf/load.ts';
import type { Config } from '../../conf/schema.ts';
import { type Client, type ClientError, connect } from '../../transport/client.ts';
import type { CommandLine } from './args.ts';
import type { CommandName } from './commands.ts';
import { findSources, namesSocket } from './configuration.ts';
import { connectionFailure } from './connection-failure.ts';
import { CliError, EXIT } from './exit-codes.ts';
import { checkOwner, checkReached, trustedUsers } from './socket-owner.ts';
import { tokenOf } from './token.ts';

/** The commands about a running daemon. */
type Asking =
  | Extract<CommandName, `debug ${string}`>
  | (
      | 'call'
      | 'health'
      | 'inspect'
      | 'reload'
      | 'report'
      | 'status'
      | 'stop'
      | 'top'
      | 'tree'
      | 'upgrade'
    );
type Line = Extract<CommandLine, { command: Asking }>;

/**
 * The configuration that the command line, the environment and a file give. Who names the socket
 * needs no file.
 */
export async function configOf(line: Line): Promise<Config> {
  const { env } = process;
  if (namesSocket(line)) return (await loadConfig({ env, flags: line.flags })).config;
  try {
    return (await loadConfig(findSources(line).sources)).config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const text = `${error.message}\nWith --socket PATH, no configuration file is read.`;
    throw new CliError(EXIT.CONFIG, text, error);
  }
}

/** A token is looked at at once. */
const SOON = { timeout_ms: 5000 };

/** What a command is told about its connection. */
interface ConnectionOptions {
  /** The file of the token, if one was named; else the environment may have it. */
  readonly 'token-file'?: string;
  /** Whether the socket may be of any user. */
  readonly 'any-owner'?: boolean;
}

/**
 * Connects to the daemon that a configuration names, and does something with it.
 *
 * @throws CliError when there is no connection, with the code for the reason
 */
export async function withDaemon<T>(
  { sockets, user }: Config,
  use: (client: Client) => Promise<T>,
  options: ConnectionOptions = {},
): Promise<T> {
  const { path } = sockets.unix;
  const trusted = options['any-owner'] === true ? undefined : trustedUsers(user);
  if (trusted !== undefined) checkOwner(path, trusted);
  const token = tokenOf(options['token-file']);
  const client = await connect({ path }).catch((error: ClientError) => {
    throw error.code === 'CLIENT_CONNECT' ? connectionFailure(path, error) : error;
  });
  try {
    if (trusted !== undefined) checkReached(path, trusted);
    if (token !== undefined) await client.call('system.authenticate', { token }, SOON);
    return await use(client);
  } finally {
    await client.close();
  }
}
