/** Points and straight lines of a mesh file, before they are voxels. */

import { GoxError } from '../../conf/errors.ts';
import { grown } from './grown.ts';

/** Some 60 bytes each. */
const DOTS_MAX = 2 ** 23;
const DOTS_AT_FIRST = 64;

export class Dots {
  readonly #source: string;
  /** Points and lines held; the arrays may be longer. A point is a line between twice the same. */
  count = 0;
  /** Six numbers each: the two ends. */
  positions = new Float64Array(0);
  /** Two packed colours each. */
  colors = new Uint32Array(0);
  /** Whose they are: a place in the parts of the mesh. */
  parts = new Uint16Array(0);

  constructor(source: string) {
    this.#source = source;
  }

  /** Adds a line between two vertices of `from`. Throws GOX_MEMORY_LIMIT. */
  add(from: Float64Array, a: number, b: number, ca: number, cb: number, part: number): void {
    if (this.count === this.parts.length) this.#grow();
    const at = this.count * 6;
    for (let axis = 0; axis < 3; axis++) {
      this.positions[at + axis] = from[a * 3 + axis]!;
      this.positions[at + 3 + axis] = from[b * 3 + axis]!;
    }
    this.colors[this.count * 2] = ca;
    this.colors[this.count * 2 + 1] = cb;
    this.parts[this.count++] = part;
  }

  /** Whether any of them is longer than a point. */
  haveLines(): boolean {
    const { positions } = this;
    for (let at = 0; at < this.count * 6; at += 6) {
      for (let axis = at; axis < at + 3; axis++) {
        if (positions[axis] !== positions[axis + 3]) return true;
      }
    }
    return false;
  }

  #grow(): void {
    const room = Math.max(Math.min(this.count * 2, DOTS_MAX), DOTS_AT_FIRST);
    if (room === this.count) {
      const message = `${this.#source} has more than ${DOTS_MAX} points and lines.`;
      throw new GoxError('GOX_MEMORY_LIMIT', message, { file: this.#source, dots_max: DOTS_MAX });
    }
    this.positions = grown(this.positions, room * 6);
    this.colors = grown(this.colors, room * 2);
    this.parts = grown(this.parts, room);
  }
}
