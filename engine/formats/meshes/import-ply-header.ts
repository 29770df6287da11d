/** The header of a .ply file: its encoding, and what each element's records hold. */

import { plainText, withoutMark } from '../../mesh-import/plain-text.ts';
import type { TextCursor } from '../../mesh-import/text-cursor.ts';
import { isOfVoxels, voxelLengthIn } from './voxel-mark.ts';

const ENCODINGS = ['ascii', 'binary_little_endian', 'binary_big_endian'] as const;

export type Encoding = (typeof ENCODINGS)[number];

/** Types of numbers, by both of their usual names. */
const TYPES: Readonly<Record<string, NumberType>> = {
  char: 'int8',
  int8: 'int8',
  uchar: 'uint8',
  uint8: 'uint8',
  short: 'int16',
  int16: 'int16',
  ushort: 'uint16',
  uint16: 'uint16',
  int: 'int32',
  int32: 'int32',
  uint: 'uint32',
  uint32: 'uint32',
  float: 'float32',
  float32: 'float32',
  double: 'float64',
  float64: 'float64',
};

export type NumberType =
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'float32'
  | 'float64';

export const TYPE_BYTES: Readonly<Record<NumberType, number>> = {
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  float32: 4,
  float64: 8,
};

export interface Property {
  readonly name: string;
  readonly type: NumberType;
  /** The type of a list's length; undefined for a plain number. */
  readonly lengthType: NumberType | undefined;
}

export interface Element {
  readonly name: string;
  readonly count: number;
  readonly properties: Property[];
}

export interface Header {
  readonly encoding: Encoding;
  readonly elements: Element[];
  /** Names of pictures, as MeshLab and openMVS have them in comments. */
  readonly textures: readonly string[];
  /** Whether a comment says that z is up, as ours do, or whose file it is. */
  readonly zUp: boolean;
  /** Units to a voxel, where Goxel wrote it, or we. */
  readonly voxel_length: number | undefined;
  /** Whether another program for voxels wrote it. */
  readonly ofVoxels: boolean;
  /** Lines that are none of a header, which old exporters of Blender have. */
  readonly strange: readonly number[];
}

const ELEMENTS_MAX = 64;
const PROPERTIES_MAX = 256;
const TEXTURES_MAX = 256;
const STRANGE_MAX = 16;
const COUNT = /^\d{1,10}$/;

const RETURN = 0x0d;
const NEWLINE = 0x0a;
const END = /[\r\n]end_header[ \t]*(?:\r\n|\r|\n)/;
const HEADER_BYTES_MAX = 65_536;

/** A file as it is read: without a byte order mark, and with newlines in its text. */
export function plyBytes(bytes: Uint8Array): Uint8Array {
  const file = withoutMark(bytes);
  if (file[3] !== RETURN || file[4] === NEWLINE) return file;
  const start = Buffer.from(file.subarray(0, HEADER_BYTES_MAX)).toString('latin1');
  const end = END.exec(start);
  if (end === null || /[\r\n]format\s+ascii/.test(start)) return plainText(file);
  const body = end.index + end[0].length;
  return Buffer.concat([plainText(file.subarray(0, body)), file.subarray(body)]);
}

/** Reads a header and leaves the cursor at the first record. Throws GOX_FORMAT_BROKEN. */
export function readHeader(cursor: TextCursor): Header {
  if (cursor.word().toLowerCase() !== 'ply') cursor.fail('it does not begin with "ply"');
  let encoding: Encoding | undefined;
  const elements: Element[] = [];
  const textures: string[] = [];
  let zUp = false;
  let voxel_length: number | undefined;
  let ofVoxels = false;
  const strange: number[] = [];
  while (cursor.nextLine()) {
    if (!cursor.more()) continue;
    const keyword = cursor.word();
    if (keyword === 'format') {
      const name = next(cursor);
      encoding = ENCODINGS.find((known) => known === name);
      if (encoding === undefined) cursor.fail('unknown format');
    } else if (keyword === 'element') {
      if (elements.length === ELEMENTS_MAX) cursor.fail(`more than ${ELEMENTS_MAX} elements`);
      const name = next(cursor).toLowerCase();
      const count = next(cursor);
      if (!COUNT.test(count)) cursor.fail('an element without a count');
      elements.push({ name, count: Number(count), properties: [] });
    } else if (keyword === 'property') {
      const properties = elements.at(-1)?.properties;
      if (properties === undefined) cursor.fail('a property without an element');
      if (properties.length === PROPERTIES_MAX)
        cursor.fail(`more than ${PROPERTIES_MAX} properties`);
      properties.push(readProperty(cursor));
    } else if (keyword === 'end_header') {
      if (encoding === undefined) cursor.fail('the header names no format');
      // One newline ends the header: what looks like another may be the first record's bytes.
      cursor.nextLine();
      return { encoding, elements, textures, zUp, voxel_length, ofVoxels, strange };
    } else if (keyword === 'comment' || keyword === 'obj_info') {
      const comment = cursor.rest();
      const picture = /^TextureFile\s*[\s:=]\s*(.+)$/i.exec(comment)?.[1];
      if (picture !== undefined && textures.length < TEXTURES_MAX) textures.push(picture);
      zUp ||= /\bz is up\b/i.test(comment);
      voxel_length ??= voxelLengthIn(comment);
      ofVoxels ||= isOfVoxels(comment);
      // Its .ply stands upright in Blender, as ours does.
      zUp ||= /\bMagicaVoxel\b/i.test(comment);
    } else if (strange.push(cursor.line) > STRANGE_MAX) cursor.fail('not a header of .ply');
  }
  return cursor.fail('the header has no end');
}

function readProperty(cursor: TextCursor): Property {
  const word = next(cursor);
  if (word !== 'list')
    return { name: next(cursor), type: typeOf(cursor, word), lengthType: undefined };
  const lengthType = typeOf(cursor, next(cursor));
  if (lengthType.startsWith('float')) cursor.fail("a list's length is no whole number");
  const type = typeOf(cursor, next(cursor));
  return { name: next(cursor), type, lengthType };
}

function typeOf(cursor: TextCursor, name: string): NumberType {
  const type = Object.hasOwn(TYPES, name) ? TYPES[name] : undefined;
  return type ?? cursor.fail('unknown type of number');
}

function next(cursor: TextCursor): string {
  if (!cursor.more()) cursor.fail('the line is cut short');
  return cursor.word();
}
