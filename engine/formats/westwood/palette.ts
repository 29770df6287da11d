/** The colours of Command & Conquer's voxels: those of the file, of another, or built-in ones. */

import { GoxError } from '../../../conf/errors.ts';
import { pack } from '../../volume/color.ts';
import type { ImportOptions } from '../format.ts';
import { readPalette } from '../palettes/palette-file.ts';

const COLORS = 256;
export const PALETTE_BYTES = COLORS * 3;
const VGA_MAX = 63;

/** The packed colours of a file that `colors` names; undefined when it names none. */
export function namedColors({ colors, open, report }: ImportOptions): Uint32Array | undefined {
  if (colors === undefined || open === undefined) return undefined;
  const bytes = open(colors);
  const named =
    bytes.length === PALETTE_BYTES ? ofBytes(bytes) : readPalette(bytes, colors, report).colors;
  if (named.length === 0) {
    const message = `${colors} has no colours.`;
    throw new GoxError('GOX_FORMAT_BROKEN', message, { file: colors, offset: 0 });
  }
  return Uint32Array.from({ length: COLORS }, (_, i) => named[i] ?? pack(0, 0, 0, 255));
}

/** Three bytes each, or six bits when no value is above 63; undefined when all are the same. */
export function fileColors(bytes: Uint8Array): Uint32Array | undefined {
  const first = bytes.subarray(0, 3);
  const same = bytes.every((value, i) => value === first[i % 3]);
  return same ? undefined : ofBytes(bytes);
}

function ofBytes(bytes: Uint8Array): Uint32Array {
  const vga = bytes.every((value) => value <= VGA_MAX);
  const value = (at: number) => (vga ? Math.round((bytes[at]! * 255) / VGA_MAX) : bytes[at]!);
  return Uint32Array.from({ length: COLORS }, (_, i) => {
    return pack(value(3 * i), value(3 * i + 1), value(3 * i + 2), 255);
  });
}

const GRAYS = 32;
const SHADES = 8;

/** As on a VGA card: grays, then hues from dark to bright; red where the game puts its players'. */
export function builtInColors(): Uint32Array {
  return Uint32Array.from({ length: COLORS }, (_, i) => {
    if (i < 16) return gray(Math.round((i * 255) / 15));
    if (i < GRAYS) return pack(255 - (i - 16) * 14, 0, 0, 255);
    const shade = 1 - ((i - GRAYS) % SHADES) / (SHADES + 2);
    return hue(Math.floor((i - GRAYS) / SHADES) / ((COLORS - GRAYS) / SHADES), shade);
  });
}

function gray(value: number): number {
  return pack(value, value, value, 255);
}

/** @param turn 0…1 around the wheel */
function hue(turn: number, brightness: number): number {
  const channel = (offset: number) => {
    const distance = Math.abs(((turn + offset) % 1) * 6 - 3) - 1;
    return Math.round(Math.min(1, Math.max(0.25, distance)) * brightness * 255);
  };
  return pack(channel(0), channel(2 / 3), channel(1 / 3), 255);
}
