/**
 * Goxel's text format: one voxel a line, `X Y Z RRGGBB`, in lines separated by newlines; lines that
 * are blank or whose first token is `#` say nothing. Only solid voxels of all visible layers merged
 * are written, block after block; what is read becomes one layer.
 *
 * Lines are read as forgivingly as Goxel reads them, and more so (`txt-voxel.ts`); one that says no
 * voxel is passed over and told, where Goxel gives up, unless none says one.
 */

import { GoxError } from '../../../conf/errors.ts';
import { Document } from '../../document/document.ts';
import { checkInterrupt } from '../../interrupt.ts';
import { newScratch, signedWords } from '../../volume/block.ts';
import { SOLID_ALPHA } from '../../volume/color.ts';
import { boxMatrix } from '../../volume/matrix.ts';
import { BlockBudget, budgeted } from '../block-budget.ts';
import { contentBox } from '../fit.ts';
import type { Format, ImportOptions } from '../format.ts';
import type { Report } from '../report.ts';
import { TextPieces } from '../text.ts';
import { VoxelBuilder } from '../voxel-builder.ts';
import { LINE_BYTES_MAX, LineCursor } from './txt-line.ts';
import { textVoxel } from './txt-voxel.ts';

/** Other readers of the format look for a `# Goxel`. */
const HEADER = '# Goxel-supervisor\n# One line per voxel\n# X Y Z RRGGBB\n';
const NEWLINE = 0x0a;
const OPAQUE = 0xff00_0000;
const ROWS = 256;
const ROW_VOXELS = 16;
/** They fit into what is left of a piece that is not full. */
const ROWS_AT_ONCE = 128;

