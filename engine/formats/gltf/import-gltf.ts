/**
 * Reads glTF 2.0, as .gltf or .glb: the triangles of all meshes in the scene, placed by their
 * nodes, with the base colour of their materials and the colours of their vertices. Y is up. Points
 * and lines are passed over; skins and morph targets are not applied.
 */

import type { Document } from '../../document/document.ts';
import { checkInterrupt } from '../../interrupt.ts';
import { TriangleSoup, WHITE } from '../../mesh-import/soup.ts';
import { srgbByte, unitByte } from '../../mesh-import/srgb.ts';
import { voxelize } from '../../mesh-import/voxelize.ts';
import { pack } from '../../volume/color.ts';
import type { ImportOptions } from '../format.ts';
import { shown } from '../shown.ts';
import { type Numbers, readAccessor } from './import-gltf-accessors.ts';
import { GltfFile, type Json } from './import-gltf-file.ts';
import { type GltfMaterial, GltfMaterials } from './import-gltf-materials.ts';

const TRIANGLES = 4;
const TRIANGLE_STRIP = 5;
const TRIANGLE_FAN = 6;

/**
 * The mesh of the file as voxels. Throws GOX_FORMAT_BROKEN, GOX_FORMAT_LIMIT for extensions that
 * are not supported, GOX_FILE for a buffer that is not to be had, or GOX_MEMORY_LIMIT.
 */
export function readGltf(bytes: Uint8Array, source: string, options: ImportOptions = {}): Document {
  const file = new GltfFile(bytes, source, options.resolve);
  return voxelize(new GltfReader(file).read(), true, options);
}

/** A column-major matrix of 16 numbers. */
type Transform = readonly number[];

const IDENTITY: Transform = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

class GltfReader {
  readonly #file: GltfFile;
  readonly #soup: TriangleSoup;
  readonly #materials: GltfMaterials;

  constructor(file: GltfFile) {
    this.#file = file;
    this.#soup = new TriangleSoup(file.source);
    this.#materials = new GltfMaterials(file);
  }

  /** Walks the trees of nodes; a node in two places, or below itself, is damage. */
  read(): TriangleSoup {
    const file = this.#file;
    const seen = new Set<unknown>();
    const waiting = this.#roots()
      .map((index) => ({ index, above: IDENTITY }))
      .reverse();
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      checkInterrupt();
      const { index, above } = next;
      if (seen.has(index)) file.fail(`nodes[${shown(index)}] is in the tree twice`);
      seen.add(index);
      const node = file.item('nodes', index);
      const transform = product(above, this.#transform(node, `nodes[${shown(index)}]`));
      if (node.mesh !== undefined) this.#addMesh(node.mesh, transform);
      const children = file.array(node.children, `nodes[${shown(index)}].children`);
      for (let i = children.length; i > 0; i--) {
        waiting.push({ index: children[i - 1], above: transform });
      }
    }
    return this.#soup;
  }

