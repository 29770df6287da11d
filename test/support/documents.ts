/** Documents for tests of formats, made of voxels drawn from the seed. */

import fc from 'fast-check';
import { Document } from '../../engine/document/document.ts';
import { type ExportOptions, formatFor } from '../../engine/formats/index.ts';
import { Volume } from '../../engine/volume/volume.ts';
import type { Fixture } from './fixtures.ts';

/** The model that Goxel saved. */
export function open(fixture: Fixture): Document {
  return formatFor('x.gox').read!(fixture.bytes, fixture.title);
}

/** What agreement with Goxel is asked by; the defaults are for its users. */
export const GOXEL = { like: 'goxel' } as const;

/** A file like Goxel's own. */
export function written(document: Document, format: string, options?: ExportOptions): Buffer {
  return Buffer.concat([...formatFor('', format).write!(document, { ...GOXEL, ...options })]);
}

/** What Goxel would make of a file. */
export function readAs(format: string, bytes: Uint8Array): Document {
  return formatFor('', format).read!(bytes, `a ${format} file`, GOXEL);
}

/** A document of one layer; the image box is around its voxels. */
export function documentOf(volume: Volume): Document {
  const document = Document.empty();
  document.activeLayer.set({ volume });
  document.box[15] = 0;
  return document;
}

/** The voxels of a volume, moved along x. */
export function movedX(volume: Volume, distance: number): Volume {
  const moved = new Volume();
  for (const { x, y, z, data } of volume.blocks()) {
    for (const [i, rgba] of data.entries()) {
      moved.set(x + (i & 15) + distance, y + ((i >> 4) & 15), z + (i >> 8), rgba);
    }
  }
  return moved;
}

/** Boxes and single voxels of opaque colours at -20…20. */
export const VOLUMES: fc.Arbitrary<Volume> = fc
  .array(
    fc.tuple(
      fc.tuple(...([0, 1, 2].map(() => fc.integer({ min: -20, max: 12 })) as [A, A, A])),
      fc.tuple(...([0, 1, 2].map(() => fc.integer({ min: 1, max: 8 })) as [A, A, A])),
      fc.nat(0xff_ffff),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((boxes) => {
    const volume = new Volume();
    for (const [min, size, rgb] of boxes) {
      const max = [min[0] + size[0], min[1] + size[1], min[2] + size[2]] as const;
      volume.fillBox(min, max, (rgb | 0xff00_0000) >>> 0);
    }
    return volume;
  });
type A = fc.Arbitrary<number>;
