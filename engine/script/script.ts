/**
 * Runs JavaScript on a document, in a sandbox. A script has Goxel's API (`goxel`, `Volume`, `Vec`,
 * `Box`) and ours for whole regions; see `prelude-goxel.ts` and `prelude-volume.ts`. It is global
 * code or an ES module, which may import 'std' (`prelude-std.ts`) and nothing else. After any
 * failure the document is as it was before.
 */

import { GoxError } from '../../conf/errors.ts';
import { Recorder } from '../changes/recorder.ts';
import type { Document } from '../document/document.ts';
import { interruptible } from '../interrupt.ts';
import { StoodStill, Stopwatch } from '../stopwatch.ts';
import { scriptError } from './failure.ts';
import { Guest } from './guest.ts';
import { Host, type ScriptFiles, type ScriptProject } from './host.ts';
import type { ScriptInput, ScriptLimits } from './input.ts';
import { memoryError, outOfTime, placed, runScript } from './run.ts';
import { isHardStop, isTrap, Sandbox } from './sandbox.ts';

export interface ScriptResult {
  /**
   * JSON: the completion value of a script; the default export of a module, else all its exports;
   * what `onExecute`, `import` or `export` returned when one was asked for. null for what JSON
   * cannot say.
   */
  readonly value: unknown;
  /** What it printed, a line each. */
  readonly output: readonly string[];
  /** Names of the registered scripts and formats. */
  readonly scripts: readonly string[];
  readonly formats: readonly string[];
}

/** Built-in functions that go on this long after the deadline are stopped by force. */
const HARD_STOP_MS = 250;

/** Code and arguments are copied twice before the limit on memory can tell. */
const TEXT_PARTS_OF_MEMORY = 4;

const NAME_LENGTH_MAX = 200;

/** The instance of this thread. */
let loaded: Promise<Scripts> | undefined;

/**
 * The sandbox of this thread, loaded when it is first asked for. Ask for it before each run: a run
 * that took much memory, or had to be stopped by force, leaves it unusable, and another one takes
 * its place.
 */
export async function createScripts(): Promise<Scripts> {
  if (loaded !== undefined && !(await loaded).spent) return loaded;
  const loading = Sandbox.load().then((sandbox) => new Scripts(sandbox));
  loaded = loading;
  // A failure, of memory for one, need not happen again.
  loading.catch(() => {
    if (loaded === loading) loaded = undefined;
  });
  return loading;
}

export class Scripts {
  readonly #sandbox: Sandbox;

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
  }

  /** Whether it cannot run anything any more. */
  get spent(): boolean {
    return this.#sandbox.spent;
  }

  /**
   * Runs a script, as one edit of the document. Without a project
   * it can call no methods. Throws GOX_SCRIPT_FAILED (with `line` and `column`),
   * GOX_SCRIPT_TIMEOUT, GOX_SCRIPT_MEMORY, GOX_MEMORY_LIMIT, GOX_LAYER_LIMIT, what `files` throws
   * and what `checkInterrupt` does; or StoodStill, when the hard stop came while the process stood
   * still.
   */
  run(
    document: Document,
    input: ScriptInput,
    limits: ScriptLimits,
    files: ScriptFiles = {},
    project?: ScriptProject,
  ): ScriptResult {
    if (this.spent) throw new Error('a spent sandbox: createScripts gives another one');
    if (document.recorder === undefined) document.record(new Recorder());
    const edit = () => this.#run(document, input, limits, files, project);
    return document.recorder!.record(Number.POSITIVE_INFINITY, edit);
  }

  #run(
    document: Document,
    input: ScriptInput,
    limits: ScriptLimits,
    files: ScriptFiles,
    project: ScriptProject | undefined,
  ): ScriptResult {
    const sandbox = this.#sandbox;
    const file =
      (input.name ?? '').replace(/[\s()]/g, '_').slice(0, NAME_LENGTH_MAX) || 'script.js';
    const { blocks_max, output_bytes_max } = limits;
    const words = () => sandbox.words();
    const given = { files, project, input: input.importWith };
    const host = new Host({ document, blocks_max, output_bytes_max, words, ...given });
    const settings = { args: input.args ?? null };
    requireRoom(input, settings, limits, file);
    const watch = new Stopwatch();
    let outcome: ReturnType<typeof runScript>;
    try {
      // Around the sandbox, since the hard stop inside it leaves nobody the time to put this back.
      outcome = interruptible(
        () => requireTime(watch, limits),
        () =>
          sandbox.use(limits, limits.deadline_ms + HARD_STOP_MS, (runtime) => {
            const guest = new Guest(sandbox, runtime, host);
            const result = runScript({ sandbox, guest, host, file, input, limits, settings });
            return { result, free: () => guest.free() };
          }),
      );
    } catch (error) {
      if (isHardStop(error) && watch.elapsed_ms < limits.deadline_ms) throw new StoodStill();
      throw trapError(error, sandbox, limits, file, host.output);
    }
    if ('error' in outcome) throw outcome.error;
    const { output, scripts, formats } = host;
    return { value: outcome.value, output, scripts, formats };
  }
}

/** What `checkInterrupt` does in a run: in the code of the script, and in what it calls. */
function requireTime(watch: Stopwatch, limits: ScriptLimits): void {
  if (watch.elapsed_ms > limits.deadline_ms) throw outOfTime(limits);
}

function requireRoom(
  { code }: ScriptInput,
  settings: Record<string, unknown>,
  limits: ScriptLimits,
  file: string,
): void {
  const bytes = Buffer.byteLength(code) + Buffer.byteLength(JSON.stringify(settings));
  const needed = bytes * TEXT_PARTS_OF_MEMORY;
  if (needed > limits.memory_bytes) throw memoryError(limits, file, '', [], needed);
}

/** What an exception means that came out of WebAssembly itself. */
function trapError(
  error: unknown,
  sandbox: Sandbox,
  limits: ScriptLimits,
  file: string,
  output: readonly string[],
): unknown {
  if (error instanceof GoxError) return error;
  if (isHardStop(error)) return placed(outOfTime(limits), file, '', output);
  if (isTrap(error) && sandbox.memoryRefused) return memoryError(limits, file, '', output);
  if (isTrap(error) || error instanceof RangeError) {
    const message = `InternalError: ${isTrap(error) ? error.message : 'stack overflow'}`;
    return scriptError('GOX_SCRIPT_FAILED', message, file, '', output);
  }
  return error;
}
