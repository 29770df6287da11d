/** `goxel-supervisor health`: whether a running daemon is well, for people and for scripts. */

import type { healthCheck } from '../../engine/catalogue/health.ts';
import type { Result } from '../../engine/catalogue/spec.ts';
import type { CommandLine } from './args.ts';
import { configOf, withDaemon } from './connection.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { writeData } from './output.ts';

/** No engine is asked, so a daemon that takes longer is not well. */
const TIMEOUT_MS = 10_000;

type Line = Extract<CommandLine, { command: 'health' }>;
type Health = Result<typeof healthCheck>;

const EXITS: Readonly<Record<Health['state'], ExitCode>> = {
  healthy: EXIT.OK,
  degraded: EXIT.DEGRADED,
  failing: EXIT.FAILING,
};

export async function health(line: Line): Promise<ExitCode> {
  // The daemon made it by the same schema.
  const found = (await withDaemon(
    await configOf(line),
    (client) => client.call('health_check', undefined, { timeout_ms: TIMEOUT_MS }),
    line.options,
  )) as Health;
  const json = line.options.json === true;
  await writeData(json ? `${JSON.stringify(found, undefined, 2)}\n` : healthText(found));
  return EXITS[found.state];
}

/** A line for the state, and one for each reason. */
export function healthText({ state, since, reasons }: Health): string {
  const lines = reasons.map(({ what, state: how, reason, since_ms }) => {
    return `  ${how}  ${what}  for ${Math.round(since_ms / 1000)}s: ${reason}`;
  });
  return `${[`${state} since ${since}`, ...lines].join('\n')}\n`;
}
