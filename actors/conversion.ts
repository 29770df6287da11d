/**
 * Conversions in threads of their own, some at a time: while they work this thread hears the
 * signals that end the process, and removes what they were writing.
 */

import { Worker } from 'node:worker_threads';
import type { SoloOptions, SoloReport, SoloResult, SoloTask } from '../engine/port/solo.ts';
import { removeUnfinished, unfinishedMemory } from '../engine/port/unfinished.ts';
import { SOLO_ENTRY } from './entries.ts';
import { leaveMissingDirectory } from './missing-directory.ts';

/** Those that end a process that does not ask for them. */
const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** How a task ended that did not do well, by a failure of the thread's report. */
type Failed = Extract<SoloReport, { type: 'failed' }>['failure'];

type OnStage = (stage: 'reading' | 'writing', path: string) => void;

interface Waiting {
  readonly task: SoloTask;
  readonly onStage: OnStage;
  resolve(end: SoloResult | { readonly failure: Failed }): void;
  reject(error: Error): void;
}

export class Conversions {
  readonly #options: SoloOptions;
  readonly #threads_max: number;
  readonly #waiting: Waiting[] = [];
  readonly #threads = new Set<Thread>();
  readonly #unfinished: SharedArrayBuffer[] = [];
  readonly #end = (signal: NodeJS.Signals) => {
    this.#clear();
    // As it would have ended without us.
    process.kill(process.pid, signal);
  };

  /** @param threads_max how many may work at a time; they share what voxels may take */
  constructor(options: SoloOptions, threads_max: number) {
    const share = (bytes: number) => Math.floor(bytes / threads_max);
    const voxel_bytes_max = share(options.voxel_bytes_max);
    const job_bytes_max = share(options.job_bytes_max);
    this.#options = { ...options, voxel_bytes_max, job_bytes_max };
    this.#threads_max = threads_max;
    for (const name of ENDING) process.on(name, this.#end);
  }

  /** How a task ended, once a thread was free for it. Rejects with what is a defect. */
  run(task: SoloTask, onStage: OnStage): Promise<SoloResult | { readonly failure: Failed }> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ task, onStage, resolve, reject });
      const free = [...this.#threads].find((thread) => !thread.busy);
      if (free === undefined && this.#threads.size < this.#threads_max) this.#start();
      else free?.next();
    });
  }

  /** Ends the threads; nothing is under way any more. */
  close(): void {
    for (const thread of this.#threads) thread.end();
    this.#clear();
  }

  #start(): void {
    leaveMissingDirectory();
    const unfinished = unfinishedMemory();
    this.#unfinished.push(unfinished);
    const thread: Thread = new Thread(
      { ...this.#options, unfinished },
      {
        take: () => this.#waiting.shift(),
        gone: () => {
          this.#threads.delete(thread);
          removeUnfinished(unfinished);
          // What waits was not lost with it.
          if (this.#waiting.length > 0) this.#start();
        },
      },
    );
    this.#threads.add(thread);
    thread.next();
  }

  #clear(): void {
    for (const name of ENDING) process.off(name, this.#end);
    for (const memory of this.#unfinished) removeUnfinished(memory);
  }
}

interface Owner {
  take(): Waiting | undefined;
  /** The thread has ended by itself. */
  gone(): void;
}

class Thread {
  readonly #worker: Worker;
  readonly #owner: Owner;
  #present: Waiting | undefined;
  #ended = false;

  constructor(options: SoloOptions, owner: Owner) {
    this.#owner = owner;
    this.#worker = new Worker(SOLO_ENTRY, { name: 'convert', workerData: options });
    this.#worker.on('message', (report: SoloReport) => this.#hear(report));
    this.#worker.once('error', (error) => this.#fail(error));
    this.#worker.once('exit', (code) => {
      this.#fail(new Error(`the thread of the conversion ended with code ${code}`));
      if (!this.#ended) owner.gone();
    });
  }

  get busy(): boolean {
    return this.#present !== undefined;
  }

  /** Begins what waits. */
  next(): void {
    this.#present = this.#owner.take();
    if (this.#present !== undefined) this.#worker.postMessage(this.#present.task);
  }

  end(): void {
    this.#ended = true;
    void this.#worker.terminate();
  }

  #hear(report: SoloReport): void {
    const present = this.#present;
    if (report.type === 'stage') {
      present?.onStage(report.stage, report.path);
      return;
    }
    // Before who waits for this one asks for more.
    this.next();
    present?.resolve(report.type === 'done' ? report.result : { failure: report.failure });
  }

  #fail(error: Error): void {
    this.#present?.reject(error);
    this.#present = undefined;
  }
}
