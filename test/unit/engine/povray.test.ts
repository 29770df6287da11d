/** Scenes for POV-Ray are Goxel's, but for the line that names the program. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../../engine/document/document.ts';
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

test.run();
