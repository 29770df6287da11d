/**
 * `goxel --headless --daemon`, as v14.6 has it: the daemon is another process than the one that was
 * called, which stays. Who started it may end the one by the number in the PID file, without ever
 * waiting for its child, or end its child and wait for that: both are gone then.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { READY_FD, toChild } from './child.ts';
import { CliError, EXIT, type ExitCode } from './exit-codes.ts';
import type { TakeSignals } from './take-signals.ts';

/** Starts the child with the command line of this process, and ends with its exit code. */
export async function stayAbove(takeSignals: TakeSignals): Promise<ExitCode> {
  const [, main = '', ...args] = process.argv;
  const child = spawn(process.execPath, [...process.execArgv, main, ...args], {
    // Else a terminal would send it what is passed on as well.
    detached: true,
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    env: { ...process.env, ...toChild('beneath') },
  });
  const ended = once(child, 'exit').catch((error: Error) => {
    throw new CliError(EXIT.OSERR, `cannot start the daemon: ${error.message}`);
  });
  // Until it closes the pipe, it has no handlers, and each of them would kill it.
  let early: NodeJS.Signals[] | undefined = [];
  const pass = (signal: NodeJS.Signals) => {
    if (early === undefined) child.kill(signal);
    else early.push(signal);
  };
  for (const signal of takeSignals(pass) ?? []) pass(signal);
  const pipe = child.stdio[READY_FD] as Readable;
  pipe.on('error', () => {});
  pipe.once('close', () => {
    for (const signal of new Set(early)) child.kill(signal);
    early = undefined;
  });
  pipe.resume();
  const [code, signal] = await ended;
  return (code ?? 128 + constants.signals[signal as NodeJS.Signals]) as ExitCode;
}
