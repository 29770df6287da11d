/** Slices side by side in a PNG image, as Goxel writes them, and pictures as planes of voxels. */

import fc from 'fast-check';
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../../engine/document/document.ts';
import {
  type ExportOptions,
  formatFor,
  type ImportOptions,
} from '../../../engine/formats/index.ts';
import { Report } from '../../../engine/formats/report.ts';
import { encodePng } from '../../../engine/image/png.ts';
import { withText } from '../../../engine/image/png-text.ts';
import { boxCorners } from '../../../engine/volume/matrix.ts';
import { refused, refusesEveryCut, survivesNoise } from '../../support/damage.ts';
import { open, readAs, VOLUMES, written } from '../../support/documents.ts';
import { model, models, voxelLines } from '../../support/fixtures.ts';
import { SEED } from '../../support/seed.ts';

const test = suite('slices and pictures');

let exact = 0;
for (const fixture of models()) {
  const truth = fixture.gui('.slices.png');
  if (truth === undefined || fixture.name === 'multi' || fixture.name === 'empty') continue;
  test(`${fixture.title} has the slices of Goxel`, () => {
    const [ours, goxels] = [PNG.sync.read(written(open(fixture), 'slices')), PNG.sync.read(truth)];
    assert.equal([ours.width, ours.height], [goxels.width, goxels.height]);
    assert.ok(ours.data.equals(goxels.data), 'other pixels');
    exact++;
  });
}

test('were compared with Goxel', () => {
  assert.ok(exact >= 19, `${exact}`);
});

test('voxels outside the image box, which Goxel drops, are in the slices', () => {
  const fixture = model('multi');
  const ours = PNG.sync.read(written(open(fixture), 'png slices'));
  const truth = PNG.sync.read(fixture.gui('.slices.png')!);
  assert.equal([truth.width, truth.height, ours.width, ours.height], [1024, 32, 1024, 40]);
  assert.ok(ours.data.subarray(0, truth.data.length).equals(truth.data), 'other pixels inside');
});

test('the box grows to voxels on every side of it', () => {
  const document = Document.empty(2, 2, 2);
  document.activeLayer.volume.set(-3, -4, -5, 0xff00_0001);
  document.activeLayer.volume.set(5, 4, 3, 0xff00_0002);
  const image = PNG.sync.read(written(document, 'slices'));
  assert.equal([image.width, image.height], [9 * 9, 9]);
  assert.equal([image.data[0], image.data[image.data.length - 4]], [1, 2]);
});

test('an empty model has the slices of the box of a new image', () => {
  assert.is(model('empty').gui('.slices.png')?.length, 0);
  const ours = PNG.sync.read(written(open(model('empty')), 'slices'));
  assert.equal([ours.width, ours.height], [1024, 32]);
  assert.ok(ours.data.every((byte) => byte === 0));
});

test('reads what it writes', () => {
  fc.assert(
    fc.property(VOLUMES, fc.nat(255), (volume, alpha) => {
      const document = Document.empty(60, 60, 60);
      const { volume: target } = document.activeLayer;
      for (const { x, y, z, data } of volume.blocks()) target.setBlock(x, y, z + 32, data);
      target.set(0, 0, 0, (0x12_3456 | (alpha << 24)) >>> 0);
      const again = readAs('slices', written(document, 'slices'));
      assert.is(voxelLines(again.merged()), voxelLines(document.merged()));
      assert.equal(boxCorners(again.box), boxCorners(document.box));
    }),
    { seed: SEED, numRuns: 30 },
  );
});

/** A picture of different pixels. */
function picture(width: number, height: number): Buffer {
  const rgba = new Uint8Array(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) rgba.set([i, 10, 20], i * 4);
  return Buffer.from(encodePng({ width, height, rgba }));
}

