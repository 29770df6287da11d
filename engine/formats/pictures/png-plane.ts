/**
 * Pictures (.png, .jpg) as a plane of voxels one voxel thick, a pixel each, alpha kept. It stands
 * upright at y 0, on z 0, and is seen as it is from the front (looking along +y); or it lies at z 0
 * and is seen so from above. It is centred like the box of a new image.
 */

import { Document } from '../../document/document.ts';
import type { Image } from '../../image/png.ts';
import { checkInterrupt } from '../../interrupt.ts';
import { boxMatrix } from '../../volume/matrix.ts';
import { contentBox } from '../fit.ts';
import type { Format, ImportOptions } from '../format.ts';
import { BlockBudget, VoxelBuilder } from '../voxel-builder.ts';
import { readJpegFile, readPngFile } from './png-file.ts';

function planeOf(
  { width, height, rgba }: Image,
  source: string,
  options?: ImportOptions,
): Document {
  const document = Document.empty();
  const voxels = new VoxelBuilder(new BlockBudget(source, options));
  const view = new DataView(rgba.buffer, rgba.byteOffset, rgba.byteLength);
  const lying = options?.plane === 'lying';
  const x0 = -Math.floor(width / 2);
  const y0 = -Math.floor(height / 2);
  for (let row = 0, at = 0; row < height; row++) {
    checkInterrupt();
    const up = height - 1 - row;
    const [y, z] = lying ? [y0 + up, 0] : [0, up];
    for (let x = 0; x < width; x++, at += 4) {
      const word = view.getUint32(at, true);
      if (word > 0xff_ffff) voxels.set(x0 + x, y, z, word);
    }
  }
  voxels.finish(document.activeLayer.volume);
  document.set({ box: boxMatrix(contentBox(document.layers)) });
  return document;
}

export const png: Format = {
  name: 'png',
  extensions: ['png'],
  read: (bytes, source, options) => planeOf(readPngFile(bytes, source, options), source, options),
};

export const jpeg: Format = {
  name: 'jpeg',
  extensions: ['jpg', 'jpeg'],
  read: (bytes, source, options) => planeOf(readJpegFile(bytes, source, options), source, options),
};
