/**
 * The load: one connection that keeps a number of voxel edits under way. A program of its own, so
 * that every measurement starts from the same state: `load.js PATH DEPTH COUNT` prints a `Load`.
 */

import { connect } from 'node:net';

export interface Load {
  /** Requests a second. */
  readonly throughput: number;
  /** Median time from sending a request to having parsed its reply. */
  readonly latency_us: number;
}

/** Requests at the start of each run that do not count: compilers and caches warm up on them. */
const WARM_UP = 2000;
const STALL_MS = 10_000;

/**
 * Keeps `depth` requests under way at the server on `path` until `count` are answered.
 *
 * @throws Error when the server answers an error, out of order, or not at all for ten seconds
 */
function load(path: string, depth: number, count: number): Promise<Load> {
  return new Promise((resolve, reject) => {
    const total = count + WARM_UP;
    const sent_ms = new Float64Array(total);
    const took_ms = new Float64Array(count);
    let sent = 0;
    let answered = 0;
    let start_ms = 0;
    let rest = '';
    const socket = connect(path);
    socket.setEncoding('latin1');
    socket.setTimeout(STALL_MS, () => fail(new Error(`no reply on ${path} for ${STALL_MS} ms`)));
    socket.on('error', fail);
    socket.on('connect', fill);
    socket.on('data', (text: string) => {
      try {
        take(text);
      } catch (error) {
        fail(error as Error);
      }
    });

    function fail(error: Error) {
      socket.destroy();
      reject(error);
    }

    function fill() {
      let requests = '';
      const now_ms = performance.now();
      while (sent < total && sent - answered < depth) {
        sent_ms[sent] = now_ms;
        requests += request(sent);
        sent += 1;
      }
      if (requests !== '') socket.write(requests);
    }

    function take(text: string) {
      rest += text;
      let start = 0;
      for (let end = replyEnd(rest, 0); end > 0; end = replyEnd(rest, start)) {
        check(JSON.parse(rest.slice(start, end)), answered);
        if (answered === WARM_UP) start_ms = performance.now();
        if (answered >= WARM_UP) {
          took_ms[answered - WARM_UP] = performance.now() - sent_ms[answered]!;
        }
        answered += 1;
        start = end;
      }
      rest = rest.slice(start);
      if (answered < total) {
        fill();
        return;
      }
      const duration_ms = performance.now() - start_ms;
      socket.destroy();
      took_ms.sort();
      resolve({
        throughput: (count / duration_ms) * 1000,
        latency_us: took_ms[count >> 1]! * 1000,
      });
    }
  });
}

/** An edit like those of real clients, of a block of 64³. */
function request(id: number): string {
  const [x, y, z] = [id & 63, (id >> 6) & 63, (id >> 12) & 63];
  const params = `{"x":${x},"y":${y},"z":${z},"color":[51,102,${id & 255},255]}`;
  return `{"jsonrpc":"2.0","method":"goxel.add_voxel","params":${params},"id":${id}}\n`;
}

function check(reply: { id?: unknown; result?: unknown }, id: number): void {
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

const [path = '', depth, count] = process.argv.slice(2);
console.log(JSON.stringify(await load(path, Number(depth), Number(count))));
