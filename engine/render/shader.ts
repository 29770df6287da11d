/** The colour of what a sample sees. */

import { ENTRY, GROUP } from '../prepared/directory.ts';
import type { Surface } from './groups.ts';
import type { ViewJob } from './job.ts';
import { LINEAR, openness, SHADOW_FULL, Shading, TURNED_AWAY } from './lighting.ts';
import { type Faces, RECT, U_AXIS, V_AXIS } from './rectangles.ts';
import { LOOSE, type Scene } from './scene.ts';
import { facing, lightAt, type ShadowMap, shadowOffset } from './shadow-map.ts';
import { FIRST_TRIANGLE } from './soup.ts';
import { SoupShader } from './soup-shader.ts';

/** Lines around voxels are this many samples wide, and fade below this many samples a voxel. */
const BORDER_SAMPLES = 1;
const BORDER_FADE_SAMPLES = 6;

export class Shader {
  readonly #scene: Scene;
  readonly #view: ViewJob;
  readonly #map: ShadowMap | undefined;
  readonly #offset: number;
  readonly #occlusion: number;
  readonly #borders: number;
  readonly #shading = new Shading();
  readonly #origin: Float64Array;
  readonly #ray: Float64Array;
  readonly #light: Float64Array;
  /** Cosines to the light by direction. */
  readonly #toLight: Float64Array;
  /** Where the ray meets the plane: u and v in the block, direction along normal, u, v; depth. */
  readonly #hit = new Float64Array(6);

  // The rectangle of the last sample.
  #id = 0;
  #direction = 0;
  #axis = 0;
  #uAxis = 0;
  #vAxis = 0;
  #plane = 0;
  #slice = 0;
  #uLow = 0;
  #vLow = 0;
  #u0 = 0;
  #v0 = 0;
  #u1 = 0;
  #v1 = 0;
  #cells = 0;
  #faces: Faces;
  #surface: Surface | undefined;
  readonly #soup: SoupShader;

  constructor(scene: Scene, view: ViewJob) {
    this.#scene = scene;
    this.#faces = scene.list;
    this.#view = view;
    this.#occlusion = scene.job.style.occlusion;
    this.#borders = scene.job.style.outline.borders;
    this.#origin = view.projection.origin;
    this.#ray = view.projection.direction;
    this.#light = Float64Array.from(view.lamp.direction);
    this.#map = scene.job.shadowMaps[view.shadow];
    this.#offset = this.#map === undefined ? 0 : shadowOffset(this.#map);
    this.#soup = new SoupShader(view, this.#shading, this.#map, this.#offset);
    this.#toLight = Float64Array.from({ length: 6 }, (_, d) => facing(d, view.lamp.direction));
  }

  /** Forgets the rectangle of the last sample; the list of the scene has changed. */
  reset(): void {
    this.#id = 0;
  }

