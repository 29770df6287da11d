/**
 * Reads glTF 2.0, as .gltf or .glb: the meshes of the scene, placed by their nodes or skins and
 * morphed as their weights say, with the colours of their materials and vertices. Y is up.
 * https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html
 *
 * A part that is damaged is left out with a warning. A file with nothing else is refused.
 */

import type { Document } from '../../document/document.ts';
import { type Part, TriangleSoup } from '../../mesh-import/soup.ts';
import { IDENTITY, move, product, type Transform } from '../../mesh-import/transform.ts';
import { voxelize } from '../../mesh-import/voxelize.ts';
import type { ImportOptions } from '../format.ts';
import { shown } from '../shown.ts';
import { readAccessor } from './import-gltf-accessors.ts';
import { addPrimitive } from './import-gltf-faces.ts';
import { GltfFile, type Json } from './import-gltf-file.ts';
import { type GltfMaterial, GltfMaterials } from './import-gltf-materials.ts';
import { fromParts, GltfNodes, type Shown } from './import-gltf-nodes.ts';
import { type Drawn, readPrimitive, surfaceOf } from './import-gltf-primitive.ts';
import { GltfSkins, morph, weightsOf } from './import-gltf-skin.ts';

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
  /** By the names of nodes, and of materials that are more than a colour. */
  readonly #parts = new Map<string, Part>();

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
    for (const each of [...this.#nodes.shown()]) this.#addMesh(each);
    const { refusal } = this.#file;
    if (this.#soup.empty && refusal !== undefined) throw refusal;
    this.#tellLeftOut('scenes', 'WARN_SCENES_LEFT_OUT', 'The file has other scenes, too.', 1);
    const still = 'The model stands as its nodes say, not as its animations do.';
    this.#tellLeftOut('animations', 'WARN_FRAMES_LEFT_OUT', still, 0);
    return this.#soup;
  }

  #tellLeftOut(
    list: string,
    code: 'WARN_SCENES_LEFT_OUT' | 'WARN_FRAMES_LEFT_OUT',
    message: string,
    read: number,
  ): void {
    const all = this.#file.json[list];
    if (Array.isArray(all)) this.#file.report.warn(code, message, {}, all.length - read);
  }

  #addMesh(placed: Shown): void {
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
          this.#addPrimitive(drawn, placed, weights, instances);
        });
      }
    });
  }

  #addPrimitive(
    drawn: Drawn,
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
    const material = this.#materials.get(primitive.material);
    const surface = surfaceOf(file, drawn, material, weights);
    this.#begin(node, material);
    for (const [i, transform] of posed ? [[0, IDENTITY] as const] : instances.entries()) {
      const placed = posed || (i + 1 < instances.length ? values.slice() : values);
      for (let at = 0; at < placed.length && !posed; at += 3) move(placed, at, transform);
      addPrimitive(this.#soup, { ...drawn, ...surface, material, values: placed }, file);
    }
  }

  /** What is drawn next is of a node, whose name a layer gets, and of a material. */
  #begin(node: Json, { finish }: GltfMaterial): void {
    const mesh = this.#file.attempt('WARN_DETAIL_SKIPPED', () =>
      this.#file.item('meshes', node.mesh),
    );
    const named = [node.name, mesh?.name].find((each) => typeof each === 'string' && each !== '');
    const names = [named, finish?.name].filter((each) => each !== undefined).map(shown);
    const key = names.join('\n');
    let part = this.#parts.get(key);
    if (part === undefined) {
      const name = names.join(' ');
      part = finish === undefined ? { name } : { name, material: finish };
      this.#parts.set(key, part);
    }
    this.#soup.begin(part);
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
