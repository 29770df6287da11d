/**
 * What a file is by what it begins with, whatever its name says. People rename files, servers send
 * a page in the place of one, and Git keeps a pointer to it; none of these is a damaged model. What
 * has no signature is told by its shape (`shapes.ts`).
 */

import { constants, gunzipSync } from 'node:zlib';

export interface Kind {
  /** For messages: "a ZIP archive". */
  readonly what: string;
  /** The formats that files of this kind are read as; none when they are not read. */
  readonly formats: readonly string[];
  /** What to do with a file that is not read: a sentence. */
  readonly advice?: string;
}

/** Characters, one a byte, at the start. */
interface Signature extends Kind {
  readonly magic: string | RegExp;
  /** What comes later, in the first bytes or the last ones. */
  readonly inside?: RegExp;
}

const kind = (magic: string | RegExp, what: string, ...formats: string[]): Signature => ({
  magic,
  what,
  formats,
});

const stranger = (advice: string) => (magic: string | RegExp, what: string, inside?: RegExp) => ({
  ...kind(magic, what),
  advice,
  ...(inside === undefined ? {} : { inside }),
});

const archive = stranger('Unpack it, and take the model that is in it.');
const scene = stranger('Save it there as glTF (.glb) or .obj, which are read.');
const voxels = stranger('Save it there as .vox, .qb or .obj, which are read.');
const picture = stranger('Save it as .png, which is read as a plane of voxels or a height map.');
const download = stranger('Download the file itself.');
const other = stranger('It is no model.');
export const OLD_GLTF = 'Save it as glTF 2.0, which is read.';
const PNG = '\x89PNG\r\n\x1a\n';
const ZIP = 'PK\x03\x04';

