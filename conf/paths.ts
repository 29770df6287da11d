/** Paths of the configuration, made absolute; what they start from may be missing. */

import { statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, resolve } from 'node:path';

/** A path that starts from something that this process does not have; `message` says what. */
export class PathError extends Error {
  override readonly name = 'PathError';
  /** Set where it is missing on every machine: a mistake of who wrote the path. */
  readonly is_mistake: boolean;

  constructor(message: string, is_mistake = false) {
    super(message);
    this.is_mistake = is_mistake;
  }
}

export interface PathOptions {
  /** What relative paths start from; without it the working directory of the process. */
  readonly directory?: string;
  /** What `~` is; without it the home directory of the user of the process. */
  readonly home?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

type Start = (options: PathOptions) => string;

/** What a path may begin with, as its whole first part. */
const STARTS: Readonly<Record<string, Start>> = {
  '~': homeDirectory,
  $TMPDIR: () => tmpdir(),
  $XDG_CONFIG_HOME: (options) => ofHome('XDG_CONFIG_HOME', '.config', options),
  $XDG_STATE_HOME: (options) => ofHome('XDG_STATE_HOME', '.local/state', options, '/var/lib'),
  $XDG_RUNTIME_DIR: runtimeDirectory,
};

/**
 * `~/…` is in the home directory; `$TMPDIR/…` in that for temporary files, `$XDG_STATE_HOME/…`,
 * `$XDG_CONFIG_HOME/…` and `$XDG_RUNTIME_DIR/…` in those that the XDG specification has for a user;
 * others are in the working directory unless they are absolute.
 *
 * @throws PathError
 */
export function expandPath(path: string, options: PathOptions = {}): string {
  const [first = '', ...rest] = path.split('/');
  if (Object.hasOwn(STARTS, first)) return absolute([STARTS[first]?.(options) ?? '', ...rest]);
  if (first.startsWith('$')) {
    const known = Object.keys(STARTS).filter((start) => start.startsWith('$'));
    const text = `a path may begin with ${known.join(', ')} or ~, but not with ${first}`;
    throw new PathError(text, true);
  }
  return absolute([...(options.directory === undefined ? [] : [options.directory]), path]);
}

/** A user without an entry in the password file, as containers have them, may have no home. */
function homeDirectory({ home = ownHome() }: PathOptions): string {
  if (isAbsolute(home)) return home;
  throw new PathError('this user has no home directory (HOME is not set)');
}

function ownHome(): string {
  try {
    return homedir();
  } catch {
    // Neither HOME nor the password file tells.
    return '';
  }
}

/**
 * A directory that a variable names, or else one in the home directory, or else that of a root
 * without a home. A relative path in the variable does not count, as the specification says.
 */
function ofHome(name: string, in_home: string, options: PathOptions, of_root?: string): string {
  const named = (options.env ?? process.env)[name] ?? '';
  if (isAbsolute(named)) return named;
  const home = options.home ?? ownHome();
  if (isAbsolute(home)) return resolve(home, in_home);
  if (of_root !== undefined && process.getuid?.() === 0) return of_root;
  throw new PathError(`this user has no home directory; set HOME or ${name}`);
}

function runtimeDirectory({ env = process.env }: PathOptions): string {
  const named = env.XDG_RUNTIME_DIR ?? '';
  if (isAbsolute(named)) return named;
  const uid = process.getuid?.();
  if (uid === 0) return '/run';
  // Cron and sudo lose the variable, not the directory. macOS has none, and a TMPDIR for each user.
  const usual = process.platform === 'darwin' ? tmpdir() : `/run/user/${uid}`;
  const stats = statSync(usual, { throwIfNoEntry: false });
  if (stats?.isDirectory() && stats.uid === uid) return usual;
  throw new PathError(`XDG_RUNTIME_DIR is not set, and this user has no ${usual}`);
}

function absolute(parts: readonly string[]): string {
  try {
    return resolve(...parts);
  } catch {
    // Only a relative path asks for the working directory.
    throw new PathError('the working directory of this process is gone');
  }
}
