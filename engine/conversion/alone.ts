/**
 * The doing of conversions: in the thread that is there for them, or at once in that of the
 * command. To start another costs as much as to convert a model of a hundred thousand voxels.
 */

import { interruptible } from '../interrupt.ts';
import type {
  MadeFiles,
  SoloFailure,
  SoloOptions,
  SoloReport,
  SoloResult,
  SoloTask,
} from '../port/solo.ts';
import { Files } from '../project/files.ts';
import type { Whole } from '../project/writing.ts';
import { drawsPictures, runTask, TaskError } from './convert.ts';
import { isStream, statOf } from './streams.ts';

/**
 * What is done at once: models so small, by their file, the memory of their voxels, and what is
 * written of them. Files and voxels have no more of the memory there is than a share.
 */
const BYTES_MAX = 32 * 1024 * 1024;
const VOXEL_BYTES_MAX = 24 * 1024 * 1024;
const WRITTEN_BYTES_MAX = 48 * 1024 * 1024;
const MEMORY_SHARE = 1 / 16;

/** Between two calls of `onWait`; the clock is looked at once in so many checks. */
const WAIT_S = 0.25;
const LOOK_EVERY = 256;

/** Who does a task at once. */
export interface AtOnce {
  onStage(stage: 'reading' | 'writing', path: string): void;
  /** Called now and then. */
  onWait(): void;
}

/** What came of a task, and the files that are still to be put down, also if it failed. */
export interface Attempt {
  readonly end: SoloResult | { readonly failure: SoloFailure };
  readonly made: readonly MadeFiles[];
}

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
   * Does a small task; undefined of one that is larger. Nothing is written, so that who does it can
   * be stopped at any time.
   */
  attempt(task: SoloTask, { onStage, onWait }: AtOnce): Attempt | undefined {
    const memory_bytes = this.#options.voxel_bytes_max * MEMORY_SHARE;
    if (!isSmall(task, Math.min(BYTES_MAX, memory_bytes))) return undefined;
    const voxel_bytes_max = Math.min(VOXEL_BYTES_MAX, memory_bytes);
    const options = { ...this.#options, voxel_bytes_max };
    const made: MadeFiles[] = [];
    const whole: Whole = {
      bytes_max: WRITTEN_BYTES_MAX,
      refuse,
      made: (files) => void made.push(files),
    };
    const tools = { files: this.#files, options, onStage, onStream() {}, whole };
    try {
      return { end: interruptible(nowAndThen(onWait), () => runTask(task, tools)), made };
    } catch (error) {
      if (error instanceof Overrun) return undefined;
      if (!(error instanceof TaskError)) throw error;
      // Of the memory that is allowed here; who has all of it may say otherwise.
      if (error.failure.code === 'GOX_MEMORY_LIMIT') return undefined;
      return { end: { failure: error.failure }, made };
    }
  }
}

function refuse(): never {
  throw new Overrun();
}

function nowAndThen(action: () => void): () => void {
  let next_s = process.uptime() + WAIT_S;
  let looks = 0;
  return () => {
    looks += 1;
    if (looks % LOOK_EVERY !== 0) return;
    const now_s = process.uptime();
    if (now_s < next_s) return;
    next_s = now_s + WAIT_S;
    action();
  };
}

/** Streams come when they come, and meanwhile nobody would hear a signal. */
function isSmall(task: SoloTask, bytes_max: number): boolean {
  const { inputs, outputs } = task;
  if (drawsPictures(task) || outputs.some(({ path }) => isStream(path))) return false;
  let bytes = 0;
  for (const { path } of inputs) {
    if (isStream(path)) return false;
    bytes += statOf(path)?.size ?? 0;
  }
  return bytes <= bytes_max;
}
