/** The inspector of a daemon, from outside: who may look, what is seen, and how it is turned on. */

import { createServer } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cli } from '../support/cli.ts';
import { type Daemon, withDaemon } from '../support/daemon.ts';
import { MARKER } from '../support/deadly.ts';
import { freePort } from '../support/free-port.ts';
import { actors, eventually, RawConnection, request, treeOf } from '../support/raw.ts';
import { resultOf, withReloading } from '../support/reloading.ts';
import { ADMIN, EDIT, opened, settings } from '../support/secrets.ts';
import { InspectorViewer } from '../support/viewer.ts';

const test = suite('inspector');

const INSPECTOR = /^inspection\/inspector$/;

/** A thread ends when it parses the marker. */
const DEADLY = {
  NODE_OPTIONS: `--import ${new URL('../support/deadly.js', import.meta.url)}`,
};
const DEADLY_PARAMS = { name: JSON.parse(MARKER) as string };

interface Inspected {
  readonly on: boolean;
  readonly url?: string;
  readonly port?: number;
  readonly viewers: number;
  readonly admin_token?: string;
}

async function inspect(client: RawConnection, params: object = {}): Promise<Inspected> {
  return resultOf(await client.call('supervisor.inspect', params)) as Inspected;
}

/** The URLs that the log has told of. */
function logged(daemon: Daemon): string[] {
  return [...daemon.stdout().matchAll(/"url":"([^"]+)"/g)].map(([, url = '']) => url);
}

async function isRefused(url: string): Promise<boolean> {
  return await InspectorViewer.open(url).then(
    () => false,
    () => true,
  );
}

/** Somebody who has a port. */
async function taken(use: (port: number) => Promise<void>): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await use((server.address() as { port: number }).port);
  } finally {
    server.close();
  }
}

test('run --inspect says where the page is, and only who has its token may look', () =>
  withDaemon({ args: ['--inspect'], settings: { 'workers.count': 1 } }, async (daemon) => {
    await eventually('the log has the URL', () => logged(daemon).length === 1);
    const [url = ''] = logged(daemon);
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{32}$/);
    assert.match(daemon.stderr(), `Look inside: ${url}\n`);
    assert.match(await (await fetch(url)).text(), /<script/);
    assert.is((await fetch(url.replace(/=.*/, '=wrong'))).status, 403);
    assert.ok(await isRefused(url.replace(/=.*/, '=wrong')));
    assert.ok(await isRefused(url.replace(/\?.*/, '')));
    const viewer = await InspectorViewer.open(url);
    await viewer.sees('the tree', ({ paths }) => paths.includes('engines/engine:0/worker'));
    assert.ok(viewer.paths.includes('inspection/inspector/server'));
    assert.equal(viewer.states(/^engines\/engine:0$/).slice(0, 1), ['ready.idle']);
    const again = await cli('inspect', '--socket', daemon.socket);
    assert.is(again.stdout, `${url}\n`);
    await viewer.close();
  }));

