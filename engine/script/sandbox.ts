/**
 * QuickJS compiled to WebAssembly. A script can reach nothing of this process but its own linear
 * memory and the functions it is given. What WebAssembly and QuickJS leave open is closed here:
 *
 * - QuickJS' own memory limit does not know the sizes of what it allocated (in WebAssembly it
 *   cannot ask), so the limit is put on the growth of the linear memory.
 * - QuickJS asks for the time only between its instructions, not inside built-in functions such as
 *   `indexOf`. The hard stop ends those: it is `node:vm`'s, which stops WebAssembly too.
 *
 * After a hard stop, a trap or growth an instance is spent and another one takes its place; linear
 * memory never shrinks.
 */

import { createContext, Script } from 'node:vm';
import loadModule from '@jitl/quickjs-singlefile-mjs-release-sync/emscripten-module';
import { QuickJSFFI } from '@jitl/quickjs-singlefile-mjs-release-sync/ffi';
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  type QuickJSWASMModule,
} from 'quickjs-emscripten-core';

/** What we use of it; Node's types do not have it. */
interface LinearMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
declare const WebAssembly: {
  Memory: new (size: { initial: number; maximum: number }) => LinearMemory;
  RuntimeError: new () => Error;
};

const PAGE_BYTES = 65536;

/** 16 MiB, of which the stack is 5; the build of QuickJS that we use accepts no less. */
const MEMORY_PAGES_MIN = 256;
const MEMORY_PAGES_MAX = 32768;

/** Well inside the 5 MiB of stack; the stack of the thread ends earlier as a rule. */
const STACK_BYTES_MAX = 4 << 20;

/** Room to say what went wrong when memory has run out. */
const RESERVE_BYTES = 1 << 20;

/** The memory that script and host share: 4096 voxels of four words. */
const EXCHANGE_WORDS = 16384;

/** Runs a function of the host under a time limit, through the property `work` of its globals. */
const CALL_WORK = new Script('work()');

interface Limits {
  readonly memory_bytes: number;
  readonly stack_bytes: number;
}

/** The memory of the instance and where the exchange lies in it. */
interface Heap {
  bytes: () => Uint8Array;
  exchangeAt: number;
  /** Whether so many bytes can be had. */
  fits: (bytes: number) => boolean;
}

export class Sandbox {
  readonly #module: QuickJSWASMModule;
  readonly #memory: LinearMemory;
  readonly #growth: { bytes_max: number; refused: boolean };
  readonly #heap: Heap;
  readonly #room = createContext({ work: undefined });
  #broken = false;

  private constructor(
    module: QuickJSWASMModule,
    memory: LinearMemory,
    growth: { bytes_max: number; refused: boolean },
    heap: Heap,
  ) {
    this.#module = module;
    this.#memory = memory;
    this.#growth = growth;
    this.#heap = heap;
  }

  /**
   * Makes an instance; the first of a thread takes some 50 ms, later ones 10. Its code has come
   * with the thread's: Node never tries an import again that failed once for want of descriptors.
   */
  static async load(): Promise<Sandbox> {
    const memory = new WebAssembly.Memory({
      initial: MEMORY_PAGES_MIN,
      maximum: MEMORY_PAGES_MAX,
    });
    const growth = { bytes_max: 0, refused: false };
    const grow = memory.grow.bind(memory);
    memory.grow = (pages) => {
      if (memory.buffer.byteLength + pages * PAGE_BYTES > growth.bytes_max) {
        growth.refused = true;
        throw new RangeError('the memory of the sandbox is used up');
      }
      return grow(pages);
    };
    const heap: Heap = { bytes: () => new Uint8Array(), exchangeAt: 0, fits: () => false };
    class WatchedFFI extends QuickJSFFI {
      constructor(module: ConstructorParameters<typeof QuickJSFFI>[0]) {
        super(module);
        heap.bytes = () => module.HEAPU8;
        heap.fits = (bytes) => {
          const at = module._malloc(bytes);
          if (at !== 0) module._free(at);
          return at !== 0;
        };
        const newArrayBuffer = this.QTS_NewArrayBuffer;
        this.QTS_NewArrayBuffer = (context, pointer, length) => {
          heap.exchangeAt = pointer;
          return newArrayBuffer(context, pointer, length);
        };
      }
    }
    // What the library would print on stderr also comes as an exception.
    const silent: object = { print: () => {}, printErr: () => {} };
    const variant = newVariant(
      {
        type: 'sync',
        importFFI: async () => WatchedFFI,
        importModuleLoader: async () => loadModule,
      },
      { wasmMemory: memory, emscriptenModule: silent },
    );
    const module = await newQuickJSWASMModuleFromVariant(variant);
    return new Sandbox(module, memory, growth, heap);
  }

