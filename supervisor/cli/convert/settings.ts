/** What a command that works on models may take. */

import { limits } from '../../../conf/limits.ts';
import { bytesOfShare, type ShareBounds } from '../../../conf/shares.ts';
import type { SoloOptions } from '../../../engine/port/solo.ts';
import { freeMemory } from '../free-memory.ts';

/**
 * There is one project, and nobody else to leave anything for but other programs. The rest is for
 * what a format needs beside them, such as the pixels of a picture.
 */
const SHARES = {
  voxel_bytes_max: '50%',
  project_voxel_bytes_max: '50%',
  job_bytes_max: '15%',
  file_bytes_max: '20%',
} as const;

/** Nobody sends anything again, or runs a script, or waits for a result. */
const NOTHING = {
  ...{ history_bytes_max: 0, op_ids_max: 0, op_results_bytes_max: 0, result_bytes_max: 0 },
  ...{ script_timeout_ms: 0, script_memory_bytes_max: 0 },
};

/** Rejects with ConfigError. The user's own rights are the limit, not those of a service. */
export async function soloOptions(): Promise<SoloOptions> {
  const isConfigured = Object.keys(process.env).some((name) => name.startsWith('GOXEL_'));
  const shares = isConfigured ? await configured() : usual();
  return { ...NOTHING, ...shares, roots: ['/'] };
}

type Shares = Record<keyof typeof SHARES, number>;

/** What the environment says. To read it all keys are loaded, for which few people should wait. */
async function configured(): Promise<Shares> {
  const { loadConfig } = await import('../../../conf/load.ts');
  const defaults = Object.fromEntries(
    Object.entries(SHARES).map(([name, share]) => [`limits.${name}`, share]),
  );
  const { config } = await loadConfig({ env: process.env, memory: freeMemory(), defaults });
  const { voxel_bytes_max, project_voxel_bytes_max, job_bytes_max, file_bytes_max } = config.limits;
  return { voxel_bytes_max, project_voxel_bytes_max, job_bytes_max, file_bytes_max };
}

function usual(): Shares {
  const memory = freeMemory();
  const bytes = (name: keyof typeof SHARES) =>
    // Each of them is made by `memoryBytes`.
    bytesOfShare(SHARES[name], limits.properties[name] as unknown as ShareBounds, memory);
  return {
    voxel_bytes_max: bytes('voxel_bytes_max'),
    project_voxel_bytes_max: bytes('project_voxel_bytes_max'),
    job_bytes_max: bytes('job_bytes_max'),
    file_bytes_max: bytes('file_bytes_max'),
  };
}
