/**
 * Palettes in binary files of Windows and of Aseprite, little-endian: Microsoft's RIFF .pal
 * ("Multimedia Programming Interface and Data Specifications 1.0", LOGPALETTE in a chunk `data`),
 * and the palette of an Aseprite picture, whose .ase is another format than Adobe's
 * (https://github.com/aseprite/aseprite/blob/main/docs/ase-file-specs.md).
 */

import type { Palette } from '../../document/palette.ts';
import { pack } from '../../volume/color.ts';
import { ByteReader } from '../bytes.ts';
import type { Report } from '../report.ts';
import { PaletteColors } from './palette-colors.ts';

/** `RIFF`, a size, `PAL `. */
export function isRiff(bytes: Uint8Array): boolean {
  return ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'PAL ';
}

export function readRiff(
  bytes: Uint8Array,
  source: string,
  name: string,
  report?: Report,
): Palette {
  const reader = new ByteReader(bytes, source, 'little');
  reader.skip(12, 'header');
  const colors = new PaletteColors(source);
  while (reader.left >= 8) {
    const chunk = reader.text(4, 'a chunk');
    const length = reader.u32('length of a chunk');
    if (chunk !== 'data') {
      // Chunks begin at even places.
      reader.skip(Math.min(length + (length & 1), reader.left), 'a chunk');
      continue;
    }
    reader.skip(2, 'version');
    const count = reader.u16('number of colours');
    // The number may say more than there is.
    const there = Math.min(count, Math.floor(reader.left / 4));
    const entries = reader.take(there * 4, 'colours');
    const message = 'The palette was cut off, and has fewer colours.';
    report?.warn('WARN_DETAIL_SKIPPED', message, { file: source }, there < count ? 1 : 0);
    for (let i = 0; i < there * 4; i += 4) {
      colors.add(pack(entries[i]!, entries[i + 1]!, entries[i + 2]!, 255));
    }
    break;
  }
  return colors.named(name);
}

const ASEPRITE_MAGIC = 0xa5e0;
const FRAME_MAGIC = 0xf1fa;
const HEADER_BYTES = 128;
const FRAME_BYTES = 16;
const CHUNK_BYTES = 6;
const OLD_PALETTE = 0x0004;
const PALETTE = 0x2019;
const HAS_NAME = 1;
const COLORS_MAX = 0x1_0000;

export function isAseprite(bytes: Uint8Array): boolean {
  return bytes.length >= HEADER_BYTES && (bytes[4]! | (bytes[5]! << 8)) === ASEPRITE_MAGIC;
}

/** The palette of the first frame; a picture of that size alone is what other frames share. */
export function readAseprite(bytes: Uint8Array, source: string, name: string): Palette {
  const reader = new ByteReader(bytes, source, 'little');
  reader.skip(HEADER_BYTES, 'header');
  const frame = reader.at;
  const length = reader.u32('length of a frame');
  if (reader.u16('a frame') !== FRAME_MAGIC) reader.fail('this is no frame', frame);
  const end = Math.min(frame + Math.max(length, FRAME_BYTES), bytes.length);
  reader.skip(FRAME_BYTES - 6, 'a frame');
  let old: PaletteColors | undefined;
  while (end - reader.at >= CHUNK_BYTES) {
    const start = reader.at;
    const size = reader.u32('length of a chunk');
    const kind = reader.u16('kind of a chunk');
    if (size < CHUNK_BYTES || size > end - start) reader.fail('a chunk leaves its frame', start);
    if (kind === PALETTE) return readPalette(reader, source).named(name);
    if (kind === OLD_PALETTE) old = readOldPalette(reader, source);
    reader.at = start + size;
  }
  return (old ?? new PaletteColors(source)).named(name);
}

function readPalette(reader: ByteReader, source: string): PaletteColors {
  const colors = new PaletteColors(source);
  reader.skip(4, 'size of the palette');
  const first = reader.u32('first colour');
  const last = reader.u32('last colour');
  if (last < first || last - first >= COLORS_MAX) reader.fail('too many colours');
  reader.skip(8, 'a palette');
  for (let i = first; i <= last; i++) {
    const flags = reader.u16('a colour');
    const [red, green, blue] = reader.take(4, 'a colour');
    const name = (flags & HAS_NAME) === 0 ? '' : reader.text(reader.u16('a name'), 'a name');
    colors.add(pack(red!, green!, blue!, 255), name);
  }
  return colors;
}

/** Packets, each of colours after some that are passed over. */
function readOldPalette(reader: ByteReader, source: string): PaletteColors {
  const colors = new PaletteColors(source);
  const packets = reader.u16('number of packets');
  for (let i = 0; i < packets; i++) {
    reader.skip(1, 'a packet');
    const count = reader.u8('number of colours') || 256;
    const entries = reader.take(count * 3, 'colours');
    for (let k = 0; k < entries.length; k += 3) {
      colors.add(pack(entries[k]!, entries[k + 1]!, entries[k + 2]!, 255));
    }
  }
  return colors;
}

function ascii(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.subarray(from, to)).toString('latin1');
}
