/**
 * Writes Voxlap's maps; `vxl.ts` says what they are. Voxlap reads its own in one size only, 1024 x
 * 1024 columns; and since none of them can be empty, those with nothing at the bottom of the map
 * get a voxel of ground there.
 */

import { GoxError } from '../../../conf/errors.ts';
import type { Document } from '../../document/document.ts';
import { checkInterrupt } from '../../interrupt.ts';
import { newScratch } from '../../volume/block.ts';
import type { Volume } from '../../volume/volume.ts';
import { copyBox } from '../box-copy.ts';
import type { ExportOptions } from '../format.ts';
import { inPieces } from '../pieces.ts';
import type { Report } from '../report.ts';
import { tellInner } from './inside.ts';
import { type Frame, frameOf, headerOf, VOXLAP_HEIGHT } from './vxl-header.ts';

export const ACE_OF_SPADES = frameOf(512, 512, 64);
const VOXLAP = frameOf(1024, 1024, VOXLAP_HEIGHT);
const SPAN_BYTES = 4;
/** As of blocks. */
const TILE = 16;
/** Solid ground without a colour: 91, 64, 64. */
export const GROUND = 0xff40_405b;

export function writeVxl(
  document: Document,
  { voxlap_header: header = false, report }: ExportOptions = {},
): Generator<Uint8Array> {
  const frame = header ? VOXLAP : ACE_OF_SPADES;
  const { width, depth, height, left, front, top } = frame;
  const volume = document.merged();
  const { min, max } = volume.box() ?? { min: [0, 0, 0], max: [0, 0, 0] };
  const low = [left + 1 - width, front, top + 1 - height];
  const high = [left + 1, front + depth, top + 1];
  if (low.some((value, i) => min[i]! < value || max[i]! > high[i]!)) {
    const message =
      `A .vxl map reaches from ${low[0]} to ${left} in x and y and from ${low[2]} to ${top} in z;` +
      ` this model lies from ${min.join(' ')} to ${max.map((v) => v - 1).join(' ')}. Move or` +
      ' crop it.';
    throw new GoxError('GOX_FORMAT_LIMIT', message, { min, max });
  }
  return inPieces(mapOf(document, new Rows(volume, frame, header), frame, header, report));
}

function* mapOf(
  document: Document,
  rows: Rows,
  frame: Frame,
  header: boolean,
  report: Report | undefined,
): Generator<Uint8Array> {
  if (header) yield headerOf(frame, document.cameras);
  for (let y = 0; y < frame.depth; y++) yield rows.next();
  tellInner(rows.inside, report);
}

/** The columns of each y. What lies outside the map is empty. */
class Rows {
  /** How many voxels inside are not of the colour of the ground, which they will have. */
  inside = 0;
  readonly #volume: Volume;
  readonly #frame: Frame;
  readonly #ground: boolean;
  /** Words of a column with a margin. */
  readonly #pitch: number;
  /** The words of cells, signed, of a row of columns with a margin, and of those beside it. */
  #before: Int32Array;
  #now: Int32Array;
  #behind: Int32Array;
  readonly #bytes: Uint8Array;
  /** How many cells at the top of each column are empty, of 16 x 16 columns at once. */
  readonly #empty: Uint16Array;
  readonly #tiles: number;
  #y: number;

