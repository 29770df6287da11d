/** Files of another kind than their names say. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { GoxError } from '../../../conf/errors.ts';
import { Document } from '../../../engine/document/document.ts';
import { FORMATS } from '../../../engine/formats/index.ts';
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
  ['model.gox', '<?xml version="1.0"?><svg/>', /XML/],
  ['model.vox', '{"asset":{"version":"2.0"}}', /a glTF model .*the format "gltf"/],
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
  assert.match(refusal('model.vox', gzipSync('text')).message, /a gzip archive/);
  assert.is(kindOf(gzipSync('text'))!.formats.length, 0);
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
