/**
 * Loaded into a daemon before all else (`node --import`): has its engines die when the test says
 * so, over a socket whose path is in the environment. A line of it is a way to die (`Way`) and
 * which thread, 0 being the oldest; the answer is `yes`, or `no` where there are fewer.
 */

import { syncBuiltinESMExports } from 'node:module';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import threads, { type WorkerOptions } from 'node:worker_threads';

/** The variable that has the path of the socket. */
export const DYING = 'GX_TEST_DYING';

/** From outside, at any instruction; in a timer of the thread; inside of what it works on. */
export const WAYS = [
  ...['terminated', 'threw', 'rejected', 'exited', 'looped', 'grew'],
  ...['exited inside', 'grew inside'],
] as const;
export type Way = (typeof WAYS)[number];

const NOTHING = 0;
const POLL_MS = 2;
const ORDER = 'goxel test: how to die';

if (threads.isMainThread) {
  const path = process.env[DYING];
  if (path !== undefined) listen(path, watchThreads());
} else obey(threads.getEnvironmentData(ORDER) as unknown as SharedArrayBuffer | undefined);

interface Watched {
  readonly thread: threads.Worker;
  readonly order: Int32Array;
}

/** The threads of engines that live, the oldest first. */
function watchThreads(): Set<Watched> {
  const watched = new Set<Watched>();
  const { Worker } = threads;
  const make = (file: URL | string, options: WorkerOptions) => {
    const order = new SharedArrayBuffer(4);
    threads.setEnvironmentData(ORDER, order as never);
    const thread = new Worker(file, options);
    const one = { thread, order: new Int32Array(order) };
    if (!String(file).endsWith('/worker.js')) return thread;
    watched.add(one);
    thread.once('exit', () => watched.delete(one));
    return thread;
  };
  threads.Worker = new Proxy(Worker, {
    construct: (_, args) => make(...(args as Parameters<typeof make>)),
  });
  syncBuiltinESMExports();
  return watched;
}

function listen(path: string, watched: Set<Watched>): void {
  createServer((socket) => {
    socket.on('error', () => {});
    createInterface(socket).on('line', (line) => {
      const [way, place] = line.split('\t') as [Way, string];
      const found = [...watched][Number(place)];
      if (found !== undefined) {
        watched.delete(found);
        die(found, way);
      }
      socket.write(found === undefined ? 'no\n' : 'yes\n');
    });
  })
    .listen(path)
    .unref();
}

function die({ thread, order }: Watched, way: Way): void {
  if (way === 'terminated') void thread.terminate();
  else Atomics.store(order, 0, 1 + WAYS.indexOf(way));
}

function obey(memory: SharedArrayBuffer | undefined): void {
  if (memory === undefined) return;
  const order = new Int32Array(memory);
  const told = () => WAYS[Atomics.load(order, 0) - 1];
  setInterval(() => {
    const way = told();
    if (way !== undefined && !way.endsWith(' inside')) end(way);
  }, POLL_MS).unref();
  // What blocks of voxels are copied and filled with.
  const made = Object.getPrototypeOf(Uint32Array.prototype) as Record<
    string,
    (...a: unknown[]) => unknown
  >;
  for (const name of ['set', 'fill', 'slice']) {
    const own = made[name]!;
    made[name] = function (this: unknown, ...args: unknown[]) {
      if (order[0] !== NOTHING) {
        const way = told();
        if (way?.endsWith(' inside')) end(way);
      }
      return Reflect.apply(own, this, args);
    };
  }
}

function end(way: Way): void {
  switch (way) {
    case 'threw':
      throw new Error('a defect outside of any request');
    case 'rejected':
      void Promise.reject(new Error('a defect that nobody waits for'));
      return;
    case 'exited':
    case 'exited inside':
      process.exit(3);
      return;
    case 'looped':
      for (;;);
    case 'grew':
    case 'grew inside': {
      // Many small things: one that is large would end the process.
      let all: unknown;
      for (;;) all = { all, more: [1, 2, 3, all] };
    }
    default:
  }
}
