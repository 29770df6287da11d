/** Clients that are gone, refused or silent take no place from others, nor does their work. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cli } from '../support/cli.ts';
import { withDaemon } from '../support/daemon.ts';
import { openSocketsAndFiles } from '../support/processes.ts';
import { actors, eventually, RawConnection, request, treeOf } from '../support/raw.ts';

/** Minutes of work for two cores. */
const LONG_RENDER = { width: 512, height: 512, trace: { samples: 10_000 } };

const gone = suite('gone clients');

async function jobs(control: RawConnection): Promise<number> {
  const { result } = await control.call('goxel.list_jobs');
  return (result as { count: number }).count;
}

/** Others than the one that asks. */
async function others(control: RawConnection): Promise<number> {
  return actors(await treeOf(control), /^connection:/).length - 1;
}

for (const [title, leave] of [
  ['that is killed', (client: RawConnection) => client.destroy()],
  [
    'that ends its side and is killed then',
    async (client: RawConnection) => {
      client.end();
      await new Promise((resolve) => setTimeout(resolve, 100));
      client.destroy();
    },
  ],
] as const) {
  gone(`a client ${title} leaves its place, and its job`, () =>
    withDaemon({ settings: { 'performance.max_connections': 4 } }, async ({ socket }) => {
      const control = await RawConnection.open(socket);
      await control.call('goxel.add_voxel', [1, 2, 3, '#3366CC']);
      const client = await RawConnection.open(socket);
      client.write(request('goxel.render_scene', LONG_RENDER, 1));
      await eventually('the job began', async () => (await jobs(control)) === 1);
      await leave(client);
      await eventually('the job was given up', async () => (await jobs(control)) === 0);
      await eventually('the place was free', async () => (await others(control)) === 0);
      control.destroy();
    }),
  );
}

gone('clients that are refused go, though they neither read nor leave', () =>
  withDaemon({ settings: { 'performance.max_connections': 2 } }, async ({ socket, pid }) => {
    const control = await RawConnection.open(socket);
    const second = await RawConnection.open(socket);
    await Promise.all([control.call('ping'), second.call('ping')]);
    await eventually('they were alone', async () => (await others(control)) === 1);
    const before = openSocketsAndFiles(pid);
    const refused = await Promise.all(
      Array.from({ length: 30 }, async () => {
        const connection = await RawConnection.open(socket);
        connection.pause();
        return connection;
      }),
    );
    // A place may be kept for the operator, and one of them may have it.
    await eventually('they were gone', () => openSocketsAndFiles(pid) <= before + 1);
    for (const connection of [...refused, control, second]) connection.destroy();
  }),
);

gone('connections that say nothing do not lock the operator out', () =>
  withDaemon({ settings: { 'performance.max_connections': 4 } }, async ({ socket }) => {
    const silent = await Promise.all(Array.from({ length: 4 }, () => RawConnection.open(socket)));
    const { code, stdout, stderr } = await cli('tree', '--socket', socket);
    assert.is(code, 0, stderr);
    assert.match(stdout, /^daemon/);
    for (const connection of silent) connection.destroy();
  }),
);

gone.run();
