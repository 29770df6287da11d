/**
 * Poses the vertices of glTF meshes: morph targets at their weights, and then skins (glTF 2.0,
 * sections 3.7.2.2 and 3.7.3). A skinned mesh stands where its joints are, whatever its node says.
 */

import { checkInterrupt } from '../../interrupt.ts';
import { move, product, type Transform } from '../../mesh-import/transform.ts';
import { shown } from '../shown.ts';
import { type Numbers, readAccessor } from './import-gltf-accessors.ts';
import type { GltfFile, Json } from './import-gltf-file.ts';
import type { GltfNodes } from './import-gltf-nodes.ts';

/** Joints and weights come four at a time; nobody uses more than two sets. */
const SETS_MAX = 8;

/** Reads an attribute by its name; undefined when there is none. */
export type Attribute = (name: string, widths: readonly number[]) => Numbers | undefined;

export class GltfSkins {
  readonly #file: GltfFile;
  readonly #nodes: GltfNodes;
  readonly #known = new Map<unknown, readonly Transform[]>();

  constructor(file: GltfFile, nodes: GltfNodes) {
    this.#file = file;
    this.#nodes = nodes;
  }

  /** For each joint of a skin, from the bound mesh to the scene. */
  joints(index: unknown): readonly Transform[] {
    const known = this.#known.get(index);
    if (known !== undefined) return known;
    const file = this.#file;
    const where = `skins[${shown(index)}]`;
    const skin = file.item('skins', index);
    const joints = file.array(skin.joints, `${where}.joints`);
    const bound = skin.inverseBindMatrices;
    const inverse =
      bound === undefined ? undefined : readAccessor(file, skin.inverseBindMatrices, [16]);
    if (inverse !== undefined && inverse.count < joints.length) {
      file.fail(`${where} has ${inverse.count} inverse bind matrices for ${joints.length} joints`);
    }
    file.spend(joints.length * 16);
    const transforms = joints.map((joint, i) => {
      const global = this.#nodes.global(joint);
      if (inverse === undefined) return global;
      return product(global, Array.from(inverse.values.subarray(i * 16, i * 16 + 16)));
    });
    this.#known.set(index, transforms);
    return transforms;
  }

  /** Moves vertices by the joints; false when the primitive names none. */
  pose(positions: Float64Array, skin: unknown, attribute: Attribute, where: string): boolean {
    const sets: { joints: Float64Array; weights: Float64Array }[] = [];
    for (let set = 0; set < SETS_MAX; set++) {
      const joints = attribute(`JOINTS_${set}`, [4]);
      const weights = attribute(`WEIGHTS_${set}`, [4]);
      if (joints === undefined || weights === undefined) break;
      sets.push({ joints: joints.values, weights: weights.values });
    }
    if (sets.length === 0) return false;
    const transforms = this.joints(skin);
    const sum = new Float64Array(16);
    for (let vertex = 0; vertex * 3 < positions.length; vertex++) {
      if ((vertex & 0xff) === 0) checkInterrupt();
      sum.fill(0);
      let total = 0;
      for (const { joints, weights } of sets) {
        for (let i = vertex * 4; i < vertex * 4 + 4; i++) {
          const weight = weights[i]!;
          if (!(weight > 0)) continue;
          const joint = transforms[joints[i]!];
          if (joint === undefined) this.#file.fail(`${where} names the joint ${joints[i]}`);
          total += weight;
          for (let n = 0; n < 16; n++) sum[n] = sum[n]! + joint[n]! * weight;
        }
      }
      // A vertex that no joint holds follows the first that it names.
      if (total > 0) for (let n = 0; n < 16; n++) sum[n] = sum[n]! / total;
      else sum.set(transforms[sets[0]!.joints[vertex * 4]!] ?? transforms[0] ?? []);
      move(positions, vertex * 3, sum);
    }
    return true;
  }
}

/**
 * Adds the morph targets of a primitive to an attribute, each as much as `weights` says.
 *
 * @param name of the attribute, POSITION or COLOR_0
 */
export function morph(
  file: GltfFile,
  primitive: Json,
  weights: readonly number[],
  name: string,
  base: Numbers,
  where: string,
): void {
  for (const [i, value] of file.array(primitive.targets, `${where}.targets`).entries()) {
    const weight = weights[i] ?? 0;
    if (weight === 0) continue;
    const index = file.object(value, `${where}.targets[${i}]`)[name];
    if (index === undefined) continue;
    const target = readAccessor(file, index, [base.width]);
    if (target.count !== base.count) {
      file.fail(`${where}.targets[${i}] has ${target.count} items of ${base.count}`);
    }
    for (let n = 0; n < base.values.length; n++) {
      if ((n & 0xfff) === 0) checkInterrupt();
      base.values[n] = base.values[n]! + target.values[n]! * weight;
    }
  }
}

/** The weights of a mesh's morph targets: those of its node, or else its own. */
export function weightsOf(file: GltfFile, node: Json, mesh: Json): readonly number[] {
  const weights = file.array(node.weights ?? mesh.weights, 'weights');
  return weights.map((weight) => (Number.isFinite(weight) ? (weight as number) : 0));
}
