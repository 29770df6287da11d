/** Files that are read once, from the first byte to the last, and written so: pipes and devices. */

import { closeSync, openSync, readSync, type Stats, statSync, writeSync } from 'node:fs';
import { getSystemErrorMap } from 'node:util';
import { GoxError, overLimit } from '../../conf/errors.ts';
import type { Document } from '../document/document.ts';
import type { Format } from '../formats/format.ts';
import { kindOf } from '../formats/kinds.ts';
import { asResult, Report, type Warning } from '../formats/report.ts';
import { isText } from '../formats/shapes.ts';
import { STANDARD } from '../port/solo.ts';
import { FILE_KEY, type Files } from '../project/files.ts';
import { piecesOf, type Writing } from '../project/writing.ts';

const NEWLINE = 0x0a;
const CHUNK_BYTES = 256 * 1024;

/** So much is made before the first byte goes out: what fails at once leaves nothing there. */
const HELD_BYTES = 1024 * 1024;

/** Who is at the other end of a pipe that does not block is waited for so long at a time. */
const PAUSE_MS = 2;

/** Whether a path is standard input or output, a pipe, or a device. */
export function isStream(path: string): boolean {
  if (path === STANDARD) return true;
  const stats = statOf(path);
  return stats !== undefined && !stats.isFile() && !stats.isDirectory();
}

/** What has that path; nothing where that cannot be told, which who opens it is told. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** What messages call a file that is read. */
export function nameOf(path: string): string {
  return path === STANDARD ? 'standard input' : path;
}

/**
 * What a stream gives, for a reader that was named: piece by piece, if it reads so and the first is
 * plain text; else as a whole. Throws GOX_FILE, for too many bytes as soon as they are.
 */
export function readStream(
  path: string,
  bytes_max: number,
  reader?: Pick<Format, 'readPieces'>,
): { readonly data: Uint8Array } | { readonly pieces: Iterable<Uint8Array> } {
  if (reader?.readPieces === undefined) return { data: wholeStream(path, bytes_max) };
  const stream = streamed(path, bytes_max);
  const first = stream.next();
  const pieces = first.done === true ? [] : startingWith(first.value, stream);
  if (first.done !== true && isPlainText(first.value)) return { pieces };
  return { data: Buffer.concat([...pieces]) };
}

/** All that a stream gives. Throws GOX_FILE. */
export function wholeStream(path: string, bytes_max: number): Uint8Array {
  return Buffer.concat([...streamed(path, bytes_max)]);
}

/** Of another encoding, packed, or with lines that end as those of old Macs, all is to be seen. */
function isPlainText(bytes: Uint8Array): boolean {
  return kindOf(bytes) === undefined && isText(bytes) && bytes.includes(NEWLINE);
}

function* startingWith(first: Uint8Array, rest: Iterable<Uint8Array>): Generator<Uint8Array> {
  yield first;
  yield* rest;
}

/** The bytes of a stream as they come. */
function* streamed(path: string, bytes_max: number): Generator<Uint8Array> {
  const name = nameOf(path);
  const fd = path === STANDARD ? 0 : naming(name, () => openSync(path, 'r'));
  try {
    let bytes = 0;
    for (;;) {
      const chunk = new Uint8Array(CHUNK_BYTES);
      const count = naming(name, () => patiently(() => readSync(fd, chunk)));
      if (count === 0) return;
      bytes += count;
      if (bytes > bytes_max) throw tooLarge(name, bytes_max);
      // Pipes give little at a time.
      yield count * 2 < CHUNK_BYTES ? chunk.slice(0, count) : chunk.subarray(0, count);
    }
  } finally {
    if (fd !== 0) closeSync(fd);
  }
}

function tooLarge(name: string, bytes_max: number): GoxError {
  const message = `${JSON.stringify(name)} has more bytes than ${FILE_KEY} allows, ${bytes_max}.`;
  return overLimit('GOX_FILE', message, { key: FILE_KEY, bytes: bytes_max + 1, bytes_max });
}

/**
 * Writes a document to a stream. A reader that goes wanted no more: that is no error. Throws
 * GOX_STRICT before the first byte, and GOX_FILE.
 */
export function writeStream(
  document: Document,
  writing: Writing & { readonly path: string },
  { files, onStream }: { readonly files: Files; onStream(): void },
): { readonly bytes: number; readonly warnings?: Warning[] } {
  const { path, options } = writing;
  const name = path === STANDARD ? 'standard output' : path;
  const report = new Report();
  const held: Uint8Array[] = [];
  let held_bytes = 0;
  let bytes = 0;
  let fd: number | undefined;
  const flush = () => {
    if (fd === undefined) {
      onStream();
      fd = path === STANDARD ? 1 : openSync(path, 'w');
    }
    for (const piece of held.splice(0)) bytes += writeAll(fd, piece);
    held_bytes = 0;
  };
  naming(name, () => {
    try {
      for (const piece of piecesOf(files, document, writing, report)) {
        held.push(piece.slice());
        held_bytes += piece.length;
        if (held_bytes > HELD_BYTES && options.strict !== true) flush();
      }
      report.check(options.strict, name);
      flush();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
    } finally {
      if (fd !== undefined && fd !== 1) closeSync(fd);
    }
  });
  return { bytes, ...asResult(report.warnings()) };
}

function writeAll(fd: number, bytes: Uint8Array): number {
  let done = 0;
  while (done < bytes.length) done += patiently(() => writeSync(fd, bytes, done));
  return done;
}

/** Waits where the other end of a pipe that does not block is not ready. */
function patiently(action: () => number): number {
  for (;;) {
    try {
      return action();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
}

function naming<T>(name: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const { errno, code } = error as NodeJS.ErrnoException;
    if (error instanceof GoxError || errno === undefined) throw error;
    const words = getSystemErrorMap().get(errno)?.[1] ?? code;
    const message = `${JSON.stringify(name)} cannot be used: ${words}.`;
    throw new GoxError('GOX_FILE', message, { path: name, errno: code }, error);
  }
}
