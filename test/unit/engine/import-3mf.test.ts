/** Reading .3mf files. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Document } from '../../../engine/document/document.ts';
import type { ImportOptions } from '../../../engine/formats/format.ts';
import { formatFor } from '../../../engine/formats/index.ts';
import { Report } from '../../../engine/formats/report.ts';
import { encodePng } from '../../../engine/image/png.ts';
import { assertRefused, readDamaged } from '../../support/mesh-shapes.ts';
import { meshOf, threemfOf, zipOf } from '../../support/zip-maker.ts';

/** A square of 8 by 8 on the ground. */
const POINTS = ['0 0 0', '8 0 0', '8 8 0', '0 8 0'];
const SQUARE = meshOf(POINTS, ['0 1 2', '0 2 3']);
const ITEM = '<item objectid="1"/>';

function read(bytes: Uint8Array, options: ImportOptions = {}): Document {
  return formatFor('a.3mf').read!(bytes, 'a.3mf', options);
}

function told(bytes: Uint8Array): string[] {
  const report = new Report();
  read(bytes, { report });
  return report.warnings().map(({ code }) => code);
}

function object(mesh: string, attributes = ''): string {
  return `<object id="1" type="model" ${attributes}>${mesh}</object>`;
}

const test = suite('reading 3mf');

test('what is built is read, z being up', () => {
  const document = read(threemfOf(object(SQUARE, 'name="plate"'), ITEM));
  assert.is(document.merged().count(), 81);
  assert.is.not(document.merged().get(8, 8, 0), 0);
  assert.equal(
    document.layers.map(({ name }) => name),
    ['plate'],
  );
});

test('items and components are placed by their transforms, one after another', () => {
  const parts = `${object(SQUARE)}<object id="2"><components>
    <component objectid="1" transform="2 0 0 0 1 0 0 0 1 0 0 0"/>
    <component objectid="1" transform="1 0 0 0 1 0 0 0 1 0 0 20"/></components></object>`;
  const item = '<item objectid="2" transform="0 1 0 -1 0 0 0 0 1 100 0 5"/>';
  const volume = read(threemfOf(parts, item)).merged();
  // Twice as long along x, which then is y; and y is -x.
  assert.is(volume.count(), 17 * 9 + 81);
  assert.is.not(volume.get(92, 16, 5), 0);
  assert.is.not(volume.get(92, 8, 25), 0);
});

test('colours of materials, groups, mixtures and several over one another', () => {
  const groups = `<basematerials id="5"><base name="a" displaycolor="#FF0000"/>
    <base name="b" displaycolor="#0000FF80"/></basematerials>
    <m:colorgroup id="6"><m:color color="#00FF00FF"/><m:color color="#FFFFFF"/></m:colorgroup>
    <m:compositematerials id="7" matid="5" matindices="0 1">
     <m:composite values="1 0"/><m:composite values="0.5 0.5"/></m:compositematerials>
    <m:multiproperties id="8" pids="6 5"><m:multi pindices="1 0"/><m:multi pindices="0 1"/>
    </m:multiproperties>`;
  const color = (face: string, attributes = '') => {
    const mesh = meshOf(POINTS, [`0 1 2 ${face}`, `0 2 3 ${face}`]);
    const volume = read(threemfOf(groups + object(mesh, attributes), ITEM)).merged();
    return volume.get(4, 4, 0).toString(16);
  };
  assert.is(color(''), 'ffffffff');
  assert.is(color('', 'pid="5" pindex="1"'), '80ff0000');
  assert.is(color('pid="5" p1="0"', 'pid="6" pindex="0"'), 'ff0000ff');
  assert.is(color('p1="0"', 'pid="6" pindex="1"'), 'ff00ff00');
  assert.is(color('pid="7" p1="1"'), 'c0800080');
  assert.is(color('pid="8" p1="1"'), 'ff00ff00');
  assert.is(color('pid="77" p1="1"'), 'ffffffff');
  assert.is(color('pid="6" p1="9"'), 'ffffffff');
});

test('a colour a corner is blended', () => {
  const group =
    '<m:colorgroup id="6"><m:color color="#FF0000"/><m:color color="#0000FF"/></m:colorgroup>';
  const mesh = meshOf(POINTS, ['0 1 2 pid="6" p1="0" p2="1" p3="1"']);
  const volume = read(threemfOf(group + object(mesh), ITEM)).merged();
  assert.is(volume.get(0, 0, 0), 0xff00_00ff);
  assert.is(volume.get(8, 4, 0), 0xffff_0000);
});

const PICTURE = encodePng({
  width: 2,
  height: 1,
  rgba: Uint8Array.of(255, 0, 0, 255, 0, 255, 0, 255),
});

