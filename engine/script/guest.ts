/**
 * A QuickJS context with the prelude in it: evaluates code, calls functions, runs the jobs of
 * promises. Every way in comes out with a handle or throws a `GuestThrow`; handles live until
 * `free`.
 */

import type { QuickJSContext, QuickJSHandle, QuickJSRuntime } from 'quickjs-emscripten-core';
import { checkInterrupt } from '../interrupt.ts';
import type { Host, HostFunction, HostValue } from './host.ts';
import { PRELUDE, PRELUDE_NAME } from './prelude.ts';
import { Refusal } from './refusal.ts';
import type { Sandbox } from './sandbox.ts';

/** Jobs of promises between two looks at the clock. */
const JOBS_PER_LOOK = 1000;

/** For saying what went wrong, after the time is over. */
const LAST_WORDS_MS = 50;

/** The property of the sandbox's globals where the module `std` is taken from. */
const STD_KEY = 'goxel:std';
const STD_NAMES = [
  ...['SEEK_SET', 'SEEK_CUR', 'SEEK_END', 'exit', 'gc', 'getenv', 'loadFile', 'open', 'out'],
  ...['printf', 'puts', 'sprintf'],
];
const STD_SOURCE =
  `const std = globalThis['${STD_KEY}'];\nexport default std;\n` +
  `export const { ${STD_NAMES.join(', ')} } = std;\n`;

/** What the prelude returns. */
const ENTRIES = ['describe', 'finish', 'execute', 'importWith', 'exportWith'] as const;
type Entry = (typeof ENTRIES)[number];

/** An error of the sandbox as text, whatever a script threw. */
export interface Thrown {
  /** Empty for what is no error. */
  readonly name: string;
  readonly message: string;
  /** Lines `    at function (file:line:column)`. */
  readonly stack: string;
}

/** Code in the sandbox threw, or has to stop; the handle is what it threw, if that is known. */
export class GuestThrow extends Error {
  readonly handle: QuickJSHandle | undefined;

  constructor(handle: QuickJSHandle | undefined) {
    super('the script threw');
    this.handle = handle;
  }
}

type GuestResult = { value: QuickJSHandle; error?: undefined } | { error: QuickJSHandle };

export class Guest {
  readonly #sandbox: Sandbox;
  readonly #runtime: QuickJSRuntime;
  readonly #context: QuickJSContext;
  readonly #host: Host;
  readonly #kept: QuickJSHandle[] = [];
  readonly #entries = new Map<Entry, QuickJSHandle>();
  #fatal: unknown;