  /** Finds the voxel that `id` shows at (x, y) of the picture; gives u + 16·v in its slice. */
  locate(id: number, x: number, y: number): number {
    if (id !== this.#id) this.#open(id);
    if (id >= FIRST_TRIANGLE) {
      this.#soup.locate(x, y);
      return 0;
    }
    const o = this.#origin;
    const d = this.#ray;
    const a = this.#axis;
    const u = this.#uAxis;
    const v = this.#vAxis;
    const hit = this.#hit;
    const da = d[a]! + d[3 + a]! * x + d[6 + a]! * y;
    const du = d[u]! + d[3 + u]! * x + d[6 + u]! * y;
    const dv = d[v]! + d[3 + v]! * x + d[6 + v]! * y;
    const t = (this.#plane - (o[a]! + o[3 + a]! * x + o[6 + a]! * y)) / da;
    const pu = o[u]! + o[3 + u]! * x + o[6 + u]! * y + t * du - this.#uLow;
    const pv = o[v]! + o[3 + v]! * x + o[6 + v]! * y + t * dv - this.#vLow;
    hit[0] = pu;
    hit[1] = pv;
    hit[2] = da;
    hit[3] = du;
    hit[4] = dv;
    hit[5] = t;
    let cu = Math.floor(pu);
    let cv = Math.floor(pv);
    // Rounding, and the overlap of polygons.
    if (cu < this.#u0) cu = this.#u0;
    else if (cu > this.#u1) cu = this.#u1;
    if (cv < this.#v0) cv = this.#v0;
    else if (cv > this.#v1) cv = this.#v1;
    return cu | (cv << 4);
  }

  /** Whether the samples half a step around the point found last see the same cell as it does. */
  isWithin(cell: number): boolean {
    if (this.#id >= FIRST_TRIANGLE) return true;
    const o = this.#origin;
    const d = this.#ray;
    const a = this.#axis;
    const u = this.#uAxis;
    const v = this.#vAxis;
    const hit = this.#hit;
    const t = hit[5]!;
    // Steps of u and v by one sample to the right and down: the plane's slope and the ray's turn.
    const right = o[3 + a]! + t * d[3 + a]!;
    const down = o[6 + a]! + t * d[6 + a]!;
    const turnU = hit[3]! / hit[2]!;
    const turnV = hit[4]! / hit[2]!;
    const uRight = o[3 + u]! + t * d[3 + u]! - turnU * right;
    const uDown = o[6 + u]! + t * d[6 + u]! - turnU * down;
    const vRight = o[3 + v]! + t * d[3 + v]! - turnV * right;
    const vDown = o[6 + v]! + t * d[6 + v]! - turnV * down;
    const du = (Math.abs(uRight) + Math.abs(uDown)) / 2;
    const dv = (Math.abs(vRight) + Math.abs(vDown)) / 2;
    const fu = hit[0]! - (cell & 15);
    const fv = hit[1]! - (cell >> 4);
    return fu >= du && fu <= 1 - du && fv >= dv && fv <= 1 - dv;
  }

  /** The colour, packed sRGB and opacity, of the cell found last, at the point found last. */
  shade(cell: number): number {
    if (this.#id >= FIRST_TRIANGLE) return this.#soup.shade();
    const cu = cell & 15;
    const cv = cell >> 4;
    const hit = this.#hit;
    const surface = this.#surface!;
    const { lamp } = this.#view;
    const direction = this.#direction;
    const nl = this.#toLight[direction]!;
    const da = hit[2]!;
    const du = hit[3]!;
    const dv = hit[4]!;
    const length = Math.sqrt(da * da + du * du + dv * dv);
    const l = this.#light;
    const lv = -(l[this.#axis]! * da + l[this.#uAxis]! * du + l[this.#vAxis]! * dv) / length;
    const nv = Math.abs(da) / length;
    const shading = this.#shading;
    shading.set(lamp, surface.metallic, surface.roughness, nl, nv, lv);
    let light = 1;
    if (nl <= 0) light = 1 - lamp.shadow * (1 - TURNED_AWAY);
    else if (this.#map !== undefined) light = 1 - lamp.shadow * (1 - SHADOW_FULL) * this.#shade();
    const fu = Math.min(Math.max(hit[0]! - cu, 0), 1);
    const fv = Math.min(Math.max(hit[1]! - cv, 0), 1);
    const at = this.#cells + (cv - this.#v0) * (this.#u1 - this.#u0 + 1) + cu - this.#u0;
    if (this.#occlusion > 0) {
      const around = this.#faces.around[at]!;
      if (around !== 0) light *= 1 - this.#occlusion * (1 - openness(around, fu, fv));
    }
    if (this.#borders > 0) light *= 1 - this.#borders * this.#border(fu, fv, nv);
    const rgba = this.#faces.colors[at]!;
    const red = LINEAR[rgba & 0xff]!;
    const green = LINEAR[(rgba >>> 8) & 0xff]!;
    const blue = LINEAR[(rgba >>> 16) & 0xff]!;
    return shading.color(red, green, blue, light, surface);
  }

  #open(id: number): void {
    const { groups, job } = this.#scene;
    if (id >= FIRST_TRIANGLE) {
      this.#id = id;
      const triangle = id - FIRST_TRIANGLE;
      const group = groups.findLast((g) => g.soup !== undefined && g.firstTriangle <= triangle)!;
      this.#soup.open(group.soup!, group.surface, triangle - group.firstTriangle);
      return;
    }
    const number = id - 1;
    const faces = this.#scene.facesOf(number);
    const rect = (number % LOOSE) * RECT;
    const entry = faces.rects[rect]! * ENTRY;
    const shape = faces.rects[rect + 1]!;
    const axis = (shape & 7) >> 1;
    this.#id = id;
    this.#direction = shape & 7;
    this.#axis = axis;
    this.#uAxis = U_AXIS[axis as 0 | 1 | 2];
    this.#vAxis = V_AXIS[axis as 0 | 1 | 2];
    this.#slice = (shape >> 3) & 15;
    this.#plane = job.entries[entry + axis]! * 16 + this.#slice + (shape & 1);
    this.#uLow = job.entries[entry + this.#uAxis]! * 16;
    this.#vLow = job.entries[entry + this.#vAxis]! * 16;
    this.#u0 = (shape >> 7) & 15;
    this.#v0 = (shape >> 11) & 15;
    this.#u1 = (shape >> 15) & 15;
    this.#v1 = (shape >> 19) & 15;
    this.#faces = faces;
    this.#cells = faces.rects[rect + 2]!;
    this.#surface = job.groups[job.entries[entry + GROUP]!]!.surface;
  }

  /** The part of light, 0…1, that something takes away. */
  #shade(): number {
    const off = (this.#direction & 1) === 1 ? this.#offset : -this.#offset;
    const n = this.#plane + off;
    const u = this.#hit[0]! + this.#uLow;
    const v = this.#hit[1]! + this.#vLow;
    const map = this.#map!;
    if (this.#axis === 0) return 1 - lightAt(map, n, u, v);
    if (this.#axis === 1) return 1 - lightAt(map, u, n, v);
    return 1 - lightAt(map, u, v, n);
  }

  /** How much of a voxel's line lies on a point of its face, 0…1. */
  #border(u: number, v: number, nv: number): number {
    const { scale, orthographic } = this.#view.projection;
    const sample = (orthographic ? 1 : this.#hit[5]!) / scale;
    const distance = Math.min(u, 1 - u, v, 1 - v) / sample;
    const line = Math.min(Math.max(BORDER_SAMPLES + 0.5 - distance, 0), 1);
    const size = nv / (sample * BORDER_FADE_SAMPLES);
    return line * Math.min(Math.max(size - 0.5, 0), 1);
  }
}
