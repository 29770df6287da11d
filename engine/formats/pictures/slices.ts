/**
 * Goxel's "png slices": one PNG image of all horizontal slices of the image box side by side, from
 * the lowest on the left. A row is a row of equal y, the first the least; a pixel is a voxel, alpha
 * and the colours of cleared voxels as they are.
 *
 * Goxel drops voxels outside the image box, which is extended here, and writes an empty file for an
 * empty model, where this writes the box of a new image. It cannot read slices. Here they are read
 * as the image box of a new image would be written: centred in x and y, on z 0. The file does not
 * say how many slices there are; without the option `count` they are taken for squares.
 */

import { GoxError } from '../../../conf/errors.ts';
import { Document } from '../../document/document.ts';
import { encodePng, type Image } from '../../image/png.ts';
import { checkInterrupt } from '../../interrupt.ts';
import type { Box } from '../../volume/box.ts';
import { boxCorners } from '../../volume/matrix.ts';
import { type BlockBudget, withinBudget } from '../block-budget.ts';
import { copyBox, exportBox, sizeOf } from '../box-copy.ts';
import { ByteReader } from '../bytes.ts';
import { DEFAULT_BOX } from '../fit.ts';
import type { Format, ImportOptions } from '../format.ts';
import { inPieces } from '../pieces.ts';
import { VoxelBuilder } from '../voxel-builder.ts';
import { readPngFile } from './png-file.ts';

/** The image is made in one go; these are 256 MiB. */
const PIXELS_MAX = 2 ** 26;

function readSlices(bytes: Uint8Array, source: string, options: ImportOptions = {}): Document {
  const image = readPngFile(bytes, source, options);
  const slices = options.count ?? image.width / image.height;
  const width = image.width / slices;
  if (!Number.isInteger(slices) || slices < 1 || !Number.isInteger(width)) {
    const size = `${image.width} x ${image.height}`;
    if (options.count !== undefined) {
      const message = `The ${size} pixels of ${source} are not ${slices} slices of equal width.`;
      throw new GoxError('GOX_INVALID_PARAMS', message, { file: source, slices });
    }
    const reader = new ByteReader(bytes, source, 'big');
    reader.fail(`${size} pixels are no row of squares; say how many slices there are`);
  }
  const document = Document.empty(width, image.height, slices);
  withinBudget(source, options, (budget) => readVoxels(image, slices, document, budget));
  return document;
}

function readVoxels(image: Image, slices: number, document: Document, budget: BlockBudget): void {
  const { rgba } = image;
  const width = image.width / slices;
  const view = new DataView(rgba.buffer, rgba.byteOffset, rgba.byteLength);
  const voxels = new VoxelBuilder(budget);
  const { min } = boxCorners(document.box);
  for (let z = 0; z < slices; z++) {
    for (let y = 0; y < image.height; y++) {
      checkInterrupt();
      let at = (y * image.width + z * width) * 4;
      for (let x = 0; x < width; x++, at += 4) {
        const word = view.getUint32(at, true);
        if (word > 0xff_ffff) voxels.set(min[0] + x, min[1] + y, z, word);
      }
    }
  }
  voxels.finish(document.activeLayer.volume);
}

function writeSlices(document: Document): Generator<Uint8Array> {
  const box = exportBox(document) ?? DEFAULT_BOX;
  const [width, height, depth] = sizeOf(box);
  if (width * height * depth > PIXELS_MAX) {
    const message =
      `An image of slices may have ${PIXELS_MAX} pixels; the ${depth} slices of ` +
      `${width} x ${height} have more. Crop the model or its image box.`;
    throw new GoxError('GOX_FORMAT_LIMIT', message, { size: [width, height, depth] });
  }
  return inPieces([imageOf(document, box)]);
}

function imageOf(document: Document, box: Box): Uint8Array {
  const [width, height, depth] = sizeOf(box);
  const words = new Uint32Array(width * height * depth);
  const layout = { x: 1, y: width * depth, z: width, start: 0 };
  copyBox(document.merged(), box, words, layout);
  return encodePng({ width: width * depth, height, rgba: new Uint8Array(words.buffer) });
}

export const slices: Format = {
  name: 'png slices',
  extensions: ['slices'],
  read: readSlices,
  write: writeSlices,
};
