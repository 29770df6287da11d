/**
 * Clone and shape layers: their voxels are computed from a base layer or a shape, again whenever
 * that has changed. One that was written into since has become a plain layer; a clone without a
 * base keeps the voxels it has.
 */

import { moved } from '../ops/move.ts';
import { shapeVolume } from '../ops/shapes.ts';
import { boxCorners, isNullBox, type Matrix } from '../volume/matrix.ts';
import type { Box, Volume } from '../volume/volume.ts';
import type { Layer } from './layer.ts';

const EVERYWHERE: Box = {
  min: [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
  max: [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
};

/**
 * Computes what is out of date. Throws GOX_MEMORY_LIMIT when the computed layers together would
 * touch more than `blocks_max` blocks.
 */
export function refreshLayers(layers: readonly Layer[], box: Matrix, blocks_max: number): void {
  const waiting = new Set(layers.filter((layer) => layer.derived));
  if (waiting.size === 0) return;
  const byId = new Map<number, Layer>();
  for (const layer of layers) if (!byId.has(layer.id)) byId.set(layer.id, layer);
  let blocks_left = blocks_max;
  for (const layer of layers) {
    // A clone of a clone waits for its base. A chain that bites its tail ends where it does.
    const chain = new Set<Layer>();
    for (let next: Layer | undefined = layer; next !== undefined && waiting.delete(next); ) {
      chain.add(next);
      next = byId.get(next.baseId);
    }
    for (const link of [...chain].reverse()) {
      const base = byId.get(link.baseId);
      chain.delete(link);
      refresh(link, base !== undefined && chain.has(base) ? undefined : base, box, blocks_left);
      blocks_left -= link.volume.blockCount;
    }
  }
}

function refresh(layer: Layer, base: Layer | undefined, box: Matrix, blocks_max: number): void {
  if (layer.derivation !== undefined && layer.derivation.version !== layer.volume.version) {
    layer.makePlain();
  } else if (layer.shape !== undefined) {
    const shape = layer.shape;
    derive(layer, [shape, ...layer.mat, ...box], () => {
      const clip = isNullBox(box) ? EVERYWHERE : boxCorners(box);
      return shapeVolume(shape, layer.mat, clip, blocks_max);
    });
  } else if (base !== undefined && base !== layer) {
    derive(layer, [base.volume, base.volume.version, ...layer.mat], () =>
      moved(base.volume, layer.mat, blocks_max),
    );
  }
}

function derive(layer: Layer, inputs: readonly unknown[], compute: () => Volume): void {
  const known = layer.derivation?.inputs;
  if (known === 'kept') return;
  if (known?.length === inputs.length && known.every((v, i) => Object.is(v, inputs[i]))) return;
  layer.volume = compute();
  layer.derivation = { inputs, version: layer.volume.version };
}
