/** `goxel-supervisor reload`: a daemon reads its configuration again and tells what came of it. */

import type { Change } from '../../../conf/changes.ts';
import { ClientError } from '../../../transport/client.ts';
import type { CommandLine } from '../args.ts';
import { columns } from '../columns.ts';
import { configOf, withDaemon } from '../connection.ts';
import { CliError, EXIT, type ExitCode } from '../exit-codes.ts';
import { writeData } from '../output.ts';

type Line = Extract<CommandLine, { command: 'reload' }>;

/** Reading takes milliseconds; opening and closing sockets and engines takes longer. */
const TIMEOUT_MS = 60_000;

/** What `supervisor.reload` results in. */
export interface Reloaded {
  readonly applied: readonly Change[];
  /** What counts only from the next start. */
  readonly restart_needed: readonly Change[];
  readonly warnings: readonly string[];
}

export async function reload(line: Line): Promise<ExitCode> {
  let result: Reloaded;
  try {
    result = (await withDaemon(
      await configOf(line),
      (client) => client.call('supervisor.reload', undefined, { timeout_ms: TIMEOUT_MS }),
      line.options,
    )) as Reloaded;
  } catch (error) {
    throw refused(error) ?? error;
  }
  const json = line.options.json === true;
  await writeData(json ? `${JSON.stringify(result, undefined, 2)}\n` : reloadedText(result));
  return EXIT.OK;
}

/** A configuration that the daemon does not take; `run` would end with the same code. */
function refused(error: unknown): CliError | undefined {
  if (!(error instanceof ClientError) || error.code !== 'GOX_CONFIG') return undefined;
  const { details } = (error.data ?? {}) as { readonly details?: { problems?: readonly string[] } };
  const problems = (details?.problems ?? []).filter((text) => !error.message.includes(text));
  const lines = [error.message, ...problems, 'The old configuration stays in force.'];
  return new CliError(EXIT.CONFIG, lines.join('\n'), error);
}

/** What counts from now on, and what waits. */
export function reloadedText({ applied, restart_needed, warnings }: Reloaded): string {
  const lines = [...section('in force', applied), ...section('wait for a restart', restart_needed)];
  if (lines.length === 0) lines.push('nothing has changed');
  return `${[...lines, ...warnings.map((text) => `warning: ${text}`)].join('\n')}\n`;
}

function section(title: string, changes: readonly Change[]): string[] {
  if (changes.length === 0) return [];
  const rows = changes.map(({ key, from, to }): [string, string] => [
    key,
    `${JSON.stringify(from)} → ${JSON.stringify(to)}`,
  ]);
  return [`${title}:`, ...columns(rows)];
}
