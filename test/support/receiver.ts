/** Something that takes datagrams at a path, as the daemon of syslog does. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { eventually } from './raw.ts';

const PROGRAM = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('bound', flush=True)
while True:
    print(s.recv(65536).decode(), flush=True)
`;

export interface Receiver {
  readonly child: ChildProcess;
  /** What came so far; none has a line break. */
  readonly messages: () => string[];
  /** Ends it, and removes its socket. */
  end(): Promise<void>;
}

export async function datagramReceiver(path: string): Promise<Receiver> {
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  const child = spawn('python3', ['-c', PROGRAM, path], { stdio: [...stdio] });
  const ended = once(child, 'exit');
  process.once('exit', () => child.kill('SIGKILL'));
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  await eventually('it takes datagrams', () => text.startsWith('bound\n'));
  return {
    child,
    messages: () => text.split('\n').slice(1, -1),
    end: async () => {
      child.kill('SIGKILL');
      await ended;
      rmSync(path, { force: true });
    },
  };
}
