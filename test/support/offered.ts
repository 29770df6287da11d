/**
 * Load on a daemon, by clients over several connections: such as send the next request when one is
 * answered, and such as send at a rate of their own, whatever becomes of it.
 */

import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Outcome {
  readonly accepted: number;
  readonly refused: number;
  /** Not even sent, since the daemon did not read. */
  readonly unsent: number;
  readonly duration_ms: number;
  /** From being sent to being answered, of those that were accepted, in order of size. */
  readonly latencies_ms: Float64Array;
  /**
   * How many others were answered meanwhile, of each, in order of size: how long it waited, by a
   * clock that stands still while the machine does something else.
   */
  readonly behind: Float64Array;
  /** One of the refusals. */
  readonly refusal: string;
}

/** Unsent bytes of a connection beyond which a client at a rate of its own leaves requests out. */
const UNSENT_BYTES_MAX = 64 * 1024;
const TICK_MS = 5;

/** Requests that cost the engine something, as edits of real clients do. */
function edit(id: number): string {
  const [x, y] = [(id & 7) * 24, ((id >> 3) & 7) * 24];
  const region = `"min":[${x},${y},0],"max":[${x + 23},${y + 23},23]`;
  const params = `{${region},"color":[51,102,${id & 255},255]}`;
  return `{"jsonrpc":"2.0","id":${id},"method":"goxel.fill_region","params":${params}}\n`;
}

/** Requests that this process had accepted, of all its clients. */
let answered = 0;

interface Sent {
  readonly at_ms: number;
  /** What `answered` was. */
  readonly answered: number;
}

/** One connection, and what came of its requests. */
export class LoadClient {
  readonly #socket: Socket;
  readonly #request: (id: number) => string;
  readonly #sent = new Map<number, Sent>();
  #last = 0;
  #rest = '';
  #latencies: number[] = [];
  #behind: number[] = [];
  #refused = 0;
  #refusal = '';
  #unsent = 0;
  /** Called after replies were read. */
  onReplies: () => void = () => {};

  private constructor(socket: Socket, request: (id: number) => string) {
    this.#socket = socket;
    this.#request = request;
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => this.#read(text));
  }

  static open(path: string, request = edit): Promise<LoadClient> {
    return new Promise((resolve, reject) => {
      const socket = connect(path, () => resolve(new LoadClient(socket, request)));
      socket.on('error', reject);
    });
  }

  get underWay(): number {
    return this.#sent.size;
  }

  send(count: number): void {
    if (count === 0) return;
    if (this.#socket.writableLength > UNSENT_BYTES_MAX) {
      this.#unsent += count;
      return;
    }
    const sent = { at_ms: performance.now(), answered };
    let text = '';
    for (let i = 0; i < count; i += 1) {
      this.#last += 1;
      this.#sent.set(this.#last, sent);
      text += this.#request(this.#last);
    }
    this.#socket.write(text);
  }

  /** What came since the last time. */
  take() {
    const taken = {
      ...{ latencies: this.#latencies, behind: this.#behind },
      ...{ refused: this.#refused, unsent: this.#unsent },
    };
    this.#latencies = [];
    this.#behind = [];
    this.#refused = 0;
    this.#unsent = 0;
    return { ...taken, refusal: this.#refusal };
  }

  /** Until all is answered. */
  async drained(): Promise<void> {
    this.onReplies = () => {};
    while (this.underWay > 0) await sleep(TICK_MS);
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(text: string): void {
    const now_ms = performance.now();
    this.#rest += text;
    const lines = this.#rest.split('\n');
    this.#rest = lines.pop()!;
    for (const line of lines) this.#note(line, now_ms);
    this.onReplies();
  }

  #note(line: string, now_ms: number): void {
    const id = Number(/"id":(\d+)/.exec(line)?.[1]);
    const sent = this.#sent.get(id);
    if (sent === undefined) throw new Error(`nobody asked for ${line}`);
    this.#sent.delete(id);
    if (!line.includes('"error":')) {
      this.#latencies.push(now_ms - sent.at_ms);
      this.#behind.push(answered - sent.answered);
      answered += 1;
      return;
    }
    if (!line.includes('GOX_OVERLOADED')) throw new Error(line);
    this.#refused += 1;
    this.#refusal = line;
  }
}

/** Clients that keep so many requests under way in all, for so long after a time to warm up. */
export async function closedLoop(
  clients: readonly LoadClient[],
  underWay: number,
  duration_ms: number,
): Promise<Outcome> {
  for (const [i, client] of clients.entries()) {
    const depth = Math.floor((underWay + i) / clients.length);
    client.onReplies = () => client.send(depth - client.underWay);
    client.onReplies();
  }
  await sleep(duration_ms / 2);
  return measured(clients, () => sleep(duration_ms));
}

/** Clients that send so many requests a second in all. */
export async function openLoop(
  clients: readonly LoadClient[],
  per_s: number,
  duration_ms: number,
): Promise<Outcome> {
  let due = 0;
  let last_ms = performance.now();
  let turn = 0;
  const timer = setInterval(() => {
    const now_ms = performance.now();
    due += ((now_ms - last_ms) / 1000) * per_s;
    last_ms = now_ms;
    const each = Math.floor(due / clients.length);
    due -= each * clients.length;
    // Another one is first each time.
    turn += 1;
    for (let i = 0; i < clients.length; i += 1) clients[(i + turn) % clients.length]!.send(each);
  }, TICK_MS);
  try {
    await sleep(duration_ms / 2);
    return await measured(clients, () => sleep(duration_ms));
  } finally {
    clearInterval(timer);
  }
}

async function measured(
  clients: readonly LoadClient[],
  pass: () => Promise<void>,
): Promise<Outcome> {
  for (const client of clients) client.take();
  const start_ms = performance.now();
  await pass();
  const duration_ms = performance.now() - start_ms;
  const all = clients.map((client) => client.take());
  const latencies_ms = Float64Array.from(all.flatMap(({ latencies }) => latencies)).sort();
  const behind = Float64Array.from(all.flatMap((one) => one.behind)).sort();
  const sum = (of: (one: (typeof all)[number]) => number) =>
    all.reduce((total, one) => total + of(one), 0);
  return {
    ...{ duration_ms, latencies_ms, behind, accepted: latencies_ms.length },
    refused: sum(({ refused }) => refused),
    unsent: sum(({ unsent }) => unsent),
    refusal: all.find(({ refusal }) => refusal !== '')?.refusal ?? '',
  };
}

/** Somebody who asks a simple thing now and then; gives how long each answer took, when stopped. */
export async function bystander(path: string, method: string, params: object, pause_ms: number) {
  const client = await LoadClient.open(
    path,
    (id) => `${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`,
  );
  let over = false;
  const done = (async () => {
    while (!over) {
      client.send(1);
      while (client.underWay > 0) await sleep(1);
      await sleep(pause_ms);
    }
    client.close();
    const { latencies, behind, refused } = client.take();
    return {
      latencies_ms: Float64Array.from(latencies).sort(),
      behind: Float64Array.from(behind).sort(),
      refused,
    };
  })();
  return async () => {
    over = true;
    return done;
  };
}

/** Of numbers in order of size, that below which such a share of them is. */
export function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
