/**
 * What the layers of a project show at a point of its history, to be compared with another point,
 * of the same project or of another. It can be posted to other threads.
 */

import { mergeOver } from '../ops/combine.ts';
import { changesBetween } from '../volume/changes.ts';
import { Volume, type VolumeSnapshot } from '../volume/volume.ts';
import type { LayerChanges } from './summary.ts';

interface LayerFacts {
  readonly id: number;
  readonly name: string;
  readonly visible: boolean;
}

/** Its volume is not to be written. */
export interface ShownLayer extends LayerFacts {
  readonly volume: Volume;
}

/** From bottom to top. */
export type Shown = readonly ShownLayer[];

export type ShownSnapshot = readonly (LayerFacts & { readonly voxels: VolumeSnapshot })[];

export function shownSnapshot(shown: Shown): ShownSnapshot {
  return shown.map(({ volume, ...facts }) => ({ ...facts, voxels: volume.snapshot() }));
}

export function shownOf(snapshot: ShownSnapshot): Shown {
  return snapshot.map(({ voxels, ...facts }) => ({ ...facts, volume: Volume.of(voxels) }));
}

/** What can be seen, in one volume, which is not to be written. */
export function mergedOf(shown: Shown): Volume {
  const [only, ...others] = shown.filter(({ visible }) => visible);
  if (only !== undefined && others.length === 0) return only.volume;
  const merged = new Volume();
  for (const { visible, volume } of shown) if (visible) mergeOver(merged, volume);
  return merged;
}

/** What is different in each layer of a project, which keeps its id. */
export function differences(before: Shown, after: Shown): LayerChanges[] {
  const ids = new Set([...before, ...after].map(({ id }) => id));
  const old = new Map(before.map((layer) => [layer.id, layer]));
  const now = new Map(after.map((layer) => [layer.id, layer]));
  return [...ids].flatMap((id) => {
    const changes = changesOf(old.get(id), now.get(id));
    return changes.changed === 0 ? [] : { layer_id: id, changes };
  });
}

/** Of a layer that one of two projects has, or both. */
export interface ComparedLayer extends LayerChanges {
  readonly name: string;
  readonly only_in: 'from' | 'to' | undefined;
}

/**
 * The same of two projects. Their layers belong together when they have the same name, the first of
 * it with the first and so on; those left over when they have the same id.
 */
export function differencesOfProjects(before: Shown, after: Shown): ComparedLayer[] {
  const left = [...before];
  const take = (is: (layer: ShownLayer) => boolean) => {
    const at = left.findIndex(is);
    return at < 0 ? undefined : left.splice(at, 1)[0];
  };
  const named = after.map((now) => ({ now, old: take(({ name }) => name === now.name) }));
  const pairs = named.map(({ now, old }) => ({ now, old: old ?? take(({ id }) => id === now.id) }));
  const both = pairs.map(({ now, old }) => ({
    ...{ layer_id: now.id, name: now.name, changes: changesOf(old, now) },
    only_in: old === undefined ? ('to' as const) : undefined,
  }));
  const gone = left.map((old) => ({
    ...{ layer_id: old.id, name: old.name, changes: changesOf(old, undefined) },
    only_in: 'from' as const,
  }));
  return [...both, ...gone].filter(({ changes }) => changes.changed > 0);
}

function changesOf(old: ShownLayer | undefined, now: ShownLayer | undefined) {
  return changesBetween(old?.volume ?? new Volume(), now?.volume ?? new Volume());
}
