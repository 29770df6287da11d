/** Who gets a socket's path, what becomes of it, and what is said when it cannot be had. */

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ListenError } from '../../../actors/listener/listen-error.ts';
import {
  type ListeningPath,
  type ListenOptions,
  listenAt,
} from '../../../actors/listener/socket-path.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const paths = suite('socket path');

/** Long enough for a few looks at the path, on a busy machine too. */
const PATIENCE_MS = 20_000;

interface Taken extends ListeningPath {
  readonly said: string[];
}

/** Listens and greets whoever connects. */
async function take(path: string, more: Partial<ListenOptions> = {}): Promise<Taken> {
  const said: string[] = [];
  const note = (facts: { err?: Error }, text: string) => {
    said.push(`${text}: ${facts.err?.message ?? ''}`);
  };
  const log = { warn: note, error: note } as unknown as ListenOptions['log'];
  const server = createServer({ allowHalfOpen: true }, greet('hello'));
  const listening = await listenAt(server, { path, mode: 0o600, backlog: 8, log, ...more });
  return {
    said,
    get trouble() {
      return listening.trouble;
    },
    setMode: (mode) => listening.setMode(mode),
    close: () => listening.close(),
    handed: () => listening.handed(),
    leave: () => listening.leave(),
  };
}

function greet(text: string): (socket: Socket) => void {
  return (socket) => {
    // Who only asks whether somebody is alive does not wait for the greeting.
    socket.on('error', () => {});
    socket.end(text);
  };
}

async function refused(path: string): Promise<ListenError> {
  try {
    await (await take(path)).close();
  } catch (error) {
    if (error instanceof ListenError) return error;
    throw error;
  }
  throw new Error('it listens');
}

function greeting(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    connect(path)
      .on('data', (chunk) => {
        text += chunk.toString();
      })
      .on('end', () => resolve(text))
      .on('error', reject);
  });
}

async function eventually(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (performance.now() > until) throw new Error(`never: ${what}`);
    await sleep(20);
  }
}

/** A socket that nobody listens at any more. */
async function deadSocket(path: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(`${path}_`, resolve));
  renameSync(`${path}_`, path);
  await new Promise((resolve) => server.close(resolve));
}

function openHandles(): number {
  return process.getActiveResourcesInfo().filter((name) => name.startsWith('Pipe')).length;
}

paths('is the name by which the kernel knows the socket, and nothing stays of it', async () => {
  const directory = temporaryDirectory();
  const path = join(directory, 's');
  const taken = await take(path, { mode: 0o640 });
  assert.is(lstatSync(path).mode & 0o777, 0o640);
  if (process.platform === 'linux') {
    const names = readFileSync('/proc/net/unix', 'utf8').split('\n');
    assert.ok(names.some((line) => line.endsWith(` ${path}`)));
  }
  assert.is(await greeting(path), 'hello');
  await taken.close();
  assert.equal(readdirSync(directory), []);
});

paths('is taken by one of many, whatever they call it, beside a dead socket or not', async () => {
  const directory = temporaryDirectory();
  const home = join(directory, 'home');
  mkdirSync(home);
  symlinkSync(home, join(directory, 'link'));
  for (let round = 0; round < 6; round += 1) {
    if (round % 3 > 0) await deadSocket(join(home, 's'));
    const spellings = ['home/s', 'link/s', 'home/./s', 'home/../link/s', 'home//s'];
    const tries = await Promise.allSettled(
      Array.from({ length: 20 }, async (_, index) => {
        await sleep(Math.random() * 20);
        return take(`${directory}/${spellings[index % spellings.length]}`);
      }),
    );
    const winners = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const losers = tries.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    assert.is(winners.length, 1, `round ${round}`);
    assert.ok(losers.every((reason) => (reason as ListenError).code === 'busy'));
    assert.is(await greeting(join(home, 's')), 'hello');
    await winners[0]?.close();
    assert.equal(readdirSync(home), [], `round ${round}`);
  }
});

paths('passes from one to the next without a moment with two', async () => {
  const directory = temporaryDirectory();
  const path = join(directory, 's');
  let living = 0;
  let most = 0;
  const served = Array.from({ length: 6 }, async () => {
    for (let times = 0; times < 3; ) {
      const taken = await take(path).catch((error: unknown) => {
        if (error instanceof ListenError && error.code === 'busy') return undefined;
        throw error;
      });
      if (taken === undefined) {
        await sleep(5);
        continue;
      }
      living += 1;
      most = Math.max(most, living);
      await sleep(5);
      living -= 1;
      times += 1;
      await taken.close();
    }
  });
  await Promise.all(served);
  assert.is(most, 1);
  assert.equal(readdirSync(directory), []);
});

