/**
 * Small files that unpack to very much: refused before they have taken much memory, and without
 * the work of unpacking them.
 */

import { constants, deflateRawSync, deflateSync, inflateSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../conf/errors.ts';
import { formatFor } from '../../engine/formats/index.ts';
import { Report } from '../../engine/formats/report.ts';
import { FLOAT, GltfMaker } from '../support/gltf-maker.ts';
import { takeApart } from './chunks.ts';
import { MTL } from './handmade.ts';
import { pngOf } from './pictures.ts';
import { Random } from './random.ts';
import { replaceStreams } from './streams.ts';
import { allTargets } from './targets.ts';

const MEBI = 2 ** 20;
const UNPACKED_BYTES = 1024 * MEBI;
/** What a reader may take of the gigabyte, garbage of the tests before among it. */
const GROWTH_BYTES_MAX = 160 * MEBI;
const LIMIT = { voxel_bytes_max: 16 * MEBI };

/** A stream that unpacks to a gigabyte of 0, of about a megabyte, put together of equal parts. */
function zeros(): Buffer {
  const part = 16 * MEBI;
  // Flushed, not finished, parts end at whole bytes and may stand behind one another.
  const packed = deflateRawSync(Buffer.alloc(part), { finishFlush: constants.Z_SYNC_FLUSH });
  const parts = Array<Buffer>(UNPACKED_BYTES / part).fill(packed);
  const end = Buffer.from('0300', 'hex');
  const checksum = Buffer.alloc(4);
  checksum.writeUInt16BE(UNPACKED_BYTES % 65521, 0);
  checksum.writeUInt16BE(1, 2);
  return Buffer.concat([Buffer.from('789c', 'hex'), ...parts, end, checksum]);
}

const BOMB = zeros();

/** What unpacking the bomb costs here and now; refusing it must be much cheaper. */
function cpuOf(call: () => void): number {
  const before = process.cpuUsage();
  call();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
const unpacking = cpuOf(() => {
  let left = 0;
  // A sixteenth of it, so that this takes little memory.
  try {
    inflateSync(BOMB, { maxOutputLength: UNPACKED_BYTES / 16 });
  } catch {
    left++;
  }
  assert.is(left, 1);
});

/** Reads a file soon and with little memory; returns whether it was refused. */
function refused(read: () => unknown): boolean {
  let result = false;
  const before = process.resourceUsage().maxRSS * 1024;
  const cost = cpuOf(() => {
    try {
      read();
    } catch (error) {
      assert.instance(error, GoxError, String(error));
      assert.match((error as GoxError).code, /^GOX_(FORMAT_BROKEN|FORMAT_LIMIT|MEMORY_LIMIT)$/);
      result = true;
    }
  });
  const grown = process.resourceUsage().maxRSS * 1024 - before;
  assert.ok(grown < GROWTH_BYTES_MAX, `it took ${Math.round(grown / MEBI)} MiB`);
  assert.ok(cost < unpacking * 8, `it took ${cost} µs, and a sixteenth of the bomb ${unpacking}`);
  return result;
}

function refuses(read: () => unknown): void {
  assert.ok(refused(read), 'a bomb was read');
}

const OBJ = Buffer.from('mtllib m.mtl\nusemtl painted\nv 0 0 0\nv 4 0 0\nv 0 4 3\nf 1 2 3\n');

/** Reads a model soon and with little memory, without its picture. */
function leavesOut(read: (report: Report) => unknown): void {
  const report = new Report();
  assert.not(refused(() => read(report)));
  const codes = report.warnings().map(({ code }) => code);
  assert.ok(codes.includes('WARN_TEXTURE_UNREADABLE'), 'a bomb was read');
}

/** The file with each of its packed streams, in its chunks too, made a bomb in turn. */
function armed(bytes: Uint8Array): Buffer[] {
  const file = takeApart(bytes);
  if (file === undefined) return replaceStreams(bytes, BOMB);
  return file.chunks
    .slice(0, 40)
    .flatMap(({ type, data }, i) =>
      armed(data).map((changed) => file.build(file.chunks.with(i, { type, data: changed }))),
    );
}

/** An image of one pixel which says after its header that it is large. */
function secondHeader(depth: number): Buffer {
  const data = deflateSync(Buffer.alloc(1 + depth / 2));
  const small = pngOf({ width: 1, height: 1, depth }, data);
  const large = pngOf({ width: 20_000, height: 20_000, depth }, data);
  const [from, to] = [8, 33];
  return Buffer.concat([small.subarray(0, to), large.subarray(from, to), small.subarray(to)]);
}

const test = suite('bombs');

test('the bomb is one', () => {
  assert.ok(BOMB.length < 2 * MEBI);
  const limited = { maxOutputLength: UNPACKED_BYTES / 16 };
  assert.throws(() => inflateSync(BOMB, limited), /Cannot create a Buffer larger/);
});

/** Those whose files hold packed streams; a format that is not here has none. */
const PACKING = ['gox', 'mts', 'qbcl', 'qbt', 'png', 'png slices', 'palette png', 'texture'];

test('every packed stream of every format may be one', () => {
  const packing: string[] = [];
  for (const target of allTargets()) {
    const files = target
      .seeds()
      .slice(0, 6)
      .flatMap(({ bytes }) => armed(bytes));
    if (files.length === 0) continue;
    // What a reader passes over, such as the preview in a .gox file, it need not refuse.
    const answers = files
      .slice(0, 6)
      .map((bytes) => refused(() => target.read(bytes, new Random(1))));
    // A model is read without the pictures of its materials.
    const isLess = target.name === 'texture';
    assert.ok(isLess || answers.includes(true), `${target.name} read every bomb`);
    packing.push(target.name);
  }
  for (const name of PACKING) assert.ok(packing.includes(name), `${name} has no packed stream`);
});

test('pictures, within their size or with a size to match', () => {
  const pictures = [
    ...[0, 1].flatMap((interlace) => [
      pngOf({ width: 64, height: 64, interlace }, BOMB),
      pngOf({ width: 2 ** 31 - 1, height: 2 ** 31 - 1, interlace }, BOMB),
      pngOf({ width: 16384, height: 16384, interlace }, BOMB),
      pngOf({ width: 1, height: 2 ** 27, interlace }, BOMB),
    ]),
    pngOf({ width: 64, height: 64, depth: 16 }, BOMB),
    ...[8, 16].map(secondHeader),
  ];
  for (const picture of pictures) {
    const maker = new GltfMaker();
    const position = maker.accessor(FLOAT, 3, [0, 0, 0, 4, 0, 0, 0, 4, 3]);
    const uv = maker.accessor(FLOAT, 2, [0, 0, 1, 0, 0, 1]);
    const attributes = { POSITION: position, TEXCOORD_0: uv };
    Object.assign(maker.json, {
      meshes: [{ primitives: [{ attributes, material: 0 }] }],
      materials: [{ pbrMetallicRoughness: { baseColorTexture: { index: 0 } } }],
      textures: [{ source: 0 }],
      images: [{ bufferView: maker.view(picture) }],
    });
    leavesOut((report) => formatFor('a.glb').read!(maker.glb(), 'a.glb', { ...LIMIT, report }));
    leavesOut((report) => formatFor('a.gltf').read!(maker.gltf(), 'a.gltf', { ...LIMIT, report }));
    const resolve = (name: string) => (name === 'm.mtl' ? Buffer.from(MTL) : picture);
    leavesOut((report) => formatFor('a.obj').read!(OBJ, 'a.obj', { resolve, report }));
    refuses(() => formatFor('a.png').read!(picture, 'a.png', LIMIT));
  }
});

test('voxels of MagicaVoxel that are packed', () => {
  const chunk = (type: string, content: Buffer, inside = Buffer.alloc(0)) => {
    const header = Buffer.alloc(12);
    header.write(type, 'latin1');
    header.writeInt32LE(content.length, 4);
    header.writeInt32LE(inside.length, 8);
    return Buffer.concat([header, content, inside]);
  };
  const int32 = (...values: number[]) => Buffer.from(Int32Array.from(values).buffer);
  for (const side of [4, 256]) {
    const size = int32(side, side, side);
    const inside = Buffer.concat([chunk('SIZE', size), chunk('TDCZ', Buffer.concat([size, BOMB]))]);
    const main = chunk('MAIN', Buffer.alloc(0), inside);
    const file = Buffer.concat([Buffer.from('VOX \x96\0\0\0', 'latin1'), main]);
    refuses(() => formatFor('a.vox').read!(file, 'a.vox', LIMIT));
  }
});

test('runs of Qubicle that say there are more voxels than there is room', () => {
  const int32 = (...values: number[]) => Buffer.from(Int32Array.from(values).buffer);
  const run = int32(2, 2 ** 24, -1);
  const slices = Array(64).fill(Buffer.concat([run, int32(6)]));
  for (const side of [4096, 2 ** 31 - 1]) {
    const matrix = [Buffer.from('\x01a'), int32(side, side, 64, 0, 0, 0)];
    // Version, RGBA, left handed, packed, no visibility mask, one matrix.
    const file = Buffer.concat([int32(257, 0, 0, 1, 0, 1), ...matrix, ...slices]);
    refuses(() => formatFor('a.qb').read!(file, 'a.qb', LIMIT));
  }
});

test.run();
