/**
 * The load: connections that keep a number of voxel edits under way, or that are made for one
 * question. A program of its own, so that every measurement starts from the same state; prints a
 * `Load`.
 *
 *     load.js PATH PID edits CONNECTIONS DEPTH COUNT WARM_UP
 *     load.js PATH PID visits COUNT WARM_UP
 */

import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';

export interface Load {
  /** Requests a second. */
  readonly throughput: number;
  /** From sending a request, or connecting, to having parsed its reply, or having closed. */
  readonly p50_us: number;
  readonly p99_us: number;
  /** Of the processor, in all threads of the server, for one request. */
  readonly cpu_us: number;
}

const STALL_MS = 10_000;

/** Measures from when so many were answered, on which compilers and caches warm up. */
class Measure {
  readonly #pid: string;
  readonly #warm_up: number;
  readonly #took_ms: Float64Array;
  #answered = 0;
  #start_ms = 0;
  #start_cpu_us = 0;

  constructor(pid: string, count: number, warm_up: number) {
    this.#pid = pid;
    this.#warm_up = warm_up;
    this.#took_ms = new Float64Array(count);
    if (warm_up === 0) this.#begin();
  }

  get total(): number {
    return this.#warm_up + this.#took_ms.length;
  }

  get answered(): number {
    return this.#answered;
  }

  add(took_ms: number): void {
    const place = this.#answered - this.#warm_up;
    if (place >= 0) this.#took_ms[place] = took_ms;
    this.#answered += 1;
    if (this.#answered === this.#warm_up) this.#begin();
  }

  end(): Load {
    const count = this.#took_ms.length;
    const duration_ms = performance.now() - this.#start_ms;
    const cpu_us = processorTime_us(this.#pid) - this.#start_cpu_us;
    this.#took_ms.sort();
    const at = (share: number) => this.#took_ms[Math.floor(share * count)]! * 1000;
    return {
      throughput: (count / duration_ms) * 1000,
      p50_us: at(0.5),
      p99_us: at(0.99),
      cpu_us: cpu_us / count,
    };
  }

  #begin(): void {
    this.#start_ms = performance.now();
    this.#start_cpu_us = processorTime_us(this.#pid);
  }
}

/** Of all threads of a process, in µs (proc(5): the first figure of schedstat is in ns). */
function processorTime_us(pid: string): number {
  let ns = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      ns += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0]);
    } catch {
      // It has ended meanwhile.
    }
  }
  return ns / 1000;
}

/** One connection that keeps so many edits under way, and checks their replies. */
class Editor {
  readonly #socket: Socket;
  readonly #measure: Measure;
  readonly #depth: number;
  /** Ids of what is under way, in their order, and when each was sent. */
  readonly #sent: { readonly id: number; readonly at_ms: number }[] = [];
  readonly #next: () => number | undefined;
  #rest = '';

  /** @param next the number of the next edit, of all connections */
  constructor(
    socket: Socket,
    measure: Measure,
    depth: number,
    next: () => number | undefined,
    ended: (error?: Error) => void,
  ) {
    this.#socket = socket;
    this.#measure = measure;
    this.#depth = depth;
    this.#next = next;
    socket.setEncoding('latin1');
    socket.setTimeout(STALL_MS, () => ended(new Error(`no reply for ${STALL_MS} ms`)));
    socket.on('error', ended);
    socket.on('data', (text: string) => {
      try {
        this.#take(text);
      } catch (error) {
        ended(error as Error);
        return;
      }
      if (measure.answered === measure.total) ended();
    });
  }

  fill(): void {
    let requests = '';
    const at_ms = performance.now();
    while (this.#sent.length < this.#depth) {
      const id = this.#next();
      if (id === undefined) break;
      this.#sent.push({ id, at_ms });
      requests += edit(id);
    }
    if (requests !== '') this.#socket.write(requests);
  }

  #take(text: string): void {
    const rest = this.#rest + text;
    let start = 0;
    for (let end = replyEnd(rest, 0); end > 0; end = replyEnd(rest, start)) {
      const first = this.#sent.shift();
      check(JSON.parse(rest.slice(start, end)), first?.id);
      this.#measure.add(performance.now() - first!.at_ms);
      start = end;
    }
    this.#rest = rest.slice(start);
    this.fill();
  }
}

/** Keeps `depth` edits under way on each of the connections until all are answered. */
async function edits(path: string, connections: number, depth: number, measure: Measure) {
  const sockets = await Promise.all(Array.from({ length: connections }, () => connected(path)));
  let sent = 0;
  const next = () => (sent < measure.total ? sent++ : undefined);
  try {
    await new Promise<void>((resolve, reject) => {
      const ended = (error?: Error) => (error === undefined ? resolve() : reject(error));
      const all = sockets.map((socket) => new Editor(socket, measure, depth, next, ended));
      for (const editor of all) editor.fill();
    });
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

function connected(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Connects, asks and closes, again and again. */
async function visits(path: string, measure: Measure): Promise<void> {
  while (measure.answered < measure.total) {
    const began_ms = performance.now();
    await visit(path);
    measure.add(performance.now() - began_ms);
  }
}

function visit(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(path, () => socket.write(QUESTION));
    socket.setEncoding('latin1');
    socket.setTimeout(STALL_MS, () => reject(new Error(`no reply for ${STALL_MS} ms`)));
    socket.on('error', reject);
    socket.on('data', (more: string) => {
      text += more;
      if (replyEnd(text, 0) === 0) return;
      check(JSON.parse(text), 1);
      socket.destroy();
      resolve();
    });
  });
}

/** An edit like those of real clients, of a block of 64³. */
function edit(id: number): string {
  const [x, y, z] = [id & 63, (id >> 6) & 63, (id >> 12) & 63];
  const params = `{"x":${x},"y":${y},"z":${z},"color":[51,102,${id & 255},255]}`;
  return `{"jsonrpc":"2.0","method":"goxel.add_voxel","params":${params},"id":${id}}\n`;
}

const QUESTION =
  '{"jsonrpc":"2.0","method":"goxel.get_voxel","params":{"x":0,"y":0,"z":0},"id":1}\n';

function check(reply: { id?: unknown; result?: unknown }, id: number | undefined): void {
  if (reply.id !== id || reply.result === undefined) {
    throw new Error(`request ${id} got ${JSON.stringify(reply)}`);
  }
}

/** The end of the reply that begins at `start`: a line's, or, as jayson sends none, a brace's. */
function replyEnd(text: string, start: number): number {
  const line = text.indexOf('\n', start);
  if (line >= 0) return line + 1;
  const next = text.indexOf('}{"jsonrpc"', start);
  if (next >= 0) return next + 1;
  return text.length > start && text.endsWith('}}') ? text.length : 0;
}

const [path = '', pid = '', kind, ...numbers] = process.argv.slice(2);
const counts = numbers.map(Number);
const [count, warmUp] = counts.slice(-2) as [number, number];
const measure = new Measure(pid, count, warmUp);
if (kind === 'visits') await visits(path, measure);
else await edits(path, counts[0]!, counts[1]!, measure);
console.log(JSON.stringify(measure.end()));
