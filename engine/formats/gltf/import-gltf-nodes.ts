/**
 * The nodes of a glTF file: which are shown, and where they are. A node that is in the tree twice,
 * or below itself, counts where it is met first. What is below a hidden node is hidden, too.
 */

import { checkInterrupt } from '../../interrupt.ts';
import { IDENTITY, product, type Transform } from '../../mesh-import/transform.ts';
import { shown } from '../shown.ts';
import type { GltfFile, Json } from './import-gltf-file.ts';

/** A node of the scene that shows a mesh. */
export interface Shown {
  readonly index: number;
  readonly node: Json;
  /** By KHR_node_visibility, or `extras.visible` as three.js and we write it. */
  readonly hidden: boolean;
  /** From the node to the scene. */
  readonly transform: Transform;
}

export class GltfNodes {
  readonly #file: GltfFile;
  readonly #parents: ReadonlyMap<unknown, number>;
  /** From the node to the scene, of those that are known. */
  readonly #global = new Map<unknown, Transform>();

  constructor(file: GltfFile) {
    this.#file = file;
    this.#parents = this.#findParents();
  }

  /** Walks the trees of the scene to be shown, in their order. */
  *shown(): Generator<Shown> {
    const file = this.#file;
    const waiting = this.#roots()
      .map((index) => ({ index, above: IDENTITY, hidden: false }))
      .reverse();
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      checkInterrupt();
      const { index, above } = next;
      const where = `nodes[${shown(index)}]`;
      if (this.#global.has(index)) {
        file.report.warn('WARN_DETAIL_SKIPPED', `${where} is in the tree twice.`);
        continue;
      }
      const node = file.attempt('WARN_DETAIL_SKIPPED', () => file.item('nodes', index));
      if (node === undefined) continue;
      const own = file.attempt('WARN_DETAIL_SKIPPED', () => this.#transform(node, where));
      const transform = product(above, own ?? IDENTITY);
      this.#global.set(index, transform);
      const hidden = next.hidden || isHidden(file, node);
      if (node.mesh !== undefined) yield { index: index as number, node, hidden, transform };
      const children = this.#children(node, where);
      for (let i = children.length; i > 0; i--) {
        waiting.push({ index: children[i - 1], above: transform, hidden });
      }
    }
  }

  /** From a node to the scene, also of one that is in none: joints may be. */
  global(index: unknown): Transform {
    const file = this.#file;
    const chain: unknown[] = [];
    const met = new Set<unknown>();
    let above: Transform | undefined;
    for (let at: unknown = index; at !== undefined && !met.has(at); at = this.#parents.get(at)) {
      above = this.#global.get(at);
      if (above !== undefined) break;
      met.add(at);
      chain.push(at);
    }
    above ??= IDENTITY;
    for (const at of chain.reverse()) {
      checkInterrupt();
      above = product(above, this.#transform(file.item('nodes', at), `nodes[${shown(at)}]`));
      this.#global.set(at, above);
    }
    return above;
  }

  /** Those of the scene to be shown, or without scenes the nodes that are nobody's children. */
  #roots(): readonly unknown[] {
    const file = this.#file;
    const { scene, scenes, nodes } = file.json;
    const all = file.array(scenes, 'scenes');
    if (all.length > 0) {
      const found =
        file.attempt('WARN_DETAIL_SKIPPED', () => file.item('scenes', scene ?? 0)) ??
        file.item('scenes', 0);
      return file.array(found.nodes, 'scene.nodes');
    }
    const indices = file.array(nodes, 'nodes').keys();
    return [...indices].filter((index) => !this.#parents.has(index));
  }

  #findParents(): Map<unknown, number> {
    const file = this.#file;
    const parents = new Map<unknown, number>();
    for (const [i, node] of file.array(file.json.nodes, 'nodes').entries()) {
      if ((i & 0xfff) === 0) checkInterrupt();
      if (typeof node !== 'object' || node === null) continue;
      for (const child of this.#children(node as Json, `nodes[${i}]`)) {
        if (!parents.has(child)) parents.set(child, i);
      }
    }
    return parents;
  }

  #children({ children }: Json, where: string): readonly unknown[] {
    const read = () => this.#file.array(children, `${where}.children`);
    return this.#file.attempt('WARN_DETAIL_SKIPPED', read) ?? [];
  }

  #transform(node: Json, where: string): Transform {
    const file = this.#file;
    const matrix = file.numbers(node.matrix, 16, `${where}.matrix`);
    if (matrix !== undefined) return matrix;
    return fromParts(
      file.numbers(node.translation, 3, `${where}.translation`) ?? [0, 0, 0],
      file.numbers(node.rotation, 4, `${where}.rotation`) ?? [0, 0, 0, 1],
      file.numbers(node.scale, 3, `${where}.scale`) ?? [1, 1, 1],
    );
  }
}

function isHidden(file: GltfFile, node: Json): boolean {
  if (file.likeGoxel) return false;
  const { extras } = node;
  const said = typeof extras === 'object' && extras !== null ? (extras as Json).visible : undefined;
  const visibility = file.attempt('WARN_DETAIL_SKIPPED', () => {
    return file.extension(node, 'KHR_node_visibility');
  });
  return said === false || visibility?.visible === false;
}

/** Scale, then rotation by a quaternion, which is made one of length 1, then translation. */
export function fromParts(
  translation: readonly number[],
  rotation: readonly number[],
  scale: readonly number[],
): Transform {
  const [tx, ty, tz] = translation as [number, number, number];
  const [sx, sy, sz] = scale as [number, number, number];
  const length = Math.hypot(...rotation);
  // One that is nearly of length 1, as float32 has it, stays as it is.
  const part = Math.abs(length - 1) < 1e-5 || length === 0 ? 1 : 1 / length;
  const [x, y, z, w] = rotation.map((value) => value * part) as [number, number, number, number];
  return [
    ...[(1 - 2 * (y * y + z * z)) * sx, 2 * (x * y + z * w) * sx, 2 * (x * z - y * w) * sx, 0],
    ...[2 * (x * y - z * w) * sy, (1 - 2 * (x * x + z * z)) * sy, 2 * (y * z + x * w) * sy, 0],
    ...[2 * (x * z + y * w) * sz, 2 * (y * z - x * w) * sz, (1 - 2 * (x * x + y * y)) * sz, 0],
    ...[tx, ty, tz, 1],
  ];
}
