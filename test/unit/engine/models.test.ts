/** Every model that real Goxel saved loads with exactly what Goxel says is in it. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Document } from '../../../engine/document/document.ts';
import { formatFor } from '../../../engine/formats/index.ts';
import { type Fixture, imports, models, voxelLines } from '../../support/fixtures.ts';

/** What Goxel's own reading of a file looks like in the `.info.json` files. */
interface Info {
  voxels: number;
  box: number[];
  layers: {
    name: string;
    id: number;
    base_id: number;
    visible: number;
    mode: number;
    material: number;
    shape: string;
    voxels: number;
    mat: number[];
    box: number[];
  }[];
  materials: unknown[];
  cameras: unknown[];
  light: unknown;
}

/** Floats are printed there with nine digits, which name one float32. */
const floats = (values: Iterable<number>) => [...values].map(Math.fround);

function infoOf(document: Document): Omit<Info, 'voxels'> {
  return {
    box: floats(document.box),
    layers: document.layers.map((layer) => ({
      name: layer.name,
      id: layer.id,
      base_id: layer.baseId,
      visible: Number(layer.visible),
      mode: layer.mode,
      material: layer.material,
      shape: layer.shape?.kind ?? '',
      voxels: layer.volume.count(),
      mat: floats(layer.mat),
      box: floats(layer.box ?? new Float32Array(16)),
    })),
    materials: document.materials.map(({ name, color, metallic, roughness, emission }) => ({
      name,
      color: floats(color),
      metallic,
      roughness,
      emission: floats(emission),
    })),
    cameras: document.cameras.map(({ name, ortho, dist, active, mat }) => ({
      name,
      ortho: Number(ortho),
      dist,
      active: Number(active),
      mat: floats(mat),
    })),
    light: { ...document.light, fixed: Number(document.light.fixed), extra: undefined },
  };
}

function rounded(value: unknown): unknown {
  if (typeof value === 'number') return Math.fround(value);
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    entries.filter(([name]) => name !== 'bbox').map(([name, member]) => [name, rounded(member)]),
  );
}

function checkVoxels(document: Document, fixture: Fixture, truth: Buffer | undefined): void {
  if (truth !== undefined) assert.is(voxelLines(document.merged()), truth.toString());
  for (const [i, layer] of document.layers.entries()) {
    const voxels = fixture.beside(`.layer${i}.voxels.txt`);
    if (voxels !== undefined) assert.is(voxelLines(layer.volume), voxels.toString(), layer.name);
  }
}

function checkInfo(document: Document, json: Buffer): void {
  const { voxels, ...info } = JSON.parse(json.toString()) as Info;
  assert.is(document.merged().count(), voxels);
  assert.equal(rounded(infoOf(document)), rounded(info));
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
