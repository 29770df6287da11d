/**
 * Writes Wavefront .mtl (Alias|Wavefront, Object Files: material libraries), with the widely read
 * statements `Pr` and `Pm` for roughness and metal. A colour of the file is for the screen, as its
 * readers take it, where a material's own is linear. Nothing shines where lights are reflected
 * (`Ks`): that is how voxels look elsewhere.
 */

import type { Document } from '../../document/document.ts';
import type { Layer } from '../../document/layer.ts';
import { type Material, newMaterial } from '../../document/scene.ts';
import type { Report } from '../report.ts';

/** What files of ours begin with. */
const FIRST_LINE = '# goxel-supervisor\n';

const DIGITS = 6;
/** Blender's exponent for a roughness of 0, and the way it reads one. */
const SHININESS_MAX = 1000;
const LINEAR_MAX = 0.0031308;

/** Whether a file begins as one of ours. */
export function isOurMtl(start: Uint8Array): boolean {
  return Buffer.from(start).toString('latin1', 0, FIRST_LINE.length) === FIRST_LINE;
}

/** One material of a file: what it is called, and what of the project it is. */
export interface Entry {
  readonly name: string;
  readonly material: Material;
  /** The colour of all its faces, packed; else they have it of the picture. */
  readonly rgba?: number;
}

/** The materials of a file; `picture` is the name of what colours those without a colour. */
export function* mtlOf(entries: Iterable<Entry>, picture: string | undefined) {
  let text = FIRST_LINE;
  for (const { name, material, rgba } of entries) {
    const { roughness, metallic, emission } = material;
    const opacity = opacityOf(material);
    const lines = [
      `newmtl ${name}`,
      'Ka 0 0 0',
      `Kd ${rgba === undefined ? '1 1 1' : channelsOf(rgba).map(shown).join(' ')}`,
      'Ks 0 0 0',
      `Ke ${[0, 1, 2].map((i) => shown(encoded(unit(emission[i]!)))).join(' ')}`,
      `Ns ${shown(SHININESS_MAX * (1 - unit(roughness)) ** 2)}`,
      `d ${shown(opacity)}`,
      'illum 1',
      `Pr ${shown(unit(roughness))}`,
      `Pm ${shown(unit(metallic))}`,
      ...(rgba === undefined && picture !== undefined ? [`map_Kd ${picture}`] : []),
    ];
    text += `\n${lines.join('\n')}\n`;
    if (text.length < 65_536) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(text);
}

/** The material of a layer; one that has none looks like a new one. */
export function materialOf({ materials }: Document, layer: Layer): Material {
  return materials[layer.material] ?? newMaterial('Material');
}

/** Colours of voxels as the material shows them; it says nothing about their alpha. */
export function tintOf({ color }: Material): (rgba: number) => number {
  const factors = [0, 1, 2].map((i) => unit(color[i]!));
  if (factors.every((factor) => factor === 1)) return (rgba) => rgba;
  const tables = factors.map((factor) =>
    Uint8Array.from({ length: 256 }, (_, byte) =>
      Math.round(encoded(decoded(byte / 255) * factor) * 255),
    ),
  );
  const [red, green, blue] = tables as [Uint8Array, Uint8Array, Uint8Array];
  return (rgba) =>
    ((rgba & 0xff00_0000) |
      (blue[(rgba >>> 16) & 0xff]! << 16) |
      (green[(rgba >>> 8) & 0xff]! << 8) |
      red[rgba & 0xff]!) >>>
    0;
}

/** Tells that files without materials lose those that glow or are seen through. */
export function tellMaterialsLost(report: Report | undefined, materials: Iterable<Material>): void {
  for (const material of materials) {
    const glows = material.emission.some((value) => value > 0);
    if (!glows && opacityOf(material) === 1) continue;
    const what = glows ? 'glow' : 'opacity';
    const message = `The ${what} of a material is not kept, since there is no file of materials.`;
    report?.warn('WARN_MATERIALS_LOST', message, { object: material.name });
  }
}

export function opacityOf({ color }: Material): number {
  return unit(color[3]!);
}

function channelsOf(rgba: number): number[] {
  return [0, 8, 16].map((shift) => ((rgba >>> shift) & 0xff) / 255);
}

function unit(value: number): number {
  return Math.min(1, Math.max(0, value)) || 0;
}

function shown(value: number): number {
  return Number(value.toFixed(DIGITS));
}

/** From linear light to sRGB (IEC 61966-2-1), and back. */
function encoded(value: number): number {
  return value <= LINEAR_MAX ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055;
}

function decoded(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}
