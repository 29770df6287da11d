/** Controllers of COLLADA: meshes that follow joints, at the pose in which the joints stand. */

import { checkInterrupt } from '../../interrupt.ts';
import { IDENTITY, move, product, type Transform } from '../../mesh-import/transform.ts';
import type { Report } from '../report.ts';
import { shown } from '../shown.ts';
import type { DaeGeometries } from './dae-geometry.ts';
import { byRows, type Placed } from './dae-nodes.ts';
import { childOf, childrenOf, type DaeTree, type Element, numbersOf } from './dae-tree.ts';

/** Controllers on controllers, such as a skin on a morph. */
const DEPTH_MAX = 8;

export interface Controlled {
  readonly geometry: Element | undefined;
  /** Undefined for one that only morphs, and stands where its node is. */
  readonly skin: Element | undefined;
}

/** The geometry that a controller moves. */
export function controlled(tree: DaeTree, url: string | undefined, report: Report): Controlled {
  let skin: Element | undefined;
  let at = tree.find(url);
  for (let depth = 0; at?.name === 'controller' && depth < DEPTH_MAX; depth++) {
    skin ??= childOf(at, 'skin');
    const morph = childOf(at, 'morph');
    if (morph !== undefined) {
      report.warn('WARN_DETAIL_SKIPPED', 'The shapes that a mesh may morph into were left out.');
    }
    at = tree.find((childOf(at, 'skin') ?? morph)?.attributes.get('source'));
  }
  return { geometry: at?.name === 'geometry' ? at : undefined, skin };
}

/**
 * Moves vertices from where they were bound to the scene. Where joints or weights are missing they
 * stay at the bind shape.
 */
export function pose(
  positions: Float64Array,
  skin: Element,
  geometries: DaeGeometries,
  tree: DaeTree,
  placed: readonly Placed[],
  report: Report,
): void {
  const shape = byRows(numbersOf(childOf(skin, 'bind_shape_matrix')?.text ?? '')) ?? IDENTITY;
  for (let at = 0; at < positions.length; at += 3) move(positions, at, shape);
  const joints = jointsOf(skin, geometries, tree, placed);
  const weighted = childOf(skin, 'vertex_weights');
  if (joints === undefined || weighted === undefined) {
    report.warn('WARN_DETAIL_SKIPPED', 'Joints of a skin are missing; its mesh stands as bound.');
    return;
  }
  const input = (name: string) => {
    return childrenOf(weighted, 'input').find((each) => each.attributes.get('semantic') === name);
  };
  const offset = (name: string) => Number(input(name)?.attributes.get('offset') ?? 0);
  const [jointAt, weightAt] = [offset('JOINT'), offset('WEIGHT')];
  const stride = Math.max(jointAt, weightAt) + 1;
  const weights = geometries.source(tree.find(input('WEIGHT')?.attributes.get('source')));
  const list = numbersOf(childOf(weighted, 'v')?.text ?? '');
  let from = 0;
  for (const [vertex, count] of numbersOf(childOf(weighted, 'vcount')?.text ?? '').entries()) {
    if ((vertex & 0xff) === 0) checkInterrupt();
    if (vertex * 3 >= positions.length || !(count >= 0) || from >= list.length) break;
    const sum = new Float64Array(16);
    let total = 0;
    for (let i = 0; i < count && from < list.length; i++, from += stride) {
      // -1 stands for the bind shape itself.
      const joint = list[from + jointAt] === -1 ? IDENTITY : joints[list[from + jointAt]!];
      const weight = weights?.values[weights.offset + list[from + weightAt]! * weights.stride] ?? 0;
      if (joint === undefined || !(weight > 0)) continue;
      total += weight;
      for (let n = 0; n < 16; n++) sum[n] = sum[n]! + joint[n]! * weight;
    }
    if (total > 0)
      move(
        positions,
        vertex * 3,
        sum.map((value) => value / total),
      );
  }
}

/** For each joint, from the bind shape to the scene; undefined when one is not in the scene. */
function jointsOf(
  skin: Element,
  geometries: DaeGeometries,
  tree: DaeTree,
  placed: readonly Placed[],
): readonly Transform[] | undefined {
  const inputs = childrenOf(childOf(skin, 'joints'), 'input');
  const sourceOf = (semantic: string) =>
    tree.find(
      inputs.find((each) => each.attributes.get('semantic') === semantic)?.attributes.get('source'),
    );
  const names = sourceOf('JOINT')?.children.find(({ name }) => /^(?:Name|IDREF)_array$/.test(name));
  const inverse = geometries.source(sourceOf('INV_BIND_MATRIX'));
  const bySid = new Map<string | undefined, Transform>();
  for (const { node, transform } of placed) {
    for (const key of ['name', 'id', 'sid']) {
      const value = node.attributes.get(key);
      if (value !== undefined && (key === 'sid' || !bySid.has(value))) bySid.set(value, transform);
    }
  }
  const list = names?.text.trim().split(/\s+/) ?? [];
  const joints = list.map((name, i) => {
    const global = bySid.get(name);
    const at = inverse === undefined ? 0 : inverse.offset + i * inverse.stride;
    const own = inverse && byRows(inverse.values.slice(at, at + 16));
    return global && (own === undefined ? global : product(global, own));
  });
  return joints.length > 0 && joints.every((joint) => joint !== undefined)
    ? (joints as Transform[])
    : undefined;
}

/** For messages. */
export function nameOf(element: Element): string {
  return shown(element.attributes.get('name') ?? element.attributes.get('id') ?? '');
}
