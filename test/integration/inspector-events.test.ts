/** Events that an admin sends to a daemon by the inspector: wrong ones end nothing of it. */

import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Daemon, withDaemon } from '../support/daemon.ts';
import { actors, eventually, RawConnection, treeOf } from '../support/raw.ts';
import { resultOf } from '../support/reloading.ts';
import { SEED } from '../support/seed.ts';
import { InspectorViewer } from '../support/viewer.ts';

const test = suite('events of the inspector');

const EVENTS = 600;

interface Scene {
  readonly daemon: Daemon;
  readonly client: RawConnection;
  readonly viewer: InspectorViewer;
}

function withViewer(use: (scene: Scene) => Promise<void>): Promise<void> {
  const settings = {
    ...{ 'workers.count': 1, 'workers.jobs': 1, 'http.enabled': true, 'http.port': 0 },
    'health.restart_delay_ms': 10,
  };
  return withDaemon({ args: ['--inspect', '0'], settings }, async (daemon) => {
    const client = await RawConnection.open(daemon.socket);
    const { url, admin_token } = resultOf(await client.call('supervisor.inspect')) as {
      readonly url: string;
      readonly admin_token: string;
    };
    const viewer = await InspectorViewer.open(url);
    assert.ok(await viewer.show(admin_token));
    await use({ daemon, client, viewer });
    client.destroy();
  });
}

/** All that could be the type of an event, of a machine as the page has it. */
function typesOf(state: { on?: object; states?: Record<string, object> }): string[] {
  const below = Object.values(state.states ?? {}).flatMap((inner) => typesOf(inner));
  return [...Object.keys(state.on ?? {}), ...below];
}

/** Payloads of all kinds, most with members that the daemon's events have. */
const payloads = fc.oneof(
  fc.dictionary(
    fc.constantFrom(
      ...['now', 'reason', 'by', 'id', 'nth', 'number', 'event', 'input', 'answer', 'config'],
      ...['facts', 'check', 'counts', 'found', 'port', 'address', 'job', 'session', 'slot', 'why'],
      ...['spec', 'request', 'what', 'silent_ms', 'age_ms', 'late_ms', 'info', 'accepted'],
    ),
    fc.oneof(fc.jsonValue(), fc.boolean(), fc.integer(), fc.constant('connection:0')),
    { maxKeys: 4 },
  ),
  fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 }),
  fc.constant({}),
);

test('whatever is sent without being confirmed ends nothing', () =>
  withViewer(async ({ daemon, client, viewer }) => {
    await client.call('goxel.add_voxel', [0, 0, 0, '#ff0000'], 2);
    const machines = viewer.machines;
    const all = [...new Set([...machines.values()].flatMap((machine) => typesOf(machine)))];
    assert.ok(machines.size > 40 && all.length > 60, `${machines.size} with ${all.length} types`);
    const paths = [...machines.keys()];
    const own = (path: string) => typesOf(machines.get(path) ?? {});
    const sent = fc.constantFrom(...paths).chain((path) =>
      fc.record({
        path: fc.constant(path),
        type: fc.oneof(
          { arbitrary: fc.constantFrom('check', ...own(path)), weight: 6 },
          { arbitrary: fc.constantFrom(...all), weight: 2 },
          { arbitrary: fc.string(), weight: 1 },
        ),
        payload: payloads,
      }),
    );
    const before = await calmLivesOf(client);
    let refused = 0;
    for (const { path, type, payload } of fc.sample(sent, { seed: SEED, numRuns: EVENTS })) {
      const error = await viewer.send(path, { ...payload, type });
      if (error !== undefined) refused += 1;
    }
    assert.ok(refused > EVENTS / 2, `${refused} refused`);
    assert.is(await viewer.send('engines/engine:0', { type: 'check' }), undefined, 'not all are');
    assert.equal(await calmLivesOf(client), before);
    assert.not.match(daemon.stdout(), /"level":(50|60)/);
    const { result } = await client.call('goxel.get_voxel', { position: [0, 0, 0] }, 3);
    assert.is((result as { exists: boolean }).exists, true, 'the project is there');
    await viewer.close();
  }));

/** Who lives, how it is, and how often it was started again; leaks may be searched by then. */
async function livesOf(client: RawConnection): Promise<readonly unknown[]> {
  const all = actors(await treeOf(client), /^(?!leak search$)/);
  return all.map(({ id, state, restarts }) => [id, state, restarts ?? 0].join(' '));
}

/** All but who asks. */
const other = (lives: readonly unknown[]) =>
  lives.filter((one) => !/^con/.test(`${one}`)).join('\n');

/** The same when nothing else is under way or begins, and no busy machine makes anything ill. */
async function calmLivesOf(client: RawConnection): Promise<readonly unknown[]> {
  let lives = await livesOf(client);
  await eventually('the daemon is idle and well', async () => {
    lives = await livesOf(client);
    return CALM.every((wanted) => wanted.test(other(lives))) && !/busy/.test(other(lives));
  });
  return lives;
}
const CALM = [/^health verdict\.healthy checking\.resting/m, /^spare ready/m, /^renders resting/m];

test('what is confirmed ends what it said, and the daemon only when that was said', () =>
  withViewer(async ({ daemon, client, viewer }) => {
    const stalled = { type: 'worker.stalled', silent_ms: 1 };
    const said = await viewer.ends('engines/engine:0', stalled);
    assert.match(said ?? '', /^the thread of engine:0; another makes its projects anew/);
    assert.match((await viewer.send('engines/engine:0', stalled)) ?? '', 'has to be confirmed');
    assert.is(await viewer.send('engines/engine:0', stalled, said), undefined);
    await eventually('the engine is back', async () => {
      const [engine] = actors(await treeOf(client), /^engine:0$/);
      return engine?.state === 'ready.idle' && daemon.stdout().includes('lost its worker');
    });
    const listener = 'listeners/listener:tcp';
    const stop = { type: 'child.stop', now: false };
    const ends = await viewer.ends(listener, stop);
    assert.match(ends ?? '', /^listener:tcp\. It is started again, but more than \d+ such ends/);
    assert.is(await viewer.send(listener, stop, ends), undefined);
    assert.is((await client.call('goxel.add_voxel', [0, 0, 0, '#ff0000'], 2)).error, undefined);

    const end = { type: 'supervisor.stop', by: 'a test' };
    const all = await viewer.ends('', end);
    assert.is(all, 'the daemon: what is not kept on the disk is lost');
    assert.match((await viewer.send('', end)) ?? '', 'it ends the daemon');
    assert.match((await viewer.send('', { ...end, by: 7 }, all)) ?? '', 'payload.by: expected');
    viewer.socket.send(
      JSON.stringify({
        type: 'xstate.event',
        service: viewer.sessionOf(''),
        event: JSON.stringify(end),
        confirmed: all,
      }),
    );
    assert.is((await daemon.exited()).code, 0);
  }));

test.run();
