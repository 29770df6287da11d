/** The materials of a glTF file: one for each of the project that is used, or for each colour. */

import type { Document } from '../../document/document.ts';
import type { Material } from '../../document/scene.ts';
import { type GltfScene, linear } from './gltf-scene.ts';

/** The standard's own is of metal, and dark wherever there is nothing to mirror. */
const NO_MATERIAL = {
  name: 'No material',
  color: [1, 1, 1, 1],
  metallic: 0,
  roughness: 1,
  emission: [0, 0, 0],
};

const EMISSIVE_STRENGTH = 'KHR_materials_emissive_strength';

type Look = Pick<Material, 'name' | 'metallic' | 'roughness'> & {
  readonly color: ArrayLike<number>;
  readonly emission: ArrayLike<number>;
};

export class GltfMaterials {
  readonly #document: Document;
  readonly #scene: GltfScene;
  readonly #numbers = new Map<string, number>();
  /** As the file has them. */
  readonly all: object[] = [];
  readonly extensions = new Set<string>();

  constructor(document: Document, scene: GltfScene) {
    this.#document = document;
    this.#scene = scene;
  }

  /** The place of the one for faces of a material of the project, and of a colour if it is so. */
  number(material: number, paint: number | undefined): number {
    const known = this.#document.materials[material];
    const key = `${known === undefined ? -1 : material} ${paint}`;
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.all.push(this.#json(known ?? NO_MATERIAL, paint)) - 1;
      this.#numbers.set(key, number);
    }
    return number;
  }

  #json(look: Look, paint: number | undefined): object {
    const { colors, paint: kind, nodes } = this.#scene;
    const factor = Array.from(look.color, fraction);
    let { name } = look;
    if (paint !== undefined) {
      const rgba = colors.at(paint);
      const hex = `#${hexByte(rgba)}${hexByte(rgba >>> 8)}${hexByte(rgba >>> 16)}`;
      name = new Set(nodes.map(({ layer }) => layer.material)).size > 1 ? `${name} ${hex}` : hex;
      for (const [i, value] of linear(rgba).entries()) factor[i] = fraction(factor[i]! * value);
    }
    const emission = Array.from(look.emission, positive);
    const strength = Math.max(1, ...emission);
    if (strength > 1) this.extensions.add(EMISSIVE_STRENGTH);
    const glows = emission.some((value) => value > 0);
    return {
      name,
      pbrMetallicRoughness: {
        ...(factor.some((value) => value !== 1) ? { baseColorFactor: factor } : {}),
        ...(kind === 'palette' || kind === 'baked' ? { baseColorTexture: { index: 0 } } : {}),
        metallicFactor: fraction(look.metallic),
        roughnessFactor: fraction(look.roughness),
      },
      ...(glows ? { emissiveFactor: emission.map((value) => fraction(value / strength)) } : {}),
      ...(factor[3]! < 1 ? { alphaMode: 'BLEND' } : {}),
      ...(strength > 1
        ? { extensions: { [EMISSIVE_STRENGTH]: { emissiveStrength: digits(strength) } } }
        : {}),
    };
  }
}

/** A value between 0 and 1, as glTF wants it. */
function fraction(value: number): number {
  return digits(Math.min(1, positive(value)));
}

/** Zero for what is no number. */
function positive(value: number): number {
  return Number.isFinite(value) ? Math.max(0, value) : 0;
}

/** In the nine digits that tell a float32 from all others. */
function digits(value: number): number {
  return Number(value.toPrecision(9));
}

function hexByte(value: number): string {
  return (value & 0xff).toString(16).padStart(2, '0');
}
