/**
 * What programs of the C daemon's world do to a daemon: they start it by the C daemon's command
 * line, and talk to its socket with single reads. For `test/interop/programs`.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, symlinkSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DAEMON_MAIN } from './daemon.ts';
import { temporaryDirectory } from './tmp.ts';

/** Generous: it is only reached when something is wrong, or the machine is very busy. */
const WAIT_MS = 20_000;
const POLL_MS = 10;
const MOMENT_MS = 100;

/** Where a program has its daemon put things. */
export interface Places {
  readonly directory: string;
  readonly socket: string;
  readonly pid_file: string;
  readonly log_file: string;
}

export interface Started {
  readonly places: Places;
  readonly child: ChildProcess;
  /**
   * How long programs wait for its end, which they know in seconds: so long, or on a machine so
   * busy that all since its start took longer, as long as that.
   */
  patience_ms(usual_ms: number): number;
  /** What it has printed so far, on both streams. */
  output(): string;
  /**
   * Resolves with the exit code, or the signal, of the process that was started: SIGKILL when it
   * has not ended by itself in so long.
   */
  ended(within_ms?: number): Promise<number | NodeJS.Signals>;
  /** As its programs stop it: SIGTERM, and at most so long until it must be gone. */
  stop(within_ms?: number): Promise<number | NodeJS.Signals>;
}

/** Names that programs call the C daemon by. */
export type ProgramName = 'goxel-daemon' | 'goxel-headless' | 'goxel';

export interface StartOptions {
  readonly name?: ProgramName;
  readonly env?: Readonly<Record<string, string>>;
  /** Places of a daemon before it, to start another at the same. */
  readonly places?: Places;
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts our program under a name of the C daemon; nothing is waited for. */
export function startAs(
  args: (places: Places) => readonly string[],
  { name = 'goxel-daemon', env = {}, places = placesIn(temporaryDirectory()) }: StartOptions = {},
): Started {
  const { directory } = places;
  const program = join(directory, name);
  if (!existsSync(program)) symlinkSync(DAEMON_MAIN, program);
  const printed = join(directory, 'printed');
  const fd = openSync(printed, 'a');
  const { GOXEL_JOURNAL_EPHEMERAL: _, ...own } = process.env;
  const child = spawn(process.execPath, [program, ...args(places)], {
    stdio: ['ignore', fd, fd],
    cwd: directory,
    env: {
      ...{ ...own, GOXEL_CONFIG: '/dev/null', XDG_STATE_HOME: join(directory, 'state') },
      ...env,
    },
  });
  closeSync(fd);
  running.add(child);
  const since_ms = performance.now();
  const end = once(child, 'exit').then(([code, signal]) => {
    running.delete(child);
    return (code ?? signal) as number | NodeJS.Signals;
  });
  const ended = async (within_ms = WAIT_MS) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), within_ms);
    const how = await end;
    clearTimeout(timer);
    return how;
  };
  return {
    ...{ places, child, ended },
    patience_ms: (usual_ms) => Math.max(usual_ms, performance.now() - since_ms),
    output: () => readFileSync(printed, 'utf8'),
    stop: (within_ms) => {
      child.kill('SIGTERM');
      return ended(within_ms);
    },
  };
}

export function placesIn(directory: string): Places {
  return {
    directory,
    socket: join(directory, 'g.sock'),
    pid_file: join(directory, 'g.pid'),
    log_file: join(directory, 'g.log'),
  };
}

/**
 * Waits until a path is there, or is not, as programs do; rejects with what was printed, at once
 * when the process has failed.
 */
export async function whenThere(
  { output, child }: Pick<Started, 'output' | 'child'>,
  path: string,
  there = true,
  within_ms = WAIT_MS,
): Promise<void> {
  const until_ms = performance.now() + within_ms;
  while (existsSync(path) !== there) {
    const failed = there && ((child.exitCode ?? 0) !== 0 || child.signalCode !== null);
    if (failed || performance.now() > until_ms) {
      throw new Error(`${path} is ${there ? 'not' : 'still'} there:\n${output()}`);
    }
    await sleep(POLL_MS);
  }
}

/** Starts it and waits for its socket. */
export async function startAndWait(
  args: (places: Places) => readonly string[],
  options: StartOptions = {},
): Promise<Started> {
  const started = startAs(args, options);
  await whenThere(started, started.places.socket);
  return started;
}

/** Waits as programs do: a moment for a socket that is made, and may not be listening yet. */
export async function connected(path: string): Promise<Socket> {
  const start_ms = performance.now();
  for (;;) {
    const socket = connect({ path });
    try {
      await once(socket, 'connect');
      return socket;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // A blocking `connect` waits where Node's is told that as many wait as may.
      const wait_ms = code === 'EAGAIN' ? WAIT_MS : code === 'ECONNREFUSED' ? MOMENT_MS : 0;
      if (performance.now() - start_ms >= wait_ms) throw error;
      await sleep(1);
    }
  }
}

/** A connection to a daemon that may not be there yet; rejects with what it has printed. */
export async function whenConnected(
  { places, output }: Pick<Started, 'places' | 'output'>,
  every_ms = POLL_MS,
): Promise<PlainClient> {
  const until_ms = performance.now() + WAIT_MS;
  for (;;) {
    const client = await PlainClient.open(places.socket).catch(() => undefined);
    if (client !== undefined) return client;
    if (performance.now() > until_ms) throw new Error(`nobody listens:\n${output()}`);
    await sleep(every_ms);
  }
}

/** A client that reads as C and Python programs do: one `recv` at a time. */
export class PlainClient {
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  static async open(path: string): Promise<PlainClient> {
    const socket = await connected(path);
    socket.pause();
    // A daemon that ends the connection is one of the things to be seen.
    socket.on('error', () => {});
    return new PlainClient(socket);
  }

  send(bytes: string | Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** What one `recv(bytes_max)` gives; empty when the daemon has ended the connection. */
  async receive(bytes_max = 4096, within_ms = WAIT_MS): Promise<string> {
    const until_ms = performance.now() + within_ms;
    for (;;) {
      const chunk = this.#take(bytes_max);
      if (chunk !== undefined) return chunk.toString();
      if (this.#socket.readableEnded || this.#socket.destroyed) return '';
      if (performance.now() > until_ms) throw new Error(`nothing came within ${within_ms} ms`);
      await sleep(1);
    }
  }

  /** The next line, with as many reads as it takes. */
  async line(): Promise<string> {
    let text = '';
    while (!text.includes('\n')) {
      const more = await this.receive(1);
      if (more === '') throw new Error(`the connection ended after ${JSON.stringify(text)}`);
      text += more;
    }
    return text.slice(0, -1);
  }

  /** Sends, and gives one `recv`. */
  async ask(bytes: string, bytes_max = 4096): Promise<string> {
    this.send(bytes);
    return await this.receive(bytes_max);
  }

  /** Says that nothing more comes, as `nc` does at the end of its input; reads all that comes. */
  async finish(): Promise<string> {
    this.#socket.end();
    let text = '';
    for (;;) {
      const more = await this.receive();
      if (more === '') return text;
      text += more;
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Of what has come, at most so much; the rest stays for the next. */
  #take(bytes_max: number): Buffer | undefined {
    const all = this.#socket.read() as Buffer | null;
    if (all === null) return undefined;
    if (all.length > bytes_max) this.#socket.unshift(all.subarray(bytes_max));
    return all.subarray(0, bytes_max);
  }
}
