/** The end of a command: every failure is a sentence and an exit code, and ends the process. */

import { failureOf, writeTalk } from './output.ts';

/** How long what a command leaves behind may keep the process: a socket that is being removed. */
const LEFTOVERS_MS_MAX = 1000;

/** Runs a command. Then the process ends with its exit code, by itself or not. */
export async function ending(command: () => Promise<number>): Promise<void> {
  process.exitCode = await exitCodeOf(command);
  setTimeout(() => process.exit(), LEFTOVERS_MS_MAX).unref();
}

async function exitCodeOf(command: () => Promise<number>): Promise<number> {
  try {
    return await command();
  } catch (error) {
    const { text, exit_code } = failureOf(error);
    await writeTalk(text);
    return exit_code;
  }
}
