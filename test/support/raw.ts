/**
 * A connection to a daemon that sends and receives bytes as they are, for tests that mean to see
 * what is on the wire. Every wait has a deadline, and its error shows what had come by then.
 */

import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Generous: it is only reached when something is wrong, or the machine is very busy. */
const WAIT_MS = 20_000;
const POLL_MS = 10;
const SHOWN_CHARS_MAX = 400;

export class RawConnection {
  /** What arrived, as it was read: one element for each `data` event since the last take. */
  readonly chunks: Buffer[] = [];
  readonly #socket: Socket;
  #ended = false;
  #closed = false;
  #wake: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => {
      this.chunks.push(chunk);
      this.#wake?.();
    });
    socket.on('end', () => {
      this.#ended = true;
      this.#wake?.();
    });
    // A daemon that ends the connection while we write is one of the things to be seen.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#closed = true;
      this.#wake?.();
    });
  }

  /** @param where a path, or a port of this machine */
  static open(where: string | number): Promise<RawConnection> {
    return new Promise((resolve, reject) => {
      const address =
        typeof where === 'string' ? { path: where } : { host: '127.0.0.1', port: where };
      const socket = connect({ ...address, allowHalfOpen: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new RawConnection(socket));
      });
    });
  }

  /** To a daemon that is starting: its socket is there a moment before it listens. */
  static async openEventually(where: string): Promise<RawConnection> {
    let connection: RawConnection | undefined;
    await eventually('it listened', async () => {
      connection = await RawConnection.open(where).catch(() => undefined);
      return connection !== undefined;
    });
    return connection!;
  }

  /** One that stands already, as of TLS. */
  static over(socket: Socket): RawConnection {
    return new RawConnection(socket);
  }

  /** Whether the daemon has ended its side or broken the connection. */
  get over(): boolean {
    return this.#ended || this.#closed;
  }

  get received(): Buffer {
    return Buffer.concat(this.chunks);
  }

  write(bytes: string | Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Resolves when the kernel has taken the bytes, or the connection is over. */
  written(bytes: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.write(bytes, () => resolve());
    });
  }

  /** Ends our side only, as `nc -N` does. */
  end(): void {
    this.#socket.end();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Cuts the connection. */
  destroy(): void {
    this.#socket.destroy();
  }

  /** Takes the next lines, without their newlines. */
  async lines(count: number): Promise<string[]> {
    const bytes = await this.#take(`${count} lines`, () => {
      const all = this.received;
      let end = 0;
      for (let left = count; left > 0; left -= 1) {
        end = all.indexOf('\n', end) + 1;
        if (end === 0) return undefined;
      }
      return end;
    });
    return bytes.toString().split('\n').slice(0, -1);
  }

  async line(): Promise<string> {
    const [line = ''] = await this.lines(1);
    return line;
  }

  /** Takes so many bytes. */
  bytes(count: number): Promise<Buffer> {
    return this.#take(`${count} bytes`, () => {
      const length = this.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
      return length < count ? undefined : count;
    });
  }

  /** Takes all that comes until the daemon ends the connection. */
  rest(): Promise<Buffer> {
    return this.#take('the end of the connection', () =>
      this.over ? this.received.length : undefined,
    );
  }

  /** Sends requests; resolves when the daemon has read them, and before it answers any. */
  async deliver(requests: string): Promise<void> {
    const line = await this.ask(requests + request('ping', [], 'read'));
    if (!line.includes('"id":"read"')) throw new Error(`this was answered sooner: ${line}`);
  }

  /** Sends a text and takes the next line. */
  ask(text: string): Promise<string> {
    this.write(text);
    return this.line();
  }

  /** Sends a request and gives the reply as a value. */
  async call(method: string, params?: unknown, id: unknown = 1): Promise<RawReply> {
    return JSON.parse(await this.ask(request(method, params, id))) as RawReply;
  }

  async #take(what: string, length: () => number | undefined): Promise<Buffer> {
    const until_ms = performance.now() + WAIT_MS;
    for (;;) {
      const count = length();
      if (count !== undefined) {
        const all = this.received;
        this.chunks.length = 0;
        if (count < all.length) this.chunks.push(all.subarray(count));
        return all.subarray(0, count);
      }
      const left_ms = until_ms - performance.now();
      if (this.over || left_ms <= 0) {
        const shown = this.received.toString('latin1').slice(-SHOWN_CHARS_MAX);
        const why = this.over ? 'the connection ended' : `${WAIT_MS} ms went by`;
        throw new Error(`${why} before ${what} came; so far: ${JSON.stringify(shown)}`);
      }
      await this.#change(left_ms);
    }
  }

  /** Something arrived, or the time is over. */
  #change(timeout_ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(done, timeout_ms);
      this.#wake = done;
    });
  }
}

/** Waits until something holds; rejects when that takes too long. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  within_ms = WAIT_MS,
): Promise<void> {
  const until_ms = performance.now() + within_ms;
  while (!(await holds())) {
    if (performance.now() > until_ms) throw new Error(`${within_ms} ms went by before ${what}`);
    await sleep(POLL_MS);
  }
}

/** A reply, as parsed from JSON. */
export interface RawReply {
  readonly jsonrpc: string;
  readonly id: unknown;
  readonly result?: unknown;
  readonly error?: {
    readonly code: number;
    readonly message: string;
    readonly data: {
      readonly code: string;
      readonly retryable: boolean;
      readonly advice: string;
      readonly details?: Readonly<Record<string, unknown>>;
    };
  };
}

/** A request on a line. */
export function request(method: string, params?: unknown, id?: unknown): string {
  return `${JSON.stringify({ jsonrpc: '2.0', method, params, id })}\n`;
}

/** What the daemon says of its actors, as `supervisor.tree` gives it. */
export interface RawTree {
  readonly id: string;
  readonly state: string;
  readonly restarts?: number;
  readonly figures?: Readonly<Record<string, number | string>>;
  readonly children: readonly RawTree[];
}

/** All actors of the tree whose id matches. */
export function actors(tree: RawTree, id: RegExp): RawTree[] {
  const below = tree.children.flatMap((child) => actors(child, id));
  return id.test(tree.id) ? [tree, ...below] : below;
}

export async function treeOf(connection: RawConnection): Promise<RawTree> {
  const { result } = await connection.call('supervisor.tree');
  return result as RawTree;
}
