/** The meshes of COLLADA geometries: which corners their faces, lines and points have. */

import { checkInterrupt } from '../../interrupt.ts';
import { WHITE } from '../../mesh-import/soup.ts';
import { unitByte } from '../../mesh-import/srgb.ts';
import { pack } from '../../volume/color.ts';
import { childOf, childrenOf, type DaeTree, type Element, numbersOf } from './dae-tree.ts';

/** What stands behind a `source`: `stride` numbers an item, from `offset` on. */
export interface Source {
  readonly values: readonly number[];
  readonly stride: number;
  readonly offset: number;
  readonly count: number;
}

export interface Input {
  readonly semantic: string;
  readonly source: Element | undefined;
  readonly offset: number;
  readonly set: string | undefined;
}

/** One face, line or point: corners of a primitive, of which each is `stride` indices. */
export interface Primitive {
  readonly kind: string;
  /** As the material is called where the geometry is placed. */
  readonly material: string | undefined;
  readonly inputs: readonly Input[];
  readonly stride: number;
  readonly indices: readonly number[];
  /** Where in the indices each of them ends. */
  readonly ends: readonly number[];
  /** By their places: where in them, in corners, the outlines of holes begin. */
  readonly holes: ReadonlyMap<number, readonly number[]>;
}

/** A dozen are many. */
const INPUTS_MAX = 64;

const KINDS = ['triangles', 'polylist', 'polygons', 'trifans', 'tristrips', 'lines', 'linestrips'];

export class DaeGeometries {
  readonly #tree: DaeTree;
  readonly #sources = new Map<Element, Source>();
  readonly #primitives = new Map<Element, readonly Primitive[]>();

  constructor(tree: DaeTree) {
    this.#tree = tree;
  }

  /** The places of the vertices that a primitive's VERTEX input names. */
  positions(mesh: Element): Float64Array {
    const inputs = this.#inputs(childOf(mesh, 'vertices'));
    const source = this.source(inputs.find(({ semantic }) => semantic === 'POSITION')?.source);
    const count = source?.count ?? 0;
    const positions = new Float64Array(count * 3);
    for (let i = 0; i < count; i++) {
      for (let axis = 0; axis < 3; axis++) {
        positions[i * 3 + axis] = source!.values[source!.offset + i * source!.stride + axis] ?? 0;
      }
    }
    return positions;
  }

  primitives(mesh: Element): readonly Primitive[] {
    let found = this.#primitives.get(mesh);
    if (found === undefined) {
      const elements = mesh.children.filter(({ name }) => KINDS.includes(name));
      found = elements.map((element) => this.#primitive(mesh, element));
      this.#primitives.set(mesh, found);
    }
    return found;
  }

  source(element: Element | undefined): Source | undefined {
    if (element === undefined) return undefined;
    const known = this.#sources.get(element);
    if (known !== undefined) return known;
    const accessor = childOf(element, 'technique_common', 'accessor');
    const array =
      element.children.find(({ name }) => name === 'float_array') ??
      this.#tree.find(accessor?.attributes.get('source'));
    const values = numbersOf(array?.text ?? '');
    const number = (name: string, missing: number) => {
      const value = Number(accessor?.attributes.get(name) ?? missing);
      return Number.isSafeInteger(value) && value >= 0 ? value : missing;
    };
    const stride = Math.max(number('stride', 1), 1);
    const offset = number('offset', 0);
    const room = Math.max(Math.floor((values.length - offset) / stride), 0);
    const source = { values, stride, offset, count: Math.min(number('count', room), room) };
    this.#sources.set(element, source);
    return source;
  }

  #inputs(element: Element | undefined): Input[] {
    const inputs = childrenOf(element, 'input').slice(0, INPUTS_MAX);
    return inputs.map(({ attributes }) => ({
      semantic: attributes.get('semantic') ?? '',
      source: this.#tree.find(attributes.get('source')),
      offset: Math.min(Math.max(Math.trunc(Number(attributes.get('offset') ?? 0)) || 0, 0), 255),
      set: attributes.get('set'),
    }));
  }

  #primitive(mesh: Element, element: Element): Primitive {
    checkInterrupt();
    const own = this.#inputs(element);
    const stride = own.reduce((most, { offset }) => Math.max(most, offset), 0) + 1;
    // What vertices have besides their places is found by the index of the vertex.
    const vertex = own.find(({ semantic }) => semantic === 'VERTEX')?.offset ?? 0;
    const more = this.#inputs(childOf(mesh, 'vertices')).map((input) => ({
      ...input,
      offset: vertex,
    }));
    const { indices, ends, holes } = facesOf(element, stride);
    return {
      kind: element.name,
      material: element.attributes.get('material'),
      inputs: [...own, ...more],
      stride,
      indices,
      ends,
      holes,
    };
  }
}

interface Faces {
  readonly indices: number[];
  readonly ends: number[];
  readonly holes: Map<number, readonly number[]>;
}

function facesOf(element: Element, stride: number): Faces {
  const parts = element.children.filter(({ name }) => name === 'p' || name === 'ph');
  const holes = new Map<number, readonly number[]>();
  const lists = parts.map((part, i) => {
    if (part.name === 'p') return numbersOf(part.text);
    const outlines = part.children.filter(({ name }) => name === 'p' || name === 'h');
    const list: number[] = [];
    const begins: number[] = [];
    for (const [n, { text }] of outlines.entries()) {
      if (n > 0) begins.push(list.length / stride);
      for (const index of numbersOf(text)) list.push(index);
    }
    if (begins.every(Number.isInteger) && begins.length > 0) holes.set(i, begins);
    return list;
  });
  const indices = lists.length === 1 ? lists[0]! : lists.flat();
  const corners = Math.floor(indices.length / stride);
  const counts = childOf(element, 'vcount');
  const ends: number[] = [];
  if (element.name === 'triangles' || element.name === 'lines') {
    const each = element.name === 'lines' ? 2 : 3;
    for (let end = each; end <= corners; end += each) ends.push(end);
  } else if (counts !== undefined) {
    let end = 0;
    for (const count of numbersOf(counts.text)) {
      end += Math.trunc(count);
      if (!(count >= 0 && end <= corners)) break;
      ends.push(end);
    }
  } else {
    let end = 0;
    for (const list of lists) {
      end += Math.floor(list.length / stride);
      ends.push(end);
    }
  }
  return { indices, ends, holes };
}

/** Packed colours by the items of a source; channels are sRGB fractions. */
export function colorAt(source: Source, item: number): number {
  if (!(item >= 0 && item < source.count)) return WHITE;
  const { values, stride, offset } = source;
  const at = offset + item * stride;
  const channel = (i: number) => (i < stride ? unitByte(values[at + i]!) : 255);
  return pack(channel(0), channel(1), channel(2), channel(3));
}
