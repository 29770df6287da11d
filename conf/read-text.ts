/** Reads a configuration file as text, or says why it is none. */

import { isUtf8 } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/**
 * Bytes of a configuration file. The shipped one has some 20 000, all comments included; YAML that
 * is meant to be slow takes a second at this size, and longer by the square of it.
 */
export const CONFIG_BYTES_MAX = 262_144;

/** `problem` is a sentence that begins with the name of the file. */
export type ReadText = { readonly text: string } | { readonly problem: string };

export function readText(file: string): ReadText {
  let fd: number | undefined;
  try {
    // Without waiting for whoever would write into a pipe.
    fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(fd);
    if (stats.isDirectory()) return { problem: `${file}: is a directory, not a file` };
    if (stats.isFIFO() || stats.isSocket()) return { problem: `${file}: is a pipe, not a file` };
    return textOf(readAtMost(fd, CONFIG_BYTES_MAX + 1), file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const denied = code === 'EACCES' || code === 'EPERM';
    const remedy = '; --config names another file, and --config /dev/null none';
    return { problem: `${file}: cannot be read: ${message}${denied ? remedy : ''}` };
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function readAtMost(fd: number, bytes_max: number): Buffer {
  const buffer = Buffer.alloc(bytes_max);
  let length = 0;
  while (length < bytes_max) {
    const count = readSync(fd, buffer, length, bytes_max - length, null);
    if (count === 0) break;
    length += count;
  }
  return buffer.subarray(0, length);
}

/** The bytes of a file as text, without a byte order mark. */
export function textOf(bytes: Buffer, file: string): ReadText {
  if (bytes.length > CONFIG_BYTES_MAX) {
    return { problem: `${file}: has more than ${CONFIG_BYTES_MAX} bytes: is it the right file?` };
  }
  const mark = bytes.subarray(0, 2).toString('latin1');
  if (mark === 'ÿþ' || mark === 'þÿ') {
    return { problem: `${file}: is written in UTF-16; save it in UTF-8` };
  }
  if (!isUtf8(bytes)) {
    return { problem: `${file}:${1 + badLine(bytes)}: is not written in UTF-8` };
  }
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  const control = CONTROL.exec(text);
  if (control === null) return { text };
  const before = text.slice(0, control.index).split(/\r\n|\r|\n/);
  const place = `${file}:${before.length}:${1 + (before.at(-1) ?? '').length}`;
  const code = control[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  return { problem: `${place}: U+${code} is no character of a text: is it the right file?` };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const CONTROL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/;

/** The line, from 0, whose bytes are no UTF-8; no character reaches over the end of a line. */
function badLine(bytes: Buffer): number {
  let line = 0;
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, start);
    if (!isUtf8(bytes.subarray(start, end < 0 ? bytes.length : end)) || end < 0) break;
    start = end + 1;
  }
  return line;
}
