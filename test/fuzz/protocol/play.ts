/** Sends a stream on a connection of its own and judges what comes back. */

import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../random.ts';
import { judgeArrivals } from './due.ts';
import { ReplyReader } from './replies.ts';
import type { Stream } from './stream.ts';

/** Generous: some hundred small requests take some ten milliseconds. */
const STREAM_MS = 30_000;
/** After the last reply, for one that is too many. */
const AFTERMATH_MS = 15;

export interface Outcome {
  readonly faults: readonly string[];
  readonly replies: number;
}

export async function play(path: string, stream: Stream, random: Random): Promise<Outcome> {
  const line = await Line.open(path, stream);
  try {
    await line.send(stream, random);
    await line.settle(stream);
    return line.judge(stream);
  } finally {
    line.cut();
  }
}

class Line {
  readonly #socket: Socket;
  readonly #reader: ReplyReader;
  readonly #faults: string[] = [];
  /** All that came, where it is no reply. */
  #text = '';
  #ended = false;
  #closed = false;
  #wake: () => void = () => {};

  private constructor(socket: Socket, { framing }: Stream) {
    this.#socket = socket;
    this.#reader = new ReplyReader(framing === 'http' ? 'text' : framing);
    socket.on('data', (chunk: Buffer) => {
      if (framing === 'http') this.#text += chunk.toString('latin1');
      else this.#read(chunk);
      this.#wake();
    });
    socket.on('end', () => {
      this.#ended = true;
      this.#wake();
    });
    // Who is cut while it writes is told so by the replies.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#closed = true;
      this.#wake();
    });
  }

  static open(path: string, stream: Stream): Promise<Line> {
    return new Promise((resolve, reject) => {
      const socket = connect({ path, allowHalfOpen: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new Line(socket, stream));
      });
    });
  }

  get #over(): boolean {
    return this.#ended || this.#closed;
  }

  async send({ pieces, asleep_ms, ending }: Stream, random: Random): Promise<void> {
    if (asleep_ms > 0) this.#socket.pause();
    for (const piece of pieces) {
      if (this.#over) break;
      this.#socket.write(piece);
      if (random.chance(0.1)) await sleep(1 + random.below(4));
      else await new Promise((resolve) => setImmediate(resolve));
    }
    if (asleep_ms > 0) await sleep(asleep_ms);
    this.#socket.resume();
    if (ending === 'end') this.#socket.end();
  }

  /** Waits until the stream has come to its end. */
  async settle({ ending, dues }: Stream): Promise<void> {
    if (ending === 'destroy') return;
    if (ending !== 'leave') {
      if (!(await this.#until(() => this.#over))) this.#faults.push('the daemon does not end it');
      return;
    }
    const complete = () => this.#reader.arrivals.length >= dues.length || this.#over;
    if (!(await this.#until(complete))) this.#faults.push('replies do not come');
    await sleep(AFTERMATH_MS);
    if (this.#over) this.#faults.push('the daemon ended it');
  }

  judge({ framing, ending, dues }: Stream): Outcome {
    const { arrivals, pending_bytes } = this.#reader;
    const faults = [...this.#faults];
    if (framing === 'http') {
      if (!/^HTTP\/1\.[01] \d{3} /.test(this.#text)) {
        faults.push(`HTTP is answered with ${JSON.stringify(this.#text.slice(0, 200))}`);
      }
    } else {
      faults.push(...judgeArrivals(arrivals, dues, ending !== 'destroy'));
      if (pending_bytes > 0 && ending !== 'destroy') faults.push('a reply that is not whole');
    }
    return { faults, replies: arrivals.length };
  }

  cut(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    try {
      this.#reader.push(chunk);
    } catch (error) {
      this.#faults.push(error instanceof Error ? error.message : String(error));
      this.#socket.destroy();
    }
  }

  /** False when it takes too long. */
  async #until(holds: () => boolean): Promise<boolean> {
    const until_ms = performance.now() + STREAM_MS;
    while (!holds()) {
      const left_ms = until_ms - performance.now();
      if (left_ms <= 0) return false;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left_ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return true;
  }
}
