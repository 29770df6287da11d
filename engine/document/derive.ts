/**
 * Clone and shape layers: their voxels are computed from a base layer or a shape, again whenever
 * that has changed. One that was written into since has become a plain layer; a clone without a
 * base keeps the voxels it has.
 */

import { moved } from '../ops/move.ts';
import { shapeVolume } from '../ops/shapes.ts';
import type { Box } from '../volume/box.ts';
import { boxCorners, isNullBox, type Matrix } from '../volume/matrix.ts';
import type { Volume } from '../volume/volume.ts';
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
  let blocks_left = blocks_max;
  for (const { layer, base } of inOrder(layers)) {
    refresh(layer, base, box, blocks_left);
    blocks_left -= layer.volume.blockCount;
  }
}

/** Takes the voxels that computed layers have for what would be computed now. */
export function adoptDerived(layers: readonly Layer[], box: Matrix): void {
  for (const { layer, base } of inOrder(layers)) {
    if (layer.derivation?.inputs !== 'kept') continue;
    const inputs = inputsOf(layer, base, box);
    layer.derivation = inputs && { inputs, version: layer.volume.version };
  }
}

interface Link {
  readonly layer: Layer;
  readonly base: Layer | undefined;
}

/** Clone and shape layers, each after its base. */
function* inOrder(layers: readonly Layer[]): Generator<Link, void, undefined> {
  const waiting = new Set(layers.filter((layer) => layer.derived));
  if (waiting.size === 0) return;
  const byId = new Map<number, Layer>();
  for (const layer of layers) if (!byId.has(layer.id)) byId.set(layer.id, layer);
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
      yield { layer: link, base: base !== undefined && chain.has(base) ? undefined : base };
    }
  }
}

function refresh(layer: Layer, base: Layer | undefined, box: Matrix, blocks_max: number): void {
  if (layer.derivation !== undefined && layer.derivation.version !== layer.volume.version) {
    layer.makePlain();
    return;
  }
  const inputs = inputsOf(layer, base, box);
  const known = layer.derivation?.inputs;
  if (inputs === undefined || known === 'kept') return;
  if (known?.length === inputs.length && known.every((v, i) => Object.is(v, inputs[i]))) return;
  layer.volume = compute(layer, base, box, blocks_max);
  layer.derivation = { inputs, version: layer.volume.version };
}

/** What a layer's voxels depend on; nothing for one that keeps those it has. */
function inputsOf(layer: Layer, base: Layer | undefined, box: Matrix) {
  if (layer.shape !== undefined) return [layer.shape, ...layer.mat, ...box];
  if (base === undefined || base === layer) return undefined;
  return [base.volume, base.volume.version, ...layer.mat];
}

function compute(
  { shape, mat }: Layer,
  base: Layer | undefined,
  box: Matrix,
  blocks_max: number,
): Volume {
  if (shape === undefined) return moved(base!.volume, mat, blocks_max);
  const clip = isNullBox(box) ? EVERYWHERE : boxCorners(box);
  return shapeVolume(shape, mat, clip, blocks_max);
}
