/**
 * What a file is by what it begins with, whatever its name says. People rename files, servers send
 * a page in the place of one, and Git keeps a pointer to it; none of these is a damaged model.
 */

import { constants, gunzipSync } from 'node:zlib';

export interface Kind {
  /** For messages: "a ZIP archive". */
  readonly what: string;
  /** The formats that files of this kind are read as; none when they are not read. */
  readonly formats: readonly string[];
}

/** Characters, one a byte, at the start or where it says. */
interface Signature extends Kind {
  readonly magic: string | RegExp;
  /** What comes later. */
  readonly inside?: RegExp;
}

const kind = (magic: string | RegExp, what: string, ...formats: string[]): Signature => ({
  magic,
  what,
  formats,
});

/** Those that no other format begins with. */
const SIGNATURES: readonly Signature[] = [
  kind('GOX ', 'a Goxel image', 'gox'),
  kind('VOX ', 'a MagicaVoxel model', 'vox'),
  kind('\x89PNG\r\n\x1a\n', 'a PNG picture', 'png', 'png slices'),
  kind('\xff\xd8\xff', 'a JPEG picture', 'jpeg'),
  kind('glTF', 'a binary glTF model', 'glb', 'gltf'),
  kind('Kvxl', 'a kv6 model', 'kv6'),
  kind('MTSM', 'a Luanti schematic', 'mts'),
  kind('QBCL', 'a Qubicle project', 'qbcl'),
  kind('QB 2', 'a Qubicle Binary Tree', 'qbt'),
  kind(/^ply\r?\n/, 'a PLY model', 'ply'),
  kind(/^\s*solid\b[^\n]*\n\s*facet\s/i, 'an STL model', 'stl'),
  kind('Voxel Animation\0', 'a .vxl of Command & Conquer', 'vxl'),
  kind('\0\x20\x07\x09', 'a map of Voxlap', 'vxl'),
  kind('#binvox', 'a binvox model', 'binvox'),
  { ...kind('PK\x03\x04', 'a 3MF model', '3mf'), inside: /3D\/3dmodel\.model/i },
  kind('PK\x03\x04', 'a ZIP archive'),
  kind('7z\xbc\xaf\x27\x1c', 'a 7-Zip archive'),
  kind('Rar!\x1a\x07', 'a RAR archive'),
  kind('\xfd7zXZ\0', 'an XZ archive'),
  kind('\x28\xb5\x2f\xfd', 'a Zstandard archive'),
  kind('Kaydara FBX Binary', 'an FBX scene'),
  kind(/^; FBX \d/, 'an FBX scene'),
  kind('BLENDER', 'a Blender scene'),
  kind('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'a 3ds Max scene or an old Office document'),
  kind('ISO-10303-21', 'a STEP model'),
  kind('\xff\xfe\xff\x0eS\0k\0e\0t\0c\0h\0U\0p\0', 'a SketchUp model'),
  kind('PXR-USDC', 'a USD scene'),
  kind('#usda ', 'a USD scene'),
  kind('#VRML V', 'a VRML scene'),
  kind('\x20BDV', 'an OpenVDB volume'),
  kind('XRAW', "MagicaVoxel's XRAW"),
  kind('Qubicle Exchange Format', 'a Qubicle Exchange file'),
  kind(/^FORM.{4}LW/s, 'a LightWave model'),
  kind(/^(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html)\b/i, 'a web page'),
  kind('version https://git-lfs.github.com/', 'a pointer of Git LFS'),
  kind('GIF8', 'a GIF picture'),
  kind(/^RIFF.{4}WEBP/s, 'a WebP picture'),
  kind('8BPS', 'a Photoshop picture'),
  kind('DDS |', 'a DDS picture'),
  kind('%PDF-', 'a PDF document'),
  kind('SQLite format 3\0', 'an SQLite database'),
  kind('\x7fELF', 'a program'),
  kind(/^(?:\xef\xbb\xbf)?\s*<\?xml.*<COLLADA\b/s, 'a COLLADA scene', 'dae'),
];

/** Those that a file of a format without a signature might begin with, too. */
const GUESSES: readonly Signature[] = [
  kind(/^\s*\{.*"asset"\s*:/s, 'a glTF model', 'gltf'),
  kind(/^\s*\{.*"(?:model_format|elements)"\s*:/s, 'a Blockbench or Minecraft model'),
  kind(/^\s*[{[]\s*["{\]}]/, 'JSON'),
  kind(/^(?:\xef\xbb\xbf)?\s*<\?xml/, 'XML'),
  kind(/^\s*0\s*\n\s*SECTION\b/, 'a DXF drawing'),
  kind(/^C?OFF\s/, 'an OFF model'),
  kind('BM', 'a BMP picture'),
  kind('II*\0', 'a TIFF picture'),
  kind('MM\0*', 'a TIFF picture'),
  kind('MM', 'a 3D Studio model'),
  kind('MZ', 'a program'),
  kind('BZh', 'a bzip2 archive'),
  kind('xof 0', 'a DirectX model'),
];

/** So much of a file is looked at. */
const HEAD_BYTES = 4096;
const GZIP = '\x1f\x8b';
const NBT_COMPOUND = 10;
const MINECRAFT = ['schem', 'schematic', 'litematic', 'nbt', 'mcstructure'];

/** Nothing when the beginning says nothing. */
export function kindOf(bytes: Uint8Array): Kind | undefined {
  const head = headOf(bytes);
  return head.startsWith(GZIP) ? packedKind(bytes) : found(head, SIGNATURES);
}

/** What a file may be that could not be read as what its name says. */
export function guessOf(bytes: Uint8Array): Kind | undefined {
  return kindOf(bytes) ?? found(headOf(bytes), GUESSES);
}

function headOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, HEAD_BYTES)).toString('latin1');
}

function found(head: string, signatures: readonly Signature[]): Kind | undefined {
  return signatures.find(({ magic, inside }) => {
    const begins = typeof magic === 'string' ? head.startsWith(magic) : magic.test(head);
    return begins && (inside === undefined || inside.test(head));
  });
}

/** What gzip holds: all of Minecraft's formats are packed so. */
function packedKind(bytes: Uint8Array): Kind {
  try {
    // The rest is not looked at.
    const finishFlush = constants.Z_SYNC_FLUSH;
    const head = gunzipSync(bytes.subarray(0, HEAD_BYTES), { finishFlush });
    if (head[0] === NBT_COMPOUND) return { what: 'a model of Minecraft', formats: MINECRAFT };
  } catch {
    // It is gzip by its first bytes all the same.
  }
  return { what: 'a gzip archive', formats: [] };
}
