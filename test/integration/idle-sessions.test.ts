/** The session of a client that asks nothing ends, and its next request finds all as it was. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { LOOK_MS } from '../../actors/connection/idle-sessions.ts';
import { withDaemon } from '../support/daemon.ts';
import { actors, eventually, RawConnection, treeOf } from '../support/raw.ts';

const test = suite('idle sessions');

test('the session of a client that asks nothing ends, that of another stays', () =>
  withDaemon({}, async ({ socket }) => {
    const [quiet, other] = [await RawConnection.open(socket), await RawConnection.open(socket)];
    const edit = { project: 'tower', x: 1, y: 2, z: 3, color: [9, 8, 7, 255] };
    await quiet.call('goxel.create_project', { project: 'tower' });
    assert.is((await quiet.call('goxel.add_voxel', edit)).error, undefined);
    await other.call('goxel.get_voxel', { x: 0, y: 0, z: 0 });
    const names = async () => {
      await other.call('goxel.get_voxel', { x: 0, y: 0, z: 0 });
      const sessions = actors(await treeOf(other), /^requests$/);
      return sessions.map(({ figures }) => figures!.project).sort();
    };
    assert.equal(await names(), ['default', 'tower']);
    const ended = async () => (await names()).length < 2;
    await eventually('the session ended', ended, 6 * LOOK_MS);
    assert.equal(await names(), ['default']);
    const { result } = await quiet.call('goxel.get_voxel', { ...edit, color: undefined });
    assert.match(JSON.stringify(result), '9,8,7,255');
    assert.equal(await names(), ['default', 'tower']);
    quiet.destroy();
    other.destroy();
  }));

test.run();
