/** The formats as the command line tells of them. */

import { extname } from 'node:path';
import { READING_FORMATS } from '../catalogue/reading.ts';
import { WRITING_FORMATS } from '../catalogue/writing.ts';
import { FORMATS, formatFor } from '../formats/index.ts';
import { type Keeps, keepsOf } from '../formats/keeps.ts';
import { unpackedName } from './route.ts';

export interface FormatFacts {
  readonly name: string;
  /** Without the dot; the first is the usual one. */
  readonly extensions: readonly string[];
  readonly reads: boolean;
  readonly writes: boolean;
  /** What a file of it keeps of a project; undefined of what is not written so. */
  readonly keeps?: Keeps;
  /** The options that are about it, as the catalogue calls them. */
  readonly reading: readonly string[];
  readonly writing: readonly string[];
}

/** Pictures are drawn, by no writer of a format. */
const DRAWN = ['png', 'jpeg'];

/** All formats, or the one of a name or extension. Throws GOX_FORMAT_UNKNOWN. */
export function formatFacts(asked?: string): FormatFacts[] {
  const chosen = asked === undefined ? FORMATS : [formatFor('', asked)];
  return chosen.map(({ name, extensions, read, write }) => ({
    ...{ name, extensions },
    reads: read !== undefined,
    writes: write !== undefined || DRAWN.includes(name),
    ...(write === undefined ? {} : { keeps: keepsOf(name) }),
    reading: read === undefined ? [] : about(READING_FORMATS, name),
    writing: write === undefined ? [] : about(WRITING_FORMATS, name),
  }));
}

function about(options: Readonly<Record<string, readonly string[]>>, format: string): string[] {
  return Object.keys(options).filter((option) => options[option]!.includes(format));
}

/** The usual extension of a format. Throws GOX_FORMAT_UNKNOWN. */
export function extensionOf(format: string): string {
  return formatFor('', format).extensions[0] ?? format;
}

/** The name of the format that reads a file of that name, packed or not, if any does. */
export function formatReading(path: string): string | undefined {
  const extension = extname(unpackedName(path)).slice(1).toLowerCase();
  return FORMATS.find(({ read, extensions }) => read && extensions.includes(extension))?.name;
}
