/** Small files by hand, for what no fixture and no writer of ours has. */

import nbt from 'prismarine-nbt';
import { FLOAT, GltfMaker, UBYTE, USHORT } from '../support/gltf-maker.ts';
import { SOUND } from '../support/qbcl-file.ts';
import * as vox from '../support/vox-file.ts';
import { MESHES } from './meshes.ts';
import { JPEG, JPEGS, PNG, PNGS } from './pictures.ts';

const text = (name: string, content: string) => ({ name, bytes: Buffer.from(content) });

const TRIANGLE = [0, 0, 0, 4, 0, 0, 0, 4, 3];
const UV = [0, 0, 1, 0, 0.5, 1];

/** A textured triangle, placed by nodes, with sparse colours. */
function gltfMaker(): GltfMaker {
  const maker = new GltfMaker();
  const position = maker.accessor(FLOAT, 3, TRIANGLE);
  const uv = maker.accessor(FLOAT, 2, UV);
  const indices = maker.accessor(USHORT, 1, [0, 1, 2]);
  const color = maker.accessor(UBYTE, 4, Array(12).fill(200), { normalized: true });
  const places = maker.view(Uint8Array.of(0, 2));
  const values = maker.view(Uint8Array.of(255, 0, 0, 255, 0, 255, 0, 128));
  maker.json.accessors[color]!.sparse = {
    count: 2,
    indices: { bufferView: places, componentType: UBYTE },
    values: { bufferView: values },
  };
  const image = maker.view(PNG);
  const picture = maker.view(JPEG);
  const attributes = { POSITION: position, TEXCOORD_0: uv, COLOR_0: color };
  const transform = { offset: [0.5, 0], rotation: 1, scale: [2, 2], texCoord: 0 };
  const info = { index: 0, extensions: { KHR_texture_transform: transform } };
  const gloss = { diffuseTexture: { index: 1 }, diffuseFactor: [1, 1, 1, 0.5] };
  Object.assign(maker.json, {
    extensionsRequired: ['KHR_texture_transform'],
    scene: 0,
    scenes: [{ nodes: [0, 2] }],
    nodes: [
      { children: [1], translation: [1, 2, 3], rotation: [0, 0, 0, 1], scale: [2, 2, 2] },
      { mesh: 0 },
      { mesh: 1, matrix: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 5, 0, 0, 1] },
    ],
    meshes: [
      { primitives: [{ attributes, indices, material: 0 }] },
      {
        primitives: [
          { attributes, mode: 5, material: 1 },
          { attributes: { POSITION: position }, indices, mode: 6 },
          { attributes: { POSITION: position }, mode: 1 },
        ],
      },
    ],
    materials: [
      {
        pbrMetallicRoughness: { baseColorTexture: info, baseColorFactor: [1, 0.5, 1, 1] },
        alphaMode: 'MASK',
        alphaCutoff: 0.3,
      },
      { extensions: { KHR_materials_pbrSpecularGlossiness: gloss }, alphaMode: 'BLEND' },
    ],
    textures: [{ source: 0, sampler: 0 }, { source: 1 }],
    samplers: [{ wrapS: 33648, wrapT: 33071 }],
    images: [
      { bufferView: image, mimeType: 'image/png' },
      { bufferView: picture, mimeType: 'image/jpeg' },
    ],
  });
  return maker;
}

const OBJ = `mtllib cube.mtl
o thing
v 0 0 0 1 0 0
v 4 0 0 0 1 0
v 4 4 0 0 0 1
v 0 4 2.5
vt 0 0
vt 1 0
vt 1 1
vn 0 0 1
usemtl red
f 1/1/1 2/2/1 3/3/1 4/1/1
usemtl painted
f -4/-3 -3/-2 -2/-1
f 1//1 3//1 4//1
l 1 2 \\
 3
`;

export const MTL = `# materials
newmtl red
Kd 1 0.2 0.1
d 0.5
newmtl painted
Kd 0.5
Tr 0.1
map_Kd -clamp on -o 0 0 0 -s 1 1 -bm 2 picture.png
`;

const PLY_HEAD = `element vertex 4
property float x
property double y
property float z
property uchar red
property uchar green
property ushort blue
element face 2
property list uchar int vertex_indices
property float red
element extra 1
property list int short things
end_header
`;

const PLY = `ply
format ascii 1.0
comment made by hand
${PLY_HEAD}0 0 0 255 0 0
4 0 0 0 255 0
4 4 0 0 0 65535
0 4 2.5 9 9 9
3 0 1 2 0.5
4 0 1 2 3 1
2 7 8
`;

const PLY_STRIPS = `ply
format ascii 1.0
element vertex 4
property float x
property float y
property float z
element tristrips 1
property list int int vertex_indices
end_header
0 0 0
4 0 0
4 4 0
0 4 2.5
6 0 1 2 3 -1 0
`;