/** Those that no other format begins with. */
const SIGNATURES: readonly Signature[] = [
  kind('GOX ', 'a Goxel image', 'gox'),
  kind('VOX ', 'a MagicaVoxel model', 'vox'),
  {
    ...kind(PNG, 'a picture of slices', 'png slices', 'png'),
    inside: /tEXtgoxel-supervisor slices\0/,
  },
  kind(PNG, 'a PNG picture', 'png', 'png slices'),
  kind('\xff\xd8\xff', 'a JPEG picture', 'jpeg'),
  { ...kind('glTF\x01\0\0\0', 'a glTF model of version 1'), advice: OLD_GLTF },
  kind('glTF', 'a binary glTF model', 'glb', 'gltf'),
  kind('Kvxl', 'a kv6 model', 'kv6'),
  kind('MTSM', 'a Luanti schematic', 'mts'),
  kind('QBCL', 'a Qubicle project', 'qbcl'),
  kind('QB 2', 'a Qubicle Binary Tree', 'qbt'),
  kind(/^(?:\xef\xbb\xbf)?ply[\r\n]/, 'a PLY model', 'ply'),
  kind(/^\s*solid\b[^\n]*\n\s*facet\s/i, 'an STL model', 'stl'),
  kind('Voxel Animation\0', 'a .vxl of Command & Conquer', 'vxl'),
  kind('\0\x20\x07\x09', 'a map of Voxlap', 'vxl'),
  kind(/^#binvox\b/, 'a binvox model', 'binvox'),
  kind(/^(?:\xef\xbb\xbf)?\s*(?:<\?xml.*)?<COLLADA\b/s, 'a COLLADA scene', 'dae'),
  { ...kind(ZIP, 'a 3MF model', '3mf'), inside: /3D\/[^\0]{0,40}\.model/i },
  { ...kind(ZIP, 'a zipped COLLADA scene', 'dae'), inside: /[.]dae/i },
  scene(ZIP, 'a USDZ scene', /^.{30}[^\0]{1,64}\.usd/s),
  other(ZIP, 'an Office document', /(?:word|xl|ppt)\/|mimetypeapplication\/vnd\.oasis/),
  archive(ZIP, 'a ZIP archive'),
  archive('7z\xbc\xaf\x27\x1c', 'a 7-Zip archive'),
  archive('Rar!\x1a\x07', 'a RAR archive'),
  archive('\xfd7zXZ\0', 'an XZ archive'),
  archive('\x28\xb5\x2f\xfd', 'packed with Zstandard, as new Blender scenes are'),
  archive('\x04\x22\x4d\x18', 'packed with LZ4'),
  archive(/^.{257}ustar/s, 'a tar archive'),
  scene('Kaydara FBX Binary', 'an FBX scene'),
  scene(/^; FBX \d/, 'an FBX scene'),
  scene('BLENDER', 'a Blender scene'),
  scene('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'a 3ds Max scene or an old Office document'),
  scene('ISO-10303-21', 'a STEP model'),
  scene('\xff\xfe\xff\x0eS\0k\0e\0t\0c\0h\0U\0p\0', 'a SketchUp model'),
  scene('PXR-USDC', 'a USD scene'),
  scene('#usda ', 'a USD scene'),
  scene('#VRML V', 'a VRML scene'),
  scene('QC4DC4D', 'a Cinema 4D scene'),
  scene('//Maya ASCII', 'a Maya scene'),
  scene(/^FOR[48].{4,12}Maya/s, 'a Maya scene'),
  scene('3D Geometry File Format', 'a Rhino model'),
  scene(/^AC10\d\d/, 'an AutoCAD drawing'),
  scene('Ogawa', 'an Alembic scene'),
  scene(/^FORM.{4}LW/s, 'a LightWave model'),
  voxels('\x20BDV', 'an OpenVDB volume'),
  voxels('XRAW', "MagicaVoxel's XRAW"),
  voxels('Qubicle Exchange Format', 'a Qubicle Exchange file'),
  voxels('VENG', 'a vengi scene'),
  voxels(/^VXM[A-C\d]/, 'a VoxEdit model'),
  voxels(/^VX[RA]\d/, 'a VoxEdit scene'),
  voxels('.CSM', 'a Chronovox model'),
  download(
    /^(?:\xef\xbb\xbf)?\s*(?:<!--.{0,2000}?-->\s*)?<(?:!doctype html|html|head)\b/is,
    'a web page',
  ),
  {
    ...kind('version https://git-lfs.github.com/', 'a pointer of Git LFS'),
    advice: 'Run `git lfs pull` to get the file itself.',
  },
  picture('GIF8', 'a GIF picture'),
  picture(/^RIFF.{4}WEBP/s, 'a WebP picture'),
  picture('8BPS', 'a Photoshop picture'),
  picture('DDS |', 'a DDS picture'),
  picture('\xabKTX ', 'a KTX picture'),
  picture('#?RADIANCE', 'an HDR picture'),
  picture('\x76\x2f\x31\x01', 'an OpenEXR picture'),
  picture(/^.{4}ftyp(?:avif|heic|mif1)/s, 'an AVIF or HEIF picture'),
  picture('gimp xcf', 'a GIMP picture'),
  other('%PDF-', 'a PDF document'),
  other('SQLite format 3\0', 'an SQLite database'),
  other('\x7fELF', 'a program'),
  other(/^(?:[\xce\xcf]\xfa\xed\xfe|\xca\xfe\xba\xbe)/, 'a program'),
  other('\0asm', 'a WebAssembly module'),
  other('#!', 'a script'),
  other(/^RIFF.{4}WAVE/s, 'a sound'),
  other(/^(?:ID3|OggS|fLaC)/, 'a sound'),
  other('\x93NUMPY', 'an array of NumPy'),
  other('\x89HDF\r\n', 'an HDF5 file'),
];

/** So much of a file is looked at. */
const HEAD_BYTES = 4096;
/** And of its end, where archives list what is in them. */
const TAIL_BYTES = 65_536;
const GZIP = '\x1f\x8b';
const NBT_COMPOUND = 10;
export const MINECRAFT = ['schem', 'schematic', 'litematic', 'nbt', 'mcstructure'];

/** Nothing when the beginning says nothing. */
export function kindOf(bytes: Uint8Array): Kind | undefined {
  const head = latin1(bytes.subarray(0, HEAD_BYTES));
  return head.startsWith(GZIP) ? packedKind(bytes) : found(head, bytes, SIGNATURES);
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function found(
  head: string,
  bytes: Uint8Array,
  signatures: readonly Signature[],
): Kind | undefined {
  return signatures.find(({ magic, inside }) => {
    if (!(typeof magic === 'string' ? head.startsWith(magic) : magic.test(head))) return false;
    return inside === undefined || inside.test(head) || inside.test(latin1(tailOf(bytes)));
  });
}

function tailOf(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(Math.max(bytes.length - TAIL_BYTES, 0));
}

/** Whether all of a file is packed with gzip, and is none of Minecraft's, which are all so. */
export function isPacked(bytes: Uint8Array): boolean {
  return latin1(bytes.subarray(0, 2)) === GZIP && packedKind(bytes).formats.length === 0;
}

/** What gzip holds. */
function packedKind(bytes: Uint8Array): Kind {
  try {
    // The rest is not looked at.
    const finishFlush = constants.Z_SYNC_FLUSH;
    const head = gunzipSync(bytes.subarray(0, HEAD_BYTES), { finishFlush });
    if (head[0] === NBT_COMPOUND) return minecraftKind(head);
  } catch {
    // It is gzip by its first bytes all the same.
  }
  return { what: 'a gzip archive', formats: [], advice: 'Unpack it first.' };
}

/** The tags by which Minecraft's formats are told apart. */
const TAGS: readonly (readonly [format: string, tags: RegExp])[] = [
  ['litematic', /Regions|BlockStatePalette|MinecraftDataVersion/],
  ['mcstructure', /structure_world_origin|block_indices|format_version/],
  ['schem', /BlockData|PaletteMax|Palette/],
  ['schematic', /Materials|AddBlocks|WEOffset|Blocks|TileEntities/],
  ['nbt', /./],
];

/** Unpacked; the format that its beginning speaks of comes first, though all of them read it. */
export function minecraftKind(bytes: Uint8Array): Kind {
  const head = latin1(bytes.subarray(0, HEAD_BYTES));
  const formats = TAGS.filter(([, tags]) => tags.test(head)).map(([format]) => format);
  return { what: 'a model of Minecraft', formats: [...new Set([...formats, ...MINECRAFT])] };
}
