/** Points with a colour, or none, each held once: 44 bytes. */

import { hash } from './numbering.ts';

const CAPACITY_MIN = 1024;

export class Points {
  count = 0;
  /** x, y, z of each, in the order of their numbers. */
  positions = new Float64Array(CAPACITY_MIN * 3);
  #colors = new Uint32Array(CAPACITY_MIN);
  /** Number + 1 by hash, 0 is free; twice to four times as long as the points. */
  #table = new Uint32Array(CAPACITY_MIN * 2);

  /** The number of a point; a new one gets the next. */
  number(x: number, y: number, z: number, rgba: number): number {
    const place = this.#find(x, y, z, rgba);
    const known = this.#table[place]!;
    if (known !== 0) return known - 1;
    const number = this.count++;
    this.positions[number * 3] = x;
    this.positions[number * 3 + 1] = y;
    this.positions[number * 3 + 2] = z;
    this.#colors[number] = rgba;
    this.#table[place] = number + 1;
    if (this.count === this.#colors.length) this.#grow();
    return number;
  }

  #find(x: number, y: number, z: number, rgba: number): number {
    const { positions } = this;
    const table = this.#table;
    const mask = table.length - 1;
    for (let at = hash(x, y, z, rgba, 0) & mask; ; at = (at + 1) & mask) {
      const point = table[at]! - 1;
      if (point < 0) return at;
      const from = point * 3;
      if (positions[from] !== x || positions[from + 1] !== y) continue;
      if (positions[from + 2] === z && this.#colors[point] === rgba) return at;
    }
  }

  #grow(): void {
    const { positions } = this;
    const colors = this.#colors;
    this.positions = new Float64Array(positions.length * 2);
    this.positions.set(positions);
    this.#colors = new Uint32Array(colors.length * 2);
    this.#colors.set(colors);
    this.#table = new Uint32Array(colors.length * 4);
    for (let i = 0; i < this.count; i++) {
      const [x, y, z] = [positions[i * 3]!, positions[i * 3 + 1]!, positions[i * 3 + 2]!];
      this.#table[this.#find(x, y, z, colors[i]!)] = i + 1;
    }
  }
}
