/** Every model that real Goxel saved loads with exactly what Goxel says is in it. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Document } from '../../../engine/document/document.ts';
import { formatFor } from '../../../engine/formats/index.ts';
import { type Fixture, imports, models, voxelLines } from '../../support/fixtures.ts';
import { type Info, infoOf, rounded } from '../../support/info.ts';

function checkVoxels(document: Document, fixture: Fixture, truth: Buffer | undefined): void {
  if (truth !== undefined) assert.is(voxelLines(document.merged()), truth.toString());
  for (const [i, layer] of document.layers.entries()) {
    const voxels = fixture.beside(`.layer${i}.voxels.txt`);
    if (voxels !== undefined) assert.is(voxelLines(layer.volume), voxels.toString(), layer.name);
  }
}

function checkInfo(document: Document, json: Buffer): void {
  assert.equal(rounded(infoOf(document)), rounded(JSON.parse(json.toString()) as Info));
}

const read = ({ bytes, title }: Fixture) => formatFor('a.gox').read!(bytes, title);

const loaded = suite('models');
for (const fixture of models()) {
  loaded(`${fixture.title} is what Goxel saved`, () => {
    const document = read(fixture);
    checkVoxels(document, fixture, fixture.beside('.voxels.txt'));
    checkInfo(document, fixture.beside('.info.json')!);
  });
}
loaded('there are models with several layers', () => {
  assert.ok(models().filter((fixture) => fixture.beside('.layer3.voxels.txt')).length >= 2);
});
loaded.run();

const crafted = suite('crafted .gox files');
for (const fixture of imports('gox')) {
  const truth = fixture.beside('.open.voxels.txt');
  if (truth === undefined) {
    crafted(`${fixture.title} is refused`, () => {
      assert.throws(() => read(fixture), /damaged|not supported/);
    });
    continue;
  }
  crafted(`${fixture.title} opens as in Goxel`, () => {
    const document = read(fixture);
    checkVoxels(document, fixture, truth);
    checkInfo(document, fixture.beside('.open.info.json')!);
  });
}
crafted.run();
