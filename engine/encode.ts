/** Encodes results and errors as the request asked: JSON, or MessagePack. */

import { Packr } from 'msgpackr';
import { errorObject, GoxError, resultTooLarge } from '../conf/errors.ts';
import { METHODS } from './catalogue/methods.ts';
import { type Asked, byteLength } from './port/engine-side.ts';
import type { PartAnswer } from './port/layout.ts';

/** A handler or a job that failed in a way it must not. */
export interface Defect {
  readonly method: string;
  readonly error: unknown;
}

/** Plain maps and doubles, as every other MessagePack library reads and writes them. */
export const messagePack = new Packr({ useRecords: false, int64AsType: 'number' });

/** What a worst character takes in UTF-8. */
const CHARACTER_BYTES_MAX = 3;

/** A result with a Uint8Array in it, which is binary in MessagePack and base64 in JSON. */
export class WithBytes {
  readonly result: unknown;

  constructor(result: unknown) {
    this.result = result;
  }
}

export class Encoder {
  readonly #result_bytes_max: number;
  readonly #onDefect: (defect: Defect) => void;

  constructor(result_bytes_max: number, onDefect: (defect: Defect) => void) {
    this.#result_bytes_max = result_bytes_max;
    this.#onDefect = onDefect;
  }

  /** Throws GOX_RESULT_TOO_LARGE. */
  result(asked: Asked, result: unknown): string | Uint8Array {
    const encoded = encode(asked, result);
    const result_bytes_max = this.#result_bytes_max;
    if (encoded.length * CHARACTER_BYTES_MAX > result_bytes_max) {
      const bytes = byteLength(encoded);
      if (bytes > result_bytes_max) {
        const edits = METHODS[asked.method]?.edits === true;
        const message =
          `${edits ? 'The request was carried out, but its' : 'The'} result has ${bytes} bytes;` +
          ` limits.result_bytes_max allows ${result_bytes_max}.`;
        throw resultTooLarge(message, bytes, result_bytes_max);
      }
    }
    return encoded;
  }

  /** Anything but a GoxError is reported as a defect. */
  error(asked: Asked, error: unknown): string | Uint8Array {
    if (error instanceof GoxError) return encode(asked, error.toObject());
    const method = METHODS[asked.method]?.name ?? String(asked.method);
    this.#onDefect({ method, error });
    return encode(asked, errorObject('GOX_INTERNAL', `${method} failed inside the engine.`));
  }
}

/** The answer to a part of a job, in memory of its own, which can be transferred. */
export function partAnswer(status: number, encoded: string | Uint8Array): PartAnswer {
  return { status, bytes: new Uint8Array(Buffer.from(encoded)).buffer };
}

function encode({ msgpack }: Asked, value: unknown): string | Uint8Array {
  if (!msgpack) return jsonOf(value);
  return messagePack.pack(value instanceof WithBytes ? value.result : value);
}

/** What a handler or a job gave, as JSON. */
export function jsonOf(value: unknown): string {
  // Looking for bytes at each value would make every other result slower to encode.
  return value instanceof WithBytes ? JSON.stringify(value.result, base64) : JSON.stringify(value);
}

function base64(this: Record<string, unknown>, key: string, value: unknown): unknown {
  // A Buffer has already become an object of its own form in `value`.
  const raw = this[key];
  if (!(raw instanceof Uint8Array)) return value;
  return Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('base64');
}
