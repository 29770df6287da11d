/** Models in requests and results of a running daemon: as jobs, in both encodings, given up. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Client, ClientError, connect } from '../../transport/client.ts';
import { withDaemon } from '../support/daemon.ts';
import { model } from '../support/fixtures.ts';
import { temporaryDirectory } from '../support/tmp.ts';

interface Exported {
  readonly data: Uint8Array | string;
  readonly bytes: number;
}

interface Imported {
  readonly voxel_count: number;
}

const exchange = suite('exchange');

async function withTerrain(
  run: (json: Client, packed: Client) => Promise<void>,
  settings = {},
): Promise<void> {
  const directory = temporaryDirectory();
  const path = join(directory, 'terrain.gox');
  writeFileSync(path, model('big_terrain').bytes);
  await withDaemon({ cwd: directory, settings }, async ({ socket }) => {
    const json = await connect({ path: socket });
    const packed = await connect({ path: socket }, { encoding: 'msgpack' });
    await json.call('goxel.load_project', { path });
    await run(json, packed);
    await json.close();
    await packed.close();
  });
}

exchange('a model of hundreds of blocks goes out and comes in, the same in both encodings', () =>
  withTerrain(async (json, packed) => {
    const { voxel_count } = await json.call<Imported>('goxel.get_project_info');
    const text = await json.call<Exported>('export_mesh', { format: 'vox' });
    const binary = await packed.call<Exported>('export_mesh', { format: 'vox' });
    assert.instance(binary.data, Uint8Array);
    const bytes = Buffer.from(text.data as string, 'base64');
    assert.ok(bytes.equals(binary.data as Uint8Array));
    assert.is(bytes.length, text.bytes);
    for (const [client, { data }] of [
      [json, text],
      [packed, binary],
    ] as const) {
      const project = client === json ? 'by-json' : 'by-messagepack';
      await client.call('goxel.create_project', { name: 'empty', project });
      const given = { data, format: 'vox', project };
      const imported = await client.call<Imported>('import_mesh', given);
      assert.is(imported.voxel_count, voxel_count);
    }
  }),
);

exchange('an export into the result is a job that can be given up', () =>
  withTerrain(async (json, packed) => {
    const told = packed.call('export_mesh', { format: 'obj', mesh: 'smooth' }).then(
      () => 'done',
      (error: unknown) => (error instanceof ClientError ? error.code : String(error)),
    );
    let title = '';
    while (title === '') {
      const { jobs } = await json.call<{ jobs: { job: number; title: string }[] }>('list_jobs');
      const [first] = jobs;
      if (first === undefined) continue;
      title = first.title;
      await json.call('cancel_job', { job: first.job });
    }
    assert.is(title, 'export to a result, as obj');
    assert.is(await told, 'GOX_CANCELLED');
  }),
);

exchange('an export that is larger than a result may be is refused, and fits into a file', () =>
  withTerrain(
    async (json) => {
      const refused = await json.call('export_mesh', { format: 'obj' }).catch((error) => error);
      assert.instance(refused, ClientError);
      assert.is((refused as ClientError).code, 'GOX_RESULT_TOO_LARGE');
      const { bytes } = await json.call<Exported>('export_mesh', { path: 'terrain.obj' });
      assert.ok(bytes > 64 * 1024);
    },
    { 'limits.result_bytes_max': 64 * 1024 },
  ),
);

exchange.run();
