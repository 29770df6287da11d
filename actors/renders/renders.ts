/**
 * The managed renders of this daemon: which there are, and how much they take. Threads write them,
 * in the place that they are told of here; what they have written comes here with the answer of
 * their job, before its client hears of it. The machine `machines/renders.ts` says when those go
 * whose time is over.
 */

import { rmdirSync, rmSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Logger } from 'pino';
import { GoxError, overLimit } from '../../conf/errors.ts';
import { cutPath } from '../../engine/catalogue/sketch.ts';
import type { ManagedRender, RendersPlace } from '../../engine/port/renders.ts';
import {
  type DirectoryConfig,
  knownDirectory,
  makeDirectory,
  removeLeft,
  rendersDirectory,
} from './directory.ts';

/** One of them, and which connection asked for it. */
export interface KnownRender extends ManagedRender {
  readonly session_id: string;
}

/** What was removed. */
export interface Removed {
  readonly files: number;
  readonly bytes: number;
}

/** The client was told of it, and is about to read it. */
const FRESH_MS = 5000;

export interface RendersDeps {
  readonly config: DirectoryConfig;
  readonly log: Pick<Logger, 'debug' | 'warn'>;
  /** By which the age of one is known, whatever becomes of the time of day. */
  readonly clock: { now_ms(): number };
  /** Unix time. */
  readonly unix_ms?: () => number;
}

export class Renders {
  /** Whether somebody looks after them. */
  active = false;
  readonly #config: RendersDeps['config'];
  readonly #log: RendersDeps['log'];
  readonly #clock: RendersDeps['clock'];
  readonly #unix_ms: () => number;
  /** By their paths, the oldest first. */
  readonly #known = new Map<string, KnownRender & { readonly since_ms: number }>();
  #bytes = 0;
  /** Those that the system was told to remove, and has not by now. */
  readonly #going = new Set<string>();
  /** Directories that were not there before. */
  readonly #made = new Set<string>();
  #counts = { total: 0, sweeps: 0, files: 0, bytes: 0, strangers: 0 };
  /** The last time that it was looked whose time is over, or 0, and since when that is done. */
  #swept_ms = 0;
  readonly #since_ms: number;

  constructor({ config, log, clock, unix_ms = () => Date.now() }: RendersDeps) {
    this.#config = config;
    this.#log = log;
    this.#clock = clock;
    this.#unix_ms = unix_ms;
    this.#since_ms = unix_ms();
  }

