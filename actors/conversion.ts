/**
 * One conversion of a file, in a thread of its own: while it works this thread hears the signals
 * that end the process, and removes what the other was writing.
 */

import { Worker } from 'node:worker_threads';
import { GoxError } from '../conf/errors.ts';
import type { SoloOrder, SoloReport } from '../engine/port/layout.ts';
import { removeUnfinished, unfinishedMemory } from '../engine/port/unfinished.ts';
import { SOLO_ENTRY } from './entries.ts';
import { leaveMissingDirectory } from './missing-directory.ts';

/** Those that end a process that does not ask for them. */
const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Converts a file; both paths are absolute. `onStage` is told what is being done. Rejects with the
 * GoxError that ended it.
 */
export async function convertFile(
  { options, from, to }: SoloOrder,
  onStage: (stage: 'reading' | 'writing') => void,
): Promise<void> {
  leaveMissingDirectory();
  const unfinished = unfinishedMemory();
  const workerData: SoloOrder = { options: { ...options, unfinished }, from, to };
  const thread = new Worker(SOLO_ENTRY, { name: 'convert', workerData });
  const end = (signal: NodeJS.Signals) => {
    removeUnfinished(unfinished);
    for (const name of ENDING) process.off(name, end);
    // As it would have ended without us.
    process.kill(process.pid, signal);
  };
  for (const name of ENDING) process.on(name, end);
  try {
    await new Promise<void>((resolve, reject) => {
      let failure: GoxError | undefined;
      thread.on('message', (report: SoloReport) => {
        if (report.type !== 'failed') onStage(report.type);
        else failure = new GoxError(report.code, report.message, report.details);
      });
      thread.once('error', reject);
      thread.once('exit', (code) => {
        if (failure !== undefined) reject(failure);
        else if (code === 0) resolve();
        else reject(new Error(`the thread of the conversion ended with code ${code}`));
      });
    });
  } finally {
    for (const name of ENDING) process.off(name, end);
    removeUnfinished(unfinished);
  }
}
