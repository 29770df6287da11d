/** What a glTF material has besides its colour, as a material of a layer. */

import { type Material, newMaterial } from '../../document/scene.ts';
import { shown } from '../shown.ts';
import type { GltfFile, Json } from './import-gltf-file.ts';

/** Clear glass would not be seen. */
const OPACITY_MIN = 0.2;

/**
 * A material for what shines, or lets light through (KHR_materials_transmission and _volume, or
 * an opacity below 1); undefined for all others, whose voxels have their colours.
 *
 * @param emission linear
 */
export function finishOf(
  file: GltfFile,
  json: Json,
  emission: readonly number[],
  pbr: Json,
  where: string,
  opacity: number,
): Material | undefined {
  const through = transmissionOf(file, json);
  if (!(through > 0) && opacity === 1 && !emission.some((value) => value > 0)) return undefined;
  const own = materialOf(file, json, emission, pbr, where);
  return {
    ...own,
    color: Float32Array.of(1, 1, 1, Math.max((1 - through) * opacity, OPACITY_MIN)),
  };
}

/** A material of a layer, white and opaque, with the light, metal and roughness of the file's. */
export function materialOf(
  file: GltfFile,
  json: Json,
  emission: readonly number[],
  pbr: Json,
  where: string,
): Material {
  const number = (name: string, missing: number) =>
    file.numbers([pbr[name] ?? missing], 1, `${where}.${name}`)![0]!;
  const base = newMaterial(typeof json.name === 'string' ? shown(json.name) : where);
  return {
    ...base,
    metallic: Math.fround(number('metallicFactor', base.metallic)),
    roughness: Math.fround(number('roughnessFactor', base.roughness)),
    emission: Float32Array.from(emission),
  };
}

/** White glass has the colour that light gets inside of it. */
export function tinted(file: GltfFile, json: Json, factor: readonly number[]): readonly number[] {
  if (!(transmissionOf(file, json) > 0)) return factor;
  const volume = file.extension(json, 'KHR_materials_volume');
  const color = file.numbers(volume?.attenuationColor, 3, 'attenuationColor');
  if (color === undefined) return factor;
  return factor.map((value, i) => value * (color[i] ?? 1));
}

function transmissionOf(file: GltfFile, json: Json): number {
  const glass = file.extension(json, 'KHR_materials_transmission');
  return file.numbers([glass?.transmissionFactor ?? 0], 1, 'transmissionFactor')![0]!;
}