  /** Where a job puts those that it makes. Rejects with GOX_FILE. */
  async place(): Promise<RendersPlace> {
    const { real, made } = await makeDirectory(this.#config);
    if (made) this.#made.add(real);
    const { ttl_ms, bytes_max } = this.#config.renders;
    return { directory: rendersDirectory(this.#config), real, ttl_ms, bytes_max };
  }

  /**
   * Takes those of a request over, for which older ones make room. Where there is none they are
   * removed, and the error is what the request gets: GOX_RENDERS_FULL.
   */
  add(renders: readonly ManagedRender[], session_id: string): GoxError | undefined {
    const bytes = bytesOf(renders);
    const full = this.#makeRoom(renders.length, bytes);
    if (full !== undefined) {
      this.drop(renders);
      return full;
    }
    this.#counts.total += renders.length;
    this.adopt(renders.map((render) => ({ ...render, session_id })));
    return undefined;
  }

  /** Takes those over that another process had. */
  adopt(renders: readonly KnownRender[]): void {
    const since_ms = this.#clock.now_ms();
    for (const render of renders) this.#known.set(render.path, { ...render, since_ms });
    this.#bytes += bytesOf(renders);
  }

  /** Removes files of which nobody will hear. */
  drop(renders: readonly ManagedRender[]): void {
    for (const { path } of renders) void this.#unlink(path);
  }

  list(): readonly KnownRender[] {
    return [...this.#known.values()].map(({ since_ms: _, ...render }) => render);
  }

  /** Throws GOX_RENDER_NOT_FOUND. */
  get(path: string): KnownRender {
    const found = this.#known.get(path);
    if (found === undefined) throw this.#notFound(path);
    const { since_ms: _, ...render } = found;
    return render;
  }

  /** Removes one. Rejects with GOX_RENDER_NOT_FOUND, and GOX_FILE when it cannot be removed. */
  async remove(path: string): Promise<Removed> {
    const { size } = this.get(path);
    const error = await this.#unlink(path);
    if (error !== undefined) {
      const { code, message } = error;
      const text = `The file ${JSON.stringify(path)} cannot be removed: ${message}.`;
      throw new GoxError('GOX_FILE', text, { path, errno: code }, error);
    }
    return this.#forget(path) ? this.#count({ files: 1, bytes: size }) : { files: 0, bytes: 0 };
  }

  /** Removes all whose time is over, also those of nobody. It never rejects. */
  async sweep(): Promise<Removed> {
    const now_ms = this.#unix_ms();
    const now_s = Math.floor(now_ms / 1000);
    this.#swept_ms = now_ms;
    this.#counts.sweeps += 1;
    const over = [...this.#known.values()].filter(({ expires_at }) => expires_at <= now_s);
    const removed = { files: 0, bytes: 0 };
    for (const { path, size } of over) {
      // What cannot be removed is tried again the next time.
      if ((await this.#unlink(path)) !== undefined || !this.#forget(path)) continue;
      removed.files += 1;
      removed.bytes += size;
    }
    this.#count(removed);
    await this.#sweepDirectory(now_s);
    if (removed.files > 0) this.#log.debug(removed, 'managed renders whose time is over are gone');
    return removed;
  }

  /** Removes all, at the end of the daemon, without waiting for the system. */
  clear(): void {
    for (const path of [...this.#known.keys(), ...this.#going]) {
      try {
        rmSync(path, { force: true });
      } catch (error) {
        this.#log.warn({ err: error, path }, 'a managed render cannot be removed');
      }
    }
    this.leave();
    for (const directory of this.#made) {
      try {
        rmdirSync(directory);
      } catch {
        // Another daemon has some in it, or it is gone.
      }
    }
  }

  /** All of them are another process's from now on. */
  leave(): void {
    this.#known.clear();
    this.#bytes = 0;
  }

  figures() {
    return { files: this.#known.size, bytes: this.#bytes };
  }

  /** As `goxel.get_render_stats` tells of them. */
  stats() {
    const { bytes_max, cleanup_interval_ms } = this.#config.renders;
    const { total, sweeps, files, bytes, strangers } = this.#counts;
    return {
      active_renders: this.#known.size,
      total_renders: total,
      total_cleanups: sweeps,
      current_cache_size: this.#bytes,
      max_cache_size: bytes_max,
      cache_usage_percent: this.#bytes / bytes_max,
      files_cleaned: files,
      bytes_freed: bytes,
      security_violations: strangers,
      cleanup_thread_active: this.active,
      last_cleanup: Math.floor(this.#swept_ms / 1000),
      next_cleanup: Math.ceil(((this.#swept_ms || this.#since_ms) + cleanup_interval_ms) / 1000),
      directory: rendersDirectory(this.#config),
    };
  }

  #makeRoom(files: number, bytes: number): GoxError | undefined {
    const { bytes_max, files_max } = this.#config.renders;
    const fits = () => this.#bytes + bytes <= bytes_max && this.#known.size + files <= files_max;
    const old_ms = this.#clock.now_ms() - FRESH_MS;
    for (const { path, size, since_ms } of this.#known.values()) {
      if (fits() || since_ms > old_ms) break;
      this.#forget(path);
      this.#count({ files: 1, bytes: size });
      void this.#unlink(path);
    }
    if (fits()) return undefined;
    const many = this.#bytes + bytes <= bytes_max;
    return many ? tooMany(files, files_max) : noRoom(bytes, bytes_max);
  }

  async #sweepDirectory(now_s: number): Promise<void> {
    try {
      const real = await knownDirectory(this.#config);
      if (real === undefined) return;
      const names = new Set([...this.#known.keys()].map((path) => basename(path)));
      const left = await removeLeft(real, now_s, (name) => names.has(name));
      this.#counts.files += left;
    } catch (error) {
      // Whoever asks for a managed render is told.
      this.#log.debug({ err: error }, 'the directory of managed renders cannot be looked through');
    }
  }

  #forget(path: string): boolean {
    const found = this.#known.get(path);
    if (found === undefined) return false;
    this.#known.delete(path);
    this.#bytes -= found.size;
    return true;
  }

  #count(removed: Removed): Removed {
    this.#counts.files += removed.files;
    this.#counts.bytes += removed.bytes;
    return removed;
  }

  /** What keeps it from being removed; one that is gone is no matter. */
  async #unlink(path: string): Promise<NodeJS.ErrnoException | undefined> {
    this.#going.add(path);
    try {
      await unlink(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      this.#log.warn({ err: error, path }, 'a managed render cannot be removed');
      return error as NodeJS.ErrnoException;
    } finally {
      this.#going.delete(path);
    }
    return undefined;
  }

  #notFound(path: string): GoxError {
    if (dirname(path) !== rendersDirectory(this.#config)) this.#counts.strangers += 1;
    const shown = JSON.stringify(cutPath(path));
    const message = `Render not found: ${shown} is no managed render (any more).`;
    return new GoxError('GOX_RENDER_NOT_FOUND', message, { path });
  }
}

function bytesOf(renders: readonly ManagedRender[]): number {
  return renders.reduce((total, { size }) => total + size, 0);
}

function noRoom(bytes: number, bytes_max: number): GoxError {
  const key = 'renders.bytes_max';
  const why = `the managed renders of the last seconds take what ${key} (${bytes_max}) allows`;
  const message = `There is no room for a picture of ${bytes} bytes: ${why}.`;
  return overLimit('GOX_RENDERS_FULL', message, { key, bytes, bytes_max }, { retryable: true });
}

function tooMany(files: number, files_max: number): GoxError {
  const key = 'renders.files_max';
  const more = files === 1 ? 'another picture' : `${files} more pictures`;
  const message = `There is no room for ${more}: ${key} allows ${files_max} managed renders.`;
  const retryable = files <= files_max;
  return new GoxError('GOX_RENDERS_FULL', message, { key, files_max, retryable });
}
