/** Commands where something is closed, full or not there: each says so, with its exit code. */

import { spawn } from 'node:child_process';
import { chownSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cli, shell } from '../support/cli.ts';
import { DAEMON_MAIN, startDaemon } from '../support/daemon.ts';
import { openDirectory, openMain } from '../support/open-program.ts';
import { eventually } from '../support/raw.ts';
import { temporaryDirectory } from '../support/tmp.ts';

// Before any suite: uvu starts running them at the first pause.
const daemon = await startDaemon();
const to = ['--socket', daemon.socket];
const DEFECT = /defect of this program|\n {4}at |Unhandled|node:internal/;

const outputs = suite('output that nobody takes');

for (const command of [`call rpc.discover ${to.join(' ')}`, `tree ${to.join(' ')}`, '--help']) {
  outputs(`a reader that has gone: ${command.split(' ')[0]} ends without a word`, async () => {
    const { stdout, stderr } = await shell(`gs ${command} | true; echo "\${PIPESTATUS[0]}"`);
    assert.is(stderr, '');
    assert.match(stdout, /^(0|141)\n$/);
  });

  outputs(`a full disk: ${command.split(' ')[0]} says so`, async () => {
    const { code, stderr } = await shell(`gs ${command} > /dev/full`);
    assert.is(code, 74);
    assert.match(stderr, 'cannot write the output: ENOSPC');
    assert.not.match(stderr, DEFECT);
  });
}

outputs('nowhere to say that something is wrong: the exit code says it', async () => {
  const { code } = await shell('gs nonsense 2> /dev/full');
  assert.is(code, 64);
});

outputs.run();

const inputs = suite('parameters from elsewhere');

inputs('standard input, in one piece or slowly', async () => {
  const params = '{"x":1,"y":2,"z":3,"color":"#010203"}';
  const tail = `${to.join(' ')} | tr -d '[:space:]'`;
  const whole = await shell(`echo '${params}' | gs call goxel.add_voxel - ${tail}`);
  assert.match(whole.stdout, '"color":[1,2,3,255]');
  const slow = await shell(`(printf '{"x":1,'; sleep 1; echo '"y":2,"z":3}') |
    gs call goxel.get_voxel - ${tail}`);
  assert.match(slow.stdout, '"color":[1,2,3,255]');
});

inputs('a file of more than an argument can be', async () => {
  const path = join(temporaryDirectory(), 'voxels.json');
  const voxels = Array.from({ length: 10_000 }, (_, x) => ({ x, y: 0, z: 0, color: '#ffffff' }));
  writeFileSync(path, JSON.stringify({ voxels }));
  const { code, stdout, stderr } = await cli('call', 'goxel.add_voxels', `@${path}`, ...to);
  assert.is(code, 0, stderr);
  assert.match(stdout, '10000');
});

inputs('a picture of the result goes to a file', async () => {
  const path = join(temporaryDirectory(), 'a.png');
  const size = '{"width":16,"height":16}';
  const { code, stdout } = await cli('call', 'goxel.render_scene', size, '--output', path, ...to);
  assert.is(code, 0);
  assert.match(stdout, path);
  assert.is(readFileSync(path).toString('latin1', 1, 4), 'PNG');
});

inputs.run();

const connections = suite('no connection');
/** Only root can become another user, or give something to one. */
const asRoot = process.getuid?.() === 0 ? connections : connections.skip;

connections('a socket that nobody listens on, no socket, and no file at all', async () => {
  const directory = temporaryDirectory();
  const dead = await startDaemon();
  await dead.kill();
  const file = join(directory, 'file');
  writeFileSync(file, '');
  const cases: readonly (readonly [string, RegExp])[] = [
    [dead.socket, /nobody listens there any more.*start one with: goxel-supervisor run/],
    [file, /it is no socket/],
    [join(directory, 'none'), /there is no such socket; start one with: goxel-supervisor run/],
    [join(file, 'none'), /there is no such socket/],
  ];
  for (const [path, pattern] of cases) {
    for (const command of [['call', 'ping'], ['tree']]) {
      const { code, stderr } = await cli(...command, '--socket', path);
      assert.is(code, 69, stderr);
      assert.match(stderr, pattern);
    }
  }
});

