/** Materials and light of scenes for tests of the path tracer. */

import type { Document } from '../../engine/document/document.ts';
import { newMaterial } from '../../engine/document/scene.ts';
import { prepareTrace, type TraceJob } from '../../engine/trace/job.ts';
import type { TraceOptions } from '../../engine/trace/options.ts';
import type { Volume } from '../../engine/volume/volume.ts';
import { runTrace } from './trace.ts';

/** No sun; the sky is white. */
export const FURNACE = { light: { intensity: 0, ambient: 1 }, background: 'transparent' } as const;
export const DARK = { light: { intensity: 0, ambient: 0 }, background: 'transparent' } as const;

export type Look = { color?: number[]; metallic?: number; roughness?: number; emission?: number[] };

/** A material of the document, matt unless told. */
function materialOf(document: Document, look: Look): number {
  const { color = [1, 1, 1, 1], emission = [0, 0, 0], metallic = 0, roughness = 1 } = look;
  const vectors = { color: Float32Array.from(color), emission: Float32Array.from(emission) };
  return document.addMaterial({ ...newMaterial(''), metallic, roughness, ...vectors });
}

/** The document with all its layers of one look. */
export function looking(document: Document, look: Look): Document {
  const material = materialOf(document, look);
  for (const layer of document.layers) layer.set({ material });
  return document;
}

export function layerOf(document: Document, look: Look): Volume {
  const layer = document.addLayer('');
  layer.set({ material: materialOf(document, look) });
  return layer.volume;
}

/** Mean linear light of each covered pixel, and of all of them. */
export function lightOf(document: Document, options: TraceOptions): Found {
  return lightOfJob(prepareTrace(document, options));
}

export interface Found {
  readonly each: readonly number[];
  readonly mean: number;
}

export function lightOfJob(job: TraceJob): Found {
  runTrace(job);
  const { sums } = job.views[0]!;
  const each: number[] = [];
  for (let at = 0; at < sums.length; at += 4) {
    const light = sums[at]! + sums[at + 1]! + sums[at + 2]!;
    if (sums[at + 3]! > 0) each.push(light / 3 / sums[at + 3]!);
  }
  return { each, mean: each.reduce((sum, light) => sum + light, 0) / each.length };
}

/** The job as it would be if no lamp were asked for its light, and all found by chance. */
export function byChance(job: TraceJob): TraceJob {
  const none = new SharedArrayBuffer(0);
  const lamps = { faces: new Int32Array(none), sums: new Float64Array(none) };
  return { ...job, lamps: { ...lamps, count: new Int32Array(1) } };
}
