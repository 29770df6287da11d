/**
 * The directory of managed renders: whose it is, and what of nobody is in it. Clients are told
 * paths in it and read what is there, so that nobody else may exchange anything there: it is a
 * directory of our own, no link, and not everybody can remove what is in it.
 */

import { chmod, lstat, mkdir, opendir, realpath, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { GoxError } from '../../conf/errors.ts';
import { type Config, permissionBits } from '../../conf/schema.ts';
import { expiryOf } from '../../engine/port/renders.ts';
import { trustedPath } from '../process/trusted-path.ts';

export type DirectoryConfig = Pick<Config, 'renders' | 'working_directory' | 'sockets'>;

const OWNER = 0o700;
const OTHERS_WRITE = 0o002;
/** In such a directory nobody can remove or rename what is of another user. */
const STICKY = 0o1000;

/**
 * Where they are by the configuration. A service has its own directory for temporary files as a
 * rule, which no client sees.
 */
export function rendersDirectory({
  renders,
  working_directory,
}: Pick<Config, 'renders' | 'working_directory'>): string {
  if (renders.directory !== '') return renders.directory;
  if (working_directory !== '') return join(working_directory, 'renders');
  // Users share the directory for temporary files, and each needs one of its own.
  return join(tmpdir(), `goxel_renders-${process.geteuid?.() ?? 'user'}`);
}

/** Its path without links, and whether it was not there. */
export interface MadeDirectory {
  readonly real: string;
  readonly made: boolean;
}

/** Makes the directory where it is not there, and sees whose it is. Rejects with GOX_FILE. */
export async function makeDirectory(config: DirectoryConfig): Promise<MadeDirectory> {
  const path = rendersDirectory(config);
  return await naming(path, async () => {
    const place = placeOf(path);
    const made = await madeNow(place, modeOf(config));
    return { real: await judged(path, place), made };
  });
}

async function madeNow(place: string, mode: number): Promise<boolean> {
  try {
    await mkdir(place, OWNER);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  // The mask of the process would take some of it.
  await chmod(place, mode);
  return true;
}

/** The same of one that is there; nothing where there is none. */
export async function knownDirectory(config: DirectoryConfig): Promise<string | undefined> {
  const path = rendersDirectory(config);
  return await naming(path, async () => {
    try {
      return await judged(path, placeOf(path));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  });
}

/**
 * Removes what daemons left that were killed: files with the name of a managed render whose time
 * was over at that time, in Unix seconds. Those of a daemon that lives are in its list, and go by
 * that.
 *
 * @returns how many there were
 */
export async function removeLeft(
  real: string,
  now_s: number,
  isKnown: (name: string) => boolean,
): Promise<number> {
  let count = 0;
  for await (const { name } of await opendir(real)) {
    const expires_at = expiryOf(name);
    if (expires_at === undefined || expires_at > now_s || isKnown(name)) continue;
    try {
      await unlink(join(real, name));
      count += 1;
    } catch {
      // Another daemon was faster, or it is tried again the next time.
    }
  }
  return count;
}

/** Who may use the socket may read what it is told of. */
function modeOf({ sockets: { unix } }: DirectoryConfig): number {
  const bits = permissionBits(unix.permissions);
  const [group, others] = [(bits & 0o060) !== 0, (bits & 0o006) !== 0];
  return OWNER | (group ? 0o050 : 0) | (others ? 0o005 : 0);
}

/** Without links but in its last part, which may not be one. */
function placeOf(path: string): string {
  return join(trustedPath(dirname(path)), basename(path));
}

async function judged(path: string, place: string): Promise<string> {
  const stats = await lstat(place);
  const own = process.geteuid?.() ?? stats.uid;
  if (stats.isSymbolicLink()) throw unfit(path, 'is a symbolic link');
  if (!stats.isDirectory()) throw unfit(path, 'is not a directory');
  if (stats.uid !== own) {
    throw unfit(path, `belongs to user ${stats.uid}, and not to ${own}, who runs the daemon`);
  }
  if ((stats.mode & OTHERS_WRITE) !== 0 && (stats.mode & STICKY) === 0) {
    throw unfit(path, 'may be written into by everybody (chmod o-w would do)');
  }
  return await realpath(place);
}

async function naming<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof GoxError) throw error;
    const { message, code } = error as NodeJS.ErrnoException;
    throw unfit(path, `cannot be used: ${message}`, { errno: code }, error);
  }
}

function unfit(path: string, why: string, facts: object = {}, cause?: unknown): GoxError {
  const remedy = 'set renders.directory (or GOXEL_RENDER_DIR) to a directory of its own';
  const message = `The directory of managed renders, ${path}, ${why}; ${remedy}.`;
  return new GoxError('GOX_FILE', message, { path, ...facts }, cause);
}
