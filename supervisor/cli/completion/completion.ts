/** `goxel-supervisor completion`: the script of a shell, made from the table of commands. */

import type { CommandLine } from '../args.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { writeData } from '../output.ts';
import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import { type Vocabulary, vocabulary } from './vocabulary.ts';
import { zshScript } from './zsh.ts';

type Line = Extract<CommandLine, { command: 'completion' }>;

/** The scripts by the words that `completion` takes. */
export const SCRIPTS: Readonly<Record<string, (known: Vocabulary) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

export async function completion({ positionals }: Line): Promise<ExitCode> {
  const [shell = ''] = positionals;
  const script = SCRIPTS[shell];
  if (script === undefined) throw new Error(`the table offers ${shell}, and nobody wrote it`);
  await writeData(script(vocabulary()));
  return EXIT.OK;
}
