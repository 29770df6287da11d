/**
 * What a file without a signature is by its shape: texts by what most of their lines say, the
 * others by numbers that must fit each other. It is asked only for files whose names say nothing,
 * or something that is not true.
 */

import { type Kind, kindOf, MINECRAFT, minecraftKind, OLD_GLTF } from './kinds.ts';
import { textVoxel } from './txt/txt-voxel.ts';

/** A text of which no more is known. */
export const PLAIN_TEXT: Kind = {
  what: 'a text',
  formats: [],
  advice: 'It is none of the formats of text that are read.',
};

/** So much of a text is looked at. */
const TEXT_BYTES = 65_536;
const LINES_MAX = 400;
/** Before what fills it up. */
const TEXT_BYTES_MIN = 5;
/** Of the lines that say something. */
const MOST = 0.8;

const NBT_COMPOUND = 10;
const NBT_KIND_MAX = 12;

const COMMENT = /^\s*(?:#(?![0-9a-f]{6}\b)|\/\/|;|$)/i;
const OBJ = /^\s*(?:v\s+[-+.\d]|vn\s|vt\s|vp\s|[flp]\s+-?\d|g\b|o\s|s\s+\S|usemtl\s|mtllib\s)/;
const OBJ_VERTEX = /^\s*v\s+[-+.\d]/;
const POINT = /^\s*[-+]?[.\d][-+.\deE]*(?:[\s,;]+[-+]?[.\d][-+.\deE]*){2,}\s*$/;

/** Texts that are told by their beginning, which files of other formats could have, too. */
const TEXTS: readonly (readonly [begin: RegExp, kind: Kind])[] = [
  [
    /^GIMP Palette|^JASC-PAL/,
    { what: 'a palette', formats: [], advice: 'The option "palette" takes it.' },
  ],
  [
    /^\s*(?:#[^\n]*\n\s*)*newmtl\s/,
    { what: 'a file of materials', formats: [], advice: 'Read the .obj that names it.' },
  ],
  [
    /^\s*[{[].*"(?:model_format|elements)"\s*:/s,
    { what: 'a Blockbench or Minecraft model', formats: [] },
  ],
  [/^\s*[{[]\s*["{\]}[\d-]/, { what: 'JSON', formats: [] }],
  [/^\s*(?:<\?xml.*)?<svg\b/s, { what: 'an SVG drawing', formats: [] }],
  [/^\s*(?:<\?xml.*)?<X3D\b/is, { what: 'an X3D scene', formats: [] }],
  [/^\s*(?:<\?xml.*)?<amf\b/is, { what: 'an AMF model', formats: [] }],
  [/^\s*<\?xml/, { what: 'XML', formats: [] }],
  [/^\s*0\s*\n\s*SECTION\b/, { what: 'a DXF drawing', formats: [] }],
  [/^(?:ST|C|N|4|n)*OFF\s/, { what: 'an OFF model', formats: [] }],
  [/^xof 0/, { what: 'a DirectX model', formats: [] }],
];

/** Without a signature that one could rely on. */
const BINARIES: readonly (readonly [begin: string, what: string])[] = [
  ['BM', 'a BMP picture'],
  ['II*\0', 'a TIFF picture'],
  ['MM\0*', 'a TIFF picture'],
  ['MM', 'a 3D Studio model'],
  ['MZ', 'a program'],
  ['BZh', 'a bzip2 archive'],
  ['\x64\x86', 'an object file of a compiler'],
  ['\x4c\x01', 'an object file of a compiler'],
  ['\0\0\x01\0', 'an icon'],
];

/** Nothing when nothing fits. */
export function shapeOf(bytes: Uint8Array): Kind | undefined {
  const known = kindOf(bytes);
  if (known !== undefined) return known;
  return isText(bytes) ? textShape(bytes) : binaryShape(bytes);
}

/** Whether a file that a format could not read may be of it all the same, but damaged. */
export function mayBe(format: string, bytes: Uint8Array): boolean {
  if (SIGNED.includes(format)) return false;
  const text = isText(bytes);
  if (TEXT_FORMATS.includes(format)) return text && shapeOf(bytes) !== PLAIN_TEXT;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const first = (at: number) => (at + 4 <= bytes.length ? view.getUint32(at, true) : 0);
  if (format === 'stl') return text || first(80) <= STL_FACES_MAX;
  if (text) return false;
  if (format === 'qb') return [4, 8, 12].every((at) => first(at) <= 1);
  if (format === 'kvx') return [4, 8, 12].every((at) => first(at) <= KVX_SIDE_MAX);
  return !MINECRAFT.includes(format) || NBT_BEGINS.includes(bytes[0]!);
}

/** What one that was cut off may say that it has. */
const STL_FACES_MAX = 2 ** 24;
const KVX_SIDE_MAX = 4096;
/** A compound, gzip and zlib. */
const NBT_BEGINS = [0x0a, 0x1f, 0x78];

/** All of their files begin with a signature, or nearly all. */
const SIGNED = [
  ...['gox', 'png', 'png slices', 'jpeg', 'glb', 'kv6', 'mts', 'qbcl', 'qbt', 'ply', 'binvox'],
  ...['3mf', 'dae', 'vox'],
];
export const TEXT_FORMATS = ['obj', 'txt', 'points', 'gltf', 'dae', 'povray'];

function latin1(bytes: Uint8Array, from = 0, to = bytes.length): string {
  return Buffer.from(bytes.subarray(from, to)).toString('latin1');
}

/** Whether the beginning has no control characters but those of texts. */
export function isText(bytes: Uint8Array): boolean {
  let end = Math.min(bytes.length, TEXT_BYTES);
  // Some programs fill up the end.
  while (end > 0 && bytes[end - 1] === 0) end--;
  if (end < TEXT_BYTES_MIN && end < bytes.length) return false;
  const head = bytes.subarray(0, end);
  let odd = 0;
  for (const byte of head) {
    if (byte === 0) return false;
    if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) odd++;
  }
  return head.length > 0 && odd * 100 < head.length;
}

function textShape(bytes: Uint8Array): Kind {
  const text = latin1(bytes, 0, TEXT_BYTES)
    .replace(/^\xef\xbb\xbf/, '')
    .replace(/\0+$/, '');
  const gltf = /^\s*\{/.test(text) ? gltfKind(bytes) : undefined;
  if (gltf !== undefined) return gltf;
  const named = TEXTS.find(([begin]) => begin.test(text));
  if (named !== undefined) return named[1];
  const lines = text
    .split(/\r\n|\r|\n/)
    .filter((line) => !COMMENT.test(line))
    .slice(0, LINES_MAX);
  const most = (is: (line: string) => boolean) =>
    lines.length > 0 && lines.filter(is).length >= MOST * lines.length;
  if (most((line) => OBJ.test(line)) && lines.some((line) => OBJ_VERTEX.test(line))) {
    return { what: 'an obj model', formats: ['obj'] };
  }
  if (most((line) => textVoxel(line) !== undefined)) {
    const both = most((line) => POINT.test(line)) ? ['points'] : [];
    return { what: 'a text of voxels', formats: ['txt', ...both] };
  }
  if (most((line) => POINT.test(line))) return { what: 'a cloud of points', formats: ['points'] };
  return PLAIN_TEXT;
}

/** Its parts may come in any order, and after megabytes of others. */
function gltfKind(bytes: Uint8Array): Kind | undefined {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = content.indexOf('"asset"');
  if (at < 0) return undefined;
  const isOld = /^"asset"\s*:\s*\{[^}]*"version"\s*:\s*"?[01]/.test(latin1(bytes, at, at + 512));
  return isOld
    ? { what: 'a glTF model of version 1', formats: [], advice: OLD_GLTF }
    : { what: 'a glTF model', formats: ['gltf'] };
}

function binaryShape(bytes: Uint8Array): Kind | undefined {
  const head = latin1(bytes, 0, 16);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fitting = BY_NUMBERS.find(([is]) => is(view));
  if (fitting !== undefined) return fitting[1];
  if (isNbt(view)) return minecraftKind(bytes);
  const named = BINARIES.find(([begin]) => head.startsWith(begin));
  if (named !== undefined) return { what: named[1], formats: [] };
  if (latin1(bytes, bytes.length - 18).startsWith('TRUEVISION-XFILE')) {
    return { what: 'a TGA picture', formats: [] };
  }
  return undefined;
}

type Fits = (view: DataView) => boolean;

const BY_NUMBERS: readonly (readonly [is: Fits, kind: Kind])[] = [
  [isStl, { what: 'a binary STL model', formats: ['stl'] }],
  [isQb, { what: 'a Qubicle Binary model', formats: ['qb'] }],
  [isVoxlapVox, { what: "a .vox of Voxlap's tools", formats: ['vox'] }],
  [isKvx, { what: 'a kvx model', formats: ['kvx'] }],
];

function isStl(view: DataView): boolean {
  const faces = view.byteLength >= 84 ? view.getUint32(80, true) : 0;
  return faces > 0 && view.byteLength === 84 + 50 * faces;
}

/** Five numbers of 0 or 1 behind the version, and a matrix of a plausible name and size. */
function isQb(view: DataView): boolean {
  if (view.byteLength < 49) return false;
  const flags = [4, 8, 12, 16].map((at) => view.getUint32(at, true));
  const count = view.getUint32(20, true);
  const behind = 25 + view.getUint8(24);
  if (flags.some((flag) => flag > 1) || count === 0 || count > 65_535) return false;
  if (behind + 24 > view.byteLength) return false;
  return [0, 4, 8].every((at) => view.getUint32(behind + at, true) <= 4096);
}

/** Sizes, cells and a palette fill it. */
function isVoxlapVox(view: DataView): boolean {
  if (view.byteLength < 12 + 768) return false;
  const [x, y, z] = [0, 4, 8].map((at) => view.getUint32(at, true)) as [number, number, number];
  return x * y * z > 0 && 12 + x * y * z + 768 === view.byteLength;
}

/** The first column begins behind the tables. */
function isKvx(view: DataView): boolean {
  if (view.byteLength < 32 + 768) return false;
  const [level, x, y] = [0, 4, 8].map((at) => view.getUint32(at, true)) as [number, number, number];
  const fits = level >= 28 && level + 4 + 768 <= view.byteLength;
  return fits && view.getUint32(28, true) === (x + 1) * 4 + x * (y + 1) * 2;
}

/** A compound whose first tag has a name of letters, the lengths of names either way round. */
function isNbt(view: DataView): boolean {
  for (const little of [false, true]) {
    if (view.byteLength < 7 || view.getUint8(0) !== NBT_COMPOUND) return false;
    const at = 3 + view.getUint16(1, little);
    if (at + 4 > view.byteLength || view.getUint8(at) > NBT_KIND_MAX) continue;
    const length = view.getUint16(at + 1, little);
    if (length > 0 && length < 64 && isLetter(view.getUint8(at + 3))) return true;
  }
  return false;
}

function isLetter(byte: number): boolean {
  return /\w/.test(String.fromCharCode(byte));
}
