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
  /** What it morphs by, the innermost last. */
  readonly morphs: readonly Element[];
}

/** The geometry that a controller moves. */
export function controlled(tree: DaeTree, url: string | undefined): Controlled {
  let skin: Element | undefined;
  const morphs: Element[] = [];
  let at = tree.find(url);
  for (let depth = 0; at?.name === 'controller' && depth < DEPTH_MAX; depth++) {
    skin ??= childOf(at, 'skin');
    const morph = childOf(at, 'morph');
    if (morph !== undefined) morphs.push(morph);
    at = tree.find((childOf(at, 'skin') ?? morph)?.attributes.get('source'));
  }
  return { geometry: at?.name === 'geometry' ? at : undefined, skin, morphs };
}

/**
 * Moves vertices towards the shapes that a mesh morphs into, as much as the weights say: with the
 * method NORMALIZED a shape takes the place of the mesh, with RELATIVE it is added.
 */
export function morph(
  positions: Float64Array,
  { attributes, children }: Element,
  geometries: DaeGeometries,
  tree: DaeTree,
  report: Report,
): void {
  const targets = children.find(({ name }) => name === 'targets');
  const sourceOf = (semantic: string) => tree.find(sourceIn(targets, semantic));
  const names = sourceOf('MORPH_TARGET')?.children.find(({ name }) => name === 'IDREF_array');
  const weights = geometries.source(sourceOf('MORPH_WEIGHT'));
  const base = positions.slice();
  const added = attributes.get('method') === 'RELATIVE';
  for (const [i, id] of (names?.text.trim().split(/\s+/) ?? []).entries()) {
    const weight = weights?.values[weights.offset + i * weights.stride] ?? 0;
    if (!(Math.abs(weight) > 0)) continue;
    const mesh = childOf(tree.byId(id), 'mesh');
    const shape = mesh && geometries.positions(mesh);
    if (shape?.length !== positions.length) {
      report.warn('WARN_DETAIL_SKIPPED', `A mesh cannot morph into ${shown(id)}.`);
      continue;
    }
    for (let n = 0; n < shape.length; n++) {
      if ((n & 0xfff) === 0) checkInterrupt();
      positions[n]! += (shape[n]! - (added ? 0 : base[n]!)) * weight;
    }
  }
}

function sourceIn(element: Element | undefined, semantic: string): string | undefined {
  const inputs = childrenOf(element, 'input').map(({ attributes }) => attributes);
  return inputs.find((each) => each.get('semantic') === semantic)?.get('source');
}

/** Where the joints of a skin are looked for: below its skeletons first. */
export interface Joints {
  readonly placed: readonly Placed[];
  readonly all: readonly Placed[];
}

/** The nodes that are below some, or all of them where none are named. */
export function within(
  placed: readonly Placed[],
  skeletons: readonly string[],
  tree: DaeTree,
): readonly Placed[] {
  const roots = new Set(skeletons.map((url) => tree.find(url)).filter(Boolean));
  if (roots.size === 0) return placed;
  const found = new Set<Placed>();
  for (const each of placed) {
    const { node, parent } = each;
    if (roots.has(node) || (parent !== undefined && found.has(parent))) found.add(each);
  }
  return [...found];
}

type Names = ReadonlyMap<string, Transform>;

function byName(placed: readonly Placed[]): Names {
  const names = new Map<string, Transform>();
  for (const key of ['sid', 'id', 'name']) {
    for (const { node, transform } of placed) {
      const value = node.attributes.get(key);
      if (value !== undefined && !names.has(value)) names.set(value, transform);
    }
  }
  return names;
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
  placed: Joints,
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
  { placed, all }: Joints,
): readonly Transform[] | undefined {
  const sourceOf = (semantic: string) => tree.find(sourceIn(childOf(skin, 'joints'), semantic));
  const names = sourceOf('JOINT')?.children.find(({ name }) => /^(?:Name|IDREF)_array$/.test(name));
  const inverse = geometries.source(sourceOf('INV_BIND_MATRIX'));
  const [own, others] = [placed, all].map(byName) as [Names, Names];
  const list = names?.text.trim().split(/\s+/) ?? [];
  const joints = list.map((name, i) => {
    const global = own.get(name) ?? others.get(name);
    const at = inverse === undefined ? 0 : inverse.offset + i * inverse.stride;
    const bound = inverse && byRows(inverse.values.slice(at, at + 16));
    return global && (bound === undefined ? global : product(global, bound));
  });
  return joints.length > 0 && joints.every((joint) => joint !== undefined)
    ? (joints as Transform[])
    : undefined;
}

/** For messages. */
export function nameOf(element: Element): string {
  return shown(element.attributes.get('name') ?? element.attributes.get('id') ?? '');
}
