/**
 * The load of a soak, in lanes that run side by side. Each lane repeats one turn, on a project of
 * its own name, and leaves behind what the turn before left and no more.
 */

import { once } from 'node:events';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, ClientError, connect } from '../../transport/client.ts';

export interface Place {
  readonly socket: string;
  /** Where files may be written. */
  readonly directory: string;
}

export interface Lane {
  /** Once, before the first turn. */
  prepare?(place: Place): Promise<void>;
  turn(place: Place, number: number): Promise<void>;
  /** Between two turns: enough to leave the processors to the other lanes, too. */
  readonly pause_ms: number;
}

const SIDE = 64;
const MODEL = { shape_type: 'terrain', size_x: 96, size_y: 96, seed: 5 };

export const LANES: Readonly<Record<string, Lane>> = {
  edits: { pause_ms: 20, turn: edits },
  packed: { pause_ms: 100, turn: packed },
  reads: { pause_ms: 100, prepare: model('soak-reads'), turn: reads },
  colours: { pause_ms: 200, prepare: model('soak-colours'), turn: colours },
  renders: { pause_ms: 200, prepare: model('soak-renders'), turn: renders },
  exports: { pause_ms: 200, prepare: model('soak-exports'), turn: exports },
  loads: { pause_ms: 200, prepare: saved, turn: loads },
  connects: { pause_ms: 20, turn: connects },
  cancels: { pause_ms: 200, prepare: model('soak-cancels'), turn: cancels },
  scripts: { pause_ms: 200, turn: scripts },
};

/** Runs `use` on a connection of its own. */
async function on(
  { socket }: Place,
  encoding: 'json' | 'msgpack',
  use: (client: Client) => Promise<unknown>,
): Promise<void> {
  const client = await connect({ path: socket }, { encoding });
  try {
    await use(client);
  } finally {
    await client.close();
  }
}

function model(project: string): (place: Place) => Promise<void> {
  return (place) => on(place, 'json', (client) => makeModel(client, project));
}

async function makeModel(client: Client, project: string): Promise<void> {
  await client.call('goxel.create_project', { project });
  await client.call('goxel.procedural_shape', { project, ...MODEL });
}

/** Some hundred voxels one by one, and a box; every twentieth turn begins anew. */
function edits(place: Place, number: number): Promise<void> {
  const project = 'soak-edits';
  return on(place, 'json', async (client) => {
    if (number % 20 === 0) {
      if (number > 0) await client.call('goxel.close_project', { project });
      await client.call('goxel.create_project', { project });
    }
    const calls = Array.from({ length: 300 }, (_, i) => {
      const [x, y, z] = [(number * 7 + i) % SIDE, (i * 5) % SIDE, (number + i * 3) % SIDE];
      return client.call('goxel.add_voxel', { project, x, y, z, color: [i % 256, 90, 200, 255] });
    });
    const min = [number % 32, 0, 0];
    const max = [(number % 32) + 24, 24, 24];
    calls.push(client.call('goxel.fill_region', { project, min, max, color: '#3366CC' }));
    await Promise.all(calls);
  });
}

function packed(place: Place, number: number): Promise<void> {
  const project = 'soak-packed';
  const size = [SIDE, SIDE, SIDE];
  const data = new Uint8Array(SIDE ** 3 * 4).fill(1 + (number % 250));
  return on(place, 'msgpack', async (client) => {
    if (number === 0) await client.call('goxel.create_project', { project });
    await client.call('goxel.set_packed_region', { project, min: [0, 0, 0], size, data });
    const max = size.map((side) => side - 1);
    const region = { project, min: [0, 0, 0], max };
    const { data: read } = await client.call<{ data: Uint8Array }>(
      'goxel.get_packed_region',
      region,
    );
    if (Buffer.compare(read, data) !== 0) throw new Error('a packed region came back changed');
  });
}

function reads(place: Place): Promise<void> {
  const project = 'soak-reads';
  return on(place, 'json', async (client) => {
    await client.call('goxel.get_layer_voxels', { project, limit: 20_000 });
    await client.call('goxel.get_voxels_region', { project, min: [-48, -48, 0], max: [48, 48, 9] });
  });
}

function colours(place: Place): Promise<void> {
  const project = 'soak-colours';
  return on(place, 'msgpack', async (client) => {
    await client.call('goxel.get_color_histogram', { project });
    await client.call('goxel.find_voxels_by_color', { project, color: '#3366CC', tolerance: 90 });
    await client.call('goxel.get_unique_colors', { project });
  });
}

