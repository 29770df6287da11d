/** The start of a server as a client sees it that waits for its socket. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryDirectory } from './tmp.ts';

const POLL_MS = 2;
const WAIT_MS = 60_000;

/** Milliseconds from the start of the process. */
export interface FirstAnswers {
  /** Until a client could connect. */
  readonly listens: number;
  readonly ping: number;
  /** Until an edit was answered after that. */
  readonly edit: number;
  /** Until it said that it is ready. */
  readonly ready: number;
  /** Of the processor, until the edit was answered. */
  readonly cpu: number;
}

export interface StartedServer {
  /** Of node, for a server that listens on the path. */
  args(socket: string): readonly string[];
  /** What it prints when it is ready. */
  readonly says: string;
  /** Of a daemon; of its own for each start where it is not said. */
  readonly state?: string | undefined;
}

/** A server that answers each line with one, and does nothing else. */
export const BARE_SERVER: StartedServer = {
  args: (socket) => ['-e', BARE, socket],
  says: 'listens on',
};
const BARE = `require('node:net').createServer((socket) => {
  socket.on('data', () => socket.write('{}\\n'));
}).listen(process.argv[1], () => {
  console.error('it listens on it');
});`;

/** Starts it, asks `ping` and for a voxel, and ends it. */
export async function firstAnswers({ args, says, state }: StartedServer): Promise<FirstAnswers> {
  const directory = temporaryDirectory();
  const path = join(directory, 's');
  const began_ms = performance.now();
  const since = () => performance.now() - began_ms;
  const child = spawn(process.execPath, args(path), {
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd: directory,
    env: {
      ...{ ...process.env, GOXEL_CONFIG: '/dev/null' },
      XDG_STATE_HOME: state ?? join(directory, 'state'),
    },
  });
  const ended = once(child, 'exit');
  // Whoever waits for something of it hears that it has ended.
  const late = setTimeout(() => child.kill('SIGKILL'), WAIT_MS);
  try {
    const ready = said(child, says).then(since);
    // Of what fails before, that is the reason, and not the end that follows.
    ready.catch(() => {});
    const socket = await connected(child, path);
    const listens = since();
    await ask(socket, '"method":"ping"');
    const ping = since();
    await ask(socket, '"method":"goxel.add_voxel","params":[0,0,0,"#ff0000"]');
    const answers = { listens, ping, edit: since(), cpu: cpuOf(child.pid!) };
    socket.destroy();
    return { ...answers, ready: await ready };
  } finally {
    clearTimeout(late);
    child.kill('SIGKILL');
    await ended;
  }
}

/** The processor's time that the threads of a process have had, in ms; proc(5), schedstat. */
function cpuOf(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const times = threads.map((thread) => {
    return Number.parseInt(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8'), 10);
  });
  return times.reduce((sum, time) => sum + time, 0) / 1e6;
}

function said(child: ChildProcess, what: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stderr!.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      if (text.includes(what)) resolve();
    });
    child.once('exit', () => reject(new Error(`it ended: ${text}`)));
  });
}

async function connected(child: ChildProcess, path: string): Promise<Socket> {
  const until_ms = performance.now() + WAIT_MS;
  while (child.exitCode === null && performance.now() < until_ms) {
    // Attempts would take time of the processor from who is to be measured.
    if (!existsSync(path)) {
      await sleep(POLL_MS);
      continue;
    }
    const socket = connect(path);
    try {
      await once(socket, 'connect');
      return socket;
    } catch (error) {
      // It is bound, and about to listen.
      if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') throw error;
    }
  }
  throw new Error(`nobody listens on ${path}`);
}

/** Resolves with the line that answers; a result is wanted. */
async function ask(socket: Socket, members: string): Promise<void> {
  socket.write(`{"jsonrpc":"2.0","id":1,${members}}\n`);
  let text = '';
  while (!text.endsWith('\n')) {
    const [chunk] = (await Promise.race([once(socket, 'data'), once(socket, 'end')])) as [Buffer?];
    if (chunk === undefined) throw new Error(`the connection ended after ${JSON.stringify(text)}`);
    text += chunk;
  }
  if (text.includes('"error"')) throw new Error(text);
}
