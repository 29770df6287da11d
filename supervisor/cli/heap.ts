/** `goxel-supervisor debug heap`: a snapshot of the heap of a thread of a running daemon. */

import { resolve } from 'node:path';
import type { heap as heapSpec } from '../../engine/catalogue/memory.ts';
import type { Result } from '../../engine/catalogue/spec.ts';
import type { CommandLine } from './args.ts';
import { configOf, withDaemon } from './connection.ts';
import { CliError, EXIT, type ExitCode } from './exit-codes.ts';
import { writeData, writeTalk } from './output.ts';

type Line = Extract<CommandLine, { command: 'debug heap' }>;

/** Gigabytes take minutes. */
const TIMEOUT_MS = 600_000;

export async function heap(line: Line): Promise<ExitCode> {
  const { output, json } = line.options;
  const thread = threadOf(line);
  const path = output === undefined ? {} : { path: resolve(output) };
  if (json !== true) await writeTalk(`${thread} stands still until the snapshot is written\n`);
  const params = { thread, ...path, _meta: { timeout_ms: TIMEOUT_MS } };
  const result = (await withDaemon(
    await configOf(line),
    (client) => client.call('supervisor.heap', params, { timeout_ms: TIMEOUT_MS }),
    line.options,
  )) as Result<typeof heapSpec>;
  const { bytes, took_ms, warning } = result;
  await writeData(
    json === true
      ? `${JSON.stringify(result, undefined, 2)}\n`
      : `${result.path}: ${(bytes / 1e6).toFixed(1)} MB in ${(took_ms / 1000).toFixed(1)} s\n`,
  );
  if (json !== true) await writeTalk(`${warning}\n`);
  return EXIT.OK;
}

function threadOf({ options: { engine, main } }: Line): string {
  if (engine === undefined) return 'main';
  if (main === true) throw new CliError(EXIT.USAGE, '--engine and --main are of two threads');
  if (/^\d{1,6}$/.test(engine)) return `engine:${engine}`;
  throw new CliError(EXIT.USAGE, `--engine needs the number of an engine, not ${engine}`);
}
