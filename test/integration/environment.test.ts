/** Where something of the environment is missing, and what comes on the socket by mistake. */

import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { shell } from '../support/cli.ts';
import { DAEMON_MAIN, startDaemon } from '../support/daemon.ts';
import { RawConnection, request } from '../support/raw.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const DEFECT = /defect of this program|\n {4}at |Unhandled|node:internal/;

const environment = suite('an environment where something is missing');

environment('no home: "~" is left out of the roots, and every command runs', async () => {
  const socket = join(temporaryDirectory(), 's');
  const gone = await startDaemon({ socket, env: { HOME: '', XDG_STATE_HOME: '' } });
  assert.match(gone.stdout(), 'files.roots: \\"~\\" is left out: this user has no home directory');
  assert.match(gone.stdout(), 'projects are kept in memory only, and end with the daemon');
  await gone.stop();
  const result = await shell(`HOME= gs call ping --socket ${socket}`);
  assert.is(result.code, 69, result.stderr);
});

environment('no working directory: absolute paths do, relative ones are a sentence', async () => {
  const directory = join(temporaryDirectory(), 'gone');
  mkdirSync(directory);
  const socket = join(temporaryDirectory(), 's');
  const { code, stdout, stderr } = await shell(`
    cd ${directory} && rmdir ${directory}
    gs call ping --socket s; echo "code $?"
    "${process.execPath}" "${DAEMON_MAIN}" run --socket ${socket} &
    for i in $(seq 200); do [ ! -S ${socket} ] || break; sleep 0.1; done
    # It is there a moment before it takes connections.
    for i in $(seq 10); do gs call ping --socket ${socket} && break; sleep 0.5; done
    kill $!; wait $!`);
  assert.is(code, 0, stderr);
  assert.match(stdout, 'code 78');
  assert.match(stderr, 'sockets.unix.path: "s" cannot be resolved: the working directory');
  assert.match(stdout, 'files.roots: \\".\\" is left out');
  assert.match(stdout, '"pong"');
  assert.not.match(stderr, DEFECT);
});

environment('a working directory that goes after the start: threads still start', async () => {
  const cwd = join(temporaryDirectory(), 'gone');
  mkdirSync(cwd);
  const { socket, stop } = await startDaemon({ cwd });
  rmdirSync(cwd);
  const client = await RawConnection.open(socket);
  await client.call('goxel.add_voxel', [1, 2, 3]);
  const picture = await client.ask(request('goxel.render_scene', { width: 16, height: 16 }, 1));
  assert.match(picture, '"success":true');
  client.destroy();
  await stop();
});

environment('a TMPDIR that is not there', async () => {
  const env = { TMPDIR: join(temporaryDirectory(), 'gone') };
  const own = await startDaemon({ env });
  const client = await RawConnection.open(own.socket);
  assert.match(await client.ask(request('goxel.add_voxel', [1, 2, 3], 1)), '"success":true');
  client.destroy();
  assert.equal(await own.stop(), { code: 0, signal: null });
});

environment('something that nobody closed keeps no command', async () => {
  const plant = 'data:text/javascript,setInterval(()=>{},1e6)';
  const { code, stdout } = await shell(`NODE_OPTIONS='--import=${plant}' gs --version`);
  assert.is(code, 0);
  assert.match(stdout, 'goxel-supervisor');
});

environment('a defect ends the daemon, though its log takes nothing', async () => {
  const directory = temporaryDirectory();
  const [socket, plant] = [join(directory, 's'), join(directory, 'plant.mjs')];
  // When it has started, however long that takes.
  const look = `if (existsSync('${socket}') && isMainThread) throw new Error('planted')`;
  writeFileSync(
    plant,
    `import { existsSync } from 'node:fs';
    import { isMainThread } from 'node:worker_threads';
    setInterval(() => { ${look} }, 200).unref();`,
  );
  const { code } = await shell(
    `NODE_OPTIONS='--import=${plant}' gs run --socket ${socket} > /dev/full 2> /dev/full`,
  );
  assert.is(code, 70);
});

environment.run();

const http = suite('HTTP');

http('gets a line of HTTP that says what this is', async () => {
  const own = await startDaemon();
  for (const start of [
    'GET / HTTP/1.1',
    'POST /rpc HTTP/1.1',
    'HEAD / HTTP/1.0',
    'OPTIONS * HTTP/1.1',
  ]) {
    const client = await RawConnection.open(own.socket);
    // In pieces, as networks cut.
    client.write(start.slice(0, 2));
    client.write(`${start.slice(2)}\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}`);
    const answer = (await client.rest()).toString();
    assert.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n/);
    assert.match(answer, 'JSON-RPC 2.0');
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    assert.match(head, `Content-Length: ${body.length}`);
    client.destroy();
  }
  const client = await RawConnection.open(own.socket);
  assert.match(await client.ask('GETTING nowhere\n'), 'Parse error');
  client.destroy();
  assert.equal(await own.stop(), { code: 0, signal: null });
});

http.run();