  constructor(sandbox: Sandbox, runtime: QuickJSRuntime, host: Host) {
    this.#sandbox = sandbox;
    this.#runtime = runtime;
    this.#host = host;
    runtime.setInterruptHandler(() => this.#isOver());
    runtime.setModuleLoader((name) => {
      if (name === 'std') return STD_SOURCE;
      return { error: new Error(`there is no module '${name}' here; scripts can import 'std'`) };
    });
    this.#context = runtime.newContext();
  }

  /** What a function of the host threw, or ended the run; the script could not go on then. */
  get fatal(): unknown {
    return this.#fatal;
  }

  /** Runs the prelude. */
  start(settings: Readonly<Record<string, unknown>>): void {
    const context = this.#context;
    const functions = this.#keep(context.newObject());
    for (const [name, call] of Object.entries(this.#host.functions)) {
      const answer = (...args: QuickJSHandle[]) => this.#answer(call, args);
      context.newFunction(name, answer).consume((handle) => {
        context.setProp(functions, name, handle);
      });
    }
    this.#sandbox.newExchange(context).consume((exchange) => {
      context.setProp(functions, 'exchange', exchange);
    });
    const names = Object.keys(this.#host.functions);
    const text = JSON.stringify({ ...settings, functions: names, stdKey: STD_KEY });
    const prelude = this.#checked(context.evalCode(PRELUDE, PRELUDE_NAME, { type: 'global' }));
    const entries = this.#call(prelude, functions, this.#text(text));
    for (const name of ENTRIES) this.#entries.set(name, this.#keep(context.getProp(entries, name)));
  }

  /** Reads code without running it; what is wrong with it, or undefined. */
  compile(code: string, file: string, type: 'global' | 'module'): Thrown | undefined {
    const result = this.#context.evalCode(code, file, { type, compileOnly: true });
    if (result.error !== undefined) {
      const thrown = this.describe(this.#keep(result.error));
      // A fault of code is an Error, which has a name. The library gives, one time in some hundred,
      // a value of no type for a module that is sound: to evaluate it then tells.
      return type === 'module' && thrown.name === '' ? undefined : thrown;
    }
    result.value.dispose();
    return undefined;
  }

  /** The completion value of a script, the exports of a module, or a promise of them. */
  evaluate(code: string, file: string, type: 'global' | 'module'): QuickJSHandle {
    return this.#checked(this.#context.evalCode(code, file, { type }));
  }

  /** Calls a function of the prelude with texts. */
  enter(entry: 'execute' | 'importWith' | 'exportWith', ...texts: string[]): QuickJSHandle {
    return this.#call(this.#entry(entry), ...texts.map((text) => this.#text(text)));
  }

  /** The end of a run: the value as JSON. */
  finish(value: QuickJSHandle, isModule: boolean): string {
    const flag = isModule ? this.#context.true : this.#context.false;
    return this.#context.getString(this.#call(this.#entry('finish'), value, flag));
  }

  /** Runs the jobs there are and gives what a promise has come to; undefined: to nothing. */
  settle(handle: QuickJSHandle): QuickJSHandle | undefined {
    while (this.#runtime.hasPendingJob()) {
      const jobs = this.#runtime.executePendingJobs(JOBS_PER_LOOK);
      if (jobs.error !== undefined) throw new GuestThrow(this.#keep(jobs.error));
      this.#requireTime();
    }
    const state = this.#context.getPromiseState(handle);
    if (state.type === 'pending') return undefined;
    if (state.type === 'rejected') throw new GuestThrow(this.#keep(state.error));
    return state.notAPromise === true ? handle : this.#keep(state.value);
  }

  /** What an error says; asking can run code of the script. */
  describe(handle: QuickJSHandle): Thrown {
    const context = this.#context;
    const describe = this.#entries.get('describe');
    const nothing = { name: '', message: 'what cannot be described', stack: '' };
    if (describe === undefined) return nothing;
    const result = context.callFunction(describe, context.undefined, handle);
    if (result.error !== undefined) {
      this.#keep(result.error);
      return nothing;
    }
    const [name, message, stack] = JSON.parse(context.getString(this.#keep(result.value)));
    return { name, message, stack };
  }

  /** The same after the run, when memory and time may be used up. */
  lastWords(handle: QuickJSHandle): Thrown {
    this.#sandbox.addReserve(this.#runtime);
    const end_ms = performance.now() + LAST_WORDS_MS;
    this.#runtime.setInterruptHandler(() => performance.now() > end_ms);
    return this.describe(handle);
  }

  /** Frees everything but the runtime. */
  free(): void {
    for (const handle of this.#kept) handle.dispose();
    this.#context.dispose();
  }

  /** Runs a function of the host for the sandbox. */
  #answer(call: HostFunction, args: readonly QuickJSHandle[]): QuickJSHandle {
    if (this.#isOver()) throw new Refusal('Error', 'the run is over');
    try {
      const result = call(...args.map((arg) => this.#plain(arg)));
      if (typeof result === 'string') {
        if (!this.#sandbox.fits(result)) throw new Refusal('InternalError', 'out of memory');
        return this.#context.newString(result);
      }
      return this.#context.newNumber(result);
    } catch (error) {
      if (!(error instanceof Refusal)) this.#fatal = error;
      throw error;
    }
  }

  /** A number or text; nothing is asked of an object, which could run code of the script. */
  #plain(handle: QuickJSHandle): HostValue {
    const kind = this.#context.typeof(handle);
    if (kind === 'number') return this.#context.getNumber(handle);
    if (kind === 'string') return this.#context.getString(handle);
    throw new Refusal('TypeError', `a number or text is needed, not a value of type ${kind}`);
  }

  #isOver(): boolean {
    try {
      checkInterrupt();
    } catch (error) {
      // Nothing may be thrown through the sandbox; the run ends with it.
      this.#fatal ??= error;
    }
    return this.#fatal !== undefined || this.#host.exitStatus !== undefined;
  }

  /** A script may have caught what should have ended it. */
  #requireTime(): void {
    if (this.#isOver()) throw new GuestThrow(undefined);
  }

  #entry(name: Entry): QuickJSHandle {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new Error('the prelude has not run');
    return entry;
  }

  #call(callee: QuickJSHandle, ...args: QuickJSHandle[]): QuickJSHandle {
    const context = this.#context;
    return this.#checked(context.callFunction(callee, context.undefined, ...args));
  }

  #checked(result: GuestResult): QuickJSHandle {
    if (result.error !== undefined) throw new GuestThrow(this.#keep(result.error));
    const value = this.#keep(result.value);
    this.#requireTime();
    return value;
  }

  #text(value: string): QuickJSHandle {
    return this.#keep(this.#context.newString(value));
  }

  #keep(handle: QuickJSHandle): QuickJSHandle {
    this.#kept.push(handle);
    return handle;
  }
}
