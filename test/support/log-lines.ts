/** Makes a daemon that logs at `debug` write lines: its actors hear of connections. */

import { readFileSync } from 'node:fs';
import { RawConnection, request } from './raw.ts';

/** Some 20 lines each. */
export async function makeLines(socket: string, connections: number): Promise<void> {
  for (let n = 0; n < connections; n += 1) {
    const client = await RawConnection.open(socket);
    await client.ask(request('ping', [], n));
    client.destroy();
  }
}

export interface LogLine {
  readonly level: number;
  readonly time: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** The lines of a log in JSON; throws for one that is broken. */
export function linesOf(path: string): LogLine[] {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as LogLine);
}
