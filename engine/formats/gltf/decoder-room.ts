/**
 * Runs the official decoders of compressed meshes, which are WebAssembly behind a little code that
 * waits for it by promises. Readers are synchronous, so that code runs in a context whose promises
 * are settled before a call into it returns (`microtaskMode`), and WebAssembly is compiled at once.
 *
 * The files lie beside the bundle, or in `node_modules`; they are read when a file needs them.
 */

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type Context, createContext, Script } from 'node:vm';

/** What we use of it; Node's types do not have it. */
export interface Instance {
  readonly exports: Readonly<Record<string, unknown>>;
}
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => Instance;
};

/** A file may ask for work without end; then its part is left out. */
const CALL_MS_MAX = 20_000;

const WORK = new Script('work()');
/** Written within the context, since a promise's handlers run where they were written. */
const SETTLE = new Script('make(options).then((value) => { made = { value } })');

/** The bytes of a file of a package. */
export function decoderFile(name: string): Uint8Array {
  const beside = fileURLToPath(new URL(`decoders/${name}`, import.meta.url));
  const path = existsSync(beside) ? beside : createRequire(import.meta.url).resolve(name);
  return readFileSync(path);
}

/** Compiled once, since damage costs an instance and a file may have much of it. */
const modules = new Map<string, object>();

/** @param bytes of WebAssembly, which are always the same for this name */
export function instantiated(name: string, bytes: () => Uint8Array, imports: object): Instance {
  const module = modules.get(name) ?? new WebAssembly.Module(bytes());
  modules.set(name, module);
  return new WebAssembly.Instance(module, imports);
}

const scripts = new Map<string, Script>();

function scriptOf(name: string): Script {
  const source = () => Buffer.from(decoderFile(name)).toString('utf8');
  const script =
    scripts.get(name) ??
    new Script(`(function (module, exports) {${source()}\n})`, { filename: name });
  scripts.set(name, script);
  return script;
}

/** A context that has nothing but a decoder's code in it. */
export class DecoderRoom {
  readonly #context: Context;

  constructor(globals: Readonly<Record<string, unknown>>) {
    this.#context = createContext({ ...globals }, { microtaskMode: 'afterEvaluate' });
  }

  /** What a CommonJS file of a package exports. */
  load(name: string): unknown {
    const module = { exports: {} };
    scriptOf(name).runInContext(this.#context)(module, module.exports);
    return module.exports;
  }

  /** What a function of the context promises for `options`. */
  settle(make: unknown, options: object): unknown {
    Object.assign(this.#context, { make, options, made: undefined });
    SETTLE.runInContext(this.#context, { timeout: CALL_MS_MAX });
    const { made } = this.#context as { made?: { value: unknown } };
    if (made === undefined) throw new Error('the decoder does not begin');
    return made.value;
  }

  /** Calls under a limit of time. Throws what it throws. */
  run<T>(work: () => T): T {
    let result: { value: T } | undefined;
    this.#context.work = () => {
      result = { value: work() };
    };
    WORK.runInContext(this.#context, { timeout: CALL_MS_MAX });
    if (result === undefined) throw new Error('the decoder gave nothing');
    return result.value;
  }
}
