/** `goxel-supervisor upgrade`: has a daemon replaced by another process, and waits until it is. */

import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, ClientError } from '../../../transport/client.ts';
import type { TreeNode } from '../../tree.ts';
import type { CommandLine } from '../args.ts';
import { configOf, withDaemon } from '../connection.ts';
import { CliError, EXIT, type ExitCode } from '../exit-codes.ts';
import { writeData } from '../output.ts';

type Line = Extract<CommandLine, { command: 'upgrade' | 'reload' }>;

/** More than a process may take to come up, and jobs to end before it takes over. */
const TIMEOUT_MS = 180_000;
const POLL_MS = 50;

interface Process {
  readonly pid: number;
  readonly version: string;
}

interface Upgraded extends Process {
  readonly before: Process;
}

export async function upgrade(line: Line): Promise<ExitCode> {
  const began_ms = performance.now();
  let upgraded: Upgraded;
  try {
    const config = await configOf(line);
    upgraded = await withDaemon(config, (client) => replaced(client), line.options);
  } catch (error) {
    throw refused(error) ?? error;
  }
  const took_ms = Math.round(performance.now() - began_ms);
  const json = line.options.json === true;
  await writeData(
    json ? `${JSON.stringify({ ...upgraded, took_ms }, undefined, 2)}\n` : text(upgraded, took_ms),
  );
  return EXIT.OK;
}

/** The connection goes over as well, so that who answers on it is who has taken over. */
async function replaced(client: Client): Promise<Upgraded> {
  const timeout = { timeout_ms: TIMEOUT_MS };
  const upgraded = (await client.call('supervisor.upgrade', undefined, timeout)) as Upgraded;
  for (;;) {
    const { pid } = (await client.call('status', undefined, timeout)) as { readonly pid: number };
    if (pid !== upgraded.before.pid) return upgraded;
    const { children } = (await client.call('supervisor.tree', undefined, timeout)) as TreeNode;
    if (children.find(({ id }) => id === 'upgrade')?.state === 'idle') throw takenBack(upgraded);
    await sleep(POLL_MS);
  }
}

function takenBack({ pid, before }: Upgraded): CliError {
  return new CliError(
    EXIT.TEMPFAIL,
    `process ${pid} ended while it took over; process ${before.pid} goes on as before, and its ` +
      'log says why',
  );
}

/** The code of the process that did not come up, since it ended as `run` would. */
function refused(error: unknown): CliError | undefined {
  if (!(error instanceof ClientError) || error.code !== 'GOX_UPGRADE') return undefined;
  const { details } = (error.data ?? {}) as {
    readonly details?: { readonly exit_code?: number; readonly talk?: readonly string[] };
  };
  // Below these are those of Node.
  const known = Object.values(EXIT).find((one) => one === details?.exit_code && one >= EXIT.USAGE);
  const talk = (details?.talk ?? []).filter((one) => !error.message.includes(one));
  const lines = [error.message, ...talk.map((one) => `  ${one}`)];
  return new CliError(known ?? EXIT.TEMPFAIL, lines.join('\n'), error);
}

function text({ pid, version, before }: Upgraded, took_ms: number): string {
  const from = version === before.version ? '' : `, ${before.version} → ${version}`;
  const time = `${(took_ms / 1000).toFixed(1)} s`;
  return `process ${pid} has taken over from process ${before.pid}${from}, in ${time}\n`;
}
