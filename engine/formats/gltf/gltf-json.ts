/**
 * The JSON of a glTF 2.0 file (Khronos, glTF 2.0 specification) and the bytes that it speaks of, in
 * one buffer. Nothing is in it that nothing uses.
 */

import type { Document } from '../../document/document.ts';
import { voxelMark } from '../meshes/voxel-mark.ts';
import { PIECE_BYTES } from '../pieces.ts';
import type { LayerMesh } from './gltf-layer.ts';
import { GltfMaterials } from './gltf-materials.ts';
import type { Paint } from './gltf-paint.ts';
import { PAINT_AT } from './gltf-pieces.ts';
import type { GltfNode, GltfScene } from './gltf-scene.ts';

const FLOAT = 5126;
const UNSIGNED_SHORT = 5123;
const UNSIGNED_INT = 5125;
const ARRAY_BUFFER = 34962;
const ELEMENT_ARRAY_BUFFER = 34963;
const NEAREST = 9728;
const CLAMP_TO_EDGE = 33071;

const NORMAL_OFFSET = 12;

/** How a vertex tells its colour. */
const PAINTS: Readonly<
  Record<Paint, { readonly attribute: string; readonly type: string } | null>
> = {
  palette: { attribute: 'TEXCOORD_0', type: 'VEC2' },
  baked: { attribute: 'TEXCOORD_0', type: 'VEC2' },
  colors: { attribute: 'COLOR_0', type: 'VEC4' },
  materials: null,
};

/** A run of bytes of the buffer. */
interface Item {
  readonly bytes: number;
  parts(): Iterable<Uint8Array>;
}

export class GltfFile {
  readonly #scene: GltfScene;
  readonly #materials: GltfMaterials;
  readonly #items: Item[] = [];
  readonly #views: object[] = [];
  readonly #accessors: object[] = [];
  #length = 0;

  constructor(document: Document, scene: GltfScene) {
    this.#scene = scene;
    this.#materials = new GltfMaterials(document, scene);
  }

  /** All JSON but the `buffers`: for these `buffer` says what comes beside their length. */
  json(buffer: object): object {
    const { nodes, texture, paint, cameras } = this.#scene;
    if (texture !== undefined) {
      this.#addView({ bytes: texture.length, parts: () => [texture] }, {});
    }
    const places = new Map<LayerMesh, number>();
    const meshes: object[] = [];
    for (const node of nodes) {
      if (places.has(node.mesh)) continue;
      places.set(node.mesh, meshes.push(this.#mesh(node)) - 1);
    }
    const all_nodes = [
      ...nodes.map((node) => nodeJson(node, places.get(node.mesh)!)),
      ...cameras.nodes,
    ];
    const { all, extensions } = this.#materials;
    const textured = texture !== undefined;
    const lists = {
      extensionsUsed: [...extensions],
      scenes: [all_nodes.length === 0 ? {} : { nodes: all_nodes.map((_, i) => i) }],
      nodes: all_nodes,
      cameras: cameras.cameras,
      meshes,
      materials: all,
      textures: textured ? [{ sampler: 0, source: 0 }] : [],
      images: textured ? [{ name: paint, bufferView: 0, mimeType: 'image/png' }] : [],
      samplers: textured
        ? [
            {
              ...{ magFilter: NEAREST, minFilter: NEAREST },
              ...{ wrapS: CLAMP_TO_EDGE, wrapT: CLAMP_TO_EDGE },
            },
          ]
        : [],
      accessors: this.#accessors,
      bufferViews: this.#views,
      buffers: this.#length === 0 ? [] : [{ ...buffer, byteLength: this.#length }],
    };
    return {
      asset: { version: '2.0', generator: voxelMark(this.#scene.scale) },
      scene: 0,
      // The format wants empty lists left out.
      ...Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)),
    };
  }

  /** The bytes of the buffer that `json` speaks of, in pieces; a multiple of four. */
  *parts(): Generator<Uint8Array, void, undefined> {
    for (const item of this.#items) {
      for (const part of item.parts()) {
        for (let at = 0; at < part.length; at += PIECE_BYTES) {
          yield part.subarray(at, at + PIECE_BYTES);
        }
      }
      const rest = aligned(item.bytes) - item.bytes;
      if (rest > 0) yield new Uint8Array(rest);
    }
  }

  /** Bytes of the buffer, once the JSON is made. */
  get length(): number {
    return this.#length;
  }

  #mesh({ layer, mesh }: GltfNode): object {
    const { layout, paint, paints } = this.#scene;
    const stride = layout.words * 4;
    const bufferView = this.#addView(
      { bytes: mesh.vertices * stride, parts: () => mesh.vertexParts(paints) },
      { byteStride: stride, target: ARRAY_BUFFER },
    );
    const vertices = { bufferView, count: mesh.vertices };
    const floats = { ...vertices, componentType: FLOAT, type: 'VEC3' };
    const kind = PAINTS[paint];
    const attributes = {
      POSITION: this.#addAccessor({ ...floats, min: mesh.min, max: mesh.max }),
      NORMAL: this.#addAccessor({ ...floats, byteOffset: NORMAL_OFFSET }),
      ...(kind === null
        ? {}
        : {
            [kind.attribute]: this.#addAccessor({
              ...{ ...vertices, byteOffset: PAINT_AT * 4, type: kind.type },
              ...{ componentType: UNSIGNED_SHORT, normalized: true },
            }),
          }),
    };
    const { indexBytes } = mesh;
    const indexView = this.#addView(
      { bytes: mesh.indices * indexBytes, parts: () => mesh.indexParts() },
      { target: ELEMENT_ARRAY_BUFFER },
    );
    const componentType = indexBytes === 2 ? UNSIGNED_SHORT : UNSIGNED_INT;
    const index = { bufferView: indexView, componentType, type: 'SCALAR' };
    return {
      name: layer.name,
      primitives: mesh.primitives.map(({ paint: number, first, count }) => ({
        attributes,
        indices: this.#addAccessor({
          ...index,
          ...(first === 0 ? {} : { byteOffset: first * indexBytes }),
          count,
        }),
        material: this.#materials.number(layer.material, number),
      })),
    };
  }

  #addView(item: Item, about: object): number {
    this.#items.push(item);
    const view = { buffer: 0, byteOffset: this.#length, byteLength: item.bytes, ...about };
    this.#length += aligned(item.bytes);
    return this.#views.push(view) - 1;
  }

  #addAccessor(accessor: object): number {
    return this.#accessors.push(accessor) - 1;
  }
}

function nodeJson({ layer, translation }: GltfNode, mesh: number): object {
  return {
    name: layer.name,
    mesh,
    ...(translation.some((value) => value !== 0) ? { translation } : {}),
    ...(layer.visible ? {} : { extras: { visible: false } }),
  };
}

export function aligned(length: number): number {
  return Math.ceil(length / 4) * 4;
}
