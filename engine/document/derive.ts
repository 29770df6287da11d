/**
 * Clone and shape layers: their voxels are computed from a base layer or a shape, again where that
 * has changed. A clone without a base keeps the voxels it has.
 */

import { GoxError } from '../../conf/errors.ts';
import { areFew, moved, movedBlocks } from '../ops/move.ts';
import { shapeVolume } from '../ops/shapes.ts';
import type { Box } from '../volume/box.ts';
import { boxCorners, isNullBox, type Matrix } from '../volume/matrix.ts';
import type { Volume } from '../volume/volume.ts';
import type { Derivation, Layer } from './layer.ts';

const EVERYWHERE: Box = {
  min: [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
  max: [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
};

/**
 * Computes what is out of date. Throws GOX_MEMORY_LIMIT when the computed layers together would
 * touch more than `blocks_max` blocks.
 */
export function refreshLayers(layers: readonly Layer[], box: Matrix, blocks_max: number): void {
  // Most documents have none, and this is asked with every request.
  if (!layers.some(isDerived)) return;
  let blocks_left = blocks_max;
  for (const { layer, base } of inOrder(layers)) {
    refresh(layer, base, box, blocks_left);
    blocks_left -= layer.volume.blockCount;
  }
}

/** Takes the voxels that computed layers have for what would be computed now. */
export function adoptDerived(layers: readonly Layer[], box: Matrix): void {
  for (const { layer, base } of inOrder(layers)) {
    const { derivation } = layer;
    if (derivation?.inputs !== 'kept') continue;
    const inputs = inputsOf(layer, base, box);
    const version = versionOf(base);
    layer.derivation = inputs && { volume: derivation.volume, inputs, version };
  }
}

function isDerived({ derived }: Layer): boolean {
  return derived;
}

interface Link {
  readonly layer: Layer;
  readonly base: Layer | undefined;
}

/** Clone and shape layers, each after its base. */
function* inOrder(layers: readonly Layer[]): Generator<Link, void, undefined> {
  const waiting = new Set(layers.filter(isDerived));
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
  const inputs = inputsOf(layer, base, box);
  const known = layer.derivation;
  if (inputs === undefined || known?.inputs === 'kept') return;
  const version = versionOf(base);
  if (known === undefined || !same(known.inputs as readonly unknown[], inputs)) {
    replace(layer, { volume: compute(layer, base, box, blocks_max), inputs, version });
    return;
  }
  if (known.version === version && known.pending === undefined) return;
  const volume = follow(known, layer, base!, blocks_max);
  replace(layer, { volume, inputs, version });
}

/**
 * Another volume in the place of the one known; when the edit fails, that comes back, since there
 * may be no memory to compute it anew.
 */
function replace(layer: Layer, derivation: Derivation): void {
  const known = layer.derivation;
  if (known?.volume !== derivation.volume) {
    layer.recorder?.current?.whenTakenBack(() => {
      layer.derivation = known;
    });
  }
  layer.derivation = derivation;
}

/** The voxels of a clone whose base has changed: again, or where it has. */
function follow(known: Derivation, layer: Layer, base: Layer, blocks_max: number): Volume {
  const { volume, version, pending = NOWHERE } = known;
  const since = base.volume.changedSince(version);
  const changed = since && together(since, pending);
  if (changed !== undefined && areFew(changed, base.volume)) {
    // The base may come back to what it was, and this be stopped half way.
    layer.derivation = { ...known, pending: changed };
    if (follows(volume, base.volume, layer.mat, changed, blocks_max)) return volume;
  }
  return moved(base.volume, layer.mat, blocks_max);
}

/**
 * As `movedBlocks`; what exceeds the memory or the coordinates may be where the base has nothing
 * any more, since the edit that put it there has failed, so that only all of the base tells.
 */
function follows(...args: Parameters<typeof movedBlocks>): boolean {
  try {
    return movedBlocks(...args);
  } catch (error) {
    if (error instanceof GoxError && error.code === 'GOX_MEMORY_LIMIT') return false;
    throw error;
  }
}

const NOWHERE = new Int32Array(0);

/** Positions may come twice; there may be more than a call has room for. */
function together(a: Int32Array, b: Int32Array): Int32Array {
  if (b.length === 0) return a;
  const both = new Int32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** What a layer's voxels depend on but for its base's; nothing for one that keeps those it has. */
function inputsOf(layer: Layer, base: Layer | undefined, box: Matrix) {
  if (layer.shape !== undefined) return [layer.shape, ...layer.mat, ...box];
  if (base === undefined || base === layer) return undefined;
  return [base.volume, ...layer.mat];
}

function versionOf(base: Layer | undefined): number {
  return base?.volume.version ?? 0;
}

function same(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
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
