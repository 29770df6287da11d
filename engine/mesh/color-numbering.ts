/** Numbers vertices so that no two agree in position and colour, wherever in the mesh they come. */

import { checkInterrupt } from '../interrupt.ts';
import type { Numbering } from './numbering.ts';
import { Points } from './points.ts';
import type { FaceBatch } from './surface.ts';

export class ColorNumbering implements Numbering {
  readonly #points = new Points();

  get count(): number {
    return this.#points.count;
  }

  number({ count, positions, colors }: FaceBatch, corners: number, numbers: Uint32Array): void {
    checkInterrupt();
    for (let i = 0, at = 0; i < count * corners; i++, at += 3) {
      const [x, y, z] = [positions[at]!, positions[at + 1]!, positions[at + 2]!];
      numbers[i] = this.#points.number(x, y, z, colors[i]!);
    }
  }
}
