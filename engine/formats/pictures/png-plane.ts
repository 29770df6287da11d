/**
 * Pictures (.png, .jpg) as a plane of voxels one voxel thick, a pixel each, alpha kept. It stands
 * upright at y 0, on z 0, and is seen as it is from the front (looking along +y); or it lies at z 0
 * and is seen so from above. It is centred like the box of a new image. Or it lies on any quad. Or,
 * with a `height`, it is a height map (`height-map.ts`).
 */

import { Document } from '../../document/document.ts';
import { deepGrey } from '../../image/any-png.ts';
import type { Image } from '../../image/png.ts';
import { boxMatrix } from '../../volume/matrix.ts';
import { withinBudget } from '../block-budget.ts';
import { contentBox } from '../fit.ts';
import type { Format, ImportOptions } from '../format.ts';
import { VoxelBuilder } from '../voxel-builder.ts';
import { type Heights, terrainOf } from './height-map.ts';
import { readJpegFile, readPngFile } from './png-file.ts';
import { drawQuad, pixelQuad } from './quad.ts';

function planeOf(
  image: Image,
  source: string,
  options: ImportOptions = {},
  heights?: Heights,
): Document {
  const { height, report } = options;
  if (height !== undefined) {
    if (options.plane !== undefined) unused('plane', 'beside "height"');
    return terrainOf(image, heights, source, { ...options, height });
  }
  if (options.colors !== undefined) unused('colors', 'to a picture without "height"');
  const document = Document.empty();
  const { plane = 'upright' } = options;
  const quad = typeof plane === 'string' ? pixelQuad(image, plane) : plane;
  withinBudget(source, options, (budget) => {
    const voxels = new VoxelBuilder(budget);
    drawQuad(image, quad, voxels);
    voxels.finish(document.activeLayer.volume);
  });
  document.set({ box: boxMatrix(contentBox(document.layers)) });
  return document;

  function unused(option: string, where: string): void {
    report?.warn('WARN_OPTION_UNUSED', `The option "${option}" means nothing ${where}.`);
  }
}

/** Height maps have 16 bits often; planes need 8. */
function readPng(bytes: Uint8Array, source: string, options: ImportOptions = {}): Document {
  const image = readPngFile(bytes, source, options);
  const heights = options.height === undefined ? undefined : deepGrey(bytes, image);
  return planeOf(image, source, options, heights);
}

export const png: Format = {
  name: 'png',
  extensions: ['png'],
  read: readPng,
};

export const jpeg: Format = {
  name: 'jpeg',
  extensions: ['jpg', 'jpeg'],
  read: (bytes, source, options) => planeOf(readJpegFile(bytes, source, options), source, options),
};
