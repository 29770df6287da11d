/** `goxel-supervisor convert`: one model from one format into another, without a daemon. */

import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { convertFile } from '../../actors/conversion.ts';
import { GoxError } from '../../conf/errors.ts';
import { loadConfig } from '../../conf/load.ts';
import type { CommandLine } from './args.ts';
import { CliError, EXIT, type ExitCode } from './exit-codes.ts';
import { freeMemory } from './free-memory.ts';
import { writeData } from './output.ts';

/**
 * There is one project, and nobody else to leave anything for but other programs. The rest is for
 * what a format needs beside them, such as the pixels of a picture.
 */
const SHARES = {
  'limits.voxel_bytes_max': '50%',
  'limits.project_voxel_bytes_max': '50%',
  'limits.job_bytes_max': '15%',
  'limits.file_bytes_max': '20%',
};

/** Nobody sends anything again. */
const NO_OPS = { op_ids_max: 0, op_results_bytes_max: 0 };

type Line = Extract<CommandLine, { command: 'convert' }>;

export async function convert({ options: { json }, positionals }: Line): Promise<ExitCode> {
  const [from = '', to = ''] = positionals;
  const paths = { from: absolute(from), to: absolute(to) };
  const sources = { env: process.env, memory: freeMemory(), defaults: SHARES };
  const { config } = await loadConfig(sources);
  // The user's own rights are the limit here, not those of a service.
  const options = { ...config.limits, history_bytes_max: 0, roots: ['/'], ...NO_OPS };
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
