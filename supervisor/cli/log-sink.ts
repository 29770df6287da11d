/**
 * Where log lines go: a file, or a stream of the process. The log must never stop the service, so
 * no write waits and none is repeated in a loop. Lines that cannot be written now are held, up to a
 * bound, and tried again later; those past the bound are dropped and counted, and a line says how
 * many as soon as there is room. A stream whose reader has gone is given up without a word.
 *
 * Writes are synchronous on a descriptor that does not block: a thread of Node's pool that hangs in
 * a write would keep the process from exiting.
 */

import { closeSync, constants, fstatSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';

/** Some 5000 lines. */
const HELD_BYTES_MAX = 1024 * 1024;
const RETRY_MS_MIN = 20;
const RETRY_MS_MAX = 5000;
/** How long the last lines may take to go out when the process ends. */
const FLUSH_MS_MAX = 500;
const FLUSH_STEP_MS = 10;

const { O_APPEND, O_CREAT, O_NOCTTY, O_NONBLOCK, O_WRONLY } = constants;
/** The disk will have room again, or a process its descriptors: no reason not to start. */
const SHORTAGES = ['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE'];
/** The reader of a pipe is slow. */
const BUSY = ['EAGAIN', 'EINTR'];
/** Another try with the same descriptor can help. */
const PASSING = [...BUSY, 'ENOSPC', 'EDQUOT'];

/** A destination of pino. */
export class LogSink {
  readonly #path: string | undefined;
  #fd: number | undefined;
  #held: Buffer[] = [];
  #held_bytes = 0;
  #lost = 0;
  /** What the last failed write failed with. */
  #failure: NodeJS.ErrnoException | undefined;
  #retry: NodeJS.Timeout | undefined;
  #retry_ms = RETRY_MS_MIN;
  #ended = false;

  private constructor(path: string | undefined, fd: number | undefined) {
    this.#path = path;
    this.#fd = fd;
  }

  /**
   * Appends to a file, which is made with its directories when it is not there.
   *
   * @throws the error of the system, unless it is a shortage that may pass
   */
  static file(path: string): LogSink {
    try {
      return new LogSink(path, openFile(path));
    } catch (error) {
      if (!SHORTAGES.includes(codeOf(error))) throw error;
      return new LogSink(path, undefined);
    }
  }

  /** Writes to the standard output (1) or the standard error (2) of the process. */
  static stream(fd: 1 | 2): LogSink {
    return new LogSink(undefined, unblocked(fd));
  }

  write(line: string): void {
    if (this.#ended) return;
    const bytes = Buffer.from(line);
    const full = this.#held_bytes > 0 && this.#held_bytes + bytes.length > HELD_BYTES_MAX;
    // Once one is lost the next are too, until a line has said so in their place.
    if (full || this.#lost > 0) {
      this.#lost += 1;
      return;
    }
    this.#hold(bytes);
    if (this.#retry === undefined) this.#pump();
  }

  /**
   * Goes on in a new file of the same name, when the old one was renamed.
   *
   * @throws the error of the system; the old file stays in use
   */
  reopen(): void {
    if (this.#path === undefined) return;
    const fd = openFile(this.#path);
    this.#close();
    this.#fd = fd;
    this.#pump();
  }

  /** Writes what is held, as far as that is possible soon; pino calls it after a fatal line. */
  flushSync(): void {
    const end_ms = performance.now() + FLUSH_MS_MAX;
    const sleeper = new Int32Array(new SharedArrayBuffer(4));
    this.#pump();
    while (this.#retry !== undefined && BUSY.includes(codeOf(this.#failure))) {
      if (performance.now() > end_ms) return;
      Atomics.wait(sleeper, 0, 0, FLUSH_STEP_MS);
      this.#pump();
    }
  }

  #hold(bytes: Buffer): void {
    this.#held.push(bytes);
    this.#held_bytes += bytes.length;
  }

  /** Writes what is held, until that fails. */
  #pump(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    try {
      while (this.#held.length > 0) {
        this.#writeHeld();
        if (this.#held.length === 0 && this.#lost > 0) {
          this.#hold(Buffer.from(lossLine(this.#lost, this.#failure)));
          this.#lost = 0;
        }
      }
    } catch (error) {
      this.#failed(error as NodeJS.ErrnoException);
    }
  }

  #writeHeld(): void {
    this.#fd ??= openFile(this.#path ?? '');
    const [first] = this.#held;
    const bytes =
      this.#held.length === 1 && first !== undefined ? first : Buffer.concat(this.#held);
    const written = writeSync(this.#fd, bytes);
    const rest = bytes.subarray(written);
    this.#held = rest.length > 0 ? [rest] : [];
    this.#held_bytes = rest.length;
    if (written > 0) this.#retry_ms = RETRY_MS_MIN;
  }

  #failed(error: NodeJS.ErrnoException): void {
    this.#failure = error;
    const code = codeOf(error);
    if (this.#path === undefined && code === 'EPIPE') {
      this.#ended = true;
      this.#held = [];
      return;
    }
    if (this.#path !== undefined && !PASSING.includes(code)) this.#close();
    this.#retry = setTimeout(() => this.#pump(), this.#retry_ms).unref();
    this.#retry_ms = Math.min(2 * this.#retry_ms, RETRY_MS_MAX);
  }

  #close(): void {
    const fd = this.#fd;
    this.#fd = undefined;
    if (fd === undefined) return;
    try {
      closeSync(fd);
    } catch (error) {
      // The descriptor is gone all the same; what the disk did not take is what is told later.
      this.#failure = error as NodeJS.ErrnoException;
    }
  }
}

function openFile(path: string): number {
  mkdirSync(dirname(path), { recursive: true });
  return openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY, 0o666);
}

/** A descriptor for a stream of the process that does not block, as far as that can be had. */
function unblocked(fd: 1 | 2): number {
  const stats = fstatSync(fd);
  if (stats.isFIFO() || stats.isSocket()) {
    // Node sets a pipe to non-blocking when it makes its stream, which happens at the first use.
    const stream = fd === 1 ? process.stdout : process.stderr;
    stream.on('error', () => stream.destroy());
    return fd;
  }
  if (!stats.isCharacterDevice()) return fd;
  try {
    // A terminal that was stopped (Ctrl-S) blocks those who share our own descriptor.
    return openSync(`/proc/self/fd/${fd}`, O_WRONLY | O_NONBLOCK | O_NOCTTY);
  } catch {
    return fd;
  }
}

/** A line as pino writes them, of the level `warn`. */
function lossLine(lost: number, failure: NodeJS.ErrnoException | undefined): string {
  const line = {
    ...{ level: 40, time: Date.now(), pid: process.pid, hostname: hostname(), lost },
    ...{ reason: failure?.message, msg: 'log lines were lost: the log could not be written' },
  };
  return `${JSON.stringify(line)}\n`;
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException | undefined)?.code ?? '';
}
