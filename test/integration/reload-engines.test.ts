/** Engines and job threads that become more and fewer while the daemon runs. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { eventually, RawConnection } from '../support/raw.ts';
import { enginesOf, type ReloadingDaemon, resultOf, withReloading } from '../support/reloading.ts';

const engines = suite('engines and job threads');

/** Opens a project; gives the engine that owns it. */
async function open({ client }: ReloadingDaemon, project: string): Promise<number> {
  resultOf(await client.call('goxel.create_project', { name: project, project }));
  const list = resultOf(await client.call('goxel.list_projects')) as {
    projects: { project: string; engine: number }[];
  };
  return list.projects.find((one) => one.project === project)?.engine ?? -1;
}

engines('become more, and projects are spread over all of them', () =>
  withReloading({ 'workers.count': 1 }, async (one) => {
    const places = new Set([await open(one, 'a'), await open(one, 'b')]);
    assert.equal([...places], [0]);
    await one.reload({ 'workers.count': 3 });
    assert.is(await enginesOf(one), 'engine:0 ready, engine:1 ready, engine:2 ready');
    for (const project of ['c', 'd']) places.add(await open(one, project));
    assert.equal([...places].sort(), [0, 1, 2]);
  }),
);

engines('that are too many retire: they keep their projects, and get none', () =>
  withReloading({ 'workers.count': 3 }, async (one) => {
    const { client, reload, told } = one;
    const where = new Map<string, number>();
    for (const project of ['a', 'b', 'c', 'd']) where.set(project, await open(one, project));
    assert.equal([...where.values()], [0, 1, 2, 0]);
    for (const project of where.keys()) {
      const voxel = { x: 1, y: 2, z: 3, color: '#ff0000', project };
      resultOf(await client.call('goxel.add_voxel', voxel));
    }
    await reload({ 'workers.count': 1 });
    assert.is(await enginesOf(one), 'engine:0 ready, engine:1 retiring, engine:2 retiring');
    const tree = JSON.stringify(resultOf(await client.call('supervisor.tree')));
    assert.match(tree, /"id":"engine:1"[^{}]*"retiring":true/);
    for (const project of where.keys()) {
      const got = await client.call('goxel.get_voxel', { x: 1, y: 2, z: 3, project });
      assert.match(JSON.stringify(resultOf(got)), /"exists":true|#ff0000/i, project);
    }
    assert.is(await open(one, 'e'), 0, 'new ones go to the engine that stays');
    resultOf(await client.call('goxel.close_project', { project: 'b' }));
    await eventually('its engine had gone', async () => !(await enginesOf(one)).includes(':1'));
    assert.is(told(/not needed any more/).length, 1);
    resultOf(await client.call('ping'));
    await reload({ 'workers.count': 2 });
    assert.is(await enginesOf(one), 'engine:0 ready, engine:2 ready', 'it is taken back');
    assert.is(await open(one, 'f'), 2);
    await reload({ 'workers.count': 3 });
    assert.match(await enginesOf(one), 'engine:1 ready');
    assert.is(await open(one, 'g'), 1, 'its number is used again');
  }),
);

engines('become fewer under load, and no request is lost', () =>
  withReloading({ 'workers.count': 4, 'workers.jobs': 3 }, async (one) => {
    const { client, daemon, reload } = one;
    let stop = false;
    let count = 0;
    const load = async (number: number) => {
      const own = await RawConnection.open(daemon.socket);
      for (let round = 0; !stop; round += 1) {
        const project = `p${number}.${round}`;
        resultOf(await own.call('goxel.create_project', { name: project, project }));
        const voxel = { x: round, y: 0, z: 0, color: '#ffffff', project };
        resultOf(await own.call('goxel.add_voxel', voxel));
        const size = { width: 16, height: 16, project };
        resultOf(await own.call('goxel.render_scene', size));
        resultOf(await own.call('goxel.close_project', { project }));
        count += 1;
      }
      own.destroy();
    };
    const loads = [1, 2, 3, 4].map(load);
    for (const workers of [1, 4, 2, 3, 1]) {
      await reload({ 'workers.count': workers, 'workers.jobs': workers });
      const before = count;
      await eventually('a client had a round more', () => count > before);
    }
    stop = true;
    await Promise.all(loads);
    await eventually('one was left', async () => !(await enginesOf(one)).includes(','));
    const tree = () => client.call('supervisor.tree').then((reply) => JSON.stringify(reply));
    const jobs = async () => [...(await tree()).matchAll(/"id":"job:\d+"/g)].length;
    await eventually('so were the threads of jobs', async () => (await jobs()) === 2);
  }),
);

engines.run();
