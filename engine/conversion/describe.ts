/** What there is in a model, for people who want to know before they do something with it. */

import { isDeepStrictEqual } from 'node:util';
import type { Document } from '../document/document.ts';
import type { Layer } from '../document/layer.ts';
import { newMaterial } from '../document/scene.ts';
import { ColorCounts } from '../inquiries/color-counts.ts';
import { EVERYWHERE, eachRow } from '../inquiries/region.ts';
import type { Described, DescribedLayer } from '../port/solo.ts';
import type { Read } from '../project/reading.ts';
import { aroundBoth, type Box } from '../volume/box.ts';

/** Voxels without any are none. */
const ALPHA_SHIFT = 24;

export function describe(
  { format, document, frames }: Pick<Read, 'format' | 'document' | 'frames'>,
  { options }: { readonly options: { readonly job_bytes_max: number } },
): Described {
  const { job_bytes_max } = options;
  const { layers } = document;
  const { materials, cameras } = ownThings(document, format);
  const box = layers.reduce<Box | undefined>(
    (all, { volume }) => aroundBoth(all, volume.box()),
    undefined,
  );
  return {
    format,
    ...placeOf(box),
    voxel_count: layers.reduce((sum, { volume }) => sum + volume.count(), 0),
    color_count: colorsOf(layers, job_bytes_max),
    layers: layers.map((layer) => layerOf(layer, materials)),
    materials: materials.map(({ name }) => name),
    cameras: cameras.map(({ name }) => name),
    ...(frames === undefined ? {} : { frame_count: frames.length }),
  };
}

/** Materials and cameras without those that a project gets where the file has none. */
function ownThings({ materials, cameras }: Document, format: string) {
  if (format === 'gox') return { materials, cameras };
  const [material] = materials;
  const isPlain = materials.length === 1 && isDeepStrictEqual(material, newMaterial('Material.1'));
  const isUsual = cameras.length === 1 && cameras[0]?.name === 'Camera.1';
  return { materials: isPlain ? [] : materials, cameras: isUsual ? [] : cameras };
}

function layerOf(
  { name, visible, volume, material }: Layer,
  materials: Document['materials'],
): DescribedLayer {
  const named = materials[material]?.name;
  return {
    ...{ name, visible, voxel_count: volume.count() },
    ...placeOf(volume.box()),
    ...(named === undefined ? {} : { material: named }),
  };
}

function placeOf(box: Box | undefined): { size: number[]; position?: number[] } {
  if (box === undefined) return { size: [0, 0, 0] };
  const { min, max } = box;
  return { size: max.map((end, axis) => end - min[axis]!), position: [...min] };
}

function colorsOf(layers: readonly Layer[], job_bytes_max: number): number {
  const limits = { job_bytes_max, result_bytes_max: Number.POSITIVE_INFINITY };
  const counts = new ColorCounts(limits, 0);
  for (const { volume } of layers) {
    let last = 0;
    eachRow(
      volume,
      EVERYWHERE,
      (data, from, to) => {
        for (let i = from; i < to; i++) {
          const rgba = data[i]!;
          if (rgba === last || rgba >>> ALPHA_SHIFT === 0) continue;
          counts.add(rgba, 1);
          last = rgba;
        }
      },
      false,
    );
  }
  return counts.length;
}
