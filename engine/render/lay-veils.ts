/**
 * Lays what can be seen through over the colours of a band. A surface of opacity α and colour C
 * makes of what is behind it α·C + (1 - α)·behind, in sRGB as Goxel's screen mixes, for all
 * surfaces of a sample from the farthest to the nearest. This is done from the nearest on, which is
 * the same sum, so that it can end where nothing shines through any more.
 */

import { checkInterrupt } from '../interrupt.ts';
import type { ViewJob } from './job.ts';
import type { Band } from './raster.ts';
import type { Scene } from './scene.ts';
import type { Shader } from './shader.ts';
import { type Area, partsOf, type Veils } from './veils.ts';

/** What comes through below this share would change no byte. */
const DARK = 2 ** -12;

/** Draws the groups that can be seen through over the colours of a band's opaque ones. */
export function layVeils(
  scene: Scene,
  view: ViewJob,
  shader: Shader,
  band: Band,
  colors: Uint32Array,
): void {
  const { groups } = scene.job;
  const seen = [...groups.keys()].filter((i) => {
    const { opacity } = groups[i]!.surface;
    return opacity > 0 && opacity < 1;
  });
  if (seen.length === 0) return;
  const whole = { left: 0, right: band.width, top: 0, bottom: band.height };
  new Glazing(scene, view, shader, band, colors).draw(seen, whole);
}

class Glazing {
  readonly #scene: Scene;
  readonly #view: ViewJob;
  readonly #shader: Shader;
  readonly #band: Band;
  readonly #veils: Veils;
  readonly #colors: Uint32Array;
  /** Red, green and blue of the surfaces so far, as far as they cover, and what comes through. */
  readonly #mix = new Float64Array(4);

  constructor(scene: Scene, view: ViewJob, shader: Shader, band: Band, colors: Uint32Array) {
    this.#scene = scene;
    this.#view = view;
    this.#shader = shader;
    this.#band = band;
    this.#veils = scene.veils;
    this.#colors = colors;
  }

  /** Draws groups in an area of the band; in parts where it has too many surfaces. */
  draw(groups: readonly number[], area: Area): void {
    const { job, list } = this.#scene;
    const { samples } = job.style;
    const veils = this.#veils;
    const band = this.#band;
    veils.start(area);
    list.clear();
    this.#shader.reset();
    band.veils = veils;
    for (const group of groups) {
      veils.group = group;
      this.#scene.draw(group, this.#view.projection, band, true);
    }
    band.veils = undefined;
    const parts = partsOf(area, veils.parts, samples);
    // A single pixel with too many shows those that were drawn first.
    if (parts.length > 1) for (const part of parts) this.draw(groups, part);
    else this.#lay(samples);
  }

  #lay(samples: 1 | 2): void {
    const { left, right, top, bottom } = this.#veils.area;
    const { style } = this.#scene.job;
    // As for opaque surfaces: lines around voxels are finer than pixels.
    const joined = samples === 2 && style.outline.borders === 0;
    this.#veils.sort();
    for (let y = top; y < bottom; y += samples) {
      for (let x = left; x < right; x += samples) {
        if (((x - left) & 0xff) === 0) checkInterrupt();
        const together = joined && this.#mixPixel(x, y);
        for (let j = 0; j < samples; j++) {
          for (let i = 0; i < samples; i++) {
            if (this.#veils.firstOf(x + i, y + j) === this.#veils.endOf(x + i, y + j)) continue;
            if (!together) this.#mixSample(x + i, y + j);
            this.#over((y + j) * this.#band.width + x + i);
          }
        }
      }
    }
  }

  /** Mixes at the middle of a pixel; false when its samples see different faces. */
  #mixPixel(x: number, y: number): boolean {
    const veils = this.#veils;
    const shader = this.#shader;
    const first = veils.firstOf(x, y);
    const end = veils.endOf(x, y);
    if (first === end || !this.#seesSame(first, end, x + 1, y)) return false;
    if (!this.#seesSame(first, end, x, y + 1) || !this.#seesSame(first, end, x + 1, y + 1)) {
      return false;
    }
    const { left, top } = this.#band;
    const mix = this.#mix;
    mix.fill(0, 0, 3);
    mix[3] = 1;
    for (let number = first; number < end && mix[3]! > DARK; number++) {
      const cell = shader.locate(veils.idOf(number), left + x + 1, top + y + 1);
      if (!shader.isWithin(cell)) return false;
      this.#behind(shader.shade(cell));
    }
    return true;
  }

  #seesSame(first: number, end: number, x: number, y: number): boolean {
    const veils = this.#veils;
    const others = veils.firstOf(x, y);
    if (veils.endOf(x, y) - others !== end - first) return false;
    for (let i = 0; i < end - first; i++) {
      if (veils.idOf(first + i) !== veils.idOf(others + i)) return false;
    }
    return true;
  }

  #mixSample(x: number, y: number): void {
    const veils = this.#veils;
    const { left, top } = this.#band;
    const mix = this.#mix;
    mix.fill(0, 0, 3);
    mix[3] = 1;
    const end = veils.endOf(x, y);
    for (let number = veils.firstOf(x, y); number < end && mix[3]! > DARK; number++) {
      const id = veils.idOf(number);
      const cell = this.#shader.locate(id, left + x + 0.5, top + y + 0.5);
      this.#behind(this.#shader.shade(cell));
    }
  }

  /** Adds a surface behind those that were mixed. */
  #behind(color: number): void {
    const mix = this.#mix;
    const alpha = (color >>> 24) / 255;
    const part = mix[3]! * alpha;
    mix[0]! += part * (color & 0xff);
    mix[1]! += part * ((color >>> 8) & 0xff);
    mix[2]! += part * ((color >>> 16) & 0xff);
    mix[3]! *= 1 - alpha;
  }

  /** Lays the mix over the colour of a sample, which may be nothing. */
  #over(at: number): void {
    const mix = this.#mix;
    const below = this.#colors[at]!;
    const part = (mix[3]! * (below >>> 24)) / 255;
    const sum = 1 - mix[3]! + part;
    let mixed = Math.round(sum * 255) << 24;
    for (let c = 0; c < 3; c++) {
      const value = (mix[c]! + part * ((below >>> (8 * c)) & 0xff)) / sum;
      mixed |= Math.round(value) << (8 * c);
    }
    this.#colors[at] = mixed >>> 0;
  }
}
