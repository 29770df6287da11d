/** A daemon that listens over TCP, and what tests ask of it. */

import { type Daemon, type DaemonOptions, withDaemon } from './daemon.ts';
import { actors, eventually, RawConnection, request, treeOf } from './raw.ts';

export type Settings = NonNullable<DaemonOptions['settings']>;

export const TCP: Settings = { 'sockets.tcp.enabled': true, 'sockets.tcp.port': 0 };
/** More than a test opens. */
export const OFTEN: Settings = {
  'security.connections_per_second': 1_000_000,
  'security.connections_burst': 1_000_000,
};

export function portOf({ stdout }: Daemon): number {
  return Number(/"address":"127\.0\.0\.1:(\d+)"/.exec(stdout())?.[1]);
}

export async function withTcp(
  settings: Settings,
  use: (port: number, daemon: Daemon) => Promise<void>,
): Promise<void> {
  await withDaemon({ settings: { ...TCP, ...settings } }, async (daemon) => {
    await use(portOf(daemon), daemon);
  });
}

/** All that comes until the other side ends. */
export async function whole(client: RawConnection): Promise<string> {
  return (await client.rest()).toString();
}

/** A connection that has a place, as soon as there is one. */
export async function member(where: string | number): Promise<RawConnection> {
  let found: RawConnection | undefined;
  await eventually('there is a place', async () => {
    const client = await RawConnection.open(where);
    client.write(request('ping', undefined, 1));
    if ((await client.line()).includes('pong')) found = client;
    else client.destroy();
    return found !== undefined;
  });
  return found as RawConnection;
}

export async function figuresOf(daemon: Daemon, id: RegExp) {
  const client = await RawConnection.open(daemon.socket);
  const tree = await treeOf(client);
  client.destroy();
  return actors(tree, id)[0]?.figures ?? {};
}
