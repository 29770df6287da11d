#!/usr/bin/env node
/**
 * The entry of the command line. Until somebody handles SIGUSR1, Node answers it by opening its
 * debugger to every user of the machine; so the handler stands before anything else is loaded, for
 * every command, and is never removed. What a signal opened before that is closed again.
 *
 * A daemon has more signals that must not end it while it starts: those that service managers, log
 * rotation and terminals send by convention. They are remembered until it can answer them.
 */

import { closeSync } from 'node:fs';

const [, program = '', first] = process.argv;
/** As `isOriginal` of cli/original/line.ts has it. */
const isDaemon =
  first === undefined ? program.endsWith('goxel-daemon') : first === 'run' || first.startsWith('-');

/** What lives longer has more to do than to convert a small file, on a busy machine too. */
const CONVERTING_MS = 400;

/** SIGHUP is the last: who sees, by /proc, that it is held off may send any of them. */
const SIGNALS: readonly NodeJS.Signals[] = isDaemon
  ? ['SIGUSR1', 'SIGTERM', 'SIGINT', 'SIGUSR2', 'SIGQUIT', 'SIGHUP']
  : ['SIGUSR1'];

const early = new Set<NodeJS.Signals>();
let answer = (signal: NodeJS.Signals): void => {
  early.add(signal);
};
for (const signal of SIGNALS) process.on(signal, () => answer(signal));
// Who passes signals on to this process waits for that, by what cli/child.ts has told it.
if (process.env._GOXEL_BACKGROUND === 'beneath') closeSync(3);

// Whose commands need nothing of the daemon, and are often waited for.
const converts = first !== undefined && ['convert', 'info', 'formats'].includes(first);
// Node takes its time to load what closes the debugger; until then that of a signal which came
// before the handler stays open, in a process that is about to end.
if (converts) setTimeout(keepDebuggerClosed, CONVERTING_MS).unref();
else keepDebuggerClosed();

// Not awaited: the bundle is CommonJS, which Node begins sooner.
void run();

async function run(): Promise<void> {
  const part = converts ? import('./cli/converting.ts') : import('./cli/main.ts');
  const { main } = await part.catch(cannotLoad);
  await main(process.argv.slice(2), (handler) => {
    answer = handler;
    return [...early];
  });
}

/** Where the program cannot even be read, nothing of it can say so but this. */
function cannotLoad(error: NodeJS.ErrnoException): never {
  if (error.code !== 'EMFILE' && error.code !== 'ENFILE') throw error;
  process.stderr.write('goxel-supervisor: there are too few file descriptors (see ulimit -n)\n');
  // EX_OSERR, of cli/exit-codes.ts.
  process.exit(71);
}

/**
 * Node opens it from a thread of its own, which may be slower than we are and act more than once;
 * on a busy machine, or by a newer Node, also after a second.
 */
function keepDebuggerClosed(): void {
  const inspector = process.getBuiltinModule('node:inspector');
  const flags = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(' ')];
  const wanted = flags.some((flag) => /^--inspect(-brk|-wait)?(=|$)/.test(flag));
  if (wanted) return;
  const close = () => {
    if (inspector.url() !== undefined) inspector.close();
  };
  close();
  const watch = setInterval(close, 10).unref();
  setTimeout(() => {
    clearInterval(watch);
    setInterval(close, 1000).unref();
  }, 1000).unref();
}