paths('is made again when it was removed, and who is connected stays so', async () => {
  const path = join(temporaryDirectory(), 's');
  const taken = await take(path, { mode: 0o620 });
  for (let times = 1; times <= 2; times += 1) {
    rmSync(path);
    await eventually('the socket is there again', () => existsSync(path));
    await eventually('it greets', async () => (await greeting(path)) === 'hello');
    assert.is(lstatSync(path).mode & 0o777, 0o620);
    assert.is(taken.said.length, times);
    assert.match(taken.said.at(-1) ?? '', 'made again');
  }
  assert.is((await refused(path)).code, 'busy');
  await taken.close();
  assert.not(existsSync(path));
});

paths('is made again when its whole directory was removed and made anew', async () => {
  const directory = join(temporaryDirectory(), 'd');
  mkdirSync(directory);
  const path = join(directory, 's');
  const taken = await take(path);
  rmSync(directory, { recursive: true });
  await eventually('it is said', () => taken.said.some((line) => /does not exist/.test(line)));
  mkdirSync(directory);
  await eventually('the socket is there again', () => existsSync(path));
  assert.is(taken.said.filter((line) => /does not exist/.test(line)).length, 1);
  await eventually('it greets', async () => (await greeting(path)) === 'hello');
  assert.is((await refused(path)).code, 'busy');
  await taken.close();
  assert.equal(readdirSync(directory), []);
});

paths('is not taken from somebody whose live socket is there instead of ours', async () => {
  const path = join(temporaryDirectory(), 's');
  const taken = await take(path);
  const stranger: Server = createServer(greet('stranger'));
  await new Promise<void>((resolve) => stranger.listen(`${path}_`, resolve));
  renameSync(`${path}_`, path);
  await eventually('it is said', () => taken.said.some((line) => /another process/.test(line)));
  await taken.close();
  assert.is(await greeting(path), 'stranger');
  stranger.close();
});

paths('is taken by the first, and the message for the second says what to do', async () => {
  const path = join(temporaryDirectory(), 's');
  const taken = await take(path);
  const { code, message } = await refused(path);
  assert.is(code, 'busy');
  assert.match(message, /another process is listening on .*; stop it or choose another path/);
  await taken.close();
});

paths('says why it cannot be had, and leaves nothing open', async () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'file'), '');
  mkdirSync(join(directory, 'directory'));
  symlinkSync('loop', join(directory, 'loop'));
  const before = openHandles();
  for (const [name, words] of [
    ['absent/s', /cannot listen on .*absent\/s: its directory .*absent does not exist/],
    ['file/s', /cannot listen on .*: .*file is not a directory/],
    ['loop/s', /a link that leads to itself/],
    ['file', /there is a file that is no socket at .*file; move it away/],
    ['directory', /there is a directory at .*directory; move it away/],
    ['x'.repeat(200), /where the system takes/],
  ] as const) {
    const { code, message } = await refused(join(directory, name));
    assert.is(code, 'refused', name);
    assert.match(message, words);
  }
  assert.equal(readdirSync(directory).sort(), ['directory', 'file', 'loop']);
  await eventually('nothing more is open', () => openHandles() <= before);
});

paths('says that there are too many open files, and can be had afterwards', async () => {
  const path = join(temporaryDirectory(), 's');
  const held: number[] = [];
  try {
    for (;;) held.push(openSync('/dev/null', 'r'));
  } catch (error) {
    assert.is((error as NodeJS.ErrnoException).code, 'EMFILE');
  }
  const { message } = await refused(path).finally(() => {
    for (const fd of held) closeSync(fd);
  });
  assert.match(message, /cannot listen on .*: this process has too many open files; raise/);
  await (await take(path)).close();
});

// The superuser may write everywhere.
const permitted = process.getuid?.() === 0 ? paths.skip : paths;
permitted('says that a directory may not be written', async () => {
  const directory = join(temporaryDirectory(), 'd');
  mkdirSync(directory);
  chmodSync(directory, 0o500);
  assert.match((await refused(join(directory, 's'))).message, /may not create files in/);
});

paths('has no two holders when the first was killed while it held it', async () => {
  const directory = temporaryDirectory();
  const path = join(directory, 's');
  const entry = new URL('../../../actors/listener/socket-path.js', import.meta.url).href;
  const program = `
    import { createServer } from 'node:net';
    const { listenAt } = await import(${JSON.stringify(entry)});
    const [, path] = process.argv;
    await listenAt(createServer(), { path, mode: 0o600, backlog: 1, log: console });
    process.kill(process.pid, 'SIGKILL');`;
  assert.throws(() => {
    execFileSync(process.execPath, ['--input-type=module', '-e', program, path], {
      stdio: 'ignore',
    });
  });
  assert.is(readdirSync(directory).length, 2, 'it left its socket and its lock');
  const taken = await take(path);
  await taken.close();
  assert.equal(readdirSync(directory), []);
});

paths.run();
