/** `goxel-supervisor config check`: whether a configuration can be used, and what it lacks here. */

import { missingGround } from '../../conf/ground.ts';
import { checkConfig } from '../../conf/load.ts';
import type { CommandLine } from './args.ts';
import { readInput } from './config-input.ts';
import { findSources } from './configuration.ts';
import { CliError, EXIT, type ExitCode } from './exit-codes.ts';
import { writeData } from './output.ts';

type Line = Extract<CommandLine, { command: 'config check' }>;

export async function configCheck(line: Line): Promise<ExitCode> {
  const [file] = line.positionals;
  const { options } = line;
  if (file !== undefined && options.config !== undefined) {
    throw new CliError(EXIT.USAGE, 'give FILE or --config, not both');
  }
  const named = file === undefined ? options : { ...options, config: file };
  const { search, sources } = findSources({ options: named, flags: line.flags });
  const input = file === '-' ? await readInput(file) : {};
  const { problems, warnings, loaded } = await checkConfig({ ...sources, ...input });
  const about = [...warnings, ...(loaded === undefined ? [] : missingGround(loaded.config))];
  const result: Result = {
    file: search.found?.path ?? null,
    usable: loaded !== undefined,
    problems,
    warnings: about,
  };
  const json = options.json === true;
  await writeData(json ? `${JSON.stringify(result, undefined, 2)}\n` : resultText(result));
  return result.usable ? EXIT.OK : EXIT.CONFIG;
}

interface Result {
  readonly file: string | null;
  readonly usable: boolean;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

function resultText({ file, usable, problems, warnings }: Result): string {
  const what = file === null ? 'the configuration (no file)' : file;
  const lines = [
    ...problems.map((text) => `error: ${text}`),
    ...warnings.map((text) => `warning: ${text}`),
    `${what} ${usable ? 'can be used' : 'cannot be used'}`,
  ];
  return `${lines.join('\n')}\n`;
}
