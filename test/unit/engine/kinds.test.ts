/** Files of another kind than their names say. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { GoxError } from '../../../conf/errors.ts';
import { Document } from '../../../engine/document/document.ts';
import { FORMATS, formatFor } from '../../../engine/formats/index.ts';
import { kindOf } from '../../../engine/formats/kinds.ts';
import { encodePng } from '../../../engine/image/png.ts';
import { readDocument } from '../../../engine/project/reading.ts';
import { written } from '../../support/documents.ts';
import { LooseProject } from '../../support/project.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const test = suite('kinds of files');
const directory = temporaryDirectory();
const { files } = new LooseProject(2 ** 28, directory);

function read(name: string, bytes: Uint8Array, options = {}) {
  const path = join(directory, name);
  writeFileSync(path, bytes);
  return readDocument(files, { path, ...options }, 2 ** 28);
}

function refusal(name: string, bytes: Uint8Array, options = {}): GoxError {
  try {
    read(name, bytes, options);
  } catch (error) {
    return error as GoxError;
  }
  return assert.unreachable(`${name} was read`) as never;
}

function model(): Document {
  const document = Document.empty();
  document.activeLayer.volume.set(1, 2, 3, 0xff7d_7d7d);
  return document;
}

/** Formats whose files say by their beginning what they are. */
const KNOWN = ['gox', 'vox', 'glb', 'kv6', 'mts', 'qbt', 'ply', 'binvox', 'schem', 'litematic'];

for (const format of KNOWN) {
  test(`a .${format} that is called .qb is read as what it is, and told`, () => {
    const { document, warnings } = read('model.qb', written(model(), format));
    assert.ok(document.merged().count() > 0);
    const told = warnings.filter(({ code }) => code === 'WARN_FORMAT_BY_CONTENT');
    assert.is(told.length, 1, JSON.stringify(warnings));
  });

  test(`a .${format} of its own name is not told`, () => {
    const { extensions } = FORMATS.find(({ name }) => name === format)!;
    const { warnings } = read(`model.${extensions[0]}`, written(model(), format));
    assert.not.ok(warnings.some(({ code }) => code === 'WARN_FORMAT_BY_CONTENT'));
  });
}

test('a picture that is called .vox is a plane of voxels', () => {
  const png = encodePng({ width: 3, height: 2, rgba: new Uint8Array(24).fill(255) });
  assert.is(read('model.vox', png).document.merged().count(), 6);
});

test('slices in a .png are slices, as it says or those say who number them', () => {
  const bytes = Buffer.concat([...formatFor('', 'slices').write!(model())]);
  const ours = read('model.png', bytes);
  assert.equal([ours.format, ours.warnings.length], ['png slices', 1]);
  assert.is(read('model.png', bytes, { format: 'png' }).format, 'png');
  const png = encodePng({ width: 6, height: 4, rgba: new Uint8Array(96).fill(255) });
  assert.is(read('model.png', png).format, 'png');
  const { format, document, warnings } = read('model.png', png, { count: 3 });
  assert.equal([format, document.merged().box()!.max[2], warnings], ['png slices', 3, []]);
});

test('slices are no picture of another kind', () => {
  const { warnings } = read('model.slices', written(model(), 'png slices'), { count: 1 });
  assert.not.ok(warnings.some(({ code }) => code === 'WARN_FORMAT_BY_CONTENT'));
});

