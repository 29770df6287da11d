import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ConfigSources, loadConfig } from '../../../conf/load.ts';
import { SETTINGS } from '../../../conf/settings.ts';
import { type Memory, memoryThere } from '../../../conf/shares.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;

const memory = suite('shares of memory');

/** The value of a key and where it comes from, in a machine of so many bytes. */
async function settled(key: string, bytes: number, sources: ConfigSources = {}) {
  const there: Memory = { bytes, what: 'that there are' };
  const { config, origins } = await loadConfig({ ...sources, memory: there });
  let value: unknown = config;
  for (const name of key.split('.')) value = (value as Record<string, unknown>)[name];
  return [value, origins.get(key)];
}

memory('the limit of a container counts where there is one', () => {
  const total = 16e9;
  const machine = { bytes: total, what: 'that the machine has' };
  assert.equal(memoryThere(512e6, total), { bytes: 512e6, what: 'that the container may take' });
  assert.equal(memoryThere(0, total), machine);
  assert.equal(memoryThere(18_446_744_073_709_552_000, total), machine);
  assert.equal(memoryThere(total + 1, total), machine);
});

memory('a default is a share of what there is, and says so', async () => {
  const key = 'limits.voxel_bytes_max';
  assert.equal(await settled(key, 16 * GIB), [
    8 * GIB,
    `default: 50% of the ${16 * GIB} bytes that there are`,
  ]);
  assert.equal((await settled(key, 3 * MIB + 2 * GIB))[0], GIB + MIB);
});

memory('a share has a floor, and the bounds of its key', async () => {
  for (const { key, floor, minimum = 0, maximum } of SETTINGS.values()) {
    if (floor === undefined) continue;
    assert.is((await settled(key, MIB))[0], floor, key);
    assert.is((await settled(key, 2 ** 44))[0], maximum, key);
    assert.ok(floor >= minimum, key);
  }
});

memory('every source may give a percentage, or bytes', async () => {
  const key = 'limits.job_bytes_max';
  const flags = (text: string) => ({ flags: [{ key, text, flag: '--set' }] });
  const env = { GOXEL_LIMITS_JOB_BYTES_MAX: '12.5%' };
  const of = `of the ${8 * GIB} bytes that there are`;
  const file = { file: 'c.yaml', text: 'limits:\n  job_bytes_max: 50%\n' };
  assert.equal(await settled(key, 8 * GIB, file), [4 * GIB, `c.yaml:2:18: 50% ${of}`]);
  assert.equal(await settled(key, 8 * GIB, { ...file, env }), [
    GIB,
    `GOXEL_LIMITS_JOB_BYTES_MAX: 12.5% ${of}`,
  ]);
  const both = { env, ...flags('1048577') };
  assert.equal(await settled(key, 8 * GIB, both), [MIB + 1, '--set']);
  // Below the floor by bytes, since somebody wants it so.
  assert.equal(await settled(key, 8 * GIB, flags('1048576')), [MIB, '--set']);
});

memory('what is no percentage is refused', async () => {
  const setting = SETTINGS.get('limits.voxel_bytes_max')!;
  for (const text of [
    '0%',
    '0.0%',
    '101%',
    '-1%',
    '25 %',
    '%',
    '1.2345%',
    '25%25%',
    '1e1%',
    '25',
  ]) {
    assert.is(setting.accepts(text), false, text);
  }
  for (const text of ['0.001%', '1%', '99.999%', '100%', '05%']) {
    assert.ok(setting.accepts(text), text);
  }
  assert.is(SETTINGS.get('limits.depth_max')!.accepts('50%'), false);
});

memory('all shares of the defaults together leave something of the memory', () => {
  const share = (key: string) => Number.parseFloat(String(SETTINGS.get(key)?.default));
  const voxels = share('limits.voxel_bytes_max');
  const threads = Number(SETTINGS.get('workers.jobs')?.default) + 1;
  const jobs = threads * share('limits.job_bytes_max');
  // Steps of all projects: a quarter of their voxels.
  assert.ok(voxels * 1.25 + jobs + share('limits.held_bytes_max') <= 95);
  assert.ok(share('limits.project_voxel_bytes_max') < voxels);
});

memory.run();
