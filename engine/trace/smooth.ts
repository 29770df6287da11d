/**
 * Smooths the noise of few samples: an edge-avoiding à-trous wavelet transform (Dammertz et al.,
 * 2010) of light without the colour of the surfaces it falls on, led by normals, planes and the
 * variance of the light (as in Schied et al., "Spatiotemporal Variance-Guided Filtering", 2017).
 */

import {
  ALBEDO,
  LIGHT,
  NORMAL,
  PLANE,
  SQUARE,
  SUMS_GUIDED,
  type TraceJob,
  type TraceView,
} from './job.ts';
import type { TraceControl } from './options.ts';

/** Weights of a cubic B-spline, by distance. */
const SPLINE = [3 / 8, 1 / 4, 1 / 16] as const;
const REACH = 2;
/** Standard deviations of light that count as noise. */
const NOISE = 2;
/** Light that always counts as the same. */
const LIGHT_SAME = 0.002;
/** Squares of differences of normals, and distances of planes in voxels, that hardly count. */
const NORMAL_SAME = 0.1;
const PLANE_SAME = 1;
/** Added to colours to divide by: what surfaces of any colour reflect. */
const REFLECTED = 0.04;

/** Does one part of a step: 0 separates light from colours, the others smooth it. */
export function smoothRows(job: TraceJob, step: number, part: number, control: TraceControl): void {
  const { threads } = job.settings;
  for (const view of job.views) {
    const from = Math.floor((view.height * part) / threads);
    const to = Math.floor((view.height * (part + 1)) / threads);
    for (let y = from; y < to; y++) {
      control.check();
      control.progress = (y - from) / (to - from);
      if (step === 0) separate(view, y);
      else smoothRow(view, y, step);
    }
  }
}

/** The colour to divide by, of the sums of a pixel. */
export function colorAt(sums: Float32Array, at: number, channel: 0 | 1 | 2): number {
  const covered = sums[at + 3]!;
  return sums[at + ALBEDO + channel]! / covered + REFLECTED;
}

function separate(view: TraceView, y: number): void {
  const { width, sums } = view;
  const light = view.light[0];
  for (let x = 0; x < width; x++) {
    const at = (y * width + x) * SUMS_GUIDED;
    const to = (y * width + x) * LIGHT;
    const covered = sums[at + 3]!;
    if (covered === 0) continue;
    const red = sums[at]! / covered;
    const green = sums[at + 1]! / covered;
    const blue = sums[at + 2]! / covered;
    light[to] = red / colorAt(sums, at, 0);
    light[to + 1] = green / colorAt(sums, at, 1);
    light[to + 2] = blue / colorAt(sums, at, 2);
    const mean = red + green + blue;
    const variance = Math.max(sums[at + SQUARE]! / covered - mean * mean, 0);
    const colors = colorAt(sums, at, 0) + colorAt(sums, at, 1) + colorAt(sums, at, 2);
    // One sample alone says nothing of its variance.
    const guess = covered < 2 ? mean * mean : variance / (covered - 1);
    light[to + 3] = guess / (colors * colors);
  }
}

function smoothRow(view: TraceView, y: number, step: number): void {
  const { width, height, sums } = view;
  const from = view.light[((step - 1) & 1) as 0 | 1];
  const into = view.light[(step & 1) as 0 | 1];
  const stride = 1 << (step - 1);
  for (let x = 0; x < width; x++) {
    const own = y * width + x;
    const guide = own * SUMS_GUIDED;
    const covered = sums[guide + 3]!;
    if (covered === 0) continue;
    const at = own * LIGHT;
    const nx = sums[guide + NORMAL]! / covered;
    const ny = sums[guide + NORMAL + 1]! / covered;
    const nz = sums[guide + NORMAL + 2]! / covered;
    const plane = sums[guide + PLANE]! / covered;
    // Light is compared as the colour of this pixel would show it.
    const ownRed = colorAt(sums, guide, 0);
    const ownGreen = colorAt(sums, guide, 1);
    const ownBlue = colorAt(sums, guide, 2);
    const light = ownRed * from[at]! + ownGreen * from[at + 1]! + ownBlue * from[at + 2]!;
    const deviation = Math.sqrt(varianceAround(view, from, x, y)) * (ownRed + ownGreen + ownBlue);
    const noise = 1 / (NOISE * deviation + LIGHT_SAME);
    let [red, green, blue, variance, total] = [0, 0, 0, 0, 0];
    for (let j = -REACH; j <= REACH; j++) {
      const py = y + j * stride;
      if (py < 0 || py >= height) continue;
      for (let i = -REACH; i <= REACH; i++) {
        const px = x + i * stride;
        if (px < 0 || px >= width) continue;
        const other = (py * width + px) * SUMS_GUIDED;
        const seen = sums[other + 3]!;
        if (seen === 0) continue;
        const p = (py * width + px) * LIGHT;
        const dx = sums[other + NORMAL]! / seen - nx;
        const dy = sums[other + NORMAL + 1]! / seen - ny;
        const dz = sums[other + NORMAL + 2]! / seen - nz;
        const apart = Math.abs(sums[other + PLANE]! / seen - plane);
        const there = ownRed * from[p]! + ownGreen * from[p + 1]! + ownBlue * from[p + 2]!;
        const differs = Math.abs(there - light);
        const far =
          (dx * dx + dy * dy + dz * dz) / NORMAL_SAME + apart / PLANE_SAME + differs * noise;
        const weight = SPLINE[Math.abs(i) as 0]! * SPLINE[Math.abs(j) as 0]! * Math.exp(-far);
        red += weight * from[p]!;
        green += weight * from[p + 1]!;
        blue += weight * from[p + 2]!;
        variance += weight * weight * from[p + 3]!;
        total += weight;
      }
    }
    into[at] = red / total;
    into[at + 1] = green / total;
    into[at + 2] = blue / total;
    into[at + 3] = variance / (total * total);
  }
}

/** The mean variance of a pixel and those around it that see something. */
function varianceAround(view: TraceView, light: Float32Array, x: number, y: number): number {
  const { width, height, sums } = view;
  let [sum, count] = [0, 0];
  for (let py = Math.max(y - 1, 0); py <= Math.min(y + 1, height - 1); py++) {
    for (let px = Math.max(x - 1, 0); px <= Math.min(x + 1, width - 1); px++) {
      const pixel = py * width + px;
      if (sums[pixel * SUMS_GUIDED + 3] === 0) continue;
      sum += light[pixel * LIGHT + 3]!;
      count++;
    }
  }
  return sum / count;
}
