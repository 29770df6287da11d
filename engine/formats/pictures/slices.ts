/**
 * Goxel's "png slices": one PNG image of all horizontal slices of the image box side by side, from
 * the lowest on the left. A row is a row of equal y, the first the least; a pixel is a voxel, alpha
 * and the colours of cleared voxels as they are.
 *
 * Goxel drops voxels outside the image box, which is extended here, and writes an empty file for an
 * empty model, where this writes the box of a new image. It cannot read slices.
 *
 * A picture does not say how many slices it has, nor where they stand; ours does, in a text of the
 * PNG image (but like Goxel). `count` and `columns` say it of others; without them slices are taken
 * for squares, in a row or one above the other. What names no place is read as the image box of a
 * new image would be written: centred in x and y, on z 0.
 */

import { GoxError } from '../../../conf/errors.ts';
import { Document } from '../../document/document.ts';
import { encodePng, type Image } from '../../image/png.ts';
import { textIn, withText } from '../../image/png-text.ts';
import { checkInterrupt } from '../../interrupt.ts';
import type { Box, Vec3 } from '../../volume/box.ts';
import { boxCorners, boxMatrix } from '../../volume/matrix.ts';
import { type BlockBudget, withinBudget } from '../block-budget.ts';
import { copyBox, exportBox, sizeOf } from '../box-copy.ts';
import { DEFAULT_BOX } from '../fit.ts';
import type { ExportOptions, Format, ImportOptions } from '../format.ts';
import { inPieces } from '../pieces.ts';
import { VoxelBuilder } from '../voxel-builder.ts';
import { readPngFile } from './png-file.ts';

/** The image is made in one go; these are 256 MiB. */
const PIXELS_MAX = 2 ** 26;
/** Float32 has whole numbers up to here, and so has an image box. */
const PLACE_MAX = 2 ** 23;

/** The text of our own images: `count 2; columns 2; place -3 0 5`. */
const KEYWORD = 'goxel-supervisor slices';
const TEXT = /^count (\d{1,9}); columns (\d{1,9}); place (-?\d{1,10}) (-?\d{1,10}) (-?\d{1,10})$/;

/** How slices lie in a picture, and where the lowest begins in space. */
interface Sheet {
  readonly count: number;
  readonly columns: number;
  readonly place?: Vec3;
}

function readSlices(bytes: Uint8Array, source: string, options: ImportOptions = {}): Document {
  const image = readPngFile(bytes, source, options);
  const sheet = sheetOf(image, bytes, source, options);
  const width = image.width / sheet.columns;
  const height = image.height / Math.ceil(sheet.count / sheet.columns);
  const document = Document.empty(width, height, sheet.count);
  const { place: min } = sheet;
  if (min !== undefined) {
    const max: Vec3 = [min[0] + width, min[1] + height, min[2] + sheet.count];
    document.set({ box: boxMatrix({ min, max }) });
  }
  withinBudget(source, options, (budget) => readVoxels(image, sheet, document, budget));
  return document;
}

/** Throws GOX_INVALID_PARAMS where it is not clear how slices lie. */
function sheetOf(image: Image, bytes: Uint8Array, source: string, options: ImportOptions): Sheet {
  const { width, height } = image;
  const { count, columns } = options;
  const own = ownSheet(image, bytes);
  if (count === undefined && columns === undefined) {
    if (own !== undefined) return own;
    if (width % height === 0) return { count: width / height, columns: width / height };
    if (height % width === 0) return { count: height / width, columns: 1 };
    const message =
      `${source} has ${width} x ${height} pixels, which are no row of squares; give \`count\`,` +
      ` how many slices there are${countsFor(width)}, and \`columns\` if they are in several rows.`;
    throw new GoxError('GOX_INVALID_PARAMS', message, { file: source, parameter: 'params.count' });
  }
  // Such a number can only lie one above the other.
  const isTower = columns === undefined && width % count! > 0 && height % count! === 0;
  const across = columns ?? (isTower ? 1 : count!);
  const side = width / across;
  const total = count ?? across * Math.floor(height / side);
  if (fits(image, total, across)) {
    return { count: total, columns: across, ...(own === undefined ? {} : { place: own.place! }) };
  }
  const what = columns === undefined ? `${total} slices` : `${total} slices in ${across} columns`;
  const message =
    `The ${width} x ${height} pixels of ${source} are not ${what} of equal size; give another` +
    ` \`count\`${countsFor(width)}, and \`columns\` if they are in several rows.`;
  throw new GoxError('GOX_INVALID_PARAMS', message, {
    file: source,
    slices: total,
    columns: across,
  });
}

/** A few numbers of slices that a width can be of. */
function countsFor(width: number): string {
  const counts: number[] = [];
  for (let count = 2; count <= Math.min(width, 64) && counts.length < 3; count++) {
    if (width % count === 0) counts.push(count);
  }
  return counts.length === 0 ? '' : ` (${counts.join(' or ')}, perhaps)`;
}

function ownSheet(image: Image, bytes: Uint8Array): Required<Sheet> | undefined {
  const found = TEXT.exec(textIn(bytes, KEYWORD) ?? '');
  if (found === null) return undefined;
  const [count, columns, x, y, z] = found.slice(1).map(Number) as [number, ...number[]];
  const place: Vec3 = [x!, y!, z!];
  const inside = place.every((value) => Math.abs(value) < PLACE_MAX);
  return inside && fits(image, count, columns!) ? { count, columns: columns!, place } : undefined;
}

function fits({ width, height }: Image, count: number, columns: number): boolean {
  if (!Number.isInteger(count) || !Number.isInteger(columns) || count < 1 || columns < 1) {
    return false;
  }
  return columns <= count && width % columns === 0 && height % Math.ceil(count / columns) === 0;
}

function readVoxels(
  image: Image,
  { count, columns }: Sheet,
  document: Document,
  budget: BlockBudget,
): void {
  const { rgba } = image;
  const width = image.width / columns;
  const height = image.height / Math.ceil(count / columns);
  const view = new DataView(rgba.buffer, rgba.byteOffset, rgba.byteLength);
  const voxels = new VoxelBuilder(budget);
  const { min } = boxCorners(document.box);
  for (let z = 0; z < count; z++) {
    const top = Math.floor(z / columns) * height;
    for (let y = 0; y < height; y++) {
      checkInterrupt();
      let at = ((top + y) * image.width + (z % columns) * width) * 4;
      for (let x = 0; x < width; x++, at += 4) {
        const word = view.getUint32(at, true);
        if (word > 0xff_ffff) voxels.set(min[0] + x, min[1] + y, min[2] + z, word);
      }
    }
  }
  voxels.finish(document.activeLayer.volume);
}

function writeSlices(document: Document, { like }: ExportOptions = {}): Generator<Uint8Array> {
  const box = exportBox(document) ?? DEFAULT_BOX;
  const [width, height, depth] = sizeOf(box);
  if (width * height * depth > PIXELS_MAX) {
    const message =
      `An image of slices may have ${PIXELS_MAX} pixels; the ${depth} slices of ` +
      `${width} x ${height} have more. Crop the model or its image box.`;
    throw new GoxError('GOX_FORMAT_LIMIT', message, { size: [width, height, depth] });
  }
  const image = imageOf(document, box);
  if (like === 'goxel') return inPieces([image]);
  const text = `count ${depth}; columns ${depth}; place ${box.min.join(' ')}`;
  return inPieces([withText(image, KEYWORD, text)]);
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
