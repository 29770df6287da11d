/** The JSON of a glTF 2.0 file (Khronos, glTF 2.0 specification), in Goxel's order of keys. */

import type { Document } from '../../document/document.ts';
import type { Material } from '../../document/scene.ts';
import { type GltfScene, VERTEX_BYTES } from './goxel-scene.ts';

const FLOAT = 5126;
const UNSIGNED_INT = 5125;

/** Bytes of a vertex before its normal and before its paint. */
const NORMAL_OFFSET = 12;
const PAINT_OFFSET = 24;

/** Columns: x stays, z becomes y, y becomes -z. */
const Z_UP_TO_Y_UP = [1, 0, 0, 0, 0, 0, -1, 0, 0, 1, 0, 0, 0, 0, 0, 1];

/** A run of bytes that the file holds: the texture, or a mesh's vertices or indices. */
export interface Item {
  readonly byteLength: number;
  readonly byteStride?: number;
  parts(): Iterable<Uint8Array>;
}

export function itemsOf({ meshes, texture }: GltfScene): Item[] {
  const items: Item[] = [];
  if (texture !== undefined) items.push({ byteLength: texture.length, parts: () => [texture] });
  for (const mesh of meshes) {
    const vertices = { byteLength: mesh.vertexBytes, byteStride: VERTEX_BYTES };
    items.push({ ...vertices, parts: () => mesh.vertexParts() });
    items.push({ byteLength: mesh.indexBytes, parts: () => mesh.indexParts() });
  }
  return items;
}

export interface JsonOptions {
  readonly y_up: boolean;
  /** Whether a material with opacity below 1 is declared transparent. */
  readonly blend: boolean;
  readonly bufferViews: readonly object[];
  readonly buffers: readonly object[];
}

/** Empty lists are left out, as the format wants. */
export function gltfJson(document: Document, scene: GltfScene, options: JsonOptions): object {
  const { meshes, texture } = scene;
  const { materials } = document;
  const plain = meshes.some(({ layer }) => materials[layer.material] === undefined);
  const children = meshes.map((_, i) => i + 1);
  const textured = texture !== undefined;
  return withoutEmpty({
    accessors: accessorsOf(scene),
    asset: { generator: 'goxel-supervisor', version: '2.0' },
    bufferViews: options.bufferViews,
    buffers: options.buffers,
    images: textured ? [{ bufferView: 0, mimeType: 'image/png' }] : [],
    meshes: meshes.map(({ layer }, i) => {
      const material = materials[layer.material] === undefined ? materials.length : layer.material;
      const paint = textured ? 'TEXCOORD_0' : 'COLOR_0';
      const first = i * 4;
      const attributes = { POSITION: first, NORMAL: first + 1, [paint]: first + 2 };
      return { primitives: [{ indices: first + 3, material, attributes }] };
    }),
    materials: [
      ...materials.map((material) => materialJson(material, textured, options.blend)),
      ...(plain ? [{ pbrMetallicRoughness: textureJson(textured) }] : []),
    ],
    nodes: [
      withoutEmpty({ children, ...(options.y_up ? { matrix: Z_UP_TO_Y_UP } : {}) }),
      ...meshes.map(({ layer }, mesh) => ({ mesh, name: layer.name })),
    ],
    scenes: [{ nodes: [0] }],
    textures: textured ? [{ source: 0 }] : [],
  });
}

function accessorsOf({ meshes, texture }: GltfScene): object[] {
  const firstView = texture === undefined ? 0 : 1;
  return meshes.flatMap(({ vertices, indices, min, max }, i) => {
    const vertex = { bufferView: firstView + i * 2, componentType: FLOAT };
    const paint = texture === undefined ? 'VEC4' : 'VEC2';
    const index = { bufferView: firstView + i * 2 + 1, componentType: UNSIGNED_INT };
    const [low, high] = [min.map(Math.fround), max.map(Math.fround)];
    return [
      { ...vertex, type: 'VEC3', count: vertices, min: low, max: high },
      { ...vertex, type: 'VEC3', byteOffset: NORMAL_OFFSET, count: vertices },
      { ...vertex, type: paint, byteOffset: PAINT_OFFSET, count: vertices },
      { ...index, type: 'SCALAR', count: indices },
    ];
  });
}

function materialJson(material: Material, textured: boolean, blend: boolean): object {
  const { name, color, metallic, roughness, emission } = material;
  const factor = Array.from(color, fraction);
  const emissive = Array.from(emission, fraction);
  const [metal, rough] = [fraction(metallic), fraction(roughness)];
  return {
    name,
    pbrMetallicRoughness: {
      ...textureJson(textured),
      ...(metal === 1 ? {} : { metallicFactor: metal }),
      ...(rough === 1 ? {} : { roughnessFactor: rough }),
      ...(factor.every((value) => value === 1) ? {} : { baseColorFactor: factor }),
    },
    ...(emissive.every((value) => value === 0) ? {} : { emissiveFactor: emissive }),
    ...(blend && factor[3]! < 1 ? { alphaMode: 'BLEND' } : {}),
  };
}

function textureJson(textured: boolean): object {
  return textured ? { baseColorTexture: { index: 0 } } : {};
}

/** A float32 between 0 and 1, which glTF wants, in the nine digits that tell it from all others. */
function fraction(value: number): number {
  return Number((Math.min(1, Math.max(0, value)) || 0).toPrecision(9));
}

function withoutEmpty(object: object): object {
  const entries = Object.entries(object);
  return Object.fromEntries(
    entries.filter(([, value]) => !Array.isArray(value) || value.length > 0),
  );
}

/** JSON in the layout of Goxel's files: lists of numbers on one line. */
export function layOut(value: unknown, indent = '', key = ''): string {
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (typeof value[0] === 'number') {
      const numbers = value.join(', ');
      return key === 'children' || key === 'nodes' ? `[ ${numbers} ]` : `[${numbers}]`;
    }
    const lines = value.map((element) => `\n${inner}${layOut(element, inner)}`);
    return `[${lines.join(',')}\n${indent}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const lines = Object.entries(value).map(
    ([name, element]) => `\n${inner}"${name}": ${layOut(element, inner, name)}`,
  );
  return `{${lines.join(',')}\n${indent}}`;
}