function binaryPly(little: boolean): Buffer {
  const body: Buffer[] = [];
  const put = (size: number, write: (bytes: Buffer) => void) => {
    const bytes = Buffer.alloc(size);
    write(bytes);
    body.push(little ? bytes.reverse() : bytes);
  };
  for (const [x, y, z] of [
    [0, 0, 0] as const,
    [4, 0, 0] as const,
    [4, 4, 1] as const,
    [0, 4, 2] as const,
  ]) {
    put(4, (bytes) => bytes.writeFloatBE(x));
    put(8, (bytes) => bytes.writeDoubleBE(y));
    put(4, (bytes) => bytes.writeFloatBE(z));
    body.push(Buffer.of(200, 100));
    put(2, (bytes) => bytes.writeUInt16BE(50_000));
  }
  for (const corners of [
    [0, 1, 2],
    [0, 1, 2, 3],
  ]) {
    body.push(Buffer.of(corners.length));
    for (const corner of corners) put(4, (bytes) => bytes.writeInt32BE(corner));
    put(4, (bytes) => bytes.writeFloatBE(0.5));
  }
  put(4, (bytes) => bytes.writeInt32BE(1));
  put(2, (bytes) => bytes.writeInt16BE(7));
  const order = little ? 'little' : 'big';
  return Buffer.concat([
    Buffer.from(`ply\nformat binary_${order}_endian 1.0\n${PLY_HEAD}`),
    ...body,
  ]);
}

const STL = `solid thing
facet normal 0 0 1
outer loop
vertex 0 0 0
vertex 4 0 0
vertex 0 4 2.5
endloop
endfacet
endsolid thing
`;

/** A structure of the Bedrock Edition: two blocks, one of them in water. */
function bedrock(): Buffer {
  const list = (type: string, value: unknown[]) => ({ type: 'list', value: { type, value } });
  const comp = (value: object) => ({ type: 'compound', value });
  const ints = (...value: number[]) => list('int', value);
  const indices = [ints(0, 1, -1, 0).value, ints(-1, -1, 2, -1).value];
  const blocks = ['stone', 'wool', 'water'].map((name) => ({
    name: nbt.string(`minecraft:${name}`),
    states: comp({ color: nbt.string('red') }),
  }));
  const palette = comp({ default: comp({ block_palette: list('compound', blocks) }) });
  const root = {
    format_version: nbt.int(1),
    size: ints(1, 2, 2),
    structure: comp({ block_indices: list('list', indices), palette }),
  };
  return nbt.writeUncompressed({ ...comp(root), name: '' } as never, 'little');
}

const maker = gltfMaker();

/** A MagicaVoxel file with frames, layers, materials, cameras and a palette in another order. */
function magica(): Buffer {
  const about = (type: string, id: number, entries: Record<string, string>) =>
    vox.chunk(type, Buffer.concat([vox.int32(id), vox.dict(entries), vox.int32(-1)]));
  const frames = [
    { _t: '1 2 3', _f: '0' },
    { _t: '-4 0 9', _r: '40', _f: '5' },
  ].map(vox.dict);
  const head = [vox.int32(2), vox.dict({ _name: 'a', _loop: '1' }), vox.int32(3, -1, 1, 2)];
  return vox.voxFile(
    vox.chunk('PACK', vox.int32(2)),
    vox.model([3, 2, 1], [0, 0, 0, 1], [2, 1, 0, 2]),
    vox.model([1, 1, 2], [0, 0, 0, 3], [0, 0, 1, 4]),
    vox.transform(0, 1),
    vox.group(1, 2, 4),
    vox.chunk('nTRN', Buffer.concat([...head, ...frames])),
    vox.shape(3, 0, 1),
    vox.transform(4, 3, { _t: '20 0 0' }, { _hidden: '1' }),
    about('LAYR', 1, { _name: 'roof' }),
    about('MATL', 2, { _type: '_glass', _trans: '0.5', _rough: '0.2' }),
    about('MATL', 3, { _type: '_emit', _emit: '0.7', _flux: '1' }),
    about('rCAM', 0, { _mode: 'orth', _focus: '0 0 1', _angle: '10 20 30', _radius: '40' }),
    vox.chunk(
      'IMAP',
      Uint8Array.from({ length: 256 }, (_, i) => 255 - i),
    ),
    vox.chunk('NOTE', Buffer.concat([vox.int32(1, 3), Buffer.from('red')])),
    vox.chunk('RGBA', Buffer.from('0102030004050607', 'hex')),
  );
}

/** By the name of the format. */
export const HANDMADE: Readonly<Record<string, readonly { name: string; bytes: Uint8Array }[]>> = {
  obj: [text('handmade.obj', OBJ)],
  ply: [
    text('handmade.ply', PLY),
    text('strips.ply', PLY_STRIPS),
    { name: 'little.ply', bytes: binaryPly(true) },
    { name: 'big.ply', bytes: binaryPly(false) },
  ],
  stl: [text('handmade.stl', STL)],
  points: [
    text('named.csv', 'x,y,z,red,green,blue\n1,2,3,255,0,0\n4.5,5,6,0,128,255\n'),
    text('scan.pts', '2\n0.5 1 2 -800 200 100 50\n3 4 5 900 0 0 255\n'),
  ],
  ...MESHES,
  gltf: [{ name: 'handmade.gltf', bytes: maker.gltf() }, ...MESHES.gltf],
  glb: [{ name: 'handmade.glb', bytes: maker.glb() }, ...MESHES.glb],
  qbcl: [{ name: 'handmade.qbcl', bytes: SOUND }],
  vox: [{ name: 'handmade.vox', bytes: magica() }],
  mcstructure: [{ name: 'handmade.mcstructure', bytes: bedrock() }],
  png: PNGS,
  'png slices': PNGS,
  jpeg: JPEGS,
};