function renders(place: Place, number: number): Promise<void> {
  const project = 'soak-renders';
  const side = { project, width: 320, height: 240 };
  return on(place, number % 2 === 0 ? 'json' : 'msgpack', async (client) => {
    await client.call('goxel.render_scene', { ...side, surface: 'blocks' });
    const output_path = join(place.directory, 'soak.png');
    await client.call('goxel.render_scene', { ...side, output_path, turntable: { count: 2 } });
    if (number % 5 !== 0) return;
    await client.call('goxel.render_scene', { ...side, width: 64, height: 64, surface: 'smooth' });
    await client.call('goxel.render_scene', { ...side, width: 48, trace: { samples: 2 } });
  });
}

const SUFFIXES = ['obj', 'glb', 'vox', 'gox', 'ply', 'txt', 'kvx', 'qb'];

function exports(place: Place, number: number): Promise<void> {
  const suffix = SUFFIXES[number % SUFFIXES.length]!;
  const path = join(place.directory, `soak-export.${suffix}`);
  const mesh = number % 3 === 0 ? { mesh: 'smooth' } : {};
  return on(place, 'json', (client) =>
    client.call('goxel.export_model', { project: 'soak-exports', path, ...mesh }),
  );
}

const SAVED = 'soak-saved.gox';

function saved(place: Place): Promise<void> {
  const project = 'soak-saved';
  return on(place, 'json', async (client) => {
    await makeModel(client, project);
    await client.call('goxel.save_project', { project, path: join(place.directory, SAVED) });
    await client.call('goxel.close_project', { project });
  });
}

function loads(place: Place, number: number): Promise<void> {
  // Names that never come again, as of a service that names projects by its requests.
  const project = `soak-load-${number}`;
  const path = join(place.directory, SAVED);
  return on(place, 'json', async (client) => {
    await client.call('goxel.load_project', { project, path });
    await client.call('goxel.import_file', { project, path });
    await client.call('goxel.close_project', { project });
  });
}

/** Comes and goes, in order or not, with a project or without. */
async function connects(place: Place, number: number): Promise<void> {
  const socket = createConnection(place.socket);
  socket.on('error', () => {});
  await once(socket, 'connect');
  const method = number % 3 === 0 ? 'goxel.get_status' : 'ping';
  const params = number % 6 === 0 ? { project: `soak-none-${number}` } : {};
  socket.write(`${JSON.stringify({ jsonrpc: '2.0', id: number, method, params })}\n`);
  if (number % 2 === 0) {
    await once(socket, 'data');
    socket.end();
    socket.resume();
    await once(socket, 'close');
  } else socket.destroy();
}

/** A long render that is cancelled by its number, or whose client goes. */
function cancels(place: Place, number: number): Promise<void> {
  const project = 'soak-cancels';
  const trace = { samples: 2000 };
  const goes = number % 2 === 1;
  return on(place, 'json', async (client) => {
    const render = client.call('goxel.render_scene', { project, width: 256, height: 256, trace });
    const end = render.then(
      () => undefined,
      (error: unknown) => {
        if (!goes && !(error instanceof ClientError && error.code === 'GOX_CANCELLED')) throw error;
      },
    );
    await sleep(60);
    if (goes) return;
    let over = false;
    const ended = end.finally(() => {
      over = true;
    });
    // Its own may come to be late, and one of a turn before may still be there.
    while (!over) {
      await cancelJobs(client, project);
      await sleep(50);
    }
    await ended;
  });
}

async function cancelJobs(client: Client, project: string): Promise<void> {
  const { jobs } = await client.call<{ jobs: readonly Job[] }>('goxel.list_jobs');
  const mine = jobs.filter((job) => job.project === project);
  for (const { job } of mine) await client.call('goxel.cancel_job', { job });
}

interface Job {
  readonly job: number;
  readonly project: string;
}

function scripts(place: Place, number: number): Promise<void> {
  const project = 'soak-scripts';
  const script = `
    const volume = goxel.image.activeLayer.volume;
    for (let i = 0; i < 500; i++) {
      volume.setAt([i % 32, ${number % 32}, i >> 5], [i % 256, 9, 9, 255]);
    }
    volume.count;`;
  return on(place, 'json', async (client) => {
    if (number === 0) await client.call('goxel.create_project', { project });
    await client.call('script.execute', { project, script });
  });
}
