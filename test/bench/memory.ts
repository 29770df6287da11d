/**
 * `npm run bench -- memory [--side N] [--colors N] [--bytes_max N]`: what a sheet one voxel thick
 * makes a daemon grow by, as the system counts it (resident memory), in bytes a voxel: by each way
 * to make one, at most while it was made, and after a picture, a file and an undo. Every way has a
 * daemon of its own. It fails when one takes more than `--bytes_max`, 20, before the picture.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Document } from '../../engine/document/document.ts';
import { formatFor } from '../../engine/formats/index.ts';
import { encodePng } from '../../engine/image/png.ts';
import { newBlockData } from '../../engine/volume/block.ts';
import { boxMatrix } from '../../engine/volume/matrix.ts';
import type { Volume } from '../../engine/volume/volume.ts';
import { type Client, connect } from '../../transport/client.ts';
import { startDaemon } from '../support/daemon.ts';
import { temporaryDirectory } from '../support/tmp.ts';
import { table } from './table.ts';

const { values } = parseArgs({
  options: {
    side: { type: 'string', default: '3600' },
    colors: { type: 'string', default: '16' },
    bytes_max: { type: 'string', default: '20' },
    ways: { type: 'string', default: 'fill_region,paint_shape,gox,vox,txt,png' },
  },
});
const side = Math.ceil(Number(values.side) / 16) * 16;
const colors = Number(values.colors);
const bytes_max = Number(values.bytes_max);
const directory = temporaryDirectory();

/** Longer than a thread takes to look for memory that nobody uses. */
const SETTLE_MS = 6000;
const CALL_MS = 600_000;

/** Other colours in each block, so that no two are the same. */
function colorAt(x: number, y: number): number {
  const block = Math.imul((x >> 4) * 4099 + (y >> 4), 0x9e37_79b1) >>> 8;
  const pixel = ((x & 15) * 7 + (y & 15) * 11) % colors;
  return (0xff00_0000 | (block ^ pixel)) >>> 0;
}

function draw(volume: Volume): void {
  for (let y = 0; y < side; y += 16) {
    for (let x = 0; x < side; x += 16) {
      const words = newBlockData();
      for (let i = 0; i < 256; i++) words[i] = colorAt(x + (i & 15), y + (i >> 4));
      volume.giveBlock(x, y, 0, words);
    }
  }
}

/** A file of the sheet. */
function fileOf(extension: string): string {
  const path = join(directory, `sheet.${extension}`);
  if (extension === 'png') {
    const pixels = new Uint32Array(side * side);
    for (let i = 0; i < pixels.length; i++) pixels[i] = colorAt(i % side, Math.floor(i / side));
    writeFileSync(
      path,
      encodePng({ width: side, height: side, rgba: new Uint8Array(pixels.buffer) }),
    );
    return path;
  }
  const document = Document.empty();
  const { volume } = document.layers[0]!;
  draw(volume);
  document.set({ box: boxMatrix(volume.box()!) });
  writeFileSync(path, Buffer.concat([...formatFor(path).write!(document)]));
  return path;
}

const max = [side - 1, side - 1, 0];

/** Makes the sheet; what needs a file is given its path. */
const WAYS: Readonly<Record<string, (client: Client, path: string) => Promise<unknown>>> = {
  fill_region: (client) =>
    call(client, 'goxel.fill_region', { min: [0, 0, 0], max, color: '#4080c0' }),
  paint_shape: (client) =>
    call(client, 'goxel.paint_shape', {
      shape: 'cube',
      box: { min: [0, 0, 0], max: [side, side, 1] },
      color: '#4080c0',
    }),
  gox: (client, path) => call(client, 'goxel.load_project', { path }),
  vox: (client, path) => call(client, 'goxel.load_project', { path }),
  txt: (client, path) => call(client, 'goxel.load_project', { path }),
  png: async (client, path) => {
    await call(client, 'goxel.create_image_layer', { path });
    await call(client, 'goxel.image_layer_to_volume', {});
  },
};
const FILES = new Set(['gox', 'vox', 'txt', 'png']);

function call(client: Client, method: string, params: Readonly<Record<string, unknown>>) {
  return client.call(method, params, { timeout_ms: CALL_MS });
}

/** Resident bytes of a process, now or at most so far. */
function resident(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)![1]) * 1024;
}

async function measure(way: string): Promise<readonly number[]> {
  const path = FILES.has(way) ? fileOf(way) : '';
  const daemon = await startDaemon({});
  const client = await connect({ path: daemon.socket });
  // What every daemon has that was used once is none of the sheet's.
  await call(client, 'goxel.add_voxel', { x: 0, y: 0, z: 0, color: '#4080c0' });
  await call(client, 'goxel.render_scene', { width: 64, height: 64 });
  await call(client, 'goxel.clear_voxels', {});
  const before = resident(daemon.pid, 'VmRSS');
  const grown = (field: 'VmRSS' | 'VmHWM') => (resident(daemon.pid, field) - before) / side ** 2;
  await WAYS[way]!(client, path);
  const highest = grown('VmHWM');
  await sleep(SETTLE_MS);
  const figures = [highest, grown('VmRSS')];
  const after: readonly (readonly [string, object])[] = [
    ['goxel.render_scene', { width: 640, height: 480 }],
    ['goxel.save_project', { path: join(directory, 'saved.gox') }],
    ['goxel.undo', {}],
  ];
  for (const [method, params] of after) {
    // What was loaded is not undone.
    if (method === 'goxel.undo' && FILES.has(way) && way !== 'png') continue;
    await call(client, method, { ...params });
    await sleep(SETTLE_MS);
    figures.push(grown('VmRSS'));
  }
  await client.close();
  await daemon.stop();
  return figures;
}

const rows: string[][] = [];
for (const way of values.ways.split(',')) {
  const figures = await measure(way);
  if (figures[1]! > bytes_max) {
    console.error(`${way}: ${figures[1]!.toFixed(1)} bytes a voxel, more than ${bytes_max}`);
    process.exitCode = 1;
  }
  const cells = Array.from({ length: 5 }, (_, i) => figures[i]?.toFixed(1) ?? '');
  rows.push([way, ...cells]);
}
const head = ['way', 'at most', 'made', 'picture', 'saved', 'undone'];
console.log(table(head, rows));
