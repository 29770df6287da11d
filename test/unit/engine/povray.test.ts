/** Scenes for POV-Ray are Goxel's, but for the line that names the program. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../../engine/document/document.ts';
import { newMaterial } from '../../../engine/document/scene.ts';
import { formatFor } from '../../../engine/formats/index.ts';
import { open, written } from '../../support/documents.ts';
import { models } from '../../support/fixtures.ts';

const test = suite('povray');

const anonymous = (text: string) =>
  text.replace(/^\/\/ Generated from goxel .*$/m, '// Generated from goxel-supervisor');

let compared = 0;
for (const fixture of models()) {
  const truth = fixture.gui('.povray')?.toString('latin1');
  if (truth === undefined) continue;
  test(`${fixture.title} is written as Goxel does`, () => {
    let ours = written(open(fixture), 'povray').toString('latin1');
    if (fixture.name === 'multi') {
      // Its light is fixed to the camera: ours turns with it, Goxel's loses its yaw.
      assert.match(ours, /point_at <-0\.8, 0\.2, -0\.5 \+ 1024>/);
      ours = ours.replace('<-0.8, 0.2, -0.5 + 1024>', '<-0.2, -0.2, -1.0 + 1024>');
    }
    assert.ok(ours === anonymous(truth), 'differs');
    compared++;
  });
}

test('was compared with Goxel', () => {
  assert.ok(compared >= 21, `${compared}`);
});

test('comes in pieces of at most 1 MiB', () => {
  const document = Document.empty();
  document.activeLayer.volume.fillBox([-30, -30, -30], [30, 30, 30], 0xff01_0203);
  let pieces = 0;
  for (const piece of formatFor('x.pov').write!(document)) {
    assert.ok(piece.length > 0 && piece.length <= 1024 * 1024, `${piece.length} bytes`);
    pieces++;
  }
  assert.ok(pieces > 5, `${pieces}`);
});

test('has a camera when the document has none, and numbers whatever a matrix holds', () => {
  const document = Document.empty();
  document.set({ cameras: [] });
  assert.match(written(document, 'povray').toString(), /matrix <0\.707107, -0\.500000/);
  const broken = Document.empty();
  broken.cameras[0]!.mat.fill(0);
  assert.not.match(written(broken, 'povray').toString(), /NaN|Infinity|e\+/);
  broken.cameras[0]!.mat.fill(3e38);
  assert.not.match(written(broken, 'povray').toString(), /NaN|Infinity|e\+/);
});

/** A scene as it is written by default. */
function scene(document: Document): string {
  return Buffer.concat([...formatFor('x.pov').write!(document)]).toString('latin1');
}

function vector(text: string, what: string): number[] {
  return new RegExp(`${what} <([^>]*)>`).exec(text)![1]!.split(', ').map(Number);
}

test('a camera that nobody has placed sees all of the model, another one what it saw', () => {
  const document = Document.empty();
  document.activeLayer.volume.fillBox([500, 500, 500], [600, 540, 520], 0xff01_0203);
  const text = scene(document);
  const [eye, target, sky] = ['location', 'look_at', 'sky'].map((what) => vector(text, what));
  const way = target!.map((value, i) => value - eye![i]!);
  assert.ok(Math.abs(Math.hypot(...way) - 1) < 1e-6, `${way}`);
  assert.ok(Math.abs(way.reduce((sum, value, i) => sum + value * sky![i]!, 0)) < 1e-6);
  const cosine = Math.cos((10 * Math.PI) / 180);
  for (let i = 0; i < 8; i++) {
    const corner = [i & 1 ? 600 : 500, i & 2 ? 540 : 500, i & 4 ? 520 : 500];
    const ray = corner.map((value, axis) => value - eye![axis]!);
    const along = ray.reduce((sum, value, axis) => sum + value * way[axis]!, 0);
    assert.ok(along / Math.hypot(...ray) > cosine, `${corner} is out of sight`);
  }
  document.cameras[0]!.mat.set([1, 2, 3], 12);
  assert.equal(vector(scene(document), 'location'), [1, 2, 3]);
});

test('glass is the sides that are seen, and what glows does so in its own colour', () => {
  const document = Document.empty();
  const glass = { ...newMaterial('Glass'), color: new Float32Array([1, 1, 1, 0.25]) };
  const lamp = { ...newMaterial('Lamp'), emission: new Float32Array([1, 0.5, 0]) };
  document.activeLayer.set({ material: document.addMaterial(glass) });
  document.activeLayer.volume.fillBox([0, 0, 0], [4, 4, 4], 0xff00_00ff);
  const layer = document.addLayer('lamp');
  layer.set({ material: document.addMaterial(lamp) });
  layer.volume.fillBox([-1, 0, 0], [0, 4, 4], 0xff00_ff00);
  const text = scene(document);
  // One of six sides stands behind the lamp.
  assert.is(text.match(/^ {4}Side\(/gm)?.length, 5 * 16);
  assert.is(text.match(/^ {4}Vox\(/gm)?.length, 16);
  assert.match(text, /#declare Clear = 0\.75/);
  assert.match(text, /#declare Glow = <1\.000000, 0\.500000, 0\.000000>/);
  assert.not.match(text, /union/);
});

test.run();