test('pictures are laid by their coordinates, whose v runs up', () => {
  const textured = `<m:texture2d id="3" path="/3D/Textures/a.png" contenttype="image/png"/>
    <m:texture2dgroup id="4" texid="3"><m:tex2coord u="0" v="0"/><m:tex2coord u="1" v="0"/>
    <m:tex2coord u="1" v="1"/></m:texture2dgroup>`;
  const mesh = meshOf(POINTS, ['0 1 2 pid="4" p1="0" p2="1" p3="2"']);
  const file = (parts: Record<string, Uint8Array>) =>
    threemfOf(textured + object(mesh), ITEM, parts);
  const volume = read(file({ '3D/Textures/a.png': PICTURE })).merged();
  assert.is(volume.get(1, 0, 0), 0xff00_00ff);
  assert.is(volume.get(7, 1, 0), 0xff00_ff00);
  assert.equal(told(file({})), ['WARN_TEXTURE_MISSING']);
  assert.equal(told(file({ '3D/Textures/a.png': Buffer.from('?') })), ['WARN_TEXTURE_UNREADABLE']);
});

test('objects may be in other parts', () => {
  const other = `<model xmlns="x"><resources>${object(SQUARE)}</resources><build/></model>`;
  const parts = { '3D/Objects/o.model': other };
  const component = '<component p:path="/3D/Objects/o.model" objectid="1"/>';
  const whole = `<object id="9" name="far"><components>${component}</components></object>`;
  const file = threemfOf(whole, '<item objectid="9"/>', parts);
  assert.is(read(file).merged().count(), 81);
  assert.is(read(file).layers[0]!.name, 'far');
});

test('without items, what is part of nothing is built', () => {
  assert.is(
    read(threemfOf(object(SQUARE), ''))
      .merged()
      .count(),
    81,
  );
});

test('extensions that a file requires and nobody knows are named', () => {
  const attributes = 'requiredextensions="m q" xmlns:q="http://example.com/quux/2020/01"';
  assertRefused(
    () => read(threemfOf(object(SQUARE), ITEM, {}, attributes)),
    'GOX_FORMAT_UNSUPPORTED',
    /quux/,
  );
  assert.is(
    read(threemfOf(object(SQUARE), ITEM, {}, 'requiredextensions="m p"'))
      .merged()
      .count(),
    81,
  );
});

test('faulty faces and objects cost themselves', () => {
  const mesh = meshOf([...POINTS, 'nan 0 0'], ['0 1 2', '0 2 3', '0 1 4', '0 1 77']);
  const file = threemfOf(object(mesh), `${ITEM}<item objectid="8"/>`);
  assert.is(read(file).merged().count(), 81);
  assert.equal(told(file), ['WARN_FACES_SKIPPED', 'WARN_FACES_SKIPPED']);
  const nothing = threemfOf(object(meshOf(POINTS, ['0 1 77'])), ITEM);
  assertRefused(() => read(nothing), 'GOX_FORMAT_BROKEN', /nowhere/);
});

test('what is no model is refused', () => {
  const refused = (bytes: Uint8Array, message: RegExp) =>
    assertRefused(() => read(bytes), 'GOX_FORMAT_BROKEN', message);
  refused(Buffer.from('solid'), /no ZIP archive/);
  refused(zipOf({ 'a.txt': 'a' }), /holds no model/);
  refused(zipOf({ '3D/a.model': '<html/>' }), /no model/);
  refused(zipOf({ '3D/a.model': '<model><a></model>' }), /line 1/);
  refused(threemfOf(object(meshOf(POINTS, ['0 1 9'])), ITEM), /^a.3mf is damaged: .* nowhere/);
  const encrypted = threemfOf(object(SQUARE), ITEM);
  for (
    let at = encrypted.indexOf('PK\x01\x02');
    at >= 0;
    at = encrypted.indexOf('PK\x01\x02', at + 1)
  ) {
    encrypted.writeUInt16LE(1, at + 8);
  }
  assertRefused(() => read(encrypted), 'GOX_FORMAT_UNSUPPORTED', /encrypted/);
});

test('small files that ask for endless work are refused', () => {
  // Each object is two of the one before.
  const levels = Array.from({ length: 40 }, (_, i) => {
    const component = `<component objectid="${i + 1}"/>`;
    return `<object id="${i + 2}"><components>${component}${component}</components></object>`;
  });
  const doubled = threemfOf(object(SQUARE) + levels.join(''), '<item objectid="41"/>');
  assertRefused(() => read(doubled), 'GOX_MEMORY_LIMIT');
  const self = '<object id="1"><components><component objectid="1"/></components></object>';
  assert.equal(told(threemfOf(self, ITEM)), ['WARN_FACES_SKIPPED']);
});

test('an archive is held to the sizes that it says', () => {
  const sized = (bytes: number) => {
    const file = threemfOf(object(SQUARE), ITEM);
    const last = file.lastIndexOf('PK\x01\x02');
    assert.match(file.subarray(last + 46).toString('latin1'), /^3D/);
    file.writeUInt32LE(bytes, last + 24);
    return file;
  };
  assertRefused(() => read(sized(0x7fff_ffff)), 'GOX_MEMORY_LIMIT', /unpack/);
  assertRefused(() => read(sized(100)), 'GOX_FORMAT_BROKEN', /more than 100 bytes/);
});

test('damaged files are refused as such, or read', () => {
  assert.ok(readDamaged((bytes) => read(bytes), threemfOf(object(SQUARE), ITEM)) > 100);
});

test.run();