const STRANGERS: readonly (readonly [name: string, begin: string, what: RegExp])[] = [
  ['model.vox', 'PK\x03\x04\x14\0\0\0', /a ZIP archive/],
  ['model.qb', '7z\xbc\xaf\x27\x1c\0\x04', /a 7-Zip archive/],
  ['model.vxl', 'Rar!\x1a\x07\x01\0', /a RAR archive/],
  ['model.obj', 'Kaydara FBX Binary  \0\x1a\0', /an FBX scene/],
  ['model.kvx', 'BLENDER-v293', /a Blender scene/],
  ['model.gox', '<!DOCTYPE html><html><body>404</body></html>', /a web page/],
  ['model.txt', '\n<html>Not Found</html>', /a web page/],
  ['model.ply', 'version https://git-lfs.github.com/spec/v1\noid sha256:1\n', /Git LFS/],
  ['model.stl', 'ISO-10303-21;\nHEADER;', /a STEP model/],
  ['model.obj', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0', /a 3ds Max scene/],
  ['model.kv6', 'GIF89a\x01\0\x01\0', /a GIF picture/],
  ['model.vox', '{"meta":{},"elements":[]}', /a Blockbench or Minecraft model/],
  ['model.qbt', '[{"a":1}]', /JSON/],
  ['model.gox', '<?xml version="1.0"?><note/>', /XML/],
  ['model.vox', '<?xml version="1.0"?><svg/>', /an SVG drawing/],
  ['model.gltf', '{"asset":{"version":"1.0"},"meshes":{}}', /a glTF model of version 1/],
  ['model.glb', 'glTF\x01\0\0\0', /a glTF model of version 1/],
  ['model.blend', 'BLENDER-v300', /a Blender scene, which cannot be read here/],
  ['model.fbx', 'Kaydara FBX Binary  \0', /an FBX scene/],
  ['model.psd', '8BPS\0\x01', /a Photoshop picture/],
  ['model.vox', '%PDF-1.4', /a PDF document/],
  ['model.obj', '\x7fELF\x02', /a program/],
  ['model.obj', '\x64\x86\x03\0', /an object file of a compiler/],
  ['model.vengi', 'VENG\0\0', /a vengi scene/],
  ['model.vox', 'VXMA\0\0', /a VoxEdit model/],
  ['model.qb', 'hello, I am no model', /a text and no qb file/],
  ['model.txt', 'GIMP Palette\n0 0 0 black', /a palette/],
  ['model.mtl', 'newmtl red\nKd 1 0 0', /a file of materials/],
  ['model.docx', 'PK\x03\x04\x14\0word/document.xml', /an Office document/],
  ['notes.md', '# Notes\n\nof a text', /a text, which cannot be read here/],
  ['model', '', /is no format|of no format that is known here; there are 3mf/],
];

for (const [name, begin, what] of STRANGERS) {
  test(`${JSON.stringify(begin.slice(0, 20))} called ${name} is named`, () => {
    const bytes = Buffer.concat([Buffer.from(begin, 'latin1'), Buffer.alloc(64)]);
    const error = refusal(name, bytes);
    assert.is(error.code, 'GOX_FORMAT_UNKNOWN', error.message);
    assert.match(error.message, what);
    assert.not.match(error.message, /damaged/);
  });
}

test('gzip that holds no model of Minecraft is named, too', () => {
  assert.match(refusal('model.vox', gzipSync('a text')).message, /unpacked, is a text and no vox/);
  const page = gzipSync('<html>404</html>');
  assert.match(refusal('model.vox.gz', page).message, /unpacked, is a web page and no vox/);
  assert.is(kindOf(page)!.formats.length, 0);
  const cut = gzipSync(Buffer.alloc(99_999)).subarray(0, 60);
  assert.match(refusal('model.vox', cut).message, /packed with gzip, and cannot be unpacked/);
  const bomb = gzipSync(Buffer.alloc(2 ** 28 + 1));
  assert.match(refusal('model.vox.gz', bomb).message, /cannot be unpacked/);
});

const told = (name: string, bytes: Uint8Array) => {
  const { format, document, warnings } = read(name, bytes);
  const codes = warnings.map(({ code }) => code);
  return [format, document.merged().count() > 0, codes.includes('WARN_FORMAT_BY_CONTENT')];
};
const TEXT = 'v 0 0 0\nv 9 0 0\nv 0 9 0\nf 1 2 3\n';

/** Formats without a signature, known by their shape, and whether it is told. */
const SHAPES: readonly (readonly [
  name: string,
  bytes: Uint8Array,
  format: string,
  told: boolean,
])[] = [
  ['model.foo', written(model(), 'txt'), 'txt', true],
  ['model.stl', written(model(), 'txt'), 'txt', true],
  ['model.xyz', Buffer.from('1 2 3 ff0000\n'), 'txt', true],
  ['model.xyz', Buffer.from('1 2 3 255 0 0\n'), 'points', false],
  ['model.foo', Buffer.from('1.5 2.5 3\n4 5.5 6\n'), 'points', true],
  ['model.foo', Buffer.from(TEXT), 'obj', true],
  ['model', Buffer.from(TEXT), 'obj', false],
  ['model.xyz', Buffer.from(TEXT), 'obj', true],
  ['model.txt', Buffer.from(TEXT), 'obj', true],
  ['model.ply', Buffer.from(TEXT), 'obj', true],
  ['model.foo', written(model(), 'qb'), 'qb', true],
  ['model.vox', written(model(), 'qb'), 'qb', true],
  ['model.foo', written(model(), 'stl'), 'stl', true],
  ['model.obj', written(model(), 'stl'), 'stl', true],
  ['model.foo', written(model(), 'kvx'), 'kvx', true],
  ['model.vox', written(model(), 'kvx'), 'kvx', true],
  ['model.foo', written(model(), 'gltf'), 'gltf', true],
  ['model.vox', written(model(), 'gltf'), 'gltf', true],
  ['model.foo', gunzipSync(written(model(), 'schem')), 'schem', true],
  ['model.foo', written(model(), 'litematic'), 'litematic', true],
  ['model.foo', written(model(), 'schematic'), 'schematic', true],
  ['model.foo', written(model(), 'nbt'), 'nbt', true],
  ['model.vox.gz', gzipSync(written(model(), 'vox')), 'vox', false],
  ['model.vox', gzipSync(written(model(), 'vox')), 'vox', true],
  ['model.obj.gz', gzipSync(TEXT), 'obj', false],
  ['model.schem.gz', gzipSync(written(model(), 'schem')), 'schem', false],
  ['model.txt', Buffer.from('\ufeff1 2 3 ff0000\r\n', 'utf16le'), 'txt', false],
];

for (const [name, bytes, format, warned] of SHAPES) {
  test(`${name} of ${bytes.length} bytes is ${format}${warned ? ', told' : ''}`, () => {
    assert.equal(told(name, bytes), [format, true, warned]);
  });
}

test('noise is of no kind, and not called damaged', () => {
  const noise = Uint8Array.from(
    { length: 3000 },
    (_, i) => (i * i * 167 + (i >> 3) * 91 + 200) % 256,
  );
  for (const { name, extensions, read: reader } of FORMATS) {
    if (reader === undefined || name === 'vxl') continue;
    const { code, message } = refusal(`noise.${extensions[0]}`, noise);
    assert.is(code, 'GOX_FORMAT_UNKNOWN', message);
    assert.match(message, /nor of another format that is known here/);
  }
});

test('a file of 0 bytes is called empty', () => {
  for (const name of ['model.vox', 'model.gox', 'model.glb', 'model.foo', 'model']) {
    const { code, message } = refusal(name, new Uint8Array(0));
    assert.equal([code, /is empty: it has 0 bytes/.test(message)], ['GOX_FORMAT_UNKNOWN', true]);
  }
  assert.is(read('model.txt', new Uint8Array(0)).document.merged().count(), 0);
});

test('a format that is asked for is taken, and a failure says what it is', () => {
  const error = refusal('model.bin', written(model(), 'gox'), { format: 'qb' });
  assert.is(error.code, 'GOX_FORMAT_UNKNOWN');
  assert.match(error.message, /is a Goxel image and no qb file, which the format "gox" reads/);
});

test('damage is still called that', () => {
  const bytes = written(model(), 'gox');
  const error = refusal('model.gox', bytes.subarray(0, bytes.length - 20));
  assert.is(error.code, 'GOX_FORMAT_BROKEN');
});

test.run();
