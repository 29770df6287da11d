/** Text in voxels, in the font of `font.ts`. */

import { GoxError } from '../../conf/errors.ts';
import type { Box, Vec3 } from '../volume/box.ts';
import { blocksOfVoxels, requireLeast } from '../volume/least.ts';
import { requireReach } from '../volume/reach.ts';
import { Volume } from '../volume/volume.ts';
import { GLYPH_HEIGHT, GLYPH_WIDTH, glyph } from './font.ts';

/** Pixels from one character to the next, and from one line to the next. */
const ADVANCE = GLYPH_WIDTH + 1;
const LINE_HEIGHT = GLYPH_HEIGHT + 2;

export type TextFacing = '-x' | '+x' | '-y' | '+y' | '-z' | '+z';

export interface TextParams {
  /** Printable ASCII; `\n` begins a new line below. */
  readonly text: string;
  /** The lowest voxel of the first line's first pixel column, nearest to the reader. */
  readonly origin: Vec3;
  /** Width and height of a pixel in voxels. */
  readonly size: number;
  /** Away from the reader, in voxels. */
  readonly depth: number;
  /** Whether `origin` is at the left end, the middle or the right end of each line. */
  readonly align: 'left' | 'center' | 'right';
  /** Where the front looks to. Text that faces up or down has its top toward +y. */
  readonly facing: TextFacing;
  /** Packed. */
  readonly color: number;
}

/** Axes as the reader sees them: 0 x, 1 y, 2 z, and 1 or -1 for the way along it. */
interface View {
  readonly right: readonly [axis: 0 | 1 | 2, way: 1 | -1];
  readonly up: readonly [axis: 0 | 1 | 2, way: 1 | -1];
  readonly away: readonly [axis: 0 | 1 | 2, way: 1 | -1];
}

const VIEWS: Record<TextFacing, View> = {
  '-y': { right: [0, 1], up: [2, 1], away: [1, 1] },
  '+y': { right: [0, -1], up: [2, 1], away: [1, -1] },
  '+x': { right: [1, 1], up: [2, 1], away: [0, -1] },
  '-x': { right: [1, -1], up: [2, 1], away: [0, 1] },
  '+z': { right: [0, 1], up: [1, 1], away: [2, -1] },
  '-z': { right: [0, -1], up: [1, 1], away: [2, 1] },
};

/**
 * Throws GOX_INVALID_PARAMS for a character that the font has not, and GOX_MEMORY_LIMIT when the
 * box of a line leaves the coordinates or its voxels touch more than `blocks_max` blocks.
 */
export function text(params: TextParams, blocks_max: number): Volume {
  const volume = new Volume();
  const least = blocksOfVoxels(inkOf(params.text) * params.size ** 2 * params.depth);
  requireLeast(least, blocks_max, 'The text');
  volume.blocks_max = blocks_max;
  for (const [i, characters] of params.text.split('\n').entries()) {
    writeLine(volume, [...characters], -i * LINE_HEIGHT, params);
  }
  volume.blocks_max = Number.POSITIVE_INFINITY;
  return volume;
}

/** Pixels that are set. */
function inkOf(characters: string): number {
  let ink = 0;
  for (const character of characters) {
    for (const row of glyph(character) ?? []) ink += row.replaceAll(/[^#]/g, '').length;
  }
  return ink;
}

function writeLine(
  volume: Volume,
  characters: readonly string[],
  bottom: number,
  params: TextParams,
): void {
  const width = Math.max(0, characters.length * ADVANCE - 1);
  const shift = { left: 0, center: -Math.trunc(width / 2), right: -width }[params.align];
  const whole = pixels(params, shift, bottom, width, GLYPH_HEIGHT);
  requireReach(whole.min, whole.max);
  for (const [i, character] of characters.entries()) {
    const rows = glyph(character);
    if (rows === undefined) {
      const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
      const shown = `U+${code} (${JSON.stringify(character)})`;
      const message = `The font has no character ${shown}, which is in \`text\`.`;
      throw new GoxError('GOX_INVALID_PARAMS', message, { parameter: 'params.text', character });
    }
    for (const [row, ink] of rows.entries()) {
      const up = bottom + GLYPH_HEIGHT - 1 - row;
      for (const { 0: run, index } of ink.matchAll(/#+/g)) {
        const { min, max } = pixels(params, shift + i * ADVANCE + index, up, run.length, 1);
        volume.fillBox(min, max, params.color);
      }
    }
  }
}

/** The voxels of a rectangle of pixels, counted from the origin to the right and up. */
function pixels(
  { origin, size, depth, facing }: TextParams,
  right: number,
  up: number,
  width: number,
  height: number,
): Box {
  const view = VIEWS[facing];
  const [min, max] = [[...origin], [...origin]];
  const extend = ([axis, way]: View['right'], start: number, length: number) => {
    const from = way > 0 ? start : 1 - start - length;
    min[axis] = origin[axis] + from;
    max[axis] = origin[axis] + from + length;
  };
  extend(view.right, right * size, width * size);
  extend(view.up, up * size, height * size);
  extend(view.away, 0, depth);
  return { min: min as unknown as Vec3, max: max as unknown as Vec3 };
}
