/** One run of a script: what is done with it in a sandbox, and what its end means. */

import type { QuickJSHandle } from 'quickjs-emscripten-core';
import { type ErrorDetails, GoxError, overLimit } from '../../conf/errors.ts';
import { isDeeper } from './call.ts';
import { scriptError } from './failure.ts';
import { type Guest, GuestThrow, type Thrown } from './guest.ts';
import type { Host } from './host.ts';
import { MEMORY_KEY, type ScriptInput, type ScriptLimits } from './input.ts';
import type { Sandbox } from './sandbox.ts';

/** How deep the value may be nested; what reads it further on may be recursive. */
const VALUE_DEPTH_MAX = 100;

export interface RunParts {
  readonly sandbox: Sandbox;
  readonly guest: Guest;
  readonly host: Host;
  /** The name of the code in stack traces. */
  readonly file: string;
  readonly input: ScriptInput;
  readonly limits: ScriptLimits;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** The value of the script, or the GoxError that it ended with. Other exceptions mean a trap. */
export function runScript(parts: RunParts): { value: unknown } | { error: GoxError } {
  try {
    return { value: evaluated(parts) };
  } catch (error) {
    if (error instanceof GoxError) return { error };
    if (!(error instanceof GuestThrow)) throw error;
    const { guest, host } = parts;
    // Whatever the script threw after it ended itself, it ended itself.
    if (host.exitStatus === 0 && guest.fatal === undefined) return { value: null };
    return { error: meaning(parts, error.handle) };
  }
}

function evaluated({ guest, host, file, input, limits, settings }: RunParts): unknown {
  guest.start(settings);
  const type = kindOf(guest, input.code, file, host.output);
  let handle = settled(guest, guest.evaluate(input.code, file, type));
  const entered = enter(guest, input);
  if (entered !== undefined) handle = settled(guest, entered);
  const json = guest.finish(handle, type === 'module' && entered === undefined);
  if (Buffer.byteLength(json) > limits.output_bytes_max) {
    const message = `The value of the script takes more than ${limits.output_bytes_max} bytes.`;
    throw new GoxError('GOX_SCRIPT_FAILED', message, { output_bytes_max: limits.output_bytes_max });
  }
  const value: unknown = JSON.parse(json);
  if (isDeeper(value, VALUE_DEPTH_MAX)) {
    const message = `The value of the script is nested more than ${VALUE_DEPTH_MAX} deep.`;
    throw new GoxError('GOX_SCRIPT_FAILED', message, { depth_max: VALUE_DEPTH_MAX });
  }
  return value;

  function settled(of: Guest, promise: QuickJSHandle): QuickJSHandle {
    const result = of.settle(promise);
    if (result !== undefined) return result;
    const message = 'The script waits for a promise that nothing will settle.';
    throw scriptError('GOX_SCRIPT_FAILED', message, file, '', host.output);
  }
}

/** What the code registered for this run is called with, if anything is asked for. */
function enter(guest: Guest, { execute, importWith, exportWith }: ScriptInput) {
  if (execute !== undefined) return guest.enter('execute', execute);
  if (importWith !== undefined) {
    return guest.enter('importWith', importWith.path, importWith.format ?? '');
  }
  if (exportWith === undefined) return undefined;
  return guest.enter('exportWith', exportWith.path, exportWith.format ?? '');
}

/**
 * Code is a module when it can be read as one and not as a script. When it can be read as neither,
 * the error is that of the reading that came further.
 */
function kindOf(
  guest: Guest,
  code: string,
  file: string,
  output: readonly string[],
): 'global' | 'module' {
  const asScript = guest.compile(code, file, 'global');
  if (asScript === undefined) return 'global';
  const asModule = guest.compile(code, file, 'module');
  if (asModule === undefined) return 'module';
  const errors = [asScript, asModule].map((thrown) =>
    scriptError('GOX_SCRIPT_FAILED', said(thrown), file, thrown.stack, output),
  );
  // An import that cannot be resolved has no place, and is found once all has been read.
  const [first, second] = errors.map(({ details }) => placeOrder(details));
  throw second! > first! ? errors[1] : errors[0];
}

function placeOrder(details: ErrorDetails | undefined): number {
  const { line, column } = details ?? {};
  if (typeof line !== 'number' || typeof column !== 'number') return Number.POSITIVE_INFINITY;
  return line * 0x1_0000_0000 + column;
}

/** What the end of a run means that did not go well. */
function meaning(
  { sandbox, guest, host, file, limits }: RunParts,
  handle?: QuickJSHandle,
): GoxError {
  const { fatal } = guest;
  if (fatal !== undefined && !(fatal instanceof GoxError)) throw fatal;
  const { exitStatus, output } = host;
  if (exitStatus !== undefined) {
    const message = `The script ended itself with status ${exitStatus}.`;
    return scriptError('GOX_SCRIPT_FAILED', message, file, '', output);
  }
  const thrown = handle === undefined ? undefined : guest.lastWords(handle);
  const stack = thrown?.stack ?? '';
  if (fatal instanceof GoxError) return placed(fatal, file, stack, output);
  if (thrown === undefined) throw new Error('a run of a script ended for no reason');
  const unsaid = thrown.message === 'null' || thrown.name === '';
  const outOfMemory = thrown.name === 'InternalError' && thrown.message === 'out of memory';
  if (outOfMemory || (sandbox.memoryRefused && unsaid)) {
    return memoryError(limits, file, stack, output);
  }
  return scriptError('GOX_SCRIPT_FAILED', said(thrown), file, stack, output);
}

function said({ name, message }: Thrown): string {
  return name === '' ? `The script threw ${message}` : `${name}: ${message}`;
}

export function outOfTime({ deadline_ms }: ScriptLimits): GoxError {
  const message = `The script ran longer than ${deadline_ms} ms.`;
  return new GoxError('GOX_SCRIPT_TIMEOUT', message, { deadline_ms });
}

/** What ended a run, and where in the script. */
export function placed(
  error: GoxError,
  file: string,
  stack: string,
  output: readonly string[],
): GoxError {
  const { message, details } = scriptError(error.code, error.message, file, stack, output);
  return new GoxError(error.code, message, { ...details, ...error.details }, error);
}

export function memoryError(
  { memory_bytes: bytes_max }: ScriptLimits,
  file: string,
  stack: string,
  output: readonly string[],
  bytes = bytes_max + 1,
): GoxError {
  const message = `The script needs more memory than the ${bytes_max} bytes of ${MEMORY_KEY}.`;
  const said = scriptError('GOX_SCRIPT_MEMORY', message, file, stack, output);
  const limit = { key: MEMORY_KEY, bytes, bytes_max };
  return overLimit('GOX_SCRIPT_MEMORY', said.message, limit, said.details);
}