  /** Whether it must not be used again. */
  get spent(): boolean {
    return this.#broken || this.#memory.buffer.byteLength > MEMORY_PAGES_MIN * PAGE_BYTES;
  }

  /** Whether the present run wanted more memory than it may have. */
  get memoryRefused(): boolean {
    return this.#growth.refused;
  }

  /**
   * Gives a function a new runtime, and frees it after what the function made in it. The hard stop
   * throws what `isHardStop` knows; after it or any other exception the instance is spent.
   */
  use<T>(
    limits: Limits,
    hard_stop_ms: number,
    work: (runtime: QuickJSRuntime) => { result: T; free: () => void },
  ): T {
    this.#growth.bytes_max = Math.max(limits.memory_bytes, MEMORY_PAGES_MIN * PAGE_BYTES);
    this.#growth.refused = false;
    let done: { result: T } | undefined;
    // Until it has gone well: a hard stop leaves no time to say otherwise.
    this.#broken = true;
    this.#room.work = () => {
      const runtime = this.#module.newRuntime();
      runtime.setMemoryLimit(limits.memory_bytes);
      runtime.setMaxStackSize(Math.min(limits.stack_bytes, STACK_BYTES_MAX));
      const { result, free } = work(runtime);
      done = { result };
      this.#broken = !freed(runtime, free);
    };
    try {
      CALL_WORK.runInContext(this.#room, { timeout: hardStop(hard_stop_ms) });
    } finally {
      this.#room.work = undefined;
    }
    if (done === undefined) throw new Error('the sandbox did not run');
    return done.result;
  }

  /** Makes the memory that script and host share; once a runtime. */
  newExchange(context: QuickJSContext): QuickJSHandle {
    return context.newArrayBuffer(new ArrayBuffer(EXCHANGE_WORDS * 4));
  }

  /** The words of that memory, as they are until the sandbox runs on. */
  words(): Int32Array {
    const { buffer } = this.#heap.bytes();
    return new Int32Array(buffer, this.#heap.exchangeAt, EXCHANGE_WORDS);
  }

  /** Whether a text can be handed in; the library does not ask whether it got the memory. */
  fits(text: string): boolean {
    return this.#heap.fits(Buffer.byteLength(text) + 1);
  }

  /** Lets a run that used up its memory say so. */
  addReserve(runtime: QuickJSRuntime): void {
    this.#growth.bytes_max += RESERVE_BYTES;
    runtime.setMemoryLimit(-1);
  }
}

/** As `node:vm` takes it: an integer of 31 bits, above 0. */
function hardStop(ms: number): number {
  return Math.min(Math.max(1, Math.ceil(ms)), 0x7fff_ffff);
}

/** Whether a runtime could be freed; after some interruptions QuickJS cannot. */
function freed(runtime: QuickJSRuntime, free: () => void): boolean {
  try {
    free();
    runtime.dispose();
    return true;
  } catch {
    return false;
  }
}

/** Whether an exception comes from WebAssembly itself: out of bounds, unreachable, aborted. */
export function isTrap(error: unknown): error is Error {
  return error instanceof WebAssembly.RuntimeError;
}

/** Whether an exception is the hard stop; it is an Error of the other context. */
export function isHardStop(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false;
  return error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}
