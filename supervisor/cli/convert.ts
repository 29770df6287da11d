/** `goxel-supervisor convert`: one model from one format into another, without a daemon. */

import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { convertFile } from '../../actors/conversion.ts';
import { GoxError } from '../../conf/errors.ts';
import { loadConfig } from '../../conf/load.ts';
import type { CommandLine } from './args.ts';
import { CliError, EXIT, type ExitCode } from './exit-codes.ts';
import { writeData } from './output.ts';

type Line = Extract<CommandLine, { command: 'convert' }>;

export async function convert({ options: { json }, positionals }: Line): Promise<ExitCode> {
  const [from = '', to = ''] = positionals;
  const paths = { from: absolute(from), to: absolute(to) };
  const { config } = await loadConfig({ env: process.env });
  // The user's own rights are the limit here, not those of a service; and there is one project.
  const { voxel_bytes_max } = config.limits;
  const one = { project_voxel_bytes_max: voxel_bytes_max, history_bytes_max: 0, roots: ['/'] };
  const options = { ...config.limits, ...one };
  let writing = false;
  try {
    await convertFile({ options, ...paths }, (stage) => {
      writing = stage === 'writing';
      progress(`${stage} ${writing ? to : from}`);
    });
  } catch (error) {
    if (!(writing && error instanceof GoxError && error.code === 'GOX_FILE')) throw error;
    throw new CliError(EXIT.CANTCREAT, error.message, error);
  }
  if (json === true) {
    const result = { success: true, ...paths, bytes: statSync(paths.to).size };
    await writeData(`${JSON.stringify(result, undefined, 2)}\n`);
  }
  return EXIT.OK;
}

function absolute(path: string): string {
  try {
    return resolve(path);
  } catch (error) {
    // Only a relative path asks for the working directory.
    const reason = `"${path}" cannot be resolved: the working directory of this process is gone`;
    throw new CliError(EXIT.NOINPUT, reason, error);
  }
}

/** Said to people only: a conversion of a large model takes seconds. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`${text} …\n`);
}
