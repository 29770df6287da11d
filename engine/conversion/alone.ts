/**
 * The doing of conversions: in the thread that is there for them, or at once in that of the
 * command, as far as that takes no longer than it would take to start another one.
 */

import { interruptible } from '../interrupt.ts';
import type { SoloOptions, SoloReport, SoloResult, SoloTask } from '../port/solo.ts';
import { Files } from '../project/files.ts';
import { drawsPictures, runTask, TaskError } from './convert.ts';
import { isStream, statOf } from './streams.ts';

/**
 * What may be tried at once: a small file can still be much work. The time is that of the
 * processor, since on a busy machine the other thread would wait no less.
 */
const BYTES_MAX = 256 * 1024;
const ATTEMPT_MS = 100;
const ATTEMPT_WALL_MS = 1000;

class Overrun extends Error {}

/** Whoever converts a file has the one that it was made from, and need not wait for the disk. */
function filesOf(options: SoloOptions): Files {
  return new Files(options, false);
}

/** Does tasks one after another, and tells of each. */
export class Alone {
  readonly #options: SoloOptions;
  readonly #files: Files;

  constructor(options: SoloOptions) {
    this.#options = options;
    this.#files = filesOf(options);
  }

  /** Rejects with what is a defect only. */
  async run(task: SoloTask, report: (event: SoloReport) => void): Promise<void> {
    const pictures = drawsPictures(task) ? await import('./pictures.ts') : undefined;
    try {
      const result = runTask(task, {
        ...{ files: this.#files, options: this.#options, pictures },
        onStage: (stage, path) => report({ type: 'stage', stage, path }),
        onStream() {},
      });
      report({ type: 'done', result });
    } catch (error) {
      if (!(error instanceof TaskError)) throw error;
      report({ type: 'failed', failure: error.failure });
    }
  }

  /**
   * The result of a small task; undefined of one that is larger, of which nothing was left half
   * done. Throws TaskError.
   */
  attempt(task: SoloTask): SoloResult | undefined {
    if (!isSmall(task)) return undefined;
    const tools = { files: this.#files, options: this.#options, onStage() {}, onStream() {} };
    try {
      return interruptible(stopwatch(), () => runTask(task, tools));
    } catch (error) {
      if (error instanceof Overrun) return undefined;
      throw error;
    }
  }
}

/** Throws Overrun once an attempt has taken too long. */
function stopwatch(): () => void {
  const began_s = process.uptime();
  const begun = process.cpuUsage();
  return () => {
    const wall_ms = 1000 * (process.uptime() - began_s);
    if (wall_ms < ATTEMPT_MS) return;
    const { user, system } = process.cpuUsage(begun);
    if (wall_ms > ATTEMPT_WALL_MS || user + system > ATTEMPT_MS * 1000) throw new Overrun();
  };
}

/** Streams come when they come, and meanwhile nobody would hear a signal. */
function isSmall(task: SoloTask): boolean {
  const { inputs, outputs } = task;
  if (drawsPictures(task) || outputs.some(({ path }) => isStream(path))) return false;
  let bytes = 0;
  for (const { path } of inputs) {
    if (isStream(path)) return false;
    bytes += statOf(path)?.size ?? 0;
  }
  return bytes <= BYTES_MAX;
}
