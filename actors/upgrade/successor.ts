/** The process that is to take the place of this daemon, as seen from here. */

import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { libc } from '../native/libc.ts';
import type { KnownRender } from '../renders/renders.ts';
import {
  type Estate,
  type FromPredecessor,
  type FromSuccessor,
  type HandedConnection,
  UPGRADE_VARIABLE,
} from './estate.ts';
import type { SocketHandle } from './handles.ts';

/** How to start the program again: as it was started, whatever it is by now. */
export interface UpgradeCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where it was started; undefined when that is gone. */
  readonly cwd: string | undefined;
}

/** Why there is none. */
export interface SuccessorEnd {
  readonly reason: string;
  /** That it ended with by itself. */
  readonly exit_code?: number | undefined;
  /** The last lines of its standard error. */
  readonly talk: readonly string[];
}

export interface SuccessorEvents {
  ready(pid: number, version: string): void;
  running(): void;
  /** Called once; not after `leave`. */
  ended(end: SuccessorEnd): void;
}

/** Behind its streams, the channel of Node, and the standard error of this process. */
const STDERR_FD = 4;
const FIRST_FD = 5;

/** How long one that was given up may take to end by itself. */
const END_MS = 2000;
const TALK_LINES = 10;
const TALK_BYTES_MAX = 16 * 1024;

export class Successor {
  readonly #child: ChildProcess;
  readonly #events: SuccessorEvents;
  readonly #talk: () => readonly string[];
  #failed: Extract<FromSuccessor, { type: 'failed' }> | undefined;
  #over = false;
  /** Connections that are not on their way yet. */
  #passing = 0;
  #passed: () => void = () => {};

  /** @param estate with the descriptors of this process, which are numbered anew */
  constructor(command: UpgradeCommand, estate: Omit<Estate, 'stderr'>, events: SuccessorEvents) {
    this.#events = events;
    const { file, args, cwd } = command;
    const { numbered, fds } = renumbered(estate);
    // Without a way to lead it elsewhere later, its standard error is ours from the beginning.
    const piped = libc() !== undefined;
    const env = {
      ...command.env,
      [UPGRADE_VARIABLE]: JSON.stringify({ ...numbered, stderr: piped ? STDERR_FD : -1 }),
    };
    this.#child = spawn(file, args, {
      stdio: ['ignore', 1, piped ? 'pipe' : 2, 'ipc', 2, ...fds],
      ...{ env, serialization: 'json' },
      ...(cwd === undefined ? {} : { cwd }),
    });
    this.#talk = collected(this.#child.stderr);
    this.#child.on('message', (message: FromSuccessor) => this.#hear(message));
    this.#child.once('error', (error) => this.#end(`cannot start it: ${error.message}`));
    this.#child.once('close', (code, signal) => {
      const how = signal === null ? `it ended with code ${code}` : `it was killed by ${signal}`;
      this.#end(this.#failed?.reason ?? how, this.#failed?.exit_code ?? code ?? undefined);
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Sends it a connection; rejects when it cannot have it. */
  async pass(about: HandedConnection, handle: SocketHandle): Promise<void> {
    this.#passing += 1;
    try {
      await this.#send({ type: 'connection', ...about }, handle);
    } finally {
      this.#passing -= 1;
      if (this.#passing === 0) this.#passed();
    }
  }

  /** The projects are given up; these are the managed renders. */
  async go(renders: readonly KnownRender[]): Promise<void> {
    await this.#send({ type: 'renders', renders });
    await this.#send({ type: 'go' });
  }

  /** All is its own, and this process ends; it does not by itself, for as long as both live. */
  async leave(): Promise<void> {
    await this.#send({ type: 'yours' });
    this.#over = true;
    this.#child.stderr?.destroy();
  }

  /** Resolves when no connection is on its way to it. */
  settled(): Promise<void> {
    if (this.#passing === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#passed = resolve;
    });
  }

  /** Ends it, if it has not ended; resolves when it has. */
  async kill(): Promise<void> {
    const { exitCode, signalCode, pid } = this.#child;
    this.#over = true;
    if (exitCode !== null || signalCode !== null || pid === undefined) return;
    const ended = new Promise<void>((resolve) => this.#child.once('close', () => resolve()));
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), END_MS);
    await ended;
    clearTimeout(timer);
  }

  /** The last lines of its standard error. */
  get talk(): readonly string[] {
    return this.#talk();
  }

  #hear(message: FromSuccessor): void {
    if (this.#over) return;
    switch (message.type) {
      case 'ready':
        this.#events.ready(message.pid, message.version);
        return;
      case 'running':
        this.#events.running();
        return;
      case 'failed':
        this.#failed = message;
    }
  }

  #end(reason: string, exit_code?: number): void {
    if (this.#over) return;
    this.#over = true;
    this.#events.ended({ reason, exit_code, talk: this.talk });
  }

  #send(message: FromPredecessor, handle?: SocketHandle): Promise<void> {
    return new Promise((resolve, reject) => {
      const sent = (error: Error | null) => (error === null ? resolve() : reject(error));
      // It takes handles, too, which its types do not tell.
      this.#child.send(message, handle as never, {}, sent);
    });
  }
}

/** The estate with the descriptors that the child has, and those of ours that become them. */
function renumbered(estate: Omit<Estate, 'stderr'>) {
  const fds: number[] = [];
  const place = (fd: number) => FIRST_FD + fds.push(fd) - 1;
  const sockets = estate.sockets.map((one) => {
    const fd = place(one.fd);
    if (one.path === undefined) return { ...one, fd };
    const lock = { ...one.path.lock, fd: place(one.path.lock.fd) };
    return { ...one, fd, path: { ...one.path, lock } };
  });
  const { pid_file } = estate;
  const held = pid_file === undefined ? {} : { pid_file: { ...pid_file, fd: place(pid_file.fd) } };
  return { numbered: { ...estate, ...held, sockets }, fds };
}

/** What comes is shown where ours would be, and the last of it is kept. */
function collected(stream: Readable | null): () => readonly string[] {
  let text = '';
  stream?.setEncoding('utf8');
  stream?.on('error', () => {});
  stream?.on('data', (chunk: string) => {
    text = (text + chunk).slice(-TALK_BYTES_MAX);
    process.stderr.write(chunk);
  });
  return () =>
    text
      .trimEnd()
      .split('\n')
      .slice(-TALK_LINES)
      .filter((line) => line !== '');
}
