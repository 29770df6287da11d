/** What a client meets that does not know the daemon: discovery, and methods of the main thread. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { METHODS } from '../../engine/catalogue/methods.ts';
import { startDaemon } from '../support/daemon.ts';
import { RawConnection } from '../support/raw.ts';

const daemon = await startDaemon();
const client = await RawConnection.open(daemon.socket);

const discover = suite('a client that does not know the daemon');

interface Document {
  methods: { name: string; params: unknown[] }[];
  components?: { schemas: object };
}

async function document(params?: unknown): Promise<Document> {
  const { result } = await client.call('rpc.discover', params);
  return result as Document;
}

discover('gets a list of the methods, one of them, or all', async () => {
  const list = await document();
  assert.is(list.methods.length, METHODS.length);
  assert.is(list.components, undefined);
  const one = await document({ method: 'add_voxel' });
  assert.equal(
    one.methods.map(({ name }) => name),
    ['goxel.add_voxel'],
  );
  assert.ok('Color' in (one.components?.schemas ?? {}));
  assert.equal((await document(['goxel.add_voxel'])).methods, one.methods);
  const full = await document({ full: true });
  assert.is(full.methods.length, METHODS.length);
});

discover('is told the nearest name of a method, to ask about or to call', async () => {
  const about = await client.call('rpc.discover', { method: 'goxel.add_voxl' });
  assert.is(
    about.error?.message,
    'params.method: there is no method goxel.add_voxl; did you mean goxel.add_voxel?',
  );
  const called = await client.call('goxel.add_voxl');
  assert.is(
    called.error?.message,
    'Method not found: goxel.add_voxl; did you mean goxel.add_voxel?',
  );
});

discover('may give null for parameters, or none of a list', async () => {
  for (const params of [null, [], {}, [{}]]) {
    const { result } = await client.call('ping', params);
    assert.is((result as { pong: boolean }).pong, true);
  }
});

discover('is told of parameters that a method of the daemon has not', async () => {
  for (const { name, scope } of METHODS) {
    if (scope !== 'daemon' || name === 'echo') continue;
    const { error } = await client.call(name, { qqq: 1 });
    assert.match(error?.message ?? '', 'params.qqq: unknown parameter', name);
  }
  const { result } = await client.call('echo', { qqq: [1] });
  assert.equal(result, { qqq: [1] });
});

discover.after(async () => {
  client.destroy();
  await daemon.stop();
});

discover.run();
