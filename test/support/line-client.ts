/**
 * A client that is on the wire what the TypeScript library of the C daemon is: a line a request,
 * with all members in one order, as many under way as its user likes, and replies by their ids. Of
 * a reply it reads what is from the first `{` to the last `}` of a line.
 */

import type { Socket } from 'node:net';
import { connected } from './programs.ts';

/** Its own limit; a daemon that takes longer has failed its user. */
const CALL_TIMEOUT_MS = 5000;

export type Params = Readonly<Record<string, unknown>> | readonly unknown[];
export type Reply = Readonly<Record<string, unknown>>;

interface CallOptions {
  readonly id?: string | number;
  readonly timeout_ms?: number;
}

interface Waiting {
  settle(reply: Reply): void;
  fail(error: Error): void;
}

/** An error reply. */
export class Refused extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export class LineClient {
  /** Lines that it could not read, or replies that it did not wait for. */
  readonly strays: string[] = [];
  readonly #socket: Socket;
  readonly #waiting = new Map<string | number, Waiting>();
  #id = 0;
  #text = '';

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => this.#take(text));
    socket.on('error', () => {});
    socket.on('close', () => this.#end());
  }

  static async open(path: string): Promise<LineClient> {
    return new LineClient(await connected(path));
  }

  get ended(): boolean {
    return this.#socket.destroyed;
  }

  /** The result; rejects with `Refused`, or when nothing came in time. */
  async call(method: string, params?: Params, options: CallOptions = {}): Promise<Reply> {
    const { id = ++this.#id, timeout_ms = CALL_TIMEOUT_MS } = options;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Reply>((settle, fail) => {
        const late = new Error(`no reply to ${method} within ${timeout_ms} ms`);
        timer = setTimeout(() => fail(late), timeout_ms);
        this.#waiting.set(id, { settle, fail });
        this.#write({ jsonrpc: '2.0', method, params, id });
      });
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  notify(method: string, params: Params): void {
    this.#write({ jsonrpc: '2.0', method, params });
  }

  close(): void {
    this.#socket.destroy();
  }

  #write(message: Readonly<Record<string, unknown>>): void {
    this.#socket.write(`${JSON.stringify(message)}\n`);
  }

  #take(text: string): void {
    const lines = (this.#text + text).split('\n');
    this.#text = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') this.#answer(line);
  }

  #answer(line: string): void {
    const { id, result, error, method } = read(line) ?? {};
    const waiting = this.#waiting.get(id as string | number);
    if (waiting === undefined) {
      // What the daemon tells by itself is nobody's reply, and passed over.
      if (method === undefined) this.strays.push(line);
    } else if (error === undefined) {
      waiting.settle(result as Reply);
    } else {
      const { code, message } = error as { code: number; message: string };
      waiting.fail(new Refused(code, message));
    }
  }

  #end(): void {
    const gone = new Error('the daemon ended the connection');
    for (const { fail } of this.#waiting.values()) fail(gone);
  }
}

function read(line: string): Reply | undefined {
  try {
    return JSON.parse(line.slice(line.indexOf('{'), line.lastIndexOf('}') + 1)) as Reply;
  } catch {
    return undefined;
  }
}