const SILENT_IN_GOXEL = /^\s*(?:#(?:\s|$)|$)/;
const SILENT = /^[\s\0]*(?:#|\/\/|;(?!\s*[-+\d])|$)/;
/** The names of the columns. */
const HEADING = /^[\s"'([]*x\b[^\d]*$/i;
const RETURN = 0x0d;
const BYTE_ORDER_MARK = Buffer.from('efbbbf', 'hex');

function* writeTxt(document: Document): Generator<Uint8Array> {
  const out = new TextPieces();
  out.text(HEADER);
  for (const { x, y, z, data } of document.merged().blocks(newScratch())) {
    const words = signedWords(data);
    for (let row = 0; row < ROWS; row += ROWS_AT_ONCE) {
      if (out.full) yield out.take();
      writeRows(out, words, row, x, y, z);
    }
  }
  yield out.take();
}

/** Some rows of a block from one on, whose corner has these coordinates. */
function writeRows(
  out: TextPieces,
  words: Int32Array,
  first: number,
  x: number,
  y: number,
  z: number,
): void {
  for (let row = first; row < first + ROWS_AT_ONCE; row++) {
    writeRow(out, words, row * ROW_VOXELS, x, y + (row & 15), z + (row >> 4));
  }
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

function readTxt(
  bytes: Uint8Array,
  source: string,
  budget: BlockBudget,
  options: ImportOptions,
): Document {
  const lines = new Lines(source, budget, options);
  lines.take(withNewlines(bytes));
  return lines.document();
}

/** Lines may end in another piece than that in which they begin. */
function readTxtPieces(
  pieces: Iterable<Uint8Array>,
  source: string,
  options: ImportOptions = {},
): Document {
  const budget = new BlockBudget(source, options.voxel_bytes_max);
  const lines = new Lines(source, budget, options);
  let begun: Uint8Array = new Uint8Array(0);
  for (const raw of pieces) {
    const piece = withNewlines(raw);
    const end = piece.lastIndexOf(NEWLINE) + 1;
    if (end > 0) lines.take(begun, piece.subarray(0, end));
    if (end > 0) begun = new Uint8Array(0);
    // What is longer is judged by its beginning, and is no voxel.
    if (begun.length < LINE_BYTES_MAX) begun = Buffer.concat([begun, piece.subarray(end)]);
  }
  if (begun.length > 0) lines.take(begun);
  return lines.document();
}

/** The voxels of the lines of one file. */
class Lines {
  readonly #budget: BlockBudget;
  readonly #report: Report | undefined;
  readonly #voxels: VoxelBuilder;
  readonly #others: OtherLines;
  #line = 0;
  /** Of the pieces before. */
  #bytes = 0;

  constructor(source: string, budget: BlockBudget, options: ImportOptions) {
    this.#budget = budget;
    this.#report = options.report;
    this.#voxels = new VoxelBuilder(budget);
    this.#others = new OtherLines(source, this.#voxels, options);
  }

  /** Takes whole lines, the first of which may be begun by another piece. */
  take(...pieces: readonly Uint8Array[]): void {
    const [first, ...more] = pieces.filter(({ length }) => length > 0);
    if (first === undefined) return;
    const bytes = more.length === 0 ? first : Buffer.concat([first, ...more]);
    const voxels = this.#voxels;
    const cursor = new LineCursor(bytes);
    const isStart = this.#bytes === 0;
    if (isStart && BYTE_ORDER_MARK.equals(bytes.subarray(0, BYTE_ORDER_MARK.length))) cursor.at = 3;
    while (cursor.at < bytes.length) {
      if ((++this.#line & 0xfff) === 0) checkInterrupt();
      if (cursor.takePlain()) voxels.set(cursor.x, cursor.y, cursor.z, cursor.rgba);
      else this.#others.take(cursor, this.#line, this.#bytes);
    }
    this.#bytes += bytes.length;
  }

  document(): Document {
    const document = Document.empty();
    this.#voxels.finish(document.activeLayer.volume);
    if (this.#budget.taken === 0) this.#others.check();
    if (!this.#budget.counting) this.#others.tell(this.#report);
    document.set({ box: boxMatrix(contentBox(document.layers)) });
    return document;
  }
}

/** Lines that end with a carriage return alone, as those of old Macs, end with a newline. */
function withNewlines(bytes: Uint8Array): Uint8Array {
  if (bytes.includes(NEWLINE) || !bytes.includes(RETURN)) return bytes;
  return bytes.map((byte) => (byte === RETURN ? NEWLINE : byte));
}

/** Lines that are not as programs write them, and what there is to tell of these. */
class OtherLines {
  readonly #source: string;
  readonly #voxels: VoxelBuilder;
  readonly #likeGoxel: boolean;
  #rounded = 0;
  #unseen = 0;
  #bad = 0;
  /** The first that says no voxel. */
  #first: { readonly line: number; readonly byte: number } | undefined;

  constructor(source: string, voxels: VoxelBuilder, { like }: ImportOptions) {
    this.#source = source;
    this.#voxels = voxels;
    this.#likeGoxel = like === 'goxel';
  }

  /** It may still say a voxel, or nothing. Goxel takes no other for a file. */
  take(cursor: LineCursor, line: number, bytes_before: number): void {
    const byte = bytes_before + cursor.at;
    const content = cursor.takeLine();
    if ((this.#likeGoxel ? SILENT_IN_GOXEL : SILENT).test(content)) return;
    if (line === 1 && !this.#likeGoxel && HEADING.test(content)) return;
    const voxel = textVoxel(content);
    if (voxel === undefined) {
      this.#bad++;
      this.#first ??= { line, byte };
      if (this.#likeGoxel) this.check();
      return;
    }
    if (voxel.rounded) this.#rounded++;
    let { rgba } = voxel;
    if (this.#likeGoxel) rgba |= OPAQUE;
    if (rgba >>> 24 === 0) {
      rgba |= OPAQUE;
      this.#unseen++;
    }
    this.#voxels.set(voxel.x, voxel.y, voxel.z, rgba);
  }

  /** Throws GOX_FORMAT_BROKEN when a line said no voxel. */
  check(): void {
    if (this.#first !== undefined) fail(this.#source, this.#first.line, this.#first.byte);
  }

  tell(report: Report | undefined): void {
    const bad = 'A line is not "X Y Z RRGGBB", and was passed over.';
    report?.warn('WARN_FACES_SKIPPED', bad, this.#first, this.#bad);
    const rounded = 'A coordinate with a fraction was rounded down.';
    report?.warn('WARN_DETAIL_SKIPPED', rounded, undefined, this.#rounded);
    const unseen = 'A colour of alpha 00 was taken for opaque.';
    report?.warn('WARN_OPACITY', unseen, undefined, this.#unseen);
  }
}

function fail(file: string, line: number, offset: number): never {
  const message = `${file} is damaged in line ${line}, byte ${offset}: not "X Y Z RRGGBB".`;
  throw new GoxError('GOX_FORMAT_BROKEN', message, { file, line, offset });
}

export const txt: Format = {
  name: 'txt',
  extensions: ['txt'],
  read: budgeted(readTxt),
  readPieces: readTxtPieces,
  write: writeTxt,
};
