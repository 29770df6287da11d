/**
 * Names as an .obj and its .mtl can hold them: without blanks, at which some readers end them (they
 * become `_`, as Blender writes them), no `#` first, and no two alike, since some readers take
 * objects of one name for one.
 */

import type { Material } from '../../document/scene.ts';
import type { Report } from '../report.ts';

const NAME_MAX = 255;
const HEX_DIGITS = 6;

export class Names {
  readonly #report: Report | undefined;
  readonly #materials = new Map<Material, string>();
  readonly #takenMaterials = new Set<string>();
  readonly #takenObjects = new Set<string>();

  constructor(report: Report | undefined) {
    this.#report = report;
  }

  /** Of a layer. */
  object(name: string): string {
    return this.#named(name, 'Layer', this.#takenObjects);
  }

  /** Of a material; the same one has the same name. */
  material(material: Material): string {
    const known = this.#materials.get(material);
    if (known !== undefined) return known;
    const name = this.#named(material.name, 'Material', this.#takenMaterials);
    this.#materials.set(material, name);
    return name;
  }

  /** Of a colour of a material, of which there may be several. */
  color(material: Material, rgba: number, several: boolean): string {
    const [red, green, blue] = [rgba & 0xff, (rgba >>> 8) & 0xff, (rgba >>> 16) & 0xff];
    const hex = ((red << 16) | (green << 8) | blue).toString(16).padStart(HEX_DIGITS, '0');
    return several ? `${this.material(material)}_${hex}` : hex;
  }

  #named(name: string, otherwise: string, taken: Set<string>): string {
    const plain = plainOf(name) || otherwise;
    let free = plain;
    for (let i = 2; taken.has(free); i++) free = `${plain}.${i}`;
    taken.add(free);
    if (free !== name && name.trim() !== '') {
      const message =
        'A name was changed: there are no blanks in those of an .obj, and none twice.';
      this.#report?.warn('WARN_NAMES_LOST', message, { object: name });
    }
    return free;
  }
}

/** Without what ends a line, a word or a name, or cannot be seen. */
function plainOf(name: string): string {
  return name
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ')
    .trim()
    .replace(/\\$/, '')
    .replace(/^#/, '_')
    .slice(0, NAME_MAX)
    .replace(/\s+/gu, '_');
}
