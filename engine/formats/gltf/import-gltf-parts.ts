/** Which layers the meshes of a glTF file become: one a node, and one a material that is more than
 * a colour. */

import type { Material } from '../../document/scene.ts';
import { PARTS_MAX, type Part } from '../../mesh-import/soup.ts';
import { shown } from '../shown.ts';
import type { GltfFile, Json } from './import-gltf-file.ts';
import type { GltfMaterials } from './import-gltf-materials.ts';
import type { Shown } from './import-gltf-nodes.ts';

export class GltfParts {
  readonly #file: GltfFile;
  readonly #materials: GltfMaterials;
  readonly #parts = new Map<string, Part>();
  /** Nodes of one name are layers of their own, unless there are too many. */
  readonly #apart: boolean;

  constructor(file: GltfFile, materials: GltfMaterials, nodes: readonly Shown[]) {
    this.#file = file;
    this.#materials = materials;
    this.#apart = nodes.length <= PARTS_MAX;
  }

  /** @param finish of what is drawn next; undefined where it is a colour only */
  part({ index, node, hidden, transform }: Shown, mesh: Json, finish: Material | undefined): Part {
    const { voxel_length, likeGoxel } = this.#file;
    const isOurs = voxel_length !== undefined && !likeGoxel;
    const named = [node.name, mesh.name].find((each) => typeof each === 'string' && each !== '');
    const names = [named, this.#isMixed(mesh) ? finish?.name : undefined];
    const name = names
      .filter((each) => each !== undefined)
      .map(shown)
      .join(' ');
    const apart = this.#apart && (isOurs || (named !== undefined && named === node.name));
    const key = [apart ? index : '', named, finish?.name, hidden].map(String).join('\n');
    let part = this.#parts.get(key);
    if (part === undefined) {
      part = {
        name: named === undefined && finish !== undefined ? finish.name : name,
        ...(finish === undefined ? {} : { material: finish }),
        ...(hidden ? { hidden } : {}),
        ...(isOurs && node.translation !== undefined
          ? { pivot: [transform[12]!, transform[13]!, transform[14]!] }
          : {}),
      };
      this.#parts.set(key, part);
    }
    return part;
  }

  /** Whether the primitives of a mesh become several layers, which need names of their own. */
  #isMixed(mesh: Json): boolean {
    const file = this.#file;
    const primitives = file.array(mesh.primitives, 'primitives');
    const first = file.object(primitives[0] ?? {}, 'primitives[0]').material;
    if (primitives.every((each) => (each as Json | null)?.material === first)) return false;
    const finishes = primitives.map((each) => this.#materials.get((each as Json).material).finish);
    return finishes.some((finish) => finish !== finishes[0]);
  }
}
