#!/usr/bin/env node
/**
 * The entry of the command line. Until somebody handles SIGUSR1, Node answers it by opening its
 * debugger to every user of the machine; so the handler stands before anything else is loaded, for
 * every command, and is never removed.
 */

let asked = false;
let dump: (() => void) | undefined;
process.on('SIGUSR1', () => {
  if (dump === undefined) asked = true;
  else dump();
});

const { main } = await import('./cli/main.ts');
await main(process.argv.slice(2), (ready) => {
  dump = ready;
  if (asked) dump();
});