  /** Those of the scene to be shown, or without scenes the nodes that are nobody's children. */
  #roots(): readonly unknown[] {
    const file = this.#file;
    const { scene, scenes, nodes } = file.json;
    if (scenes !== undefined && file.array(scenes, 'scenes').length > 0) {
      return file.array(file.item('scenes', scene ?? 0).nodes, 'scene.nodes');
    }
    const all = file.array(nodes, 'nodes');
    const children = new Set(
      all.flatMap((node, i) => {
        const where = `nodes[${i}]`;
        return file.array(file.object(node, where).children, `${where}.children`);
      }),
    );
    return [...all.keys()].filter((index) => !children.has(index));
  }

  #transform(node: Json, where: string): Transform {
    const file = this.#file;
    const matrix = file.numbers(node.matrix, 16, `${where}.matrix`);
    if (matrix !== undefined) return matrix;
    const [tx, ty, tz] = file.numbers(node.translation, 3, `${where}.translation`) ?? [0, 0, 0];
    const [x, y, z, w] = file.numbers(node.rotation, 4, `${where}.rotation`) ?? [0, 0, 0, 1];
    const [sx, sy, sz] = file.numbers(node.scale, 3, `${where}.scale`) ?? [1, 1, 1];
    return fromParts([tx!, ty!, tz!], [x!, y!, z!, w!], [sx!, sy!, sz!]);
  }

  #addMesh(index: unknown, transform: Transform): void {
    const file = this.#file;
    const where = `meshes[${shown(index)}]`;
    const primitives = file.array(file.item('meshes', index).primitives, `${where}.primitives`);
    for (const [i, value] of primitives.entries()) {
      const place = `${where}.primitives[${i}]`;
      const primitive = file.object(value, place);
      const mode = file.whole(primitive.mode, TRIANGLES, `${place}.mode`);
      if (mode >= TRIANGLES && mode <= TRIANGLE_FAN)
        this.#addPrimitive(primitive, mode, transform, place);
    }
  }

  #addPrimitive(primitive: Json, mode: number, transform: Transform, where: string): void {
    const file = this.#file;
    const attributes = file.object(primitive.attributes, `${where}.attributes`);
    if (attributes.POSITION === undefined) return;
    const { count, values } = readAccessor(file, attributes.POSITION, [3]);
    this.#place(values, transform, where);
    const material = this.#materials.get(primitive.material);
    const colors = this.#colors(attributes, material, count, where);
    const uvs = this.#uvs(attributes, material, count, where);
    if (primitive.material !== undefined || attributes.COLOR_0 !== undefined) {
      this.#soup.hasColors = true;
    }
    const indices =
      primitive.indices === undefined ? undefined : readAccessor(file, primitive.indices, [1]);
    const corner = (i: number) => {
      const vertex = indices === undefined ? i : indices.values[i]!;
      if (Number.isInteger(vertex) && vertex >= 0 && vertex < count) return vertex;
      return file.fail(`${where} names vertex ${vertex} of ${count}`);
    };
    const add = (i: number, j: number, k: number) => {
      const [a, b, c] = [corner(i), corner(j), corner(k)];
      this.#soup.add(values, a, b, c, colors[a]!, colors[b]!, colors[c]!);
      if (uvs !== undefined) this.#soup.lay(material.texture!, uvs, a, b, c);
    };
    const total = indices === undefined ? count : indices.count;
    if (mode === TRIANGLES) for (let i = 2; i < total; i += 3) add(i - 2, i - 1, i);
    else if (mode === TRIANGLE_FAN) for (let i = 2; i < total; i++) add(0, i - 1, i);
    else if (mode === TRIANGLE_STRIP) {
      // Every second triangle of a strip runs the other way.
      for (let i = 2; i < total; i++) add(i - 2, i % 2 === 0 ? i - 1 : i, i % 2 === 0 ? i : i - 1);
    }
  }

  #place(positions: Float64Array, m: Transform, where: string): void {
    for (let at = 0; at < positions.length; at += 3) {
      if ((at & 0xfff) === 0) checkInterrupt();
      const x = positions[at]!;
      const y = positions[at + 1]!;
      const z = positions[at + 2]!;
      for (let axis = 0; axis < 3; axis++) {
        const value = m[axis]! * x + m[4 + axis]! * y + m[8 + axis]! * z + m[12 + axis]!;
        if (!Number.isFinite(value)) {
          this.#file.fail(`vertex ${at / 3} of ${where} has no finite coordinates`);
        }
        positions[at + axis] = value;
      }
    }
  }

  /** Packed colour of each vertex: its own times the material's factor, in linear light. */
  #colors(attributes: Json, material: GltfMaterial, count: number, where: string): Uint32Array {
    const { factor, alpha, cutoff, texture } = material;
    const own = this.#attribute(attributes.COLOR_0, [3, 4], count, `${where} COLOR_0`);
    const colors = new Uint32Array(count).fill(WHITE);
    if (own === undefined && factor.every((value) => value === 1)) return colors;
    for (let vertex = 0; vertex < count; vertex++) {
      if ((vertex & 0xfff) === 0) checkInterrupt();
      const at = own === undefined ? 0 : vertex * own.width;
      const [red, green, blue] = own === undefined ? [1, 1, 1] : own.values.subarray(at, at + 3);
      let opacity = own?.width === 4 ? own.values[at + 3]! : 1;
      if (alpha !== 'opaque') opacity *= factor[3]!;
      if (alpha === 'mask') opacity = texture === undefined && opacity < cutoff ? 0 : 1;
      colors[vertex] = pack(
        srgbByte(red! * factor[0]!),
        srgbByte(green! * factor[1]!),
        srgbByte(blue! * factor[2]!),
        unitByte(opacity),
      );
    }
    return colors;
  }

  /** Where each vertex is on the material's texture; undefined when it has none. */
  #uvs(
    attributes: Json,
    { texture, texCoord, uvMatrix }: GltfMaterial,
    count: number,
    where: string,
  ): Float64Array | undefined {
    if (texture === undefined) return undefined;
    const name = `TEXCOORD_${texCoord}`;
    const own = this.#attribute(attributes[name], [2], count, `${where} ${name}`);
    if (own === undefined) return undefined;
    const { values } = own;
    for (let at = 0; at < values.length; at += 2) {
      if ((at & 0xfff) === 0) checkInterrupt();
      const u = values[at]!;
      const v = values[at + 1]!;
      values[at] = uvMatrix[0]! * u + uvMatrix[2]! * v + uvMatrix[4]!;
      values[at + 1] = uvMatrix[1]! * u + uvMatrix[3]! * v + uvMatrix[5]!;
    }
    return values;
  }

  #attribute(
    index: unknown,
    widths: readonly number[],
    count: number,
    where: string,
  ): Numbers | undefined {
    if (index === undefined) return undefined;
    const numbers = readAccessor(this.#file, index, widths);
    if (numbers.count !== count) this.#file.fail(`${where} has ${numbers.count} items of ${count}`);
    return numbers;
  }
}

/** Scale, then rotation by a unit quaternion, then translation. */
function fromParts(
  [tx, ty, tz]: readonly [number, number, number],
  [x, y, z, w]: readonly [number, number, number, number],
  [sx, sy, sz]: readonly [number, number, number],
): Transform {
  return [
    ...[(1 - 2 * (y * y + z * z)) * sx, 2 * (x * y + z * w) * sx, 2 * (x * z - y * w) * sx, 0],
    ...[2 * (x * y - z * w) * sy, (1 - 2 * (x * x + z * z)) * sy, 2 * (y * z + x * w) * sy, 0],
    ...[2 * (x * z + y * w) * sz, 2 * (y * z - x * w) * sz, (1 - 2 * (x * x + y * y)) * sz, 0],
    ...[tx, ty, tz, 1],
  ];
}

/** What b does and then a. */
function product(a: Transform, b: Transform): Transform {
  const result: number[] = [];
  for (let column = 0; column < 16; column += 4) {
    for (let row = 0; row < 4; row++) {
      let sum = 0;
      for (let i = 0; i < 4; i++) sum += a[i * 4 + row]! * b[column + i]!;
      result.push(sum);
    }
  }
  return result;
}
