/**
 * The commands that work on models in files: what `cli/main.ts` is for the others. They are apart
 * since they need nothing of the daemon, and since who converts one small file waits for all that
 * is loaded.
 */

import type { CommandLine } from './args.ts';
import { ending } from './ending.ts';
import { EXIT } from './exit-codes.ts';
import { MODEL_COMMANDS } from './model-commands.ts';
import { writeData } from './output.ts';
import { checkPositionals, parseWords } from './parse-words.ts';

type Name = keyof typeof MODEL_COMMANDS;
type Line = Extract<CommandLine, { command: Name }>;

/** Runs one command, the first of the arguments. Then the process ends with its exit code. */
export async function main([name, ...args]: readonly string[]): Promise<void> {
  await ending(() => run(name as Name, args));
}

/** As `parseCommandLine` has it. */
async function run(command: Name, args: readonly string[]): Promise<number> {
  const spec = MODEL_COMMANDS[command];
  const { values, positionals } = parseWords(command, spec, args);
  if (values.help === true) {
    const { helpText } = await import('./help.ts');
    await writeData(helpText(command));
    return EXIT.OK;
  }
  checkPositionals(command, spec, values, positionals);
  // The values have the types of the table: they were parsed by it.
  const line = { kind: 'command', command, options: values, positionals, flags: [] } as Line;
  switch (line.command) {
    case 'convert':
      return (await import('./convert/convert.ts')).convert(line);
    case 'info':
      return (await import('./convert/info.ts')).info(line);
    case 'formats':
      return (await import('./convert/formats.ts')).formats(line);
  }
}
