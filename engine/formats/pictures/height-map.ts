/**
 * Height maps: a picture as terrain. The brighter a pixel, the higher its column of voxels; white
 * is the full height, and black one voxel. The picture lies as it is seen from above, centred like
 * the box of a new image, on z 0. Pixels of alpha 0 are no ground. Brightness is the luma of sRGB
 * (ITU-R BT.709); 16 bits of grey are heeded. Colours are the picture's own, or those of another
 * one, laid over it whatever its size.
 */

import { GoxError } from '../../../conf/errors.ts';
import { cutPath } from '../../catalogue/sketch.ts';
import { Document } from '../../document/document.ts';
import type { Image } from '../../image/png.ts';
import { checkInterrupt } from '../../interrupt.ts';
import { boxMatrix } from '../../volume/matrix.ts';
import { withinBudget } from '../block-budget.ts';
import { contentBox } from '../fit.ts';
import type { ImportOptions } from '../format.ts';
import { shapeOf } from '../shapes.ts';
import { VoxelBuilder } from '../voxel-builder.ts';
import { readJpegFile, readPngFile } from './png-file.ts';

/** Columns are filled voxel by voxel; so many take a minute or so. */
const VOXELS_MAX = 2 ** 34;

/** How bright each pixel is, 0…1. */
export type Heights = (pixel: number) => number;

/** `heights` are those of the picture, where they are finer than its colours tell. */
export function terrainOf(
  image: Image,
  heights: Heights | undefined,
  source: string,
  options: ImportOptions & { readonly height: number },
): Document {
  const { width, height: depth, rgba } = image;
  const { height } = options;
  if (width * depth * height > VOXELS_MAX) {
    const message = `${source} with a height of ${height} would be more than ${VOXELS_MAX} voxels.`;
    throw new GoxError('GOX_MEMORY_LIMIT', message, { file: source, height });
  }
  const words = wordsOf(image);
  const colors = colorsOf(options);
  const heightAt = heights ?? ((pixel) => luma(rgba, pixel * 4));
  const document = Document.empty();
  withinBudget(source, options, (budget) => {
    const voxels = new VoxelBuilder(budget);
    const [left, front] = [-Math.floor(width / 2), -Math.floor(depth / 2)];
    // By blocks, so that each is looked for once.
    for (let by = 0; by < depth; by += 16) {
      for (let bx = 0; bx < width; bx += 16) {
        checkInterrupt();
        drawPatch(bx, by);
      }
    }
    voxels.finish(document.activeLayer.volume);

    function drawPatch(bx: number, by: number): void {
      for (let y = by; y < Math.min(by + 16, depth); y++) {
        for (let x = bx; x < Math.min(bx + 16, width); x++) {
          const pixel = y * width + x;
          if (words.getUint32(pixel * 4, true) <= 0xff_ffff) continue;
          const top = Math.max(1, Math.round(heightAt(pixel) * height));
          const color = colors?.(x / width, y / depth) ?? words.getUint32(pixel * 4, true);
          voxels.fillZ(left + x, front + depth - 1 - y, 0, top, color);
        }
      }
    }
  });
  document.set({ box: boxMatrix(contentBox(document.layers)) });
  return document;
}

function luma(rgba: Uint8Array, at: number): number {
  return (0.2126 * rgba[at]! + 0.7152 * rgba[at + 1]! + 0.0722 * rgba[at + 2]!) / 255;
}

function wordsOf({ rgba }: Image): DataView {
  return new DataView(rgba.buffer, rgba.byteOffset, rgba.byteLength);
}

/** The colour of a place, 0…1 from the left and from above, of the picture that gives colours. */
function colorsOf(options: ImportOptions): ((u: number, v: number) => number) | undefined {
  const { colors: path, open } = options;
  if (path === undefined || open === undefined) return undefined;
  const bytes = open(path);
  const kind = shapeOf(bytes);
  if (kind !== undefined && !kind.formats.includes('png') && !kind.formats.includes('jpeg')) {
    const message = `${cutPath(path)} is ${kind.what}, and no picture that is read.`;
    throw new GoxError('GOX_FORMAT_UNKNOWN', message, { file: path });
  }
  const read = bytes[0] === 0xff ? readJpegFile : readPngFile;
  const image = read(bytes, cutPath(path), options);
  const words = wordsOf(image);
  return (u, v) => {
    const [x, y] = [Math.floor(u * image.width), Math.floor(v * image.height)];
    // Ground is not seen through.
    return (words.getUint32((y * image.width + x) * 4, true) | 0xff00_0000) >>> 0;
  };
}
