/** Tokens, and daemons that ask for them. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Daemon, DaemonOptions } from './daemon.ts';
import { RawConnection } from './raw.ts';
import { temporaryDirectory } from './tmp.ts';

export const ADMIN = 'kXo0Yw5mZ8pQ3rT6vB9nL2sD';
export const EDIT = 'Rn4vQ8wL1xZ6cB3mK7tY0pJs';
export const LOOK = '7hJ4kF1gS8aP0zM5xC2wE9uR';
export const WRONG = 'eW2rT5yU8iO1pA4sD7fG0hJ3';
export const LINES = [
  ...['# tokens', `admin ${ADMIN} operator`],
  ...[`standard ${EDIT} editor`, `read-only ${LOOK} dashboard`, ''],
].join('\n');

/** A file that nobody else may read. */
export function fileOf(text: string): string {
  const path = join(temporaryDirectory(), 'tokens');
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

/** Of a daemon whose socket asks for one of these tokens. */
export const settings = (more: DaemonOptions['settings'] = {}) => ({
  ...{ 'sockets.unix.authentication': true, 'security.token_file': fileOf(LINES) },
  ...more,
});

/** A connection that has shown a token. */
export async function opened(
  { socket }: Pick<Daemon, 'socket'>,
  token: string,
): Promise<RawConnection> {
  const connection = await RawConnection.open(socket);
  const { result } = await connection.call('system.authenticate', { token });
  assert.ok((result as { success: boolean }).success);
  return connection;
}
