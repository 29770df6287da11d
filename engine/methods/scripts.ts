/** Scripts: on one project, as one edit. */

import { GoxError, overLimit } from '../../conf/errors.ts';
import { invalidParam, paramProblem } from '../catalogue/params.ts';
import type { executeScript } from '../catalogue/scripts.ts';
import type { Params } from '../catalogue/spec.ts';
import { interruptible } from '../interrupt.ts';
import type { Project } from '../project/project.ts';
import { ScriptSaves } from '../project/script-saves.ts';
import type { StagedFiles } from '../project/staged-files.ts';
import { MEMORY_KEY, type ScriptInput } from '../script/input.ts';
import type { ScriptResult } from '../script/script.ts';
import { BLOCK_BYTES } from '../volume/block.ts';
import { changesOf, volumesOf } from './changes.ts';
import type { AnyHandler, Handler } from './handler.ts';
import { ScriptCalls } from './script-calls.ts';

/** The stack of QuickJS itself; deep recursion ends with an error of the script. */
const STACK_BYTES = 256 * 1024;
const OUTPUT_BYTES_MAX = 1024 * 1024;

const DONE = 'Script executed successfully';

type Handlers = Readonly<Record<string, AnyHandler>>;
type ExecuteParams = Params<typeof executeScript>;

/** @param called the handlers of the methods that a script can call, among others */
export function scriptHandlers(called: Handlers) {
  const execute: Handler<typeof executeScript> = (project, params) => run(project, params, called);
  return { 'script.execute': execute } satisfies Record<string, AnyHandler>;
}

function run(project: Project, params: ExecuteParams, called: Handlers) {
  const { timeout_ms = 0 } = params;
  const input = inputOf(project, params);
  const { script_timeout_ms, script_memory_bytes_max, scripts } = project.scripting;
  if (scripts === undefined) {
    throw new Error('no sandbox for a script', { cause: project.scripting.failure });
  }
  const { document, clipboard } = project;
  const limits = {
    deadline_ms: timeout_ms > 0 ? Math.min(timeout_ms, script_timeout_ms) : script_timeout_ms,
    memory_bytes: script_memory_bytes_max,
    stack_bytes: STACK_BYTES,
    output_bytes_max: OUTPUT_BYTES_MAX,
    blocks_max: Math.floor(project.memory.bytesAllowed / BLOCK_BYTES),
  };
  const saves = new ScriptSaves(project.files, project.memory.bytesAllowed);
  const staged = project.files.stage();
  const until = performance.now() + limits.deadline_ms;
  const before = volumesOf(document);
  const calls = new ScriptCalls(project, called);
  const edit = () => {
    const result = scripts.run(document, input, limits, saves, calls);
    const changes = document.layers.map((layer) => changesOf(before(layer), layer));
    const files = interruptible(
      () => requireTime(until, limits.deadline_ms),
      () => saves.stage(staged),
    );
    return { files, result, changed: changes.reduce((sum, { changed }) => sum + changed, 0) };
  };
  try {
    const { files, result, changed } = clipboard.transact(() => project.transact(edit));
    put(staged);
    return { ...answer(result), changed, files };
  } finally {
    staged.discard();
  }
}

/** Throws GOX_INVALID_PARAMS, and what keeps a file from being read. */
function inputOf(project: Project, params: ExecuteParams): ScriptInput {
  const { script, path, name = path, args, execute, import: source, export: target } = params;
  if ((script === undefined) === (path === undefined)) {
    throw invalidParam('.script', 'either script or path', script);
  }
  if ([execute, source, target].filter((asked) => asked !== undefined).length > 1) {
    throw paramProblem('', 'only one of execute, import and export can be asked for');
  }
  return {
    code: script ?? Buffer.from(project.files.read(project.files.absolute(path!))).toString('utf8'),
    ...(name === undefined ? {} : { name }),
    ...(args === undefined ? {} : { args: plain(args) }),
    ...(execute === undefined ? {} : { execute }),
    ...(source === undefined
      ? {}
      : { importWith: { ...source, bytes: read(project, source.path) } }),
    ...(target === undefined ? {} : { exportWith: target }),
  };
}

/** The file that a script is to import, before it begins: nothing is opened while it runs. */
function read({ files, scripting }: Project, given: string): Uint8Array {
  const path = files.absolute(given);
  const bytes = files.sizeOf(path);
  const bytes_max = scripting.script_memory_bytes_max;
  if (bytes <= bytes_max) return files.read(path);
  const message =
    `The file has ${bytes} bytes, and ${MEMORY_KEY} allows a script that would import it ` +
    `${bytes_max}.`;
  throw overLimit('GOX_SCRIPT_MEMORY', message, { key: MEMORY_KEY, bytes, bytes_max });
}

function answer(result: ScriptResult) {
  return {
    success: true,
    code: 0,
    message: DONE,
    value: result.value,
    output: [...result.output],
    registered: [...result.scripts, ...result.formats],
  };
}

function requireTime(until: number, deadline_ms: number): void {
  if (performance.now() <= until) return;
  const message = `The script, with the files that it saves, took longer than ${deadline_ms} ms.`;
  throw new GoxError('GOX_SCRIPT_TIMEOUT', message, { deadline_ms });
}

/** The files get their names, after the edit is made, so that no failure of the edit is theirs. */
function put(staged: StagedFiles): void {
  try {
    staged.commit();
  } catch (error) {
    if (!(error instanceof GoxError)) throw error;
    const message = `${error.message} The edit itself was made.`;
    throw new GoxError(error.code, message, { ...error.details, edited: true }, error);
  }
}

/** MessagePack has values that JSON has not. */
function plain(args: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(args)) as unknown;
  } catch {
    throw invalidParam('.args', 'a JSON value', String(args));
  }
}
