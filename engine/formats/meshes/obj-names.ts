/**
 * Names as an .obj and its .mtl can hold them: without blanks, at which some readers end them (they
 * become `_`, as Blender writes them), and of materials no two alike.
 */

import type { Material } from '../../document/scene.ts';
import type { Report } from '../report.ts';

const NAME_MAX = 255;
const HEX_DIGITS = 6;

export class Names {
  readonly #report: Report | undefined;
  readonly #materials = new Map<Material, string>();
  readonly #taken = new Set<string>();

  constructor(report: Report | undefined) {
    this.#report = report;
  }

  /** Of a layer. */
  object(name: string): string {
    return this.#plain(name, 'Layer');
  }

  /** Of a material; the same one has the same name. */
  material(material: Material): string {
    const known = this.#materials.get(material);
    if (known !== undefined) return known;
    const name = this.#free(this.#plain(material.name, 'Material'));
    this.#materials.set(material, name);
    return name;
  }

  /** Of a colour of a material, of which there may be several. */
  color(material: Material, rgba: number, several: boolean): string {
    const [red, green, blue] = [rgba & 0xff, (rgba >>> 8) & 0xff, (rgba >>> 16) & 0xff];
    const hex = ((red << 16) | (green << 8) | blue).toString(16).padStart(HEX_DIGITS, '0');
    return several ? `${this.material(material)}_${hex}` : hex;
  }

  #free(name: string): string {
    let free = name;
    for (let i = 2; this.#taken.has(free); i++) free = `${name}.${i}`;
    this.#taken.add(free);
    return free;
  }

  /** Without what ends a line or cannot be seen. */
  #plain(name: string, otherwise: string): string {
    const plain = name
      .replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ')
      .trim()
      .replace(/\\$/, '')
      .slice(0, NAME_MAX);
    const shown = plain === '' ? otherwise : plain.replace(/\s+/gu, '_');
    if (plain !== name) {
      const message = 'A name was changed, since it is a part of a line.';
      this.#report?.warn('WARN_NAMES_LOST', message, { object: shown });
    }
    return shown;
  }
}