test('takes the number of slices it is told, or squares', () => {
  const read = (count?: number) =>
    formatFor('', 'slices').read!(picture(6, 2), 'x.png', count === undefined ? {} : { count });
  assert.equal(boxCorners(read(2).box), { min: [-1, -1, 0], max: [2, 1, 2] });
  assert.equal(boxCorners(read().box), { min: [-1, -1, 0], max: [1, 1, 3] });
  assert.is(read().merged().get(0, -1, 1), 0xff14_0a03);
  assert.throws(() => read(4), /not 4 slices of equal size; give another `count` \(2 or 3 or 6/);
  const tower = formatFor('', 'slices').read!(picture(3, 8), 'x.png', { count: 4 });
  assert.equal(boxCorners(tower.box), { min: [-1, -1, 0], max: [2, 1, 4] });
  assert.throws(() => read(0), /not 0 slices/);
  assert.throws(() => read(1.5), /not 1.5 slices/);
  const unclear = /5 x 2 pixels, which are no row of squares; give `count`.* \(5,/;
  refused('slices', picture(5, 2), 'GOX_INVALID_PARAMS', unclear);
});

test('takes slices in several rows, and one above the other', () => {
  const read = (image: Buffer, options: ImportOptions = {}) =>
    formatFor('', 'slices').read!(image, 'x.png', options);
  const rows = read(picture(6, 4), { count: 5, columns: 3 });
  assert.equal(boxCorners(rows.box), { min: [-1, -1, 0], max: [1, 1, 5] });
  assert.is(rows.merged().get(-1, -1, 3), 0xff14_0a0c);
  assert.is(rows.merged().get(0, 0, 4), 0xff14_0a15);
  assert.equal(boxCorners(read(picture(2, 6)).box), { min: [-1, -1, 0], max: [1, 1, 3] });
  assert.equal(boxCorners(read(picture(6, 4), { columns: 3 }).box).max, [1, 1, 6]);
  assert.throws(() => read(picture(6, 4), { columns: 4 }), /not 8 slices in 4 columns/);
  assert.throws(() => read(picture(6, 3), { count: 4, columns: 2 }), /in 2 columns/);
});

test('our own file says what its slices are and where, but like Goxel', () => {
  const document = Document.empty();
  document.activeLayer.volume.set(7, -20, 3, 0xff01_0203);
  document.activeLayer.volume.set(9, -16, 4, 0xff04_0506);
  document.box[15] = 0;
  const file = (options: ExportOptions) =>
    Buffer.concat([...formatFor('', 'slices').write!(document, options)]);
  const own = file({});
  const { width, height } = PNG.sync.read(own);
  assert.equal([width, height], [6, 5]);
  const again = formatFor('', 'slices').read!(own, 'x.png');
  assert.is(voxelLines(again.merged()), voxelLines(document.merged()));
  assert.not(file({ like: 'goxel' }).includes('tEXt'));
  // Of another picture, say one that was cut.
  const other = withText(
    picture(5, 2),
    'goxel-supervisor slices',
    'count 7; columns 7; place 0 0 0',
  );
  assert.throws(() => formatFor('', 'slices').read!(other, 'x.png'), /no row of squares/);
});

test('a picture with a height is terrain', () => {
  const rgba = Uint8Array.of(0, 0, 0, 255, 255, 255, 255, 255, 128, 128, 128, 255, 9, 9, 9, 0);
  const bytes = encodePng({ width: 2, height: 2, rgba });
  const colored = Uint8Array.of(200, 0, 0, 255, 0, 200, 0, 0);
  const map = encodePng({ width: 2, height: 1, rgba: colored });
  const open = () => map;
  const read = (options: ImportOptions) => formatFor('x.png').read!(bytes, 'x.png', options);
  const plain = read({ height: 10 }).merged();
  assert.is(plain.count(), 1 + 10 + 5);
  assert.equal(
    [plain.get(-1, 0, 0), plain.get(0, 0, 9), plain.get(-1, -1, 4)],
    [0xff00_0000, 0xffff_ffff, 0xff80_8080],
  );
  assert.equal([plain.get(-1, 0, 1), plain.get(-1, -1, 5), plain.get(0, -1, 0)], [0, 0, 0]);
  const tinted = read({ height: 10, colors: 'map.png', open }).merged();
  assert.equal([tinted.get(-1, 0, 0), tinted.get(0, 0, 9)], [0xff00_00c8, 0xff00_c800]);
});

test('a height map of 16 bits is as fine as that', () => {
  const data = Buffer.alloc(6);
  for (const [i, value] of [0, 0x0101, 0x8000].entries()) data.writeUInt16BE(value, i * 2);
  const image = new PNG({ width: 3, height: 1, bitDepth: 16, colorType: 0, inputColorType: 0 });
  image.data = new Uint16Array([0, 0x0101, 0x8000]) as unknown as Buffer;
  const bytes = PNG.sync.write(image, {
    ...{ bitDepth: 16, colorType: 0, inputColorType: 0, inputHasAlpha: false },
  });
  const { volume } = formatFor('x.png').read!(bytes, 'x.png', { height: 65_535 }).activeLayer;
  assert.is(volume.count(), 1 + 0x0101 + 0x8000);
});

test('options of pictures that mean nothing together are told', () => {
  const told = (options: ImportOptions) => {
    const report = new Report();
    formatFor('x.png').read!(picture(2, 2), 'x.png', { ...options, report });
    return report.warnings().map(({ message }) => message);
  };
  assert.equal(told({ height: 2 }), []);
  assert.match(told({ height: 2, plane: 'lying' })[0]!, /"plane" means nothing beside "height"/);
  assert.match(told({ colors: 'a.png' })[0]!, /"colors" means nothing to a picture without/);
});

test('refuses slices that are too many pixels', () => {
  const document = Document.empty(1000, 1000, 1000);
  document.activeLayer.volume.set(0, 0, 0, 0xff00_0000);
  assert.throws(
    () => formatFor('', 'slices').write!(document),
    (error: { code: string }) => error.code === 'GOX_FORMAT_LIMIT',
  );
});

test('a picture stands upright or lies, as seen from the front or from above', () => {
  const bytes = picture(3, 2);
  bytes.fill(0, 0, 0);
  const upright = formatFor('x.png').read!(bytes, 'x.png');
  const lying = formatFor('x.png').read!(bytes, 'x.png', { plane: 'lying' });
  // Pixels 0 1 2 are the upper row, 3 4 5 the lower one.
  const reds = (document: Document) =>
    voxelLines(document.merged())
      .replace(/(\w\w)0a14ff/g, '$1')
      .trim()
      .split('\n');
  assert.equal(reds(upright), [
    '-1 0 0 03',
    '0 0 0 04',
    '1 0 0 05',
    '-1 0 1 00',
    '0 0 1 01',
    '1 0 1 02',
  ]);
  assert.equal(reds(lying), [
    '-1 -1 0 03',
    '0 -1 0 04',
    '1 -1 0 05',
    '-1 0 0 00',
    '0 0 0 01',
    '1 0 0 02',
  ]);
  assert.equal(boxCorners(upright.box), { min: [-1, 0, 0], max: [2, 1, 2] });
});

test('a picture keeps alpha, and has no voxel where it is clear', () => {
  const rgba = Uint8Array.of(1, 2, 3, 0, 4, 5, 6, 1, 7, 8, 9, 128);
  const { merged } = { merged: readAs('png', encodePng({ width: 3, height: 1, rgba })).merged() };
  assert.is(voxelLines(merged), '0 0 0 04050601\n1 0 0 07080980\n');
});

const photo = jpeg.encode({ width: 24, height: 16, data: Buffer.alloc(24 * 16 * 4, 200) }, 90).data;

test('reads JPEG pictures', () => {
  for (const name of ['x.jpg', 'x.JPEG']) {
    const volume = formatFor(name).read!(photo, name).merged();
    assert.equal(volume.box(), { min: [-12, 0, 0], max: [12, 1, 16] });
    assert.is(volume.count(), 24 * 16);
    assert.is(volume.get(0, 0, 0), 0xffc8_c8c8);
  }
});

test('sizes are checked before anything is decoded', () => {
  const png = picture(2, 2);
  png.writeUInt32BE(0xffff_ffff, 16);
  refused('png', png, 'GOX_MEMORY_LIMIT', /4294967295 x 2 pixels/);
  refused('slices', png, 'GOX_MEMORY_LIMIT', /4294967295 x 2 pixels/);
  png.writeUInt32BE(0, 16);
  refused('png', png, 'GOX_FORMAT_BROKEN', /0 x 2 pixels/);
  const large = Buffer.from(photo);
  const frame = large.indexOf(Buffer.from([0xff, 0xc0]));
  large.writeUInt32BE(0xffff_ffff, frame + 5);
  refused('jpeg', large, 'GOX_MEMORY_LIMIT', /65535 x 65535 pixels/);
  refused('jpeg', Buffer.from('no JPEG'), 'GOX_FORMAT_BROKEN', /no JPEG image/);
  refused('png', Buffer.from('no PNG'), 'GOX_FORMAT_BROKEN', /no PNG image/);
});

test('a file cut anywhere, or with noise, is read or refused', () => {
  refusesEveryCut('png', picture(3, 2));
  refusesEveryCut('slices', picture(4, 2));
  survivesNoise('png', picture(3, 2));
  survivesNoise('slices', picture(4, 2));
  // A decoder may make a picture of what is there of the last scan.
  refusesEveryCut('jpeg', photo, (length) => length > photo.length / 2);
  survivesNoise('jpeg', photo, 300);
});

test.run();
