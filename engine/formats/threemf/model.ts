/** What a model part of a .3mf file holds, as `model-reader.ts` reads it. */

import { grown } from '../../mesh-import/grown.ts';
import type { Texture } from '../../mesh-import/texture.ts';

/** By rows: x' = m0 x + m3 y + m6 z + m9, and so on. */
export type Matrix = readonly number[];

/** What corners get their look from. */
export type Properties =
  | { readonly kind: 'colors'; readonly colors: readonly number[] }
  | { readonly kind: 'texture'; readonly texture: Texture | undefined; readonly uvs: number[] }
  /** Several over one another, of which the first counts here: its number, and places in it. */
  | { readonly kind: 'several'; readonly of: string; readonly indices: readonly number[] };

export interface Component {
  /** Of the model part that has it; that of the component when it is left out. */
  readonly path: string | undefined;
  readonly object: string;
  readonly matrix: Matrix;
  /** Whether it is said not to be printed. */
  readonly hidden: boolean;
}

const FIRST_ROOM = 64;
const GROUPS_MAX = 0xffff;
/** Of a triangle: its corners, and the place of each in the properties. */
const NUMBERS = 6;

export class ObjectOf3mf {
  readonly name: string;
  /** Properties of triangles that have none of their own. */
  readonly pid: string | undefined;
  readonly pindex: number;
  readonly components: Component[] = [];
  /** Whether it is a support or the like. */
  hidden = false;
  /** By triangles: how they are painted in a slicer. */
  readonly paints = new Map<number, string>();
  /** Two vertices a beam. */
  readonly beams: number[] = [];
  vertices = 0;
  positions = new Float64Array(3 * FIRST_ROOM);
  count = 0;
  triangles = new Float64Array(NUMBERS * FIRST_ROOM);
  /** For each triangle its place in `groups`. */
  groupOf = new Uint16Array(FIRST_ROOM);
  /** Numbers of properties. */
  readonly groups: (string | undefined)[] = [];
  readonly #places = new Map<string | undefined, number>();

  constructor(name: string, pid: string | undefined, pindex: number) {
    this.name = name;
    this.pid = pid;
    this.pindex = pindex;
  }

  addVertex(x: number, y: number, z: number): void {
    const at = this.vertices++ * 3;
    if (at === this.positions.length) this.positions = grown(this.positions, at * 2);
    this.positions[at] = x;
    this.positions[at + 1] = y;
    this.positions[at + 2] = z;
  }

  addTriangle(
    corners: readonly number[],
    pid: string | undefined,
    places: readonly number[],
  ): void {
    const triangle = this.count++;
    if (triangle === this.groupOf.length) {
      this.groupOf = grown(this.groupOf, triangle * 2);
      this.triangles = grown(this.triangles, triangle * 2 * NUMBERS);
    }
    this.triangles.set(corners, triangle * NUMBERS);
    this.triangles.set(places, triangle * NUMBERS + 3);
    let group = this.#places.get(pid);
    if (group === undefined) {
      group = this.groups.length < GROUPS_MAX ? this.groups.push(pid) - 1 : 0;
      this.#places.set(pid, group);
    }
    this.groupOf[triangle] = group;
  }
}

export interface Model {
  readonly path: string;
  /** The program that wrote it, as it calls itself. */
  application: string;
  /** In millimetres. */
  unit: number;
  readonly objects: Map<string, ObjectOf3mf>;
  readonly properties: Map<string, Properties>;
  /** What is built. */
  readonly items: Component[];
}
