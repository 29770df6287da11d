/**
 * A lock on one name in one directory, held for a daemon's whole life, so that of several daemons
 * that want the same socket one gets it, whatever they call its directory.
 *
 * Everyone who wants the lock announces it by a listening socket beside the name, and then looks at
 * the announcements of others: who sees none that is alive holds the lock, for as long as its own
 * stands. Of two, one has announced first; the other looks after that, finds it, and does not hold.
 * So never two hold it, whatever happens in between. The kernel ends an announcement with its
 * process. Its name is never used again, so a dead one may be removed by anybody at any time. It
 * listens before it gets its name, so that none looks dead before it lives.
 *
 * Only who may write into the directory can announce, and so could take the socket as well. In a
 * directory where each may remove their own files only (`/tmp`), announcements of others count for
 * nothing: they could keep us out, and cannot take our socket away. An abstract socket would be
 * simpler, but any local user can take its name.
 */

import { createHash, randomBytes } from 'node:crypto';
import { lstat, readdir, rename, stat, unlink } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HandedLock } from '../upgrade/estate.ts';
import { listeningDescriptor } from '../upgrade/handles.ts';
import { bind, ignoreAbsent, probe } from './unix-socket.ts';

/** How long others may be in the middle of taking or leaving the same path. */
const CLAIM_TIMEOUT_MS = 10_000;
/** Between two looks of whoever waits for others. */
const LOOK_MS = 10;
/** How long the first by name waits for the others to withdraw; who does not by then holds it. */
const WITHDRAWAL_MS_MAX = 2000;
/** Those who try again do not all do so at once. */
const PAUSE_MS_MAX = 50;
/** A socket without its announcement's name for so long belongs to one that died on the way. */
const NAMELESS_MS_MAX = 60_000;

const ANNOUNCED = '.gox';
const NAMELESS = '.goy';
const STICKY_BIT = 0o1000;

/** The name of an announcement, and so the longest that a lock needs in its directory. */
export const LOCK_NAME_BYTES = 16;

interface Announcement {
  readonly server: Server;
  readonly name: string;
  readonly inode: number | undefined;
}

export class PathLock {
  readonly #directory: string;
  readonly #key: string;
  #own: Announcement;

  private constructor(directory: string, key: string, own: Announcement) {
    this.#directory = directory;
    this.#key = key;
    this.#own = own;
  }

  /**
   * Takes the lock on a name; nothing when another holds it. Throws what the system says.
   *
   * @param directory its real path
   * @param isServed whether the holder has come to serve already, so that waiting is no use
   */
  static async take(
    directory: string,
    name: string,
    isServed: () => Promise<boolean>,
  ): Promise<PathLock | undefined> {
    const key = createHash('sha256').update(name).digest('base64url').slice(0, 4);
    const until = performance.now() + CLAIM_TIMEOUT_MS;
    for (;;) {
      const own = await announce(directory, key);
      try {
        if (await isFirst(directory, key, own.name, until)) {
          return new PathLock(directory, key, own);
        }
      } catch (error) {
        await withdraw(directory, own);
        throw error;
      }
      await withdraw(directory, own);
      // Who withdrew only looks on, so that one of the others comes through.
      while ((await othersAlive(directory, key)).length > 0) {
        if (performance.now() > until || (await isServed())) return undefined;
        await sleep(LOOK_MS);
      }
      await sleep(Math.random() * PAUSE_MS_MAX);
    }
  }

  /**
   * Holds a lock that another process holds as well. Its announcement is alive for as long as one
   * of the two is.
   */
  static share({ fd, directory, key, name, inode }: HandedLock): PathLock {
    const server = announcer();
    server.listen({ fd });
    server.unref();
    return new PathLock(directory, key, { server, name, inode });
  }

  /** What another process needs to share it; undefined when that cannot be known. */
  handed(): HandedLock | undefined {
    const { server, name, inode } = this.#own;
    const fd = listeningDescriptor(server);
    if (fd === undefined) return undefined;
    return { fd, directory: this.#directory, key: this.#key, name, inode };
  }

  /** Leaves it to the process that shares it. */
  leave(): void {
    // By the name that was bound, which it had for a moment only, nothing is removed.
    this.#own.server.close();
  }

  /** Announces again if somebody removed the file. Throws what the system says. */
  async renew(): Promise<void> {
    const found = await lstat(join(this.#directory, this.#own.name)).catch(ignoreAbsent);
    if (found?.ino === this.#own.inode) return;
    const old = this.#own;
    this.#own = await announce(this.#directory, this.#key);
    old.server.close();
  }

  release(): Promise<void> {
    return withdraw(this.#directory, this.#own);
  }
}

/**
 * Waits until nobody else is there; false as soon as somebody is who comes before us, by name, or
 * stays.
 */
async function isFirst(
  directory: string,
  key: string,
  own: string,
  until: number,
): Promise<boolean> {
  const end = Math.min(until, performance.now() + WITHDRAWAL_MS_MAX);
  for (;;) {
    const others = await othersAlive(directory, key, own);
    if (others.length === 0) return true;
    if (performance.now() > end || others.some((other) => other < own)) return false;
    await sleep(LOOK_MS);
  }
}

async function announce(directory: string, key: string): Promise<Announcement> {
  const tail = `${key}${randomBytes(6).toString('base64url')}`;
  const [nameless, name] = [`${NAMELESS}${tail}`, `${ANNOUNCED}${tail}`];
  const server = announcer();
  try {
    const file = await bind(server, join(directory, nameless), { mode: 0o600, backlog: 511 });
    server.unref();
    await rename(join(directory, nameless), join(directory, name));
    return { server, name, inode: file?.inode };
  } catch (error) {
    server.close();
    throw error;
  }
}

/** Who looks at it needs no more than to be let in. */
function announcer(): Server {
  const server = createServer((socket) => socket.destroy());
  // Such as EMFILE when somebody looks; it is the listening that counts.
  server.on('listening', () => server.on('error', () => {}));
  return server;
}

/** It never throws: the error that led here counts, and a file that stays is dead. */
async function withdraw(directory: string, { server, name }: Announcement): Promise<void> {
  await unlink(join(directory, name)).catch(() => {});
  server.close();
}

/** The announcements of others that are alive; those that are dead are removed. */
async function othersAlive(directory: string, key: string, own?: string): Promise<string[]> {
  const isSticky = ((await stat(directory)).mode & STICKY_BIT) !== 0;
  const alive: string[] = [];
  for (const name of await readdir(directory)) {
    if (name === own || name.length !== LOCK_NAME_BYTES) continue;
    const isAnnounced = name.startsWith(`${ANNOUNCED}${key}`);
    if (!isAnnounced && !name.startsWith(`${NAMELESS}${key}`)) continue;
    const path = join(directory, name);
    const found = await lstat(path).catch(ignoreAbsent);
    if (found === undefined || !found.isSocket()) continue;
    if (isSticky && found.uid !== process.getuid?.()) continue;
    if (!isAnnounced && Date.now() - found.ctimeMs < NAMELESS_MS_MAX) continue;
    const state = await probe(path);
    if (state === 'dead') await unlink(path).catch(ignoreAbsent);
    else if (state === 'alive' && isAnnounced) alive.push(name);
  }
  return alive;
}