asRoot('not for this user', async () => {
  const setpriv = 'setpriv --reuid 54321 --regid 54321 --clear-groups';
  const own = await startDaemon({ socket: join(openDirectory(), 's') });
  const command = `${setpriv} "${process.execPath}" "${openMain()}" call ping --socket`;
  const refused = await shell(`${command} ${own.socket}`);
  assert.is(refused.code, 77, refused.stderr);
  assert.match(refused.stderr, `may not connect to ${own.socket}: `);
  assert.not.match(refused.stderr, 'start one');
  await own.stop();
});

asRoot('of another user, who may have put it there', async () => {
  const own = await startDaemon();
  chownSync(own.socket, 54_321, 54_321);
  for (const command of [['call', 'ping'], ['tree'], ['health'], ['status']]) {
    const { code, stderr } = await cli(...command, '--socket', own.socket);
    assert.is(code, 77, stderr);
    assert.match(stderr, `${own.socket} belongs to user 54321`);
    assert.match(stderr, '--any-owner');
  }
  const { code, stderr } = await cli('call', 'ping', '--any-owner', '--socket', own.socket);
  assert.is(code, 0, stderr);
  await own.stop();
});

/** Runs a command against a server that behaves so. */
async function against(behaviour: (socket: Socket) => void, ...args: string[]) {
  const socket = join(temporaryDirectory(), 's');
  const server = createServer((one) => {
    one.on('error', () => one.destroy());
    behaviour(one);
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  try {
    return await cli(...args, '--socket', socket);
  } finally {
    server.close();
  }
}

const REFUSAL = {
  code: -32005,
  message: 'There are 10 connections.',
  data: { code: 'GOX_TOO_MANY_CONNECTIONS', retryable: true, advice: 'Close a connection.' },
};
const refuse = (socket: Socket) =>
  socket.end(`${JSON.stringify({ jsonrpc: '2.0', id: null, error: REFUSAL })}\n`);
const hangUp = (socket: Socket) => socket.once('data', () => socket.destroy());
const babble = (socket: Socket) => socket.end('220 mail ready\r\n');

for (const command of [['tree'], ['call', 'ping']]) {
  connections(`${command[0]}: a refusal, a lost connection and another server`, async () => {
    const refused = await against(refuse, ...command);
    assert.is(refused.code, 75);
    assert.match(refused.stderr, /There are 10 connections\. \(GOX_TOO_MANY_CONNECTIONS\)\nClose/);
    const lost = await against(hangUp, ...command);
    assert.is(lost.code, 74);
    assert.match(lost.stderr, 'CLIENT_CLOSED');
    const other = await against(babble, ...command);
    assert.is(other.code, 76);
    for (const { stderr } of [refused, lost, other]) assert.not.match(stderr, DEFECT);
  });
}

connections('call --timeout gives up, and 0 and nonsense are what they are', async () => {
  const late = await against(() => {}, 'call', 'ping', '--timeout', '0.1');
  assert.is(late.code, 75);
  assert.match(late.stderr, 'No reply came within 100 ms');
  assert.is((await cli('call', 'ping', '--timeout', '0', ...to)).code, 0);
  for (const text of ['-1', 'soon', '1e9']) {
    const { code, stderr } = await cli('call', 'ping', `--timeout=${text}`, ...to);
    assert.is(code, 64);
    assert.match(stderr, '--timeout: expected seconds');
  }
});

connections('Ctrl-C takes the request back, and ends with 130', async () => {
  const heard: string[] = [];
  const socket = join(temporaryDirectory(), 's');
  const server = createServer((one) => {
    one.on('error', () => one.destroy());
    one.on('data', (chunk) => heard.push(chunk.toString()));
    one.on('end', () => one.end());
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  const child = spawn(process.execPath, [DAEMON_MAIN, 'call', 'slow', '--socket', socket], {
    stdio: 'ignore',
  });
  const code = new Promise((resolve) => child.once('exit', resolve));
  await eventually('the request came', () => heard.join('').includes('"slow"'));
  child.kill('SIGINT');
  assert.is(await code, 130);
  await eventually('it took it back', () => heard.join('').includes('$/cancelRequest'));
  const lines = heard.join('').trimEnd().split('\n');
  const { id } = JSON.parse(lines[0] ?? '') as { id: number };
  assert.equal(JSON.parse(lines[1] ?? ''), {
    ...{ jsonrpc: '2.0', method: '$/cancelRequest', params: { id } },
  });
  server.close();
});

connections.run();

const ending = suite('the daemon');

ending('stops in order', async () => {
  assert.equal(await daemon.stop(), { code: 0, signal: null });
});

ending.run();
