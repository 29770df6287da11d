/** What the table says that a format keeps is what comes back, of every format that is read. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../../engine/document/document.ts';
import { newCamera, newMaterial } from '../../../engine/document/scene.ts';
import { FORMATS } from '../../../engine/formats/index.ts';
import { type Keeps, keepsOf } from '../../../engine/formats/keeps.ts';
import { Report } from '../../../engine/formats/report.ts';

const test = suite('what formats keep');

/** Palettes of six bits have these, too. */
const [RED, BLUE, GREEN] = [0xff00_00ff, 0xffff_0000, 0xff00_ff00];
/** Of which one sees through. */
const CLEAR = 0xa000_ff00;
const MIDDLE = [6, 8, 10] as const;
const MESHES = ['obj', 'ply', 'stl', 'gltf', 'glb', '3mf'];

/** A cube away from the origin with another colour inside, an arm, and a layer that is hidden. */
function model(arm = GREEN): Document {
  const document = Document.empty();
  document.set({
    materials: [
      newMaterial('plain'),
      { ...newMaterial('lamp'), emission: Float32Array.of(1, 1, 1) },
    ],
    cameras: [newCamera('front'), newCamera('back')],
  });
  const body = document.activeLayer;
  body.set({ name: 'body', material: 0 });
  body.volume.fillBox([5, 7, 9], [8, 10, 12], RED);
  body.volume.set(...MIDDLE, BLUE);
  const second = document.addLayer('arm');
  second.set({ material: 1 });
  second.volume.fillBox([9, 7, 9], [12, 10, 12], arm);
  const hidden = document.addLayer('unseen');
  hidden.set({ visible: false });
  hidden.volume.set(20, 7, 9, GREEN);
  return document;
}

type Measured = { -readonly [K in keyof Keeps]: unknown };

function measured(name: string): Measured {
  const back = again(name, model());
  const filled = back.layers.filter(({ volume }) => volume.count() > 0);
  const names = filled.map((layer) => layer.name);
  const merged = back.merged();
  const { min } = merged.box()!;
  const corner = merged.get(min[0], min[1], min[2]);
  const inner = again(name, model(), false)
    .merged()
    .get(min[0] + 1, min[1] + 1, min[2] + 1);
  const clear = again(name, model(CLEAR)).merged();
  const { min: clear_min } = clear.box()!;
  return {
    layers: filled.length > 1,
    // A part of a material of its own says that, too.
    names: ['body', 'arm'].every((one) => names.some((full) => full.startsWith(one))),
    visibility: back.layers.some(({ visible, volume }) => !visible && volume.count() > 0),
    materials: back.materials.some(({ emission }) => emission.some((value) => value > 0)),
    colors: corner === RED,
    opacity: clear.get(clear_min[0] + 4, clear_min[1], clear_min[2]) >>> 24 === CLEAR >>> 24,
    place: min.join(' ') === '5 7 9',
    inside: isInside(name, inner, corner),
    cameras: back.cameras.length > 1 || isInGltf(name, '"cameras"'),
  };
}

function again(name: string, document: Document, solid = true): Document {
  const { read, write } = FORMATS.find((format) => format.name === name)!;
  const others = new Map<string, Uint8Array>();
  const beside = (extension: string, pieces: Iterable<Uint8Array>) => {
    others.set(`model.${extension}`, Buffer.concat([...pieces]));
    return `model.${extension}`;
  };
  const report = new Report();
  const bytes = Buffer.concat([...write!(document, { beside, report, hidden: name === 'vox' })]);
  const resolve = (file: string) => others.get(file);
  const filled = solid && MESHES.includes(name);
  return read!(bytes, `model.${name}`, { resolve, report, solid: filled, frame: 0 });
}

/** Readers of formats without an inside fill it with colours of theirs. */
function isInside(name: string, inner: number, corner: number): boolean {
  const { colors } = keepsOf(name);
  if (colors === 'nearest') return inner !== 0 && inner !== corner;
  return colors === false ? inner !== 0 : inner === BLUE;
}

/** Cameras of glTF are there for others. */
function isInGltf(name: string, part: string): boolean {
  const { write } = FORMATS.find((format) => format.name === name)!;
  const isGltf = name === 'gltf' || name === 'glb';
  return isGltf && Buffer.concat([...write!(model())]).includes(part);
}

let tried = 0;
for (const { name, read, write } of FORMATS) {
  if (read === undefined || write === undefined) continue;
  tried++;
  test(`${name} keeps what its row says`, () => {
    const { colors, ...keeps } = keepsOf(name);
    const { colors: kept, ...found } = measured(name);
    assert.equal(found, keeps);
    // Blocks of a game have their own colours, near to these.
    if (colors !== 'nearest') assert.is(kept, colors !== false);
  });
}

test('there are that many formats', () => {
  assert.ok(tried >= 18, `${tried}`);
});

test.run();
