/** The doing of tasks, at once or in threads, and what is shown meanwhile. */

import { availableParallelism } from 'node:os';
import { Alone } from '../../../engine/conversion/alone.ts';
import { TaskError } from '../../../engine/conversion/convert.ts';
import type { MadeFiles, SoloFailure, SoloTask } from '../../../engine/port/solo.ts';
import { soloOptions } from './settings.ts';
import type { End } from './told.ts';

/** What takes less is not shown. */
const FIRST_MS = 1000;
const EVERY_MS = 250;
/** Those that end a process that does not ask for them. */
const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const CLEAR_LINE = '\r\u001b[K';

/**
 * Does all tasks, some at a time, and calls `onEnd` for each in their order.
 *
 * @param threads_max how many at a time; without it one a core
 */
export async function work(
  tasks: readonly SoloTask[],
  threads_max: number | undefined,
  onEnd: (task: SoloTask, end: End) => void | Promise<void>,
): Promise<void> {
  const options = await soloOptions();
  const [only, ...more] = tasks;
  if (only !== undefined && more.length === 0) {
    const end = await atOnce(new Alone(options), only);
    if (end !== undefined) return await onEnd(only, end);
  }
  // Most conversions need no thread.
  const { Conversions } = await import('../../../actors/conversion.ts');
  const threads = Math.min(threads_max ?? availableParallelism(), tasks.length);
  const conversions = new Conversions(options, threads);
  const shown = new Shown(tasks.length);
  try {
    const ends = tasks.map(async (task): Promise<End> => {
      try {
        return await conversions.run(task, (stage, path) => shown.tell(`${stage} ${path}`));
      } catch (error) {
        // A thread that ended with one of many, such as for want of memory; the others go on.
        if (more.length === 0) throw error;
        return { failure: endedBy(task, error as Error) };
      } finally {
        shown.done();
      }
    });
    // All are waited for below; one that fails is told when it is its turn.
    for (const end of ends) end.catch(() => {});
    for (const [place, end] of ends.entries()) {
      const done = await end;
      shown.clear();
      await onEnd(tasks[place]!, done);
    }
  } finally {
    shown.end();
    conversions.close();
  }
}

function endedBy({ inputs }: SoloTask, { message }: Error): SoloFailure {
  const { path = '' } = inputs[0] ?? {};
  const said = `The conversion of ${path} ended: ${message}.`;
  return { stage: 'reading', path, code: 'GOX_INTERNAL', message: said, details: undefined };
}

/** Does a small task in this thread, which a signal ends as if nobody had asked for it. */
async function atOnce(alone: Alone, task: SoloTask): Promise<End | undefined> {
  const began_ms = performance.now();
  let stage = '';
  let shown: Shown | undefined;
  const attempt = alone.attempt(task, {
    onStage(name, path) {
      stage = `${name} ${path}`;
    },
    onWait() {
      if (performance.now() - began_ms < FIRST_MS) return;
      // To ask for the terminal takes a while.
      shown ??= new Shown(1, began_ms);
      shown.tell(stage);
      shown.show();
    },
  });
  shown?.end();
  if (attempt === undefined) return undefined;
  try {
    await put(attempt.made);
    return attempt.end;
  } catch (error) {
    if (!(error instanceof TaskError)) throw error;
    return { failure: error.failure };
  }
}

/** Puts files down; a signal that ends the process does so when none is half written. */
async function put(made: readonly MadeFiles[]): Promise<void> {
  let heard: NodeJS.Signals | undefined;
  const hear = (signal: NodeJS.Signals) => {
    heard ??= signal;
  };
  // Node tells of signals once in each turn of its loop.
  const turn = () => new Promise(setImmediate);
  for (const name of ENDING) process.on(name, hear);
  try {
    for (const files of made) {
      files.stage();
      await turn();
      if (heard !== undefined) break;
      files.commit();
    }
  } finally {
    for (const files of made) files.discard();
    await turn();
    for (const name of ENDING) process.off(name, hear);
    if (heard !== undefined) process.kill(process.pid, heard);
  }
}

/** A line of a terminal that goes away in the end. */
class Shown {
  readonly #count: number;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #began_ms: number;
  #done = 0;
  #text = '';
  #visible = false;

  constructor(count: number, began_ms = performance.now()) {
    this.#count = count;
    this.#began_ms = began_ms;
    if (process.stderr.isTTY) this.#timer = setInterval(() => this.show(), EVERY_MS).unref();
  }

  tell(text: string): void {
    this.#text = text;
  }

  done(): void {
    this.#done += 1;
  }

  clear(): void {
    if (this.#visible) process.stderr.write(CLEAR_LINE);
    this.#visible = false;
  }

  end(): void {
    clearInterval(this.#timer);
    this.clear();
  }

  /** Shows what there is to show, where there is a terminal. */
  show(): void {
    if (this.#timer === undefined) return;
    const time_ms = performance.now() - this.#began_ms;
    if (time_ms < FIRST_MS) return;
    const many = this.#count > 1 ? `${this.#done} of ${this.#count}, ` : '';
    const width = Math.max((process.stderr.columns ?? 80) - 1, 10);
    const line = `${many}${this.#text} … ${Math.floor(time_ms / 1000)} s`;
    process.stderr.write(`${CLEAR_LINE}${line.slice(0, width)}`);
    this.#visible = true;
  }
}
