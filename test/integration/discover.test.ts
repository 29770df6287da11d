/** What a client meets that does not know the daemon: discovery, and methods of the main thread. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { METHODS } from '../../engine/catalogue/methods.ts';
import { ClientError, connect } from '../../transport/client.ts';
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

/** The code of what a MessagePack client is refused with, or `ok`. */
async function refusalOf(method: string, params: Record<string, unknown>): Promise<string> {
  const other = await connect({ path: daemon.socket }, { encoding: 'msgpack' });
  const outcome = await other.call(method, params).then(
    () => 'ok',
    (error: unknown) => (error instanceof ClientError ? error.code : String(error)),
  );
  await other.close();
  return outcome;
}

const AT = { x: 0, y: 0, z: 0 };

discover(
  'in MessagePack is refused values that JSON has not, by the daemon and by an engine',
  async () => {
    assert.is(await refusalOf('echo', { left_out: undefined, a: [1.5, new Uint8Array(2)] }), 'ok');
    assert.is(await refusalOf('goxel.add_voxel', { ...AT, color: undefined }), 'ok');
    for (const value of [new Date(0), new Map([[1, 2]])]) {
      assert.is(await refusalOf('echo', { value }), 'GOX_PARSE');
      assert.is.not(await refusalOf('goxel.add_voxel', { ...AT, color: value }), 'ok');
      assert.is.not(await refusalOf('script.execute', { script: '1', args: { value } }), 'ok');
    }
    assert.is(await refusalOf('goxel.add_voxel', { ...AT, colr: 1 }), 'GOX_INVALID_PARAMS');
    assert.is(
      await refusalOf('goxel.add_voxel', { ...AT, color: [1, 0, 0] }),
      'GOX_INVALID_PARAMS',
    );
  },
);

discover.after(async () => {
  client.destroy();
  await daemon.stop();
});

discover.run();
