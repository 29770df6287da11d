/** What Goxel says of the documents that it read, in the `.info.json` files, and we of ours. */

import type { Document } from '../../engine/document/document.ts';

/** Goxel's own reading of a file. */
export interface Info {
  voxels: number;
  box: number[];
  layers: LayerInfo[];
  materials: unknown[];
  cameras: unknown[];
  light: unknown;
}

export interface LayerInfo {
  name: string;
  id: number;
  base_id: number;
  visible: number;
  mode: number;
  material: number;
  shape: string;
  voxels: number;
  mat: number[];
  box: number[];
}

/** Floats are printed there with nine digits, which name one float32. */
const floats = (values: Iterable<number>) => [...values].map(Math.fround);

/** Our reading, in the same form. */
export function infoOf(document: Document): Info {
  return {
    voxels: document.merged().count(),
    box: floats(document.box),
    layers: document.layers.map((layer) => ({
      name: layer.name,
      id: layer.id,
      base_id: layer.baseId,
      visible: Number(layer.visible),
      mode: layer.mode,
      material: layer.material,
      shape: layer.shape?.kind ?? '',
      voxels: layer.volume.count(),
      mat: floats(layer.mat),
      box: floats(layer.box ?? new Float32Array(16)),
    })),
    materials: document.materials.map(({ name, color, metallic, roughness, emission }) => ({
      name,
      color: floats(color),
      metallic,
      roughness,
      emission: floats(emission),
    })),
    cameras: document.cameras.map(({ name, ortho, dist, active, mat }) => ({
      name,
      ortho: Number(ortho),
      dist,
      active: Number(active),
      mat: floats(mat),
    })),
    light: { ...document.light, fixed: Number(document.light.fixed), extra: undefined },
  };
}

/** Numbers as float32; without what is undefined and without `bbox`, which the voxels say. */
export function rounded<T>(value: T): T {
  const round = (part: unknown): unknown => {
    if (typeof part === 'number') return Math.fround(part);
    if (Array.isArray(part)) return part.map(round);
    if (typeof part !== 'object' || part === null) return part;
    const entries = Object.entries(part).filter(([, member]) => member !== undefined);
    return Object.fromEntries(
      entries.filter(([name]) => name !== 'bbox').map(([name, member]) => [name, round(member)]),
    );
  };
  return round(value) as T;
}
