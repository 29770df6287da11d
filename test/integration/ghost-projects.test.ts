/**
 * What is acknowledged is true, also when several clients open and close one project at a time: no
 * client is told of an edit, or of a project, that is not there.
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withDaemon } from '../support/daemon.ts';
import { RawConnection, type RawReply, request } from '../support/raw.ts';

const ROUNDS = 6;
/** One engine, so that requests of all clients meet in one queue. */
const SETTINGS = { 'workers.count': 1 };
/** Keeps the engine busy while the requests of the others gather behind it. */
const BUSY = 'const until = Date.now() + 120; while (Date.now() < until);';

const ghosts = suite('ghost projects');

async function reply(connection: RawConnection): Promise<RawReply> {
  return JSON.parse(await connection.line()) as RawReply;
}

async function clients(socket: string): Promise<[RawConnection, RawConnection, RawConnection]> {
  const busy = await RawConnection.open(socket);
  await busy.call('goxel.create_project', { project: 'busy' });
  return [busy, await RawConnection.open(socket), await RawConnection.open(socket)];
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10));
}

ghosts('a project that was created is there, whatever else happened under its name', () =>
  withDaemon({ settings: SETTINGS }, async ({ socket }) => {
    const [busy, loads, creates] = await clients(socket);
    for (let round = 0; round < ROUNDS; round++) {
      const project = `p${round}`;
      busy.write(request('script.execute', { project: 'busy', script: BUSY }, 1));
      await pause();
      loads.write(request('goxel.load_project', { project, path: 'no such file.gox' }, 2));
      await pause();
      creates.write(request('goxel.create_project', { project }, 3));
      const created = await reply(creates);
      const loaded = await reply(loads);
      await reply(busy);
      assert.ok(loaded.error !== undefined, 'there is no such file');
      if (created.error !== undefined) continue;
      const edit = await creates.call('goxel.add_voxel', { project, x: 1, y: 1, z: 1 });
      assert.is(edit.error, undefined, `round ${round}: ${JSON.stringify(edit)}`);
    }
    for (const connection of [busy, loads, creates]) connection.destroy();
  }),
);

ghosts('an edit behind the close of another client is refused, or is there to be read', () =>
  withDaemon({ settings: SETTINGS }, async ({ socket }) => {
    const [busy, closes, edits] = await clients(socket);
    const at = { x: 5, y: 5, z: 5 };
    for (let round = 0; round < ROUNDS; round++) {
      for (const project of [undefined, 'shared']) {
        await edits.call('goxel.create_project', { project, overwrite: true });
        busy.write(request('script.execute', { project: 'busy', script: BUSY }, 1));
        await pause();
        closes.write(request('goxel.close_project', { project }, 2));
        await pause();
        edits.write(request('goxel.add_voxel', { ...at, project, color: '#FF0000' }, 3));
        const edited = await reply(edits);
        await reply(closes);
        await reply(busy);
        if (edited.error !== undefined) continue;
        const { result, error } = await edits.call('goxel.get_voxel', { ...at, project });
        assert.is(error, undefined, `round ${round}: acknowledged, then ${JSON.stringify(error)}`);
        assert.ok(
          (result as { exists: boolean }).exists,
          `round ${round}: acknowledged, then gone`,
        );
      }
    }
    for (const connection of [busy, closes, edits]) connection.destroy();
  }),
);

ghosts.run();
