/** `goxel-supervisor convert`: one model from one format into another, in an engine of its own. */

import { extname, resolve } from 'node:path';
import { type SoloEngine, startSoloEngine } from '../../actors/solo-engine.ts';
import { GoxError } from '../../conf/errors.ts';
import { loadConfig } from '../../conf/load.ts';
import type { CommandLine } from './args.ts';
import { CliError, EXIT, type ExitCode } from './exit-codes.ts';

type Line = Extract<CommandLine, { command: 'convert' }>;

export async function convert({ positionals }: Line): Promise<ExitCode> {
  const [from = '', to = ''] = positionals;
  const { config } = await loadConfig({ env: process.env });
  // The user's own rights are the limit here, not those of a service.
  const engine: SoloEngine = startSoloEngine({ ...config.limits, roots: ['/'] });
  try {
    progress(`reading ${from}`);
    await engine.request('goxel.load_project', { path: resolve(from) });
    progress(`writing ${to}`);
    const method = extname(to) === '.gox' ? 'goxel.save_project' : 'goxel.export_model';
    await engine.request(method, { path: resolve(to) }).catch((error: unknown) => {
      throw error instanceof GoxError && error.code === 'GOX_FILE'
        ? new CliError(EXIT.CANTCREAT, error.message, error)
        : error;
    });
  } finally {
    engine.end();
  }
  return EXIT.OK;
}

/** Said to people only: a conversion of a large model takes seconds. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`${text} …\n`);
}
