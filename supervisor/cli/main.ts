/**
 * Parses the command line and runs the command; every failure ends as a sentence and an exit code.
 */

import { VERSION } from '../../engine/catalogue/version.ts';
import { parseCommandLine } from './args.ts';
import type { CommandName } from './commands.ts';
import { EXIT } from './exit-codes.ts';
import { helpText } from './help.ts';
import { failureOf, writeData } from './output.ts';

/** Called by a command that can dump its tree, with how to do it. */
export type OfferDump = (dump: () => void) => void;

/** Runs one command; sets the exit code of the process. */
export async function main(args: readonly string[], offerDump: OfferDump): Promise<void> {
  try {
    process.exitCode = await run(args, offerDump);
  } catch (error) {
    const { text, exit_code } = failureOf(error);
    process.stderr.write(text);
    process.exitCode = exit_code;
  }
}

/** Commands are loaded when they run: `--help` needs no daemon, `call` no engine. */
async function run(args: readonly string[], offerDump: OfferDump): Promise<number> {
  const line = parseCommandLine(args);
  switch (line.kind) {
    case 'version':
      await writeData(`goxel-supervisor ${VERSION}\n`);
      return EXIT.OK;
    case 'help':
      await writeData(await help(line.command, line.topic));
      return EXIT.OK;
    default:
  }
  switch (line.command) {
    case 'run':
      return (await import('./run.ts')).run(line, offerDump);
    case 'call':
      return (await import('./call.ts')).call(line);
    case 'tree':
      return (await import('./tree.ts')).tree(line);
    case 'convert':
      return (await import('./convert.ts')).convert(line);
  }
}

async function help(command: CommandName | undefined, topic: string | undefined): Promise<string> {
  if (command !== 'call') return helpText(command);
  const { methodHelp, methodList } = await import('./methods-help.ts');
  return topic === undefined ? `${helpText(command)}\n${methodList()}` : methodHelp(topic);
}
