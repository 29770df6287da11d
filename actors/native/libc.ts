/**
 * What the system offers and Node does not: functions of the C library, called through koffi. It
 * is an optional dependency of some 15 ms, loaded by who first needs it. Whoever calls something of
 * this folder has an answer for a machine without it.
 */

import { createRequire } from 'node:module';
import { getSystemErrorMap } from 'node:util';

/** As much of koffi as is used. */
interface Koffi {
  load(path: null): {
    func(name: string, result: string, parameters: readonly string[]): NativeFunction;
  };
  errno(): number;
}

type NativeFunction = (...values: readonly unknown[]) => number;

/** A function of the C library that says -1 when it failed. */
export type SystemCall = (...values: readonly unknown[]) => number;

class Libc {
  readonly #koffi: Koffi;
  readonly #library: ReturnType<Koffi['load']>;

  constructor(koffi: Koffi) {
    this.#koffi = koffi;
    this.#library = koffi.load(null);
  }

  /**
   * A function by its name and the types of its parameters. It throws an error like those of Node,
   * with `code`, `errno` and `syscall`.
   */
  systemCall(name: string, ...parameters: readonly string[]): SystemCall {
    const call = this.#library.func(name, 'int', parameters);
    return (...values) => {
      const result = call(...values);
      if (result === -1) throw systemError(name, this.#koffi.errno());
      return result;
    };
  }
}

function systemError(syscall: string, number: number): NodeJS.ErrnoException {
  const known = getSystemErrorMap().get(-number);
  const [code, text] = known ?? [`E${number}`, 'unknown error'];
  return Object.assign(new Error(`${code}: ${text}, ${syscall}`), {
    ...{ code, errno: -number, syscall },
  });
}

let loaded: { readonly libc: Libc | undefined } | undefined;

/** Nothing where koffi is not installed, has no binary for this machine, or is turned off. */
export function libc(): Libc | undefined {
  loaded ??= { libc: load() };
  return loaded.libc;
}

function load(): Libc | undefined {
  // For those who must not load foreign binaries, and for the tests of what happens without.
  if (process.env.GOXEL_NATIVE === 'off') return undefined;
  try {
    return new Libc(createRequire(import.meta.url)('koffi') as Koffi);
  } catch {
    return undefined;
  }
}
