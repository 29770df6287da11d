/**
 * A program: exports a model of ten million voxels in the formats named as arguments and prints one
 * line of JSON: the bytes of each file, and by how much the process grew over what it took for the
 * model itself and for small exports.
 */

import { Document } from '../../engine/document/document.ts';
import { formatFor } from '../../engine/formats/index.ts';
import { BLOCK_VOXELS, newBlockData } from '../../engine/volume/block.ts';
import { randomNumbers } from './volumes.ts';

/** Blocks along a side of the model: 14³ blocks are 224³ places. */
const SIDE = 14;

/** One place in so many is empty, which makes some six faces. */
const HOLES_EVERY = 80;

/** Blocks of a different content, shared by all the places of the model. */
const DIFFERENT = 8;

function porous(side: number): Document {
  const random = randomNumbers(1);
  const blocks = Array.from({ length: DIFFERENT }, () => {
    const data = newBlockData();
    for (let i = 0; i < BLOCK_VOXELS; i++) {
      data[i] = random() * HOLES_EVERY < 1 ? 0 : 0xff00_0000 + Math.floor(random() * 64);
    }
    return data;
  });
  const document = Document.empty();
  const { volume } = document.activeLayer;
  let next = 0;
  for (let z = 0; z < side; z++) {
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        volume.setBlock(x * 16, y * 16, z * 16, blocks[next++ % DIFFERENT]!);
      }
    }
  }
  return document;
}

function fileBytes(document: Document, format: string): number {
  let bytes = 0;
  for (const piece of formatFor('', format).write!(document, {})) bytes += piece.length;
  return bytes;
}

const formats = process.argv.slice(2);
const small = porous(4);
for (const format of formats) fileBytes(small, format);
const document = porous(SIDE);
const voxels = document.merged().count();
const peak_kb = process.resourceUsage().maxRSS;
const bytes = Object.fromEntries(formats.map((format) => [format, fileBytes(document, format)]));
const grown_bytes = (process.resourceUsage().maxRSS - peak_kb) * 1024;
process.stdout.write(`${JSON.stringify({ voxels, bytes, grown_bytes })}\n`);
