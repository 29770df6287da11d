/** A disk whose calls are timed: one that does not answer has failed, however long one waits. */

import type { JournalFs, OpenHow } from './fs.ts';

/** Tests bring their own. */
export interface JournalClock {
  now_ms(): number;
  setTimeout(action: () => void, wait_ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

export const SYSTEM_CLOCK: JournalClock = {
  now_ms: () => performance.now(),
  setTimeout: (action, wait_ms) => setTimeout(action, wait_ms),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
};

/**
 * A call that is late is looked at once more: it may have ended while the whole process stood still
 * (SIGSTOP, a laptop's lid), and only not have been heard of yet.
 */
const AGAIN_MS = 1000;

interface Call {
  readonly name: string;
  readonly began_ms: number;
  wasLate: boolean;
}

export interface WatchedOptions {
  readonly fs: JournalFs;
  readonly clock: JournalClock;
  /** How long a call may take; read each time. */
  readonly limit_ms: () => number;
  /** Told of a call that takes longer, again and again while it does. */
  readonly onOverdue: (name: string) => void;
}

export class WatchedFs implements JournalFs {
  readonly #options: WatchedOptions;
  readonly #fs: JournalFs;
  /** Under way, the oldest first. */
  readonly #calls = new Set<Call>();
  #isHung = false;
  #hang = () => {};
  readonly #hung: Promise<void> = new Promise((resolve) => {
    this.#hang = resolve;
  });
  /** One for all calls: a timer for each would cost more than the rest of this. */
  #timer: unknown;

  constructor(options: WatchedOptions) {
    this.#options = options;
    this.#fs = options.fs;
  }

  open(path: string, how: OpenHow): Promise<number> {
    return this.#timed('open', this.#fs.open(path, how));
  }

  write(file: number, chunks: readonly Uint8Array[], offset: number): Promise<number> {
    return this.#timed('write', this.#fs.write(file, chunks, offset));
  }

  fdatasync(file: number): Promise<void> {
    return this.#timed('fdatasync', this.#fs.fdatasync(file));
  }

  truncate(file: number, length: number): Promise<void> {
    return this.#timed('truncate', this.#fs.truncate(file, length));
  }

  close(file: number): Promise<void> {
    return this.#timed('close', this.#fs.close(file));
  }

  rename(from: string, to: string): Promise<void> {
    return this.#timed('rename', this.#fs.rename(from, to));
  }

  unlink(path: string): Promise<void> {
    return this.#timed('unlink', this.#fs.unlink(path));
  }

  mkdir(path: string): Promise<void> {
    return this.#timed('mkdir', this.#fs.mkdir(path));
  }

  readdir(path: string): Promise<string[]> {
    return this.#timed('readdir', this.#fs.readdir(path));
  }

  read(path: string, offset: number, length: number): Promise<Buffer> {
    return this.#timed('read', this.#fs.read(path, offset, length));
  }

  fsyncDir(path: string): Promise<void> {
    return this.#timed('fsync of the directory', this.#fs.fsyncDir(path));
  }

  /** Whether a call was overdue. */
  get isHung(): boolean {
    return this.#isHung;
  }

  /** Waits for work that needs the disk, but not for one that does not answer. */
  async orHung(work: Promise<unknown> | undefined): Promise<void> {
    await Promise.race([work, this.#hung]);
  }

  /** Watches no more. */
  stop(): void {
    this.#options.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#calls.clear();
  }

  async #timed<T>(name: string, answer: Promise<T>): Promise<T> {
    const { clock, limit_ms } = this.#options;
    const call: Call = { name, began_ms: clock.now_ms(), wasLate: false };
    this.#calls.add(call);
    if (this.#timer === undefined) this.#lookIn(limit_ms());
    try {
      return await answer;
    } finally {
      this.#calls.delete(call);
    }
  }

  #lookIn(wait_ms: number): void {
    this.#timer = this.#options.clock.setTimeout(() => this.#look(), wait_ms);
  }

  #look(): void {
    this.#timer = undefined;
    const [oldest] = this.#calls;
    if (oldest === undefined) return;
    const { clock, limit_ms, onOverdue } = this.#options;
    const rest_ms = oldest.began_ms + limit_ms() - clock.now_ms();
    this.#lookIn(rest_ms > 0 ? rest_ms : AGAIN_MS);
    if (rest_ms > 0) return;
    if (!oldest.wasLate) {
      oldest.wasLate = true;
      return;
    }
    this.#isHung = true;
    this.#hang();
    onOverdue(oldest.name);
  }
}
