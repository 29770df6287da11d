/** `goxel-supervisor reload`: a daemon reads its configuration again and tells what came of it. */

import type { Change } from '../../../conf/changes.ts';
import type { CommandLine } from '../args.ts';
import { configOf, withDaemon } from '../connection.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { columns } from '../help.ts';
import { writeData } from '../output.ts';

type Line = Extract<CommandLine, { command: 'reload' }>;

/** Reading takes milliseconds; opening and closing sockets and engines takes longer. */
const TIMEOUT_MS = 60_000;

/** What `supervisor.reload` results in. */
export interface Reloaded {
  readonly applied: readonly Change[];
  /** Of keys that count only from the next start. */
  readonly restart_needed: readonly Change[];
}

export async function reload(line: Line): Promise<ExitCode> {
  const result = (await withDaemon(
    await configOf(line),
    (client) => client.call('supervisor.reload', undefined, { timeout_ms: TIMEOUT_MS }),
    line.options,
  )) as Reloaded;
  const json = line.options.json === true;
  await writeData(json ? `${JSON.stringify(result, undefined, 2)}\n` : reloadedText(result));
  return EXIT.OK;
}

/** What counts from now on, and what waits. */
export function reloadedText({ applied, restart_needed }: Reloaded): string {
  const lines: string[] = [];
  const changes = (list: readonly Change[]) =>
    columns(
      list.map(({ key, from, to }): [string, string] => [
        key,
        `${JSON.stringify(from)} → ${JSON.stringify(to)}`,
      ]),
    );
  if (applied.length > 0) lines.push('in force:', ...changes(applied));
  if (restart_needed.length > 0) lines.push('wait for a restart:', ...changes(restart_needed));
  if (lines.length === 0) lines.push('nothing has changed');
  return `${lines.join('\n')}\n`;
}
