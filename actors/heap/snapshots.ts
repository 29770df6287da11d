/**
 * Snapshots of JavaScript heaps, in files that the tools of Chrome open.
 *
 * A thread stands still while its snapshot is taken, and the main thread while V8 writes it out, so
 * nothing of that counts for a heartbeat or a deadline: the service clock stands still with the
 * main thread, and of a thread that is held here no sign of life is expected.
 */

import { readlinkSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { getSystemErrorMap } from 'node:util';
import { getHeapSnapshot } from 'node:v8';
import type { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import { GoxError } from '../../conf/errors.ts';
import { realPath } from '../../conf/real-path.ts';
import { cutPath } from '../../engine/catalogue/sketch.ts';
import type { CallsRegistry } from '../engines/registry.ts';
import type { Pulses } from '../health/pulses.ts';

/** What it needs of a thread. */
export type HeapThread = Pick<Worker, 'getHeapSnapshot' | 'once' | 'off'>;

/** The threads that run, by their actors: `engine:0`, `job:1`. */
export class HeapThreads {
  readonly #threads = new Map<string, HeapThread>();

  /** @returns ends that */
  add(id: string, thread: HeapThread): () => void {
    this.#threads.set(id, thread);
    return () => {
      // The next thread of the same actor may be there already.
      if (this.#threads.get(id) === thread) this.#threads.delete(id);
    };
  }

  get(id: string): HeapThread | undefined {
    return this.#threads.get(id);
  }
}

export interface SnapshotDeps {
  readonly config: { readonly dump: { readonly directory: string } };
  readonly log: Logger;
  readonly pulses: Pick<Pulses, 'hold'>;
  readonly heaps: HeapThreads;
  readonly calls: CallsRegistry['calls'];
}

export interface SnapshotOrder {
  readonly thread?: string | undefined;
  readonly path?: string | undefined;
}

const WARNING = 'The file holds everything that was in memory, secrets too: delete it after use.';

export class HeapSnapshots {
  readonly #deps: SnapshotDeps;
  #busy = false;

  constructor(deps: SnapshotDeps) {
    this.#deps = deps;
  }

  /**
   * Writes one.
   *
   * @param signal of who asks: the reason is a GoxError
   * @throws GoxError; then there is no file
   */
  async take({ thread = 'main', path }: SnapshotOrder, signal: AbortSignal) {
    const { log, config } = this.#deps;
    const source = this.#sourceOf(thread);
    if (this.#busy) {
      throw new GoxError('GOX_ENGINE_BUSY', 'Another heap snapshot is being written.');
    }
    this.#busy = true;
    const since_ms = performance.now();
    let taken: Promise<Readable> | undefined;
    try {
      const file = await NewFile.open(config.dump.directory, path, thread);
      log.warn({ thread, path: file.path }, 'a heap snapshot is taken: the thread stands still');
      taken = source();
      const bytes = await file.fill(taken, signal).catch((error: Error) => {
        const about = { thread, path: file.path, reason: error.message };
        log.warn(about, 'no heap snapshot was written');
        throw error;
      });
      const took_ms = Math.round(performance.now() - since_ms);
      log.warn({ thread, path: file.path, bytes, took_ms }, 'a heap snapshot was written');
      return { thread, path: file.path, bytes, took_ms, warning: WARNING };
    } finally {
      const free = () => {
        this.#busy = false;
      };
      // A thread cannot be told to stop it: until it is there, or never will be, there is no other.
      if (taken === undefined) free();
      else taken.then((snapshot) => snapshot.destroy()).then(free, free);
    }
  }

  #sourceOf(id: string): () => Promise<Readable> {
    if (id === 'main') return async () => getHeapSnapshot();
    const thread = this.#deps.heaps.get(id);
    if (thread !== undefined) return () => this.#snapshotOf(id, thread);
    const text = `There is no thread of ${id} now; the tree shows those that there are.`;
    throw new GoxError('GOX_INVALID_PARAMS', text, { parameter: 'params.thread' });
  }

  async #snapshotOf(id: string, thread: HeapThread): Promise<Readable> {
    const { pulses, calls } = this.#deps;
    const [kind, index] = id.split(':');
    const queue = kind === 'engine' ? calls.get(Number(index)) : undefined;
    const release = pulses.hold(id);
    queue?.send({ type: 'worker.held' });
    let onExit = () => {};
    const gone = new Promise<never>((_, reject) => {
      onExit = () =>
        reject(new GoxError('GOX_ENGINE_LOST', `The thread of ${id} ended meanwhile.`));
      thread.once('exit', onExit);
    });
    try {
      const snapshot = thread.getHeapSnapshot().catch((error: unknown) => {
        if (isGone(error)) return gone;
        throw error;
      });
      return await Promise.race([snapshot, gone]);
    } finally {
      thread.off('exit', onExit);
      queue?.send({ type: 'worker.released' });
      release();
    }
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_NOT_RUNNING';
}

/** Rejects with the reason of the signal; never resolves. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => reject(signal.reason);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

/** A file that was not there before, and is not there afterwards if it is not filled. */
class NewFile {
  readonly path: string;
  readonly #handle: FileHandle;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  static async open(directory: string, wanted: string | undefined, thread: string) {
    const root = realPath(directory);
    const name = `goxel-supervisor-${process.pid}-${Date.now()}-${thread.replace(':', '-')}`;
    const asked = wanted ?? join(root, `${name}.heapsnapshot`);
    const refused = (why: string) => pathRefused(asked, why, root);
    if (asked.includes('\0')) throw refused('holds a NUL character');
    if (!isAbsolute(asked)) throw refused('is no absolute path');
    const path = join(realPath(dirname(asked)), basename(asked));
    if (!contains(root, path)) throw refused(`is not below dump.directory, ${root}`);
    let handle: FileHandle;
    try {
      handle = await open(path, 'wx', 0o600);
    } catch (error) {
      throw fileError(asked, error);
    }
    const file = new NewFile(path, handle);
    if (file.#isThere(root)) return file;
    await file.#remove();
    throw refused('leads elsewhere by now');
  }

  /** Somebody may have put a link in the place of a directory of the path. */
  #isThere(root: string): boolean {
    try {
      return contains(root, readlinkSync(`/proc/self/fd/${this.#handle.fd}`));
    } catch {
      // Where the system does not tell.
      return true;
    }
  }

  /** @returns how many bytes it has */
  async fill(source: Promise<Readable>, signal: AbortSignal): Promise<number> {
    let bytes = 0;
    try {
      for await (const chunk of await Promise.race([source, aborted(signal)])) {
        signal.throwIfAborted();
        const data = Buffer.from(chunk as string | Uint8Array);
        for (let at = 0; at < data.length; ) {
          at += (await this.#handle.write(data, at)).bytesWritten;
        }
        bytes += data.length;
      }
      await this.#handle.close();
      return bytes;
    } catch (error) {
      await this.#remove();
      throw error instanceof GoxError ? error : fileError(this.path, error);
    }
  }

  async #remove(): Promise<void> {
    await this.#handle.close().catch(() => {});
    rmSync(this.path, { force: true });
  }
}

function contains(root: string, path: string): boolean {
  const inside = relative(root, path);
  return inside !== '' && inside !== '..' && !inside.startsWith(`..${sep}`);
}

function pathRefused(path: string, why: string, root: string): GoxError {
  const message = `The path ${JSON.stringify(cutPath(path))} ${why}.`;
  return new GoxError('GOX_PATH_REFUSED', message, { path, roots: [root] });
}

function fileError(path: string, error: unknown): GoxError {
  const { code, errno = 0, message } = error as NodeJS.ErrnoException;
  // What Node says of it holds the path once more.
  const words = getSystemErrorMap().get(errno)?.[1] ?? code ?? message;
  const why = code === 'EEXIST' ? 'is there already, and nothing is overwritten' : words;
  const facts = code === undefined ? { path } : { path, errno: code };
  return new GoxError('GOX_FILE', `The file ${JSON.stringify(cutPath(path))}: ${why}.`, facts);
}
