/** The colours of a palette as they are read. */

import { GoxError } from '../../../conf/errors.ts';
import type { Palette } from '../../document/palette.ts';
import { pack } from '../../volume/color.ts';

const COLORS_MAX = 0x1_0000;

export class PaletteColors {
  readonly #source: string;
  readonly #colors: number[] = [];
  readonly #names: string[] = [];
  #leftOut = 0;

  constructor(source: string) {
    this.#source = source;
  }

  get length(): number {
    return this.#colors.length;
  }

  get leftOut(): number {
    return this.#leftOut;
  }

  /** Throws GOX_FORMAT_LIMIT for one of too many. */
  add(color: number, name = ''): void {
    if (this.#colors.length === COLORS_MAX) {
      const message = `A palette has ${COLORS_MAX} colours at most; ${this.#source} has more.`;
      throw new GoxError('GOX_FORMAT_LIMIT', message, { file: this.#source });
    }
    this.#colors.push(color);
    this.#names.push(name);
  }

  /** Of parts of 1 in sRGB; what is outside is the nearest inside. */
  addParts(parts: readonly [red: number, green: number, blue: number], name = ''): void {
    if (!parts.every(Number.isFinite)) {
      this.leaveOut();
      return;
    }
    const [red, green, blue] = parts.map((part) =>
      Math.round(Math.min(Math.max(part, 0), 1) * 255),
    ) as [number, number, number];
    this.add(pack(red, green, blue, 255), name);
  }

  /** Of a kind that is not known. */
  leaveOut(): void {
    this.#leftOut++;
  }

  /** Throws GOX_FORMAT_BROKEN when there is none. */
  named(name: string): Palette {
    if (this.#colors.length > 0) {
      return { name, colors: Uint32Array.from(this.#colors), names: this.#names };
    }
    const file = this.#source;
    const others = this.#leftOut > 0 ? ' of a kind that is known' : '';
    const advice = 'A palette has a colour a line, such as "255 0 0" or "#ff0000".';
    throw new GoxError('GOX_FORMAT_BROKEN', `${file} has no colours${others}.`, { file, advice });
  }
}
