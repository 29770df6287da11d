/**
 * The file of tokens, `security.token_file`: a line for each, `LEVEL TOKEN [NAME]`, where the level
 * is `read-only`, `standard` or `admin`; empty lines, and those that begin with `#`, mean nothing.
 *
 *     admin     kXo0Yw5mZ8pQ3rT6vB9nL2sD   operator
 *     read-only 7hJ4kF1gS8aP0zM5xC2wE9uR   dashboard
 *
 * Whoever can read it can do all that it allows, and whoever can write it all that there is: so it
 * belongs to this user or to root, and nobody else has any rights. Problems name the line, and
 * never a token or a part of one.
 */

import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { ConfigError } from './config-error.ts';
import type { Level } from './levels.ts';
import type { Config } from './schema.ts';

export interface Token {
  readonly token: string;
  readonly level: Level;
  /** Empty when it has none. */
  readonly name: string;
}

/** A thousand tokens and more. */
const FILE_BYTES_MAX = 64 * 1024;

/** Of random letters and digits that is 95 bits; what people think up has less. */
const TOKEN_LENGTH_MIN = 16;
const TOKEN_LENGTH_MAX = 512;

const LEVEL_NAMES: Readonly<Record<string, Level>> = {
  'read-only': 'read',
  standard: 'standard',
  admin: 'admin',
};

const PRINTABLE = /^[\x21-\x7e]+$/;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;

/**
 * The tokens that a configuration names; none without a file.
 *
 * @throws ConfigError with everything that is wrong
 */
export function tokensOf({ security, sockets }: Pick<Config, 'security' | 'sockets'>): Token[] {
  const { token_file } = security;
  if (token_file !== '') return parseTokens(readPrivate(token_file), token_file);
  if (!sockets.unix.authentication) return [];
  throw new ConfigError([
    'sockets.unix.authentication: is true, and security.token_file names no file: nobody could' +
      ' come in; name one',
  ]);
}

/**
 * The text of a file that nobody else may read.
 *
 * @throws ConfigError
 */
export function readPrivate(path: string): string {
  let file: number | undefined;
  try {
    // Whoever opens a pipe would wait for its other end.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const problem = problemOf(fstatSync(file));
    if (problem !== undefined) throw new ConfigError([`${path}: ${problem}`]);
    return readAll(file, path);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError([`${path}: cannot be read: ${(error as Error).message}`]);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function problemOf(stats: Stats): string | undefined {
  if (!stats.isFile()) return 'is no regular file';
  const own = process.getuid?.();
  if (own !== undefined && stats.uid !== own && stats.uid !== 0) {
    return `belongs to user ${stats.uid}, who is neither root nor this user (${own}); chown it`;
  }
  const mode = stats.mode & 0o777;
  if ((mode & 0o077) !== 0) {
    const octal = mode.toString(8).padStart(4, '0');
    return `its mode ${octal} lets others in; make it 0600 (chmod 600)`;
  }
  return undefined;
}

function readAll(file: number, path: string): string {
  const bytes = Buffer.alloc(FILE_BYTES_MAX + 1);
  let length = 0;
  for (;;) {
    const count = readSync(file, bytes, length, bytes.length - length, null);
    length += count;
    if (length > FILE_BYTES_MAX) {
      throw new ConfigError([`${path}: is larger than ${FILE_BYTES_MAX} bytes`]);
    }
    if (count === 0) return bytes.toString('utf8', 0, length);
  }
}

/**
 * The tokens of a text; `file` stands in messages.
 *
 * @throws ConfigError
 */
export function parseTokens(text: string, file: string): Token[] {
  const tokens: Token[] = [];
  const problems: string[] = [];
  /** The line of each token. */
  const lines = new Map<string, number>();
  for (const [i, line] of text
    .replace(/^\ufeff/, '')
    .split('\n')
    .entries()) {
    const words = line.split(/[ \t\r]+/).filter((word) => word !== '');
    if (words.length === 0 || words[0]!.startsWith('#')) continue;
    const found = parseLine(words, lines);
    if (typeof found === 'string') problems.push(`${file}:${i + 1}: ${found}`);
    else {
      lines.set(found.token, i + 1);
      tokens.push(found);
    }
  }
  if (problems.length === 0 && tokens.length === 0) {
    problems.push(`${file}: has no token, and so nobody could come in; ${FORM}`);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return tokens;
}

const FORM = 'a line is: read-only|standard|admin TOKEN [NAME]';

function parseLine(
  [level = '', token, name = '', ...more]: string[],
  lines: ReadonlyMap<string, number>,
): Token | string {
  // What stands in the place of the level may be a token, and so it is not told.
  if (!Object.hasOwn(LEVEL_NAMES, level)) return `begins with no level; ${FORM}`;
  if (token === undefined) return `has no token; ${FORM}`;
  if (!PRINTABLE.test(token)) return 'the token has other characters than printable ASCII';
  if (token.length < TOKEN_LENGTH_MIN || token.length > TOKEN_LENGTH_MAX) {
    const bounds = `${TOKEN_LENGTH_MIN} to ${TOKEN_LENGTH_MAX}`;
    return `the token has ${token.length} characters instead of ${bounds}`;
  }
  const earlier = lines.get(token);
  if (earlier !== undefined) return `has the token of line ${earlier} again`;
  if (more.length > 0) return `has more than a level, a token and a name; ${FORM}`;
  if (name !== '' && !NAME.test(name)) {
    return 'the name is not 1 to 64 letters, digits and . _ @ -';
  }
  return { token, level: LEVEL_NAMES[level]!, name };
}
