/** Stages 3 and 4: a band of a picture, from voxels to pixels; a strip, from pixels to bytes. */

import { lookAtBand, packStrip } from '../image/strips.ts';
import { checkInterrupt } from '../interrupt.ts';
import type { Style, ViewJob } from './job.ts';
import { layVeils } from './lay-veils.ts';
import type { Band } from './raster.ts';
import type { Scene } from './scene.ts';
import { Shader } from './shader.ts';
import type { Area } from './veils.ts';

/** A sample is drawn as an edge when what is beside it is this many voxels farther away. */
const SILHOUETTE_VOXELS = 1.5;

/** Renders one band of a view. */
export function renderBand(scene: Scene, view: ViewJob, number: number): void {
  const top = number * view.bandRows;
  const bottom = Math.min(top + view.bandRows, view.height);
  const area = { left: 0, right: view.width, top, bottom };
  drawArea(scene, view, area);
  if (view.strips > 0) lookAtBand(view, number);
}

/** Packs one strip of a PNG. */
export function packInto(view: ViewJob, strip: number): void {
  const { bytes, adler } = packStrip(view, strip);
  view.packed.set(bytes, strip * view.stripRoom);
  view.packedSizes.set([bytes.length, adler], 2 * strip);
}

/** Draws an area of a view into its pixels. */
export function drawArea(scene: Scene, view: ViewJob, area: Area): void {
  const { style, groups } = scene.job;
  const { samples } = style;
  const { projection } = view;
  // An edge is seen from the sample beside it, which may lie outside.
  const margin = style.outline.silhouette > 0 ? samples : 0;
  const left = Math.max(area.left * samples - margin, 0);
  const right = Math.min(area.right * samples + margin, projection.width);
  const top = Math.max(area.top * samples - margin, 0);
  const bottom = Math.min(area.bottom * samples + margin, projection.height);
  const { band, colors } = scene.bandFor(right - left, bottom - top);
  colors.fill(0, 0, band.width * (bottom - top));
  const shader = new Shader(scene, view);
  band.start(projection, left, top, bottom - top);
  scene.list.clear();
  for (const [i, { surface }] of groups.entries()) {
    if (surface.opacity === 1) scene.draw(i, projection, band, true);
  }
  shadeBand(band, colors, shader, samples, style.outline.borders > 0);
  if (style.outline.silhouette > 0) drawSilhouette(band, view, colors, style.outline.silhouette);
  layVeils(scene, view, shader, band, colors);
  const line = new Uint8Array((area.right - area.left) * 4);
  for (let row = area.top; row < area.bottom; row++) {
    const from = (row * samples - top) * band.width + area.left * samples - left;
    const back = backgroundOf(style, row, view.height);
    resolveRow(colors, from, band.width, samples, back, line);
    view.rgba.set(line, (row * view.width + area.left) * 4);
  }
}

/** What is behind everything in a row, packed; 0 is nothing. */
function backgroundOf({ background, format }: Style, row: number, height: number): number {
  if (background === 'gradient') return (0xff00_0000 | (gradientAt(row, height) * 0x01_0101)) >>> 0;
  if (background !== 'transparent') return background;
  return format === 'jpeg' ? 0xffff_ffff : 0;
}

/** Gives each sample its colour. A pixel whose samples see one voxel's face is shaded once. */
function shadeBand(
  band: Band,
  colors: Uint32Array,
  shader: Shader,
  samples: 1 | 2,
  each: boolean,
): void {
  const { width, height, ids, left, top } = band;
  const cells = new Int32Array(4);
  const offsets = samples === 1 ? [0] : [0, 1, width, width + 1];
  for (let y = 0; y < height; y += samples) {
    checkInterrupt();
    for (let x = 0; x < width; x += samples) {
      const base = y * width + x;
      const id = ids[base]!;
      if (samples === 2 && !each) {
        const same =
          id === ids[base + 1]! && id === ids[base + width]! && id === ids[base + width + 1]!;
        if (same) {
          if (id === 0) continue;
          const cell = shader.locate(id, left + x + 1, top + y + 1);
          if (shader.isWithin(cell)) {
            const color = shader.shade(cell);
            colors[base] = color;
            colors[base + 1] = color;
            colors[base + width] = color;
            colors[base + width + 1] = color;
            continue;
          }
        }
      }
      for (let s = 0; s < offsets.length; s++) {
        const at = base + offsets[s]!;
        const seen = ids[at]!;
        if (seen === 0) continue;
        const cell = shader.locate(seen, left + x + (s & 1) + 0.5, top + y + (s >> 1) + 0.5);
        cells[s] = cell;
        let twin = each ? s : 0;
        while (twin < s && (ids[base + offsets[twin]!] !== seen || cells[twin] !== cell)) twin++;
        colors[at] = twin < s ? colors[base + offsets[twin]!]! : shader.shade(cell);
      }
    }
  }
}

