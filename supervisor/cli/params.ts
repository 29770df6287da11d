/** The parameters of `call`: an argument, a file or standard input. */

import { closeSync, openSync, readSync } from 'node:fs';
import { CliError, EXIT } from './exit-codes.ts';

/** The upper bound of limits.frame_bytes_max: no daemon takes a longer request. */
const BYTES_MAX = 256 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;
const STDIN = 0;

export type Params = Record<string, unknown> | unknown[];

/**
 * JSON out of `text` itself, of the file behind `@FILE`, or of standard input for `-`; undefined
 * for none.
 *
 * @throws CliError EX_USAGE, EX_NOINPUT or EX_DATAERR
 */
export function readParams(text: string | undefined): Params | undefined {
  if (text === undefined) return undefined;
  if (text === '-')
    return parse(decode(readAll(STDIN, 'standard input'), 'standard input'), 'standard input');
  if (!text.startsWith('@')) return parse(text, 'PARAMS');
  const name = text.slice(1);
  if (name === '') throw new CliError(EXIT.USAGE, 'PARAMS: @ needs the name of a file: @FILE');
  return parse(decode(readFile(name), name), name);
}

function readFile(name: string): Buffer {
  let fd: number;
  try {
    fd = openSync(name, 'r');
  } catch (error) {
    throw unreadable(name, error);
  }
  try {
    return readAll(fd, name);
  } finally {
    closeSync(fd);
  }
}

function readAll(fd: number, name: string): Buffer {
  const chunks: Buffer[] = [];
  let length = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const count = readSome(fd, chunk, name);
    if (count === 0) return Buffer.concat(chunks, length);
    chunks.push(chunk.subarray(0, count));
    length += count;
    if (length > BYTES_MAX) {
      const text = `${name} is larger than ${BYTES_MAX} bytes, the most that a request may have`;
      throw new CliError(EXIT.DATAERR, text);
    }
  }
}

function readSome(fd: number, chunk: Buffer, name: string): number {
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    try {
      return readSync(fd, chunk, 0, chunk.length, null);
    } catch (error) {
      // Standard input may be a pipe that another program set to non-blocking.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw unreadable(name, error);
      Atomics.wait(sleeper, 0, 0, 10);
    }
  }
}

function unreadable(name: string, error: unknown): CliError {
  const { message } = error as Error;
  return new CliError(
    EXIT.NOINPUT,
    `the parameters cannot be read from ${name}: ${message}`,
    error,
  );
}

/** UTF-8, with a byte order mark or without; or UTF-16 with one, as PowerShell writes files. */
function decode(bytes: Uint8Array, name: string): string {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  try {
    return new TextDecoder(utf16 ? 'utf-16le' : 'utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new CliError(EXIT.DATAERR, `${name} is not text in UTF-8`, error);
  }
}

function parse(text: string, name: string): Params | undefined {
  const wrong = name === 'PARAMS' ? EXIT.USAGE : EXIT.DATAERR;
  let value: unknown;
  try {
    value = JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch (error) {
    throw new CliError(wrong, `${name} is not JSON: ${(error as Error).message}`, error);
  }
  if (value === null) return undefined;
  if (typeof value === 'object') return value as Params;
  throw new CliError(wrong, `${name} must be a JSON array or object, not ${text.slice(0, 80)}`);
}
