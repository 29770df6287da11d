/** A connection that sends any number of requests and knows what each of them was answered. */

import { connect, type Socket } from 'node:net';

export interface Reply {
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string; readonly data?: { readonly code?: string } };
  readonly _meta?: { readonly sequence: number; readonly epoch: number };
}

/** What became of a request: its reply, or nothing, since the connection ended before. */
export type Answer = Reply | undefined;

export class Wire {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #next = 1;
  #rest = '';
  #over = false;
  /** What ought not to have come: a second answer, or one to nothing. */
  readonly strange: string[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => this.#take(text));
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#over = true;
      for (const settle of this.#waiting.values()) settle(undefined);
      this.#waiting.clear();
    });
  }

  static open(path: string): Promise<Wire> {
    return new Promise((resolve, reject) => {
      const socket = connect(path);
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new Wire(socket));
      });
    });
  }

  send(method: string, params: object): Promise<Answer> {
    if (this.#over) return Promise.resolve(undefined);
    const id = this.#next++;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#socket.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    });
  }

  /** The result of a request that must succeed. */
  async ask<T>(method: string, params: object): Promise<T> {
    const answer = await this.send(method, params);
    if (answer === undefined) throw new Error(`${method}: the connection ended`);
    if (answer.error !== undefined) {
      throw new Error(`${method}: ${answer.error.data?.code} ${answer.error.message}`);
    }
    return answer.result as T;
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop()!;
    for (const line of lines) {
      const reply = JSON.parse(line) as Reply & { id: number };
      const settle = this.#waiting.get(reply.id);
      if (settle === undefined) this.strange.push(line.slice(0, 200));
      this.#waiting.delete(reply.id);
      settle?.(reply);
    }
  }
}
