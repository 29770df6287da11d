/**
 * The model that formats are measured with: a terrain of 1.23 million voxels. The corpus has one
 * that Goxel saved; without it one of the same size is made, from a seed.
 */

import { writeFileSync } from 'node:fs';
import { Document } from '../../engine/document/document.ts';
import { formatFor } from '../../engine/formats/index.ts';
import { moved } from '../../engine/ops/move.ts';
import { terrain } from '../../engine/procedural/terrain.ts';
import { pack } from '../../engine/volume/color.ts';
import { identity } from '../../engine/volume/matrix.ts';
import { models } from '../support/fixtures.ts';

const BLOCKS_MAX = 4096;

/** A .vxl map has 32 levels below its middle and 32 above. */
const LOWERED = -16;

function bigDocument(): { document: Document; title: string } {
  const found = models().find(({ name }) => name === 'big_terrain');
  if (found !== undefined) {
    const document = formatFor('a.gox').read!(found.bytes, found.name);
    return { document, title: 'big_terrain of the corpus' };
  }
  const document = Document.empty();
  const volume = terrain(
    {
      min: [-120, -120],
      max: [120, 120],
      floor: 0,
      base: 21.4,
      amplitude: 24,
      octaves: { seed: 1, scale: 80, count: 4, persistence: 0.5, lacunarity: 2 },
      ramp: [
        { z: 0, color: pack(90, 80, 70, 255) },
        { z: 20, color: pack(60, 140, 50, 255) },
        { z: 38, color: pack(240, 240, 250, 255) },
      ],
    },
    BLOCKS_MAX,
  );
  document.activeLayer.set({ volume });
  return { document, title: 'a terrain made from a seed' };
}

function save(document: Document, path: string): void {
  writeFileSync(path, Buffer.concat([...formatFor(path).write!(document)]));
}

export interface BigModel {
  readonly title: string;
  readonly voxels: number;
  /** .gox files: the model; the same lower down, for .vxl; and one of a single voxel. */
  readonly big: string;
  readonly lowered: string;
  readonly trivial: string;
}

/** Writes the models into a directory. */
export function bigModel(directory: string): BigModel {
  const { document, title } = bigDocument();
  const paths = {
    big: `${directory}/big.gox`,
    lowered: `${directory}/lowered.gox`,
    trivial: `${directory}/trivial.gox`,
  };
  save(document, paths.big);
  const voxels = document.merged().count();
  const down = identity();
  down[14] = LOWERED;
  const lowered = Document.empty();
  lowered.activeLayer.set({ volume: moved(document.merged(), down, BLOCKS_MAX) });
  save(lowered, paths.lowered);
  const trivial = Document.empty();
  trivial.activeLayer.volume.set(0, 0, 0, pack(255, 0, 0, 255));
  save(trivial, paths.trivial);
  return { title, voxels, ...paths };
}
