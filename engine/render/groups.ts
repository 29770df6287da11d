/**
 * What is drawn in one piece: voxels of one material. As on Goxel's screen, the first visible layer
 * begins a group, a layer over it with another material begins the next one, and every other layer
 * is combined into the group before it by its mode.
 */

import type { Document } from '../document/document.ts';
import type { Layer } from '../document/layer.ts';
import { type Material, newMaterial } from '../document/scene.ts';
import { BLEND_MODES, merge } from '../ops/combine.ts';
import type { Volume } from '../volume/volume.ts';

export interface Group {
  readonly volume: Volume;
  readonly surface: Surface;
  /** Whether the volume is the same the next time, and can be followed. */
  readonly lasting: boolean;
}

/** A material in numbers that are safe to compute with. */
export interface Surface {
  /** Linear factors of the voxels' colours. */
  readonly color: readonly [red: number, green: number, blue: number];
  readonly opacity: number;
  readonly metallic: number;
  readonly roughness: number;
  /** Linear light. */
  readonly emission: readonly [red: number, green: number, blue: number];
}

/** The groups of the visible layers; with `materials` false the one of Goxel's PNG export. */
export function groupsOf(document: Document, materials: boolean): Group[] {
  const plain = surfaceOf(newMaterial(''));
  // Brings clone and shape layers up to date.
  document.refresh();
  const visible = document.layers.filter((layer) => layer.visible);
  const alike = visible.every(
    ({ mode, material }) => mode === 0 && material === visible[0]?.material,
  );
  const surface = ({ material }: Layer) => {
    const found = document.materials[material];
    return found === undefined ? plain : surfaceOf(found);
  };
  const [only] = visible;
  if (!materials || only === undefined || alike) {
    // A volume of its own can be followed however much comes to it.
    const volume = visible.length === 1 ? only!.volume : document.merged();
    return [
      { volume, surface: materials && only !== undefined ? surface(only) : plain, lasting: true },
    ];
  }
  const groups: Group[] = [];
  let before: Layer | undefined;
  for (const layer of visible) {
    if (before === undefined || (layer.mode === 0 && layer.material !== before.material)) {
      groups.push({ volume: layer.volume, surface: surface(layer), lasting: true });
      before = layer;
      continue;
    }
    const group = groups.pop()!;
    const isOwn = visible.some(({ volume }) => volume === group.volume);
    const volume = isOwn ? group.volume.clone() : group.volume;
    // A file may hold any number; Goxel takes those it does not know for OVER.
    merge(volume, layer.volume, BLEND_MODES[layer.mode] ?? 'over');
    groups.push({ ...group, volume, lasting: false });
  }
  return groups;
}

/** A file may hold any float. */
function surfaceOf({ color, metallic, roughness, emission }: Material): Surface {
  const part = (value: number | undefined) => Math.min(Math.max(value ?? 0, 0) || 0, 1);
  const light = (value: number | undefined) => Math.min(Math.max(value ?? 0, 0) || 0, 1e3);
  return {
    color: [part(color[0]), part(color[1]), part(color[2])],
    opacity: part(color[3]),
    metallic: part(metallic),
    roughness: part(roughness),
    emission: [light(emission[0]), light(emission[1]), light(emission[2])],
  };
}