/** A colour with opacity over another, as paint on glass, in sRGB as Goxel's screen mixes. */
function layOver(below: number, above: number): number {
  const alpha = above >>> 24;
  const share = ((below >>> 24) * (255 - alpha)) / 255;
  const sum = alpha + share;
  let mixed = Math.round(sum) << 24;
  for (let shift = 0; shift < 24; shift += 8) {
    const value = (((above >> shift) & 0xff) * alpha + ((below >> shift) & 0xff) * share) / sum;
    mixed |= Math.round(value) << shift;
  }
  return mixed >>> 0;
}

/** Darkens samples beside which what is seen is much farther away. */
function drawSilhouette(band: Band, view: ViewJob, colors: Uint32Array, strength: number): void {
  const { width, height, depth, ids } = band;
  const { orthographic } = view.projection;
  const distance = (at: number) => {
    if (ids[at] === 0) return Infinity;
    return orthographic ? -depth[at]! : 1 / depth[at]!;
  };
  const keep = 1 - strength;
  for (let y = 0; y < height; y++) {
    checkInterrupt();
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      if (ids[at] === 0) continue;
      const limit = distance(at) + SILHOUETTE_VOXELS;
      const edge =
        (x > 0 && ids[at - 1] !== ids[at] && distance(at - 1) > limit) ||
        (x + 1 < width && ids[at + 1] !== ids[at] && distance(at + 1) > limit) ||
        (y > 0 && ids[at - width] !== ids[at] && distance(at - width) > limit) ||
        (y + 1 < height && ids[at + width] !== ids[at] && distance(at + width) > limit);
      if (!edge) continue;
      const color = colors[at]!;
      const dark = (shift: number) => Math.round(((color >> shift) & 0xff) * keep) << shift;
      colors[at] = ((color & 0xff00_0000) | dark(0) | dark(8) | dark(16)) >>> 0;
    }
  }
}

/** Goxel's gradient: 70 in the middle, a fifth of white less at the top and more at the bottom. */
function gradientAt(row: number, height: number): number {
  return Math.round(70 + 51 * ((2 * row + 1) / height - 1));
}

/** A row of pixels, whose samples begin at `from`: their mean, each over the background. */
function resolveRow(
  colors: Uint32Array,
  from: number,
  stride: number,
  samples: 1 | 2,
  back: number,
  line: Uint8Array,
): void {
  const width = line.length / 4;
  const step = samples === 1 ? 0 : 1;
  const count = samples * samples;
  const opaque = back >>> 24 === 255;
  const pixels = new Uint32Array(line.buffer);
  for (let x = 0; x < width; x++) {
    const base = from + x * samples;
    // Most pixels are of one colour.
    const only = colors[base]!;
    if (
      samples === 1 ||
      (only === colors[base + 1]! &&
        only === colors[base + stride]! &&
        only === colors[base + stride + 1]!)
    ) {
      if (only >>> 24 === 255) pixels[x] = only;
      else pixels[x] = only === 0 ? back : layOver(back, only);
      continue;
    }
    let [red, green, blue, alpha] = [0, 0, 0, 0];
    for (let j = 0; j <= step; j++) {
      for (let i = 0; i <= step; i++) {
        let color = colors[base + j * stride + i]!;
        const own = color >>> 24;
        if (own === 0) color = back;
        else if (own < 255) color = layOver(back, color);
        // Of what can be seen through, each sample counts as much as it covers.
        const weight = opaque ? 1 : color >>> 24;
        red += (color & 0xff) * weight;
        green += ((color >>> 8) & 0xff) * weight;
        blue += ((color >>> 16) & 0xff) * weight;
        alpha += color >>> 24;
      }
    }
    const by = opaque ? count : alpha;
    const at = x * 4;
    line[at] = by === 0 ? 0 : (red / by + 0.5) | 0;
    line[at + 1] = by === 0 ? 0 : (green / by + 0.5) | 0;
    line[at + 2] = by === 0 ? 0 : (blue / by + 0.5) | 0;
    line[at + 3] = (alpha / count + 0.5) | 0;
  }
}
