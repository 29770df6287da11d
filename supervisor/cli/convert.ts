/** `goxel-supervisor convert`: one model from one format into another, without a daemon. */

import { resolve } from 'node:path';
import { convertFile } from '../../actors/conversion.ts';
import { GoxError } from '../../conf/errors.ts';
import { loadConfig } from '../../conf/load.ts';
import type { CommandLine } from './args.ts';
import { CliError, EXIT, type ExitCode } from './exit-codes.ts';

type Line = Extract<CommandLine, { command: 'convert' }>;

export async function convert({ positionals }: Line): Promise<ExitCode> {
  const [from = '', to = ''] = positionals;
  const { config } = await loadConfig({ env: process.env });
  // The user's own rights are the limit here, not those of a service; and there is one project.
  const { voxel_bytes_max } = config.limits;
  const options = { ...config.limits, project_voxel_bytes_max: voxel_bytes_max, roots: ['/'] };
  let writing = false;
  try {
    await convertFile({ options, from: resolve(from), to: resolve(to) }, (stage) => {
      writing = stage === 'writing';
      progress(`${stage} ${writing ? to : from}`);
    });
  } catch (error) {
    if (!(writing && error instanceof GoxError && error.code === 'GOX_FILE')) throw error;
    throw new CliError(EXIT.CANTCREAT, error.message, error);
  }
  return EXIT.OK;
}

/** Said to people only: a conversion of a large model takes seconds. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`${text} …\n`);
}