test('idle and busy are seen, and the ways of requests, and no secrets', () =>
  withDaemon(
    { args: ['--inspect'], settings: settings({ 'workers.count': 1 }) },
    async (daemon) => {
      const client = await opened(daemon, ADMIN);
      const { url = '', admin_token = '' } = await inspect(client);
      const viewer = await InspectorViewer.open(url);
      await viewer.sees('that it looks', () =>
        viewer.states(INSPECTOR).includes('serving.watched'),
      );
      await viewer.sees('the client', ({ paths }) =>
        paths.some((path) => /:0\/connection:/.test(path)),
      );
      await client.call('goxel.add_voxel', [0, 0, 0, '#ff0000'], 2);
      // Small pictures are drawn where they are asked for, but traced ones are jobs.
      const trace = { samples: 1 };
      await client.call('goxel.render_scene', { width: 64, height: 64, trace }, 3);
      const session = /\/session:0$/;
      for (const path of [/^engines\/engine:0$/, /^jobs\/job:\d$/, /\/connection:\d+$/, session]) {
        await viewer.sees(`work at ${path}, and its end`, () => {
          const states = viewer.states(path);
          const busy = states.some((state) => state.endsWith('.busy'));
          return busy && states.at(-1)?.endsWith('.idle') === true;
        });
      }
      const name = ({ to }: { to: string }) => to.replace(/^.*\//, '');
      const way = (method: string) => {
        const [first] = viewer.shown.filter(({ event }) => event.startsWith(`${method} #`));
        return viewer.shown.filter(({ flow }) => flow !== undefined && flow === first?.flow);
      };
      const ends = ({ event }: { event: string }) => event.startsWith('result #');
      await viewer.sees('the render answered', () => {
        const last = way('goxel.render_scene').at(-1);
        return last !== undefined && ends(last) && name(last) === 'socket';
      });
      assert.match(
        way('goxel.add_voxel').map(name).join(),
        /^(connection:\d+),session:0,engine:0,session:0,\1,socket$/,
      );
      assert.match(
        way('goxel.render_scene').map(name).join(),
        /^(connection:\d+),session:0,engine:0,job:0,session:0,\1,socket$/,
      );
      assert.is(await viewer.show('a wrong token'), false);
      for (const token of [admin_token, ADMIN]) assert.is(await viewer.show(token), true);
      assert.is(await viewer.send('engines/engine:0', { type: 'check' }), undefined);
      const unchecked = await viewer.send('sockets/holder', { type: 'nothing that it knows' });
      assert.match(unchecked ?? '', /an effect takes only what its machine tells it/);
      const text = viewer.texts.join('\n');
      for (const secret of [url.replace(/^.*=/, ''), admin_token, ADMIN, EDIT]) {
        assert.is(text.includes(secret), false, 'a token is shown');
      }
      await viewer.close();
      const inspector = async () => actors(await treeOf(client), /^inspector$/)[0]?.state;
      await eventually('nobody looks', async () => (await inspector()) === 'serving.idle');
      client.destroy();
    },
  ));

test('the chart of an engine whose thread dies goes through all that follows to ready', () =>
  withDaemon(
    {
      args: ['--inspect'],
      settings: { 'workers.count': 1, 'health.restart_delay_ms': 200, 'workers.spare': false },
      env: DEADLY,
    },
    async (daemon) => {
      const client = await RawConnection.open(daemon.socket);
      const { url = '' } = await inspect(client);
      const viewer = await InspectorViewer.open(url);
      const engine = /^engines\/engine:0$/;
      await viewer.sees('the engine', () => viewer.states(engine).length > 0);
      await client.call('goxel.add_voxel', [1, 1, 1]);
      await client.ask(request('goxel.create_layer', DEADLY_PARAMS, 1));
      await viewer.sees('that it is back', () => {
        const states = viewer.states(engine);
        // The first thread dies of the request, and so does the next.
        const starts = states.filter((state) => state === 'starting').length;
        return starts === 2 && states.at(-1) === 'ready.idle';
      });
      const back = /lost\.backoff,starting,(?:replaying(?:\.idle)?,)+(?:ready,)?ready\.idle$/;
      assert.match(viewer.states(engine).join(), back);
      // Gone without a word; the daemon notices, and nothing is noted for nobody.
      viewer.socket.terminate();
      await eventually('nobody looks', async () => (await inspect(client)).viewers === 0);
      client.destroy();
    },
  ));

test('the command turns it on and off, and a reload does', () =>
  withReloading({ 'workers.count': 1 }, async ({ client, daemon, reload }) => {
    const run = (...args: string[]) => cli('inspect', '--socket', daemon.socket, ...args);
    assert.equal(await inspect(client, { on: false }), { on: false, viewers: 0 });
    const first = await run('--json', '--port', String(await freePort()));
    const { url = '', port = 0 } = JSON.parse(first.stdout) as Inspected;
    assert.is((await inspect(client)).url, url, 'asked again');
    const viewer = await InspectorViewer.open(url);
    assert.is((await run('--off')).stdout, 'the inspector is off\n');
    await eventually('the viewer is cut off', () => viewer.socket.readyState === 3);
    assert.ok(await isRefused(url));
    await taken(async (theirs) => {
      const refused = await run('--port', String(theirs));
      assert.is(refused.code, 69);
      assert.match(refused.stderr, `port ${theirs} of 127.0.0.1 is taken`);
      await reload({
        'workers.count': 1,
        'inspector.enabled': true,
        'inspector.port': theirs,
      }).then(
        () => assert.unreachable(),
        (error: Error) => assert.match(error.message, 'is taken'),
      );
      assert.not((await inspect(client, { on: false })).on);
    });
    await reload({ 'workers.count': 1, 'inspector.enabled': true, 'inspector.port': port });
    const there = await inspect(client);
    assert.is(there.port, port);
    assert.is.not(there.url, url, 'the old one is worth nothing');
    assert.ok((await reload({ 'workers.count': 1, 'limits.depth_max': 60 })).applied.length > 0);
    assert.equal(logged(daemon).length, 2);
    assert.ok(await isRefused(there.url ?? ''), 'it is off by the file');
  }));

test('a port that is taken is said, and the daemon goes on', () =>
  taken((port) =>
    withDaemon(
      { args: [`--inspect=${port}`], settings: { 'workers.count': 1 } },
      async (daemon) => {
        await eventually('the log tells', () => daemon.stdout().includes('cannot be served'));
        assert.match(daemon.stdout(), `port ${port} of 127.0.0.1 is taken`);
        const client = await RawConnection.open(daemon.socket);
        const { url = '' } = await inspect(client, { port: 0 });
        await (await InspectorViewer.open(url)).close();
        client.destroy();
      },
    ),
  ));

test.run();
