/**
 * Goxel's text format: one voxel a line, `X Y Z RRGGBB`, in lines separated by newlines; lines that
 * are blank or whose first token is `#` say nothing. Only solid voxels of all visible layers merged
 * are written, block after block; what is read becomes one layer of opaque voxels.
 */

import { GoxError } from '../../conf/errors.ts';
import { Document } from '../document/document.ts';
import { BLOCK_VOXELS } from '../volume/block.ts';
import { SOLID_ALPHA } from '../volume/color.ts';
import { boxMatrix } from '../volume/matrix.ts';
import { contentBox } from './fit.ts';
import { type Format, type ImportOptions, READ_VOXEL_BYTES_MAX } from './format.ts';
import { TextPieces } from './text.ts';

const HEADER = '# goxel-supervisor\n# One line per voxel\n# X Y Z RRGGBB\n';
const SOLID = (SOLID_ALPHA << 24) >>> 0;
const OPAQUE = 0xff00_0000;
const NEWLINE = 0x0a;

/** A line of a voxel is short; a longer one is judged by its beginning. */
const LINE_BYTES_MAX = 256;
const LINE = /^(-?\d{1,10}) (-?\d{1,10}) (-?\d{1,10}) ([0-9a-fA-F]{6})(?: |$)/;
const SILENT = /^\s*(?:#(?:\s|$)|$)/;

function* writeTxt(document: Document): Generator<Uint8Array> {
  const out = new TextPieces();
  out.text(HEADER);
  for (const { x, y, z, data } of document.merged().blocks()) {
    for (let i = 0; i < BLOCK_VOXELS; i++) {
      const rgba = data[i]!;
      if (rgba < SOLID) continue;
      if (out.full) yield out.take();
      out.integer(x + (i & 15));
      out.blank();
      out.integer(y + ((i >> 4) & 15));
      out.blank();
      out.integer(z + (i >> 8));
      out.blank();
      for (const channel of [rgba & 0xff, (rgba >>> 8) & 0xff, (rgba >>> 16) & 0xff]) {
        out.hex(channel);
      }
      out.newline();
    }
  }
  yield out.take();
}

function readTxt(
  bytes: Uint8Array,
  source: string,
  { voxel_bytes_max = READ_VOXEL_BYTES_MAX }: ImportOptions = {},
): Document {
  const document = Document.empty();
  const { volume } = document.activeLayer;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0, line = 1; at < text.length; line++) {
    const newline = text.indexOf(NEWLINE, at);
    const end = newline < 0 ? text.length : newline;
    const content = text.toString('latin1', at, Math.min(end, at + LINE_BYTES_MAX)).trimEnd();
    const match = LINE.exec(content);
    if (match !== null) {
      const [x, y, z] = [Number(match[1]), Number(match[2]), Number(match[3])];
      if (x !== (x | 0) || y !== (y | 0) || z !== (z | 0)) fail(source, line, at);
      volume.set(x, y, z, OPAQUE | swapped(Number.parseInt(match[4]!, 16)));
      if (volume.byteLength > voxel_bytes_max) {
        const message = `The voxels of ${source} take more than ${voxel_bytes_max} bytes.`;
        throw new GoxError('GOX_MEMORY_LIMIT', message, { file: source, line });
      }
    } else if (!SILENT.test(content)) fail(source, line, at);
    at = end + 1;
  }
  document.box = boxMatrix(contentBox(document.layers));
  return document;
}

/** From the order of the digits, RRGGBB, to the order of a packed colour. */
function swapped(rgb: number): number {
  return (rgb >> 16) | (rgb & 0xff00) | ((rgb & 0xff) << 16);
}

function fail(file: string, line: number, offset: number): never {
  const message = `${file} is damaged in line ${line}, byte ${offset}: not "X Y Z RRGGBB".`;
  throw new GoxError('GOX_FORMAT_BROKEN', message, { file, line, offset });
}

export const txt: Format = { name: 'txt', extensions: ['txt'], read: readTxt, write: writeTxt };
