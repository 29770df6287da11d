/** The nodes of a COLLADA scene, and where they are. */

import { GoxError } from '../../../conf/errors.ts';
import { checkInterrupt } from '../../interrupt.ts';
import { IDENTITY, product, type Transform } from '../../mesh-import/transform.ts';
import type { Report } from '../report.ts';
import { shown } from '../shown.ts';
import { childOf, childrenOf, type DaeTree, type Element, numbersOf } from './dae-tree.ts';

/** Nodes within one another, by instances too. */
const DEPTH_MAX = 256;
/** Each time that they are placed. */
const NODES_MAX = 2 ** 18;
/** Elements in them, each time. */
const CHILDREN_MAX = 2 ** 24;

export interface Placed {
  readonly node: Element;
  readonly transform: Transform;
  /** By FCollada's `visibility`, as Maya and 3ds Max write it, also that of what it is in. */
  readonly hidden: boolean;
  /** The node that it is in. */
  readonly parent: Placed | undefined;
}

/** All nodes of the scene, from the first to the last, each before those in it. */
export function placedNodes(tree: DaeTree, report: Report): Placed[] {
  const scene = childOf(tree.root, 'scene', 'instance_visual_scene')?.attributes.get('url');
  const found = tree.find(scene) ?? childOf(tree.root, 'library_visual_scenes', 'visual_scene');
  const roots = childrenOf(found, 'node');
  const placed: Placed[] = [];
  let children = 0;
  const first = { parent: undefined as Placed | undefined, depth: 0 };
  const waiting = roots.map((node) => ({ ...first, node })).reverse();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    checkInterrupt();
    const { node, parent, depth } = next;
    children += node.children.length;
    if (placed.length === NODES_MAX || children > CHILDREN_MAX) {
      const message = `${tree.source} places more than ${NODES_MAX} nodes.`;
      const facts = { file: tree.source, nodes_max: NODES_MAX };
      throw new GoxError('GOX_MEMORY_LIMIT', message, facts);
    }
    const transform = product(parent?.transform ?? IDENTITY, transformOf(node));
    const hidden = parent?.hidden === true || isHidden(node);
    const here: Placed = { node, transform, hidden, parent };
    placed.push(here);
    const inner = node.children.flatMap((child) => {
      if (child.name === 'node') return [child];
      if (child.name !== 'instance_node') return [];
      const url = child.attributes.get('url');
      const instance = tree.find(url);
      const fault =
        instance?.name !== 'node' ? 'not there' : isWithin(instance, here) ? 'within itself' : '';
      if (fault === '') return [instance!];
      report.warn('WARN_FACES_SKIPPED', `The node ${shown(url)} is ${fault}.`);
      return [];
    });
    if (inner.length > 0 && depth === DEPTH_MAX) {
      report.warn('WARN_FACES_SKIPPED', 'Nodes are too deep within one another.');
      continue;
    }
    for (const child of inner.reverse()) {
      waiting.push({ node: child, parent: here, depth: depth + 1 });
    }
  }
  return placed;
}

function isWithin(node: Element, place: Placed): boolean {
  for (let at: Placed | undefined = place; at !== undefined; at = at.parent) {
    if (at.node === node) return true;
  }
  return false;
}

function isHidden(node: Element): boolean {
  const techniques = childrenOf(node, 'extra').flatMap((extra) => childrenOf(extra, 'technique'));
  return techniques.some((each) => Number(childOf(each, 'visibility')?.text || 1) === 0);
}

/** The transforms of a node, the first being the outermost. */
function transformOf(node: Element): Transform {
  let transform = IDENTITY;
  for (const { name, text } of node.children) {
    if (!Object.hasOwn(PARTS, name)) continue;
    const values = numbersOf(text);
    const own = values.every(Number.isFinite)
      ? PARTS[name as keyof typeof PARTS](values)
      : undefined;
    if (own !== undefined) transform = product(transform, own);
  }
  return transform;
}

const PARTS = {
  matrix: byRows,
  translate: ([x, y, z]: readonly number[]) => {
    return z === undefined ? undefined : [...IDENTITY.slice(0, 12), x!, y!, z, 1];
  },
  scale: ([x, y, z]: readonly number[]) => {
    return z === undefined ? undefined : [x!, 0, 0, 0, 0, y!, 0, 0, 0, 0, z, 0, 0, 0, 0, 1];
  },
  rotate: turn,
  lookat: look,
  skew,
};

/** The numbers of a matrix in the order in which COLLADA writes them. */
export function byRows(values: readonly number[]): Transform | undefined {
  if (values.length < 16) return undefined;
  return IDENTITY.map((_, i) => values[(i % 4) * 4 + (i >> 2)]!);
}

type Vector = readonly [number, number, number];

function vectorOf(values: readonly number[], at: number): Vector {
  return [values[at]!, values[at + 1]!, values[at + 2]!];
}

function cross([ax, ay, az]: Vector, [bx, by, bz]: Vector): Vector {
  return [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx];
}

function unit(vector: Vector): Vector {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length) as unknown as Vector;
}

/** At a point, with the Z axis away from another point, and the Y axis as far up as can be. */
function look(values: readonly number[]): Transform | undefined {
  if (values.length < 9) return undefined;
  const [eye, at, up] = [vectorOf(values, 0), vectorOf(values, 3), vectorOf(values, 6)];
  const z = unit([eye[0] - at[0], eye[1] - at[1], eye[2] - at[2]]);
  const x = unit(cross(up, z));
  const matrix = [...x, 0, ...cross(z, x), 0, ...z, 0, ...eye, 1];
  return matrix.every(Number.isFinite) ? matrix : undefined;
}

/** By so many degrees: the further along one axis, the further along another. */
function skew(values: readonly number[]): Transform | undefined {
  if (values.length < 7) return undefined;
  const amount = Math.tan((values[0]! * Math.PI) / 180);
  const [along, moved] = [unit(vectorOf(values, 1)), unit(vectorOf(values, 4))];
  const matrix = [...IDENTITY];
  for (const column of [0, 1, 2]) {
    for (const row of [0, 1, 2]) {
      matrix[column * 4 + row]! += amount * along[column]! * moved[row]!;
    }
  }
  return matrix.every(Number.isFinite) ? matrix : undefined;
}

/** Around an axis by so many degrees. */
function turn([ax, ay, az, degrees]: readonly number[]): Transform | undefined {
  const length = Math.hypot(ax ?? 0, ay ?? 0, az ?? 0);
  if (degrees === undefined || length === 0) return undefined;
  const [x, y, z] = [ax! / length, ay! / length, az! / length];
  const angle = (degrees * Math.PI) / 180;
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const k = 1 - c;
  return [
    ...[x * x * k + c, x * y * k + z * s, x * z * k - y * s, 0],
    ...[x * y * k - z * s, y * y * k + c, y * z * k + x * s, 0],
    ...[x * z * k + y * s, y * z * k - x * s, z * z * k + c, 0],
    ...[0, 0, 0, 1],
  ];
}
