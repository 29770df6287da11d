/**
 * Palette files. What a file holds says its beginning, whatever its name: GIMP's .gpl, Adobe's .ase
 * and Aseprite's, .pal of Paint Shop Pro (JASC) and of Windows (RIFF), .png, whose palette is its
 * distinct colours by rows (MagicaVoxel's is one of 256 x 1). Those without a sign are known by
 * their extension: Photoshop's .act and .aco, .hex, Paint.NET's .txt, the Build engine's .dat and
 * other .pal, which begin with 256 colours of three bytes.
 */

import { basename, extname } from 'node:path';
import { GoxError } from '../../../conf/errors.ts';
import { cutPath } from '../../catalogue/sketch.ts';
import { unnamed } from '../../document/built-in-palettes.ts';
import type { Palette } from '../../document/palette.ts';
import { decodeAnyPng } from '../../image/any-png.ts';
import { PngError } from '../../image/png.ts';
import { ColorCounter } from '../../image/quantize.ts';
import { pack } from '../../volume/color.ts';
import { kindOf } from '../kinds.ts';
import type { Report } from '../report.ts';
import { readAco, readAct, readAse } from './palette-adobe.ts';
import { readGpl } from './palette-gpl.ts';
import { isAseprite, isRiff, readAseprite, readRiff } from './palette-riff.ts';
import { isPaletteText, JASC_MAGIC, readHex, readJasc, readPaintNet } from './palette-text.ts';

type Reader = (bytes: Uint8Array, source: string, name: string, report?: Report) => Palette;

/** By what files begin with. */
const SIGNS: readonly (readonly [is: (bytes: Uint8Array) => boolean, reader: Reader])[] = [
  [(bytes) => begins(bytes, 'GIMP Palette'), readGpl],
  [(bytes) => begins(bytes, JASC_MAGIC), readJasc],
  [(bytes) => begins(bytes, 'ASEF'), readAse],
  [(bytes) => begins(bytes, '\x89PNG'), readPng],
  [isRiff, readRiff],
  [isAseprite, readAseprite],
];

/** By the names of files that have no sign, or are damaged. */
const READERS: Readonly<Record<string, Reader>> = {
  '.gpl': readGpl,
  '.dat': readDat,
  '.png': readPng,
  '.ase': readAse,
  '.aseprite': readAseprite,
  '.aco': readAco,
  '.act': readAct,
  '.hex': readHex,
  '.pal': readPal,
  '.txt': readPaintNet,
};

const DAT_COLORS = 256;
const DAT_CHANNEL_MAX = 63;

/** The signature, and a chunk header before the width and height. */
const PNG_SIZE_OFFSET = 16;
const PNG_SIDE_MAX = 2048;

/**
 * Reads a palette; it is named as the file says or else as the file is. Throws GOX_FORMAT_UNKNOWN
 * for another file, GOX_FORMAT_BROKEN, and GOX_FORMAT_LIMIT for a picture of more than 2048 x
 * 2048 pixels.
 */
export function readPalette(bytes: Uint8Array, path: string, report?: Report): Palette {
  const extension = extname(path).toLowerCase();
  const content = withoutMark(bytes);
  const name = basename(path, extname(path));
  const signed = SIGNS.find(([is]) => is(content))?.[1];
  if (signed !== undefined) return signed(content, path, name, report);
  const kind = kindOf(content);
  if (kind !== undefined) {
    const message = `${cutPath(path)} is ${kind.what}, and no palette.`;
    throw new GoxError('GOX_FORMAT_UNKNOWN', message, { path });
  }
  const reader = READERS[extension];
  if (reader !== undefined) return reader(content, path, name, report);
  const other = anyText(content, path, name, report);
  if (other !== undefined) return other;
  const supported = Object.keys(READERS).map((known) => known.slice(1));
  const what = `Palettes of "${cutPath(path)}"`;
  const message = `${what} are not supported; there are ${supported.join(', ')}.`;
  throw new GoxError('GOX_FORMAT_UNKNOWN', message, { path, supported });
}

/** The colours of a text whose name says nothing, if there are any in it. */
function anyText(
  bytes: Uint8Array,
  source: string,
  name: string,
  report: Report | undefined,
): Palette | undefined {
  try {
    return isPaletteText(bytes) ? readHex(bytes, source, name, report) : undefined;
  } catch (error) {
    if (error instanceof GoxError && error.code === 'GOX_FORMAT_BROKEN') return undefined;
    throw error;
  }
}

function begins(bytes: Uint8Array, sign: string): boolean {
  return Buffer.from(bytes.subarray(0, sign.length)).toString('latin1') === sign;
}

const BYTE_ORDER_MARK = '\xef\xbb\xbf';

/** As UTF-8 without a byte order mark, also of UTF-16. */
function withoutMark(bytes: Uint8Array): Uint8Array {
  if (begins(bytes, '\xff\xfe')) return Buffer.from(new TextDecoder('utf-16le').decode(bytes));
  return begins(bytes, BYTE_ORDER_MARK) ? bytes.subarray(BYTE_ORDER_MARK.length) : bytes;
}

/** Bytes without a sign: of 6 bits where none is larger, as games for VGA have them. */
function readPal(bytes: Uint8Array, source: string, name: string, report?: Report): Palette {
  const text = anyText(bytes, source, name, report);
  if (text !== undefined) return text;
  const colors = bytes.subarray(0, DAT_COLORS * 3);
  const dark = colors.length === DAT_COLORS * 3 && colors.every((one) => one <= DAT_CHANNEL_MAX);
  return (dark ? readDat : readAct)(bytes, source, name);
}

function readDat(bytes: Uint8Array, source: string, name: string): Palette {
  if (bytes.length < DAT_COLORS * 3) {
    fail(source, bytes.length, `it ends before its ${DAT_COLORS} colours`);
  }
  const over = bytes.subarray(0, DAT_COLORS * 3).findIndex((value) => value > DAT_CHANNEL_MAX);
  if (over >= 0) fail(source, over, `a channel is above ${DAT_CHANNEL_MAX}`);
  const colors = Array.from({ length: DAT_COLORS }, (_, i) =>
    pack(bytes[3 * i]! * 4, bytes[3 * i + 1]! * 4, bytes[3 * i + 2]! * 4, 255),
  );
  return unnamed(name, colors);
}

/** Transparent pixels have no colour. */
function readPng(bytes: Uint8Array, source: string, name: string): Palette {
  if (bytes.length < PNG_SIZE_OFFSET + 8) fail(source, bytes.length, 'the PNG image is cut short');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = view.getUint32(PNG_SIZE_OFFSET);
  const height = view.getUint32(PNG_SIZE_OFFSET + 4);
  if (width > PNG_SIDE_MAX || height > PNG_SIDE_MAX) {
    const message = `A palette of ${width} x ${height} pixels is too large: ${source}.`;
    throw new GoxError('GOX_FORMAT_LIMIT', message, { file: source, side_max: PNG_SIDE_MAX });
  }
  try {
    const { rgba } = decodeAnyPng(bytes, width, height);
    const counter = new ColorCounter();
    for (const color of new Uint32Array(rgba.slice().buffer)) {
      if (color > 0xff_ffff) counter.add(color, 1);
    }
    return unnamed(name, counter.colors);
  } catch (error) {
    if (!(error instanceof PngError)) throw error;
    return fail(source, error.offset, error.message);
  }
}

function fail(file: string, offset: number, why: string): never {
  const message = `${file} is damaged at byte ${offset}: ${why}.`;
  throw new GoxError('GOX_FORMAT_BROKEN', message, { file, offset });
}
