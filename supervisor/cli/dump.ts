/** Dumps of the tree of actors, for diagnosis. */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Daemon } from '../daemon.ts';
import { TREE_ACTORS_MAX } from '../tree.ts';
import { statisticsText, treeText } from '../tree-text.ts';

/** A storm of SIGUSR1 must not keep the daemon from its work; a person sends one a second. */
const DUMP_INTERVAL_MS = 500;

/**
 * How to ask for a dump: tree and statistics go to the log, of some hundred actors, and to a file
 * that the log names.
 */
export function dumper(daemon: Daemon, log: Logger): () => void {
  return merged(DUMP_INTERVAL_MS, () => dumpTree(daemon, daemon.config.dump.directory, log));
}

function dumpTree(daemon: Daemon, directory: string, log: Logger): void {
  const path = join(directory, `goxel-supervisor-${process.pid}-${Date.now()}.tree.json`);
  const statistics = daemon.statistics();
  const told = {
    tree: linesOf(treeText(daemon.tree(TREE_ACTORS_MAX))),
    statistics: linesOf(statisticsText(statistics)),
  };
  log.info(told, 'tree of actors');
  try {
    mkdirSync(directory, { recursive: true });
    const dump = { ...daemon.tree(), statistics };
    writeFileSync(path, `${JSON.stringify(dump, undefined, 2)}\n`, {
      mode: 0o600,
      // In a directory that all may write to, somebody could have put a link there.
      flag: 'wx',
    });
    log.info({ path }, 'tree of actors written');
  } catch (error) {
    log.error({ path, err: error }, 'cannot write the tree of actors');
    removeRest(path, error);
  }
}

function linesOf(text: string): string[] {
  return text.split('\n').slice(0, -1);
}

/** What a full disk left of a dump. */
function removeRest(path: string, error: unknown): void {
  if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
  try {
    rmSync(path, { force: true });
  } catch {
    // The log has said what is wrong there.
  }
}

/**
 * Runs `action` when asked, but never twice within `interval_ms`: what was asked meanwhile is one.
 */
function merged(interval_ms: number, action: () => void): () => void {
  let next_ms = 0;
  let timer: NodeJS.Timeout | undefined;
  return () => {
    if (timer !== undefined) return;
    timer = setTimeout(
      () => {
        timer = undefined;
        next_ms = performance.now() + interval_ms;
        action();
      },
      Math.max(0, next_ms - performance.now()),
    ).unref();
  };
}
