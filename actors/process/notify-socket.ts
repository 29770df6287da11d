/**
 * How messages get to the service manager: a datagram each to the socket that it named. Where there
 * is no way to send those, the program `systemd-notify` does it, which systemd hears only in a unit
 * with `NotifyAccess=all`.
 */

import { spawn } from 'node:child_process';
import type { Logger } from 'pino';
import { type Datagram, openDatagram } from '../native/datagram.ts';

/** It is not reading, or starts again. */
const PASSING = ['EAGAIN', 'ENOBUFS', 'ECONNREFUSED', 'ENOTCONN', 'ECONNRESET', 'ENOENT'];
const RETRY_MS = 100;
/** What is still not sent then is of no use any more. */
const RETRIES_MAX = 50;
const WAITING_MAX = 16;
const PROGRAM_MS_MAX = 5000;

export class NotifySocket {
  readonly #path: string;
  readonly #log: Logger;
  #socket: Datagram | undefined;
  #waiting: Buffer[] = [];
  #retry: NodeJS.Timeout | undefined;
  #retries = 0;
  #program = false;

  constructor(path: string, log: Logger) {
    this.#path = path;
    this.#log = log;
  }

  /** Sends a message, now or as soon as it can be; never waits, never throws. */
  send(text: string): void {
    if (this.#program) {
      this.#sendByProgram(text);
      return;
    }
    if (this.#waiting.length >= WAITING_MAX) this.#waiting.shift();
    this.#waiting.push(Buffer.from(text));
    this.#flush();
  }

  close(): void {
    clearTimeout(this.#retry);
    this.#waiting = [];
    this.#socket?.close();
    this.#socket = undefined;
  }

  #flush(): void {
    clearTimeout(this.#retry);
    try {
      for (let [next] = this.#waiting; next !== undefined; [next] = this.#waiting) {
        this.#socket ??= openDatagram(this.#path);
        if (this.#socket === undefined) {
          this.#takeProgram();
          return;
        }
        this.#socket.send(next);
        this.#waiting.shift();
        this.#retries = 0;
      }
    } catch (error) {
      this.#failed(error as NodeJS.ErrnoException);
    }
  }

  #failed(error: NodeJS.ErrnoException): void {
    this.#socket?.close();
    this.#socket = undefined;
    this.#retries += 1;
    if (PASSING.includes(error.code ?? '') && this.#retries < RETRIES_MAX) {
      this.#retry = setTimeout(() => this.#flush(), RETRY_MS).unref();
      return;
    }
    this.#log.warn({ err: error, socket: this.#path }, 'the service manager cannot be told');
    this.#waiting = [];
    this.#retries = 0;
  }

  #takeProgram(): void {
    const text = 'without koffi the service manager is told by systemd-notify: NotifyAccess=all';
    this.#log.warn(text);
    this.#program = true;
    for (const message of this.#waiting.splice(0)) this.#sendByProgram(message.toString());
  }

  #sendByProgram(text: string): void {
    const args = [`--pid=${process.pid}`, ...text.split('\n')];
    const env = { ...process.env, NOTIFY_SOCKET: this.#path };
    const child = spawn('systemd-notify', args, { stdio: 'ignore', timeout: PROGRAM_MS_MAX, env });
    child.on('error', (error) => {
      this.#log.warn({ err: error }, 'the service manager cannot be told');
    });
    child.unref();
  }
}
