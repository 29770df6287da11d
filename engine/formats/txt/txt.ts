/**
 * Goxel's text format: one voxel a line, `X Y Z RRGGBB`, in lines separated by newlines; lines that
 * are blank or whose first token is `#` say nothing. Only solid voxels of all visible layers merged
 * are written, block after block; what is read becomes one layer of opaque voxels.
 */

import { GoxError } from '../../../conf/errors.ts';
import { Document } from '../../document/document.ts';
import { checkInterrupt } from '../../interrupt.ts';
import { newScratch, signedWords } from '../../volume/block.ts';
import { SOLID_ALPHA } from '../../volume/color.ts';
import { boxMatrix } from '../../volume/matrix.ts';
import { type BlockBudget, budgeted } from '../block-budget.ts';
import { contentBox } from '../fit.ts';
import type { Format } from '../format.ts';
import { TextPieces } from '../text.ts';
import { VoxelBuilder } from '../voxel-builder.ts';
import { LineCursor } from './txt-line.ts';

const HEADER = '# goxel-supervisor\n# One line per voxel\n# X Y Z RRGGBB\n';
const OPAQUE = 0xff00_0000;
const ROWS = 256;
const ROW_VOXELS = 16;

const LINE = /^(-?\d{1,10}) (-?\d{1,10}) (-?\d{1,10}) ([0-9a-fA-F]{6})(?: |$)/;
const SILENT = /^\s*(?:#(?:\s|$)|$)/;

function* writeTxt(document: Document): Generator<Uint8Array> {
  const out = new TextPieces();
  out.text(HEADER);
  for (const { x, y, z, data } of document.merged().blocks(newScratch())) {
    const words = signedWords(data);
    for (let row = 0; row < ROWS; row++) {
      if (out.full) yield out.take();
      writeRow(out, words, row * ROW_VOXELS, x, y + (row & 15), z + (row >> 4));
    }
  }
  yield out.take();
}

/** The solid voxels of the 16 words from `start`, whose first has these coordinates. */
function writeRow(
  out: TextPieces,
  words: Int32Array,
  start: number,
  x: number,
  y: number,
  z: number,
): void {
  let begun = false;
  for (let dx = 0; dx < ROW_VOXELS; dx++) {
    const rgba = words[start + dx]!;
    if (rgba >>> 24 < SOLID_ALPHA) continue;
    if (!begun) out.setMiddle(y, z);
    begun = true;
    out.voxel(x + dx, rgba);
  }
}

function readTxt(bytes: Uint8Array, source: string, budget: BlockBudget): Document {
  const document = Document.empty();
  const voxels = new VoxelBuilder(budget);
  const cursor = new LineCursor(bytes);
  for (let line = 1; cursor.at < bytes.length; line++) {
    if ((line & 0xfff) === 0) checkInterrupt();
    if (cursor.takePlain()) voxels.set(cursor.x, cursor.y, cursor.z, cursor.rgba);
    else readLine(cursor, voxels, source, line);
  }
  voxels.finish(document.activeLayer.volume);
  document.set({ box: boxMatrix(contentBox(document.layers)) });
  return document;
}

/** A line that is not as programs write it: it may still say a voxel, or nothing. */
function readLine(cursor: LineCursor, voxels: VoxelBuilder, source: string, line: number): void {
  const { at } = cursor;
  const content = cursor.takeLine();
  const match = LINE.exec(content);
  if (match === null) {
    if (!SILENT.test(content)) fail(source, line, at);
    return;
  }
  const [x, y, z] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (x !== (x | 0) || y !== (y | 0) || z !== (z | 0)) fail(source, line, at);
  voxels.set(x, y, z, OPAQUE | swapped(Number.parseInt(match[4]!, 16)));
}

/** From the order of the digits, RRGGBB, to the order of a packed colour. */
function swapped(rgb: number): number {
  return (rgb >> 16) | (rgb & 0xff00) | ((rgb & 0xff) << 16);
}

function fail(file: string, line: number, offset: number): never {
  const message = `${file} is damaged in line ${line}, byte ${offset}: not "X Y Z RRGGBB".`;
  throw new GoxError('GOX_FORMAT_BROKEN', message, { file, line, offset });
}

export const txt: Format = {
  name: 'txt',
  extensions: ['txt'],
  read: budgeted(readTxt),
  write: writeTxt,
};