  /** @param ground whether no column may be empty */
  constructor(volume: Volume, frame: Frame, ground: boolean) {
    const { width, height, front } = frame;
    this.#volume = volume;
    this.#frame = frame;
    this.#ground = ground;
    this.#pitch = height + 2;
    const row = () => new Int32Array(this.#pitch * (width + 2));
    [this.#before, this.#now, this.#behind] = [row(), row(), row()];
    // Colours and headers: a span can be as short as two voxels.
    this.#bytes = new Uint8Array(width * (height * 4 + (height / 2 + 1) * SPAN_BYTES));
    this.#tiles = Math.ceil(width / TILE) + 1;
    this.#empty = this.#findEmpty();
    this.#y = front - 1;
    this.#load(front);
  }

  /** By the blocks that there are; what is no block costs no look at its cells. */
  #findEmpty(): Uint16Array {
    const { depth, height, left, front, top } = this.#frame;
    const rows = Math.ceil(depth / TILE) + 1;
    const floor = this.#ground ? height - 1 : height;
    const empty = new Uint16Array(this.#tiles * rows).fill(floor);
    for (const { x, y, z } of this.#volume.blocks(newScratch())) {
      // A block may lie over the tiles of two rows and columns.
      const [fromX, toX] = [left - x - TILE + 1, left - x].map((n) => Math.floor(n / TILE));
      const [fromY, toY] = [y - front, y - front + TILE - 1].map((n) => Math.floor(n / TILE));
      for (let tileY = Math.max(fromY!, 0); tileY <= toY!; tileY++) {
        for (let tileX = Math.max(fromX!, 0); tileX <= toX!; tileX++) {
          const at = tileY * this.#tiles + tileX;
          empty[at] = Math.min(empty[at]!, Math.max(top - z - TILE + 1, 0));
        }
      }
    }
    return empty;
  }

  /** The spans of the first or the next row. */
  next(): Uint8Array {
    checkInterrupt();
    [this.#before, this.#now, this.#behind] = [this.#now, this.#behind, this.#before];
    this.#y++;
    this.#load(this.#y + 1);
    let at = 0;
    const tiles = Math.floor((this.#y - this.#frame.front) / TILE) * this.#tiles;
    for (let x = 0; x < this.#frame.width; x++) {
      const empty = this.#empty[tiles + Math.floor(x / TILE)]!;
      at = this.#write((x + 1) * this.#pitch + 1, empty, at);
    }
    return this.#bytes.slice(0, at);
  }

  #load(y: number): void {
    const { width, depth, height, left, front, top } = this.#frame;
    const out = this.#behind;
    const pitch = this.#pitch;
    out.fill(0);
    if (y >= front + depth) return;
    const min = [left + 1 - width, y, top + 1 - height] as const;
    const max = [left + 1, y + 1, top + 1] as const;
    copyBox(this.#volume, { min, max }, out, {
      x: -pitch,
      y: 0,
      z: -1,
      start: width * pitch + height,
    });
    if (!this.#ground) return;
    for (let x = 1; x <= width; x++) {
      const floor = x * pitch + height;
      if (isClear(out[floor]!)) out[floor] = GROUND | 0;
    }
  }

  /** Writes the spans of one column at `at`; returns where they end. */
  #write(column: number, empty: number, at: number): number {
    const { height } = this.#frame;
    const now = this.#now;
    const bytes = this.#bytes;
    for (let air = 0, z = empty; air < height; air = z) {
      while (z < height && isClear(now[column + z]!)) z++;
      const top = z;
      while (z < height && this.#isSurface(column + z)) z++;
      const end = z;
      for (; z < height && this.#isInner(column + z); z++) {
        if (((now[column + z]! ^ GROUND) & 0xff_ffff) !== 0) this.inside++;
      }
      // Colours that reach the ground are the top colours of a last span.
      let bottom = z;
      while (bottom < height && this.#isSurface(column + bottom)) bottom++;
      if (bottom === height) bottom = z;
      const span = at;
      bytes[span + 1] = top;
      bytes[span + 2] = end - 1;
      bytes[span + 3] = air;
      at = writeColors(now, column, top, end, bytes, at + SPAN_BYTES);
      at = writeColors(now, column, z, bottom, bytes, at);
      z = bottom;
      bytes[span] = z === height ? 0 : (at - span) / 4;
    }
    return at;
  }

  /** Whether a cell is solid and one beside it is not. */
  #isSurface(cell: number): boolean {
    return !isClear(this.#now[cell]!) && !this.#isInner(cell);
  }

  /** Whether a cell and all beside it are solid. */
  #isInner(cell: number): boolean {
    const now = this.#now;
    const pitch = this.#pitch;
    return (
      !isClear(now[cell]!) &&
      !isClear(now[cell - 1]!) &&
      !isClear(now[cell + 1]!) &&
      !isClear(now[cell - pitch]!) &&
      !isClear(now[cell + pitch]!) &&
      !isClear(this.#before[cell]!) &&
      !isClear(this.#behind[cell]!)
    );
  }
}

/**
 * Goxel's threshold here lies one above that of its other formats: alpha 128, from which on a
 * signed word is negative.
 */
function isClear(word: number): boolean {
  return word >= 0;
}

function writeColors(
  now: Int32Array,
  column: number,
  from: number,
  to: number,
  bytes: Uint8Array,
  at: number,
): number {
  for (let z = from; z < to; z++) {
    const rgba = now[column + z]!;
    bytes[at++] = (rgba >>> 16) & 0xff;
    bytes[at++] = (rgba >>> 8) & 0xff;
    bytes[at++] = rgba & 0xff;
    bytes[at++] = rgba >>> 24;
  }
  return at;
}
