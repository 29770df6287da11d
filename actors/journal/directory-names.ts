/**
 * The names of the directories that projects are kept in. A name is told from any other on every
 * file system, also where upper and lower case are one, or where letters are normalized: small
 * letters, digits, `-` and `_` stand for themselves, all else is `%` and two digits for each byte
 * of UTF-8. A name that would be too long for that is told by its hash, and stands in a file of the
 * directory.
 */

import { createHash } from 'node:crypto';

/** As file systems have it, less some for what may be put behind a name. */
const LENGTH_MAX = 200;
const HASHED = '~';
const PLAIN = /[a-z0-9_-]/;
/** What is no text in Unicode has no bytes in UTF-8. */
const LONE_SURROGATE = /\p{Surrogate}/u;
const ENCODED = /^(?:[a-z0-9_-]|%[0-9a-f]{2})+$/;

/** Of the directory of a project. */
export function directoryName(project: string): string {
  const encoded = !LONE_SURROGATE.test(project)
    ? [...Buffer.from(project)].map(written).join('')
    : '';
  if (encoded !== '' && encoded.length <= LENGTH_MAX) return encoded;
  const hash = createHash('sha256').update(Buffer.from(project, 'utf16le')).digest('hex');
  return `${HASHED}${hash}`;
}

/**
 * The project that a directory is of: `hashed` when its name is to be read in it; undefined for the
 * name of something else.
 */
export function projectOf(directory: string): string | typeof hashed | undefined {
  if (/^~[0-9a-f]{64}$/.test(directory)) return hashed;
  if (!ENCODED.test(directory)) return undefined;
  const project = Buffer.from(
    directory.replaceAll(/%(..)|(.)/g, (_, hex?: string, plain = '') =>
      hex === undefined ? Buffer.from(plain).toString('hex') : hex,
    ),
    'hex',
  ).toString();
  // One that somebody else made may be written in another way.
  return directoryName(project) === directory ? project : undefined;
}

export const hashed: unique symbol = Symbol('hashed');

function written(byte: number): string {
  const letter = String.fromCharCode(byte);
  return PLAIN.test(letter) ? letter : `%${byte.toString(16).padStart(2, '0')}`;
}
