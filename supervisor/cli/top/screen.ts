/**
 * The terminal of `top`: its other screen, without a cursor, and keys as they are struck. Whatever
 * ends or stops the process, the terminal is as it was: the last word is written at once, not by
 * way of a stream.
 */

import { writeSync } from 'node:fs';
import type { ReadStream, WriteStream } from 'node:tty';

/** The other screen, no cursor, and lines that are too long are not broken. */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l';
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l';
/** A terminal that knows it shows what is between them at one stroke; others ignore it. */
const BEGIN = '\x1b[?2026h\x1b[H';
const END = '\x1b[J\x1b[?2026l';

const STANDARD_OUTPUT = 1;

export interface ScreenEvents {
  /** What was typed. */
  readonly typed: (text: string) => void;
  /** The size has changed, or all has to be drawn again. */
  readonly changed: () => void;
  /** Nobody is there any more: the terminal has gone, or a signal ended it. */
  readonly ended: (by: 'gone' | 'SIGINT' | 'SIGTERM') => void;
}

export class Screen {
  readonly #input: ReadStream;
  readonly #output: WriteStream;
  readonly #events: ScreenEvents;
  #opened = false;
  #entered = false;
  #drawn = '';

  constructor(input: ReadStream, output: WriteStream, events: ScreenEvents) {
    this.#input = input;
    this.#output = output;
    this.#events = events;
  }

  get size() {
    const [columns, rows] = this.#output.getWindowSize();
    // A terminal that nobody has told its size has the usual one. The last column stays free: what
    // is written there would be taken again with the rest of the line.
    return { columns: (columns || 80) - 1, rows: rows || 24 };
  }

  open(): void {
    this.#opened = true;
    process.once('exit', this.#leave);
    process.on('SIGTSTP', this.#stopped).on('SIGCONT', this.#continued);
    process.on('SIGINT', this.#signalled).on('SIGTERM', this.#signalled);
    process.on('SIGHUP', this.#gone);
    this.#input.on('data', this.#typed).on('end', this.#gone).on('error', this.#gone);
    this.#output.on('resize', this.#renewed).on('error', this.#gone);
    this.#enter();
  }

  /** The terminal as it was. */
  close(): void {
    if (!this.#opened) return;
    this.#opened = false;
    this.#leave();
    process.off('exit', this.#leave);
    process.off('SIGTSTP', this.#stopped).off('SIGCONT', this.#continued);
    process.off('SIGINT', this.#signalled).off('SIGTERM', this.#signalled);
    process.off('SIGHUP', this.#gone);
    this.#input.off('data', this.#typed).off('end', this.#gone);
    this.#output.off('resize', this.#renewed);
    this.#input.pause();
  }

  /** Shows these lines, in one write; nothing is written for what is there already. */
  draw(lines: readonly string[]): void {
    // A terminal that was stopped (Ctrl-S) gets the next picture, not all that it missed.
    if (!this.#entered || this.#output.writableLength > 0) return;
    const text = lines.map((line) => `${line}\x1b[K`).join('\r\n');
    if (text === this.#drawn) return;
    this.#drawn = text;
    this.#output.write(`${BEGIN}${text}${END}`);
  }

  /** As Ctrl-Z does elsewhere: the keys are ours, so the signal is too. */
  suspend(): void {
    this.#leave();
    // To all that the shell has put together, such as npx, as the terminal would.
    process.kill(0, 'SIGTSTP');
  }

  #enter(): void {
    this.#entered = true;
    this.#drawn = '';
    this.#input.setRawMode(true);
    this.#input.resume();
    this.#output.write(ENTER);
  }

  readonly #leave = (): void => {
    if (!this.#entered) return;
    this.#entered = false;
    try {
      this.#input.setRawMode(false);
      writeSync(STANDARD_OUTPUT, LEAVE);
    } catch {
      // The terminal has gone, and took its screen along.
    }
  };

  readonly #typed = (bytes: Buffer): void => this.#events.typed(bytes.toString());

  readonly #renewed = (): void => {
    this.#drawn = '';
    this.#events.changed();
  };

  readonly #stopped = (): void => {
    this.#leave();
    process.kill(process.pid, 'SIGSTOP');
  };

  readonly #continued = (): void => {
    if (this.#opened && !this.#entered) this.#enter();
    this.#renewed();
  };

  readonly #signalled = (signal: NodeJS.Signals): void => {
    this.#events.ended(signal === 'SIGTERM' ? 'SIGTERM' : 'SIGINT');
  };

  readonly #gone = (): void => this.#events.ended('gone');
}
