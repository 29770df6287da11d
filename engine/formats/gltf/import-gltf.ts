/**
 * Reads glTF 2.0, as .gltf or .glb: the meshes of the scene, placed by their nodes or skins and
 * morphed as their weights say, with the colours of their materials and vertices. Y is up.
 * https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html
 *
 * A part that is damaged is left out with a warning. A file with nothing else is refused.
 */

import type { Document } from '../../document/document.ts';
import { TriangleSoup } from '../../mesh-import/soup.ts';
import { IDENTITY, move, product, type Transform } from '../../mesh-import/transform.ts';
import { voxelize } from '../../mesh-import/voxelize.ts';
import type { ImportOptions } from '../format.ts';
import { shown } from '../shown.ts';
import { readAccessor } from './import-gltf-accessors.ts';
import { addPrimitive } from './import-gltf-faces.ts';
import { GltfFile, type Json } from './import-gltf-file.ts';
import { type GltfMaterial, GltfMaterials } from './import-gltf-materials.ts';
import { fromParts, GltfNodes, type Shown } from './import-gltf-nodes.ts';
import { GltfParts } from './import-gltf-parts.ts';
import { type Drawn, readPrimitive, surfaceOf } from './import-gltf-primitive.ts';
import { GltfSkins, morph, weightsOf } from './import-gltf-skin.ts';
import { allMeshes, tellLeftOut } from './import-gltf-told.ts';

/**
 * The mesh of the file as voxels. Throws GOX_FORMAT_BROKEN, GOX_FORMAT_UNSUPPORTED for extensions
 * that are not supported, GOX_FILE for a buffer that is not to be had, or GOX_MEMORY_LIMIT.
 */
export function readGltf(bytes: Uint8Array, source: string, options: ImportOptions = {}): Document {
  const file = new GltfFile(bytes, source, options);
  return voxelize(new GltfReader(file).read(), true, options);
}

class GltfReader {
  readonly #file: GltfFile;
  readonly #soup: TriangleSoup;
  readonly #materials: GltfMaterials;
  readonly #nodes: GltfNodes;
  readonly #skins: GltfSkins;

  constructor(file: GltfFile) {
    this.#file = file;
    this.#soup = new TriangleSoup(file.source);
    this.#soup.voxel_length = file.voxel_length;
    this.#materials = new GltfMaterials(file);
    this.#nodes = new GltfNodes(file);
    this.#skins = new GltfSkins(file, this.#nodes);
  }

  read(): TriangleSoup {
    // All of them first: joints may come behind what they move.
    const file = this.#file;
    const placed = [...this.#nodes.shown()];
    tellLeftOut(file, placed);
    const isLost = placed.length === 0 && file.refusal === undefined;
    const drawn = isLost ? allMeshes(file) : placed;
    const parts = new GltfParts(file, this.#materials, drawn);
    for (const each of drawn) this.#addMesh(each, parts);
    if (this.#soup.empty && file.refusal !== undefined) throw file.refusal;
    return this.#soup;
  }

  #addMesh(placed: Shown, parts: GltfParts): void {
    const file = this.#file;
    const where = `meshes[${shown(placed.node.mesh)}]`;
    file.attempt('WARN_FACES_SKIPPED', () => {
      const mesh = file.item('meshes', placed.node.mesh);
      const weights = weightsOf(file, placed.node, mesh);
      const instances = this.#instances(placed);
      for (const [i, value] of file.array(mesh.primitives, `${where}.primitives`).entries()) {
        const place = `${where}.primitives[${i}]`;
        file.attempt('WARN_FACES_SKIPPED', () => {
          const drawn = readPrimitive(file, file.object(value, place), place);
          const { material: index, attributes } = drawn.primitive;
          const painted = file.object(attributes, place).COLOR_0 !== undefined;
          const material = this.#materials.get(index, painted);
          this.#soup.begin(parts.part(placed, mesh, material.finish));
          this.#addPrimitive({ ...drawn, material }, placed, weights, instances);
        });
      }
    });
  }

  #addPrimitive(
    drawn: Drawn & { readonly material: GltfMaterial },
    { node }: Shown,
    weights: readonly number[],
    instances: readonly Transform[],
  ): void {
    const file = this.#file;
    const { positions, primitive, where } = drawn;
    const morphed = file.attempt('WARN_DETAIL_SKIPPED', () => {
      const copy = { ...positions, values: positions.values.slice() };
      morph(file, primitive, weights, 'POSITION', copy, where);
      return copy.values;
    });
    const values = morphed ?? positions.values;
    const { skin } = node;
    const posed =
      skin !== undefined &&
      file.attempt('WARN_DETAIL_SKIPPED', () => {
        const copy = values.slice();
        return this.#skins.pose(copy, skin, drawn.attribute, where) ? copy : undefined;
      });
    const surface = surfaceOf(file, drawn, drawn.material, weights);
    for (const [i, transform] of posed ? [[0, IDENTITY] as const] : instances.entries()) {
      const placed = posed || (i + 1 < instances.length ? values.slice() : values);
      for (let at = 0; at < placed.length && !posed; at += 3) move(placed, at, transform);
      addPrimitive(this.#soup, { ...drawn, ...surface, values: placed }, file);
    }
  }

  /** Where a node's mesh is: once, or as often as EXT_mesh_gpu_instancing says. */
  #instances({ node, transform }: Shown): readonly Transform[] {
    const file = this.#file;
    const instancing = file.extension(node, 'EXT_mesh_gpu_instancing');
    if (instancing === undefined) return [transform];
    const attributes: Json = file.object(instancing.attributes ?? {}, 'instancing.attributes');
    const read = (name: string, width: number) =>
      attributes[name] === undefined ? undefined : readAccessor(file, attributes[name], [width]);
    const places = read('TRANSLATION', 3);
    const turns = read('ROTATION', 4);
    const scales = read('SCALE', 3);
    const counts = [places, turns, scales].flatMap((each) => (each ? [each.count] : []));
    if (counts.length === 0) return [transform];
    const at = (numbers: typeof places, i: number, none: readonly number[]) =>
      numbers === undefined
        ? none
        : Array.from(numbers.values.subarray(i * numbers.width, (i + 1) * numbers.width));
    const count = Math.min(...counts);
    file.spend(count * 16);
    return Array.from({ length: count }, (_, i) => {
      const own = [at(places, i, [0, 0, 0]), at(turns, i, [0, 0, 0, 1]), at(scales, i, [1, 1, 1])];
      return product(transform, fromParts(own[0]!, own[1]!, own[2]!));
    });
  }
}
