/**
 * The light of a scene and what it does to a surface: Goxel's metallic-roughness shading (the
 * model of glTF 2.0, appendix B: GGX distribution, Schlick's Fresnel term, and for the visibility
 * the approximation of Smith's by Hammon) in linear light. Constants are those that real Goxel's
 * pictures show.
 */

import type { Light } from '../document/scene.ts';
import type { Vec3 } from '../volume/box.ts';
import type { Surface } from './groups.ts';
import type { LightChoice } from './options.ts';
import type { Frame } from './projection.ts';
import { unit } from './projection.ts';

export interface Lamp {
  /** Unit vector toward the light. */
  readonly direction: Vec3;
  readonly intensity: number;
  readonly ambient: number;
  readonly shadow: number;
}

const RADIANS = Math.PI / 180;

/**
 * The light of a document, with what the caller wants otherwise, for a camera. Goxel's own pictures
 * leave the light where it is even when the document ties it to the camera, so only the caller can.
 */
export function lampOf(light: Light, choice: LightChoice, frame: Frame): Lamp {
  const { pitch_degrees, yaw_degrees } = choice;
  const pitch = pitch_degrees === undefined ? light.pitch : pitch_degrees * RADIANS;
  const yaw = yaw_degrees === undefined ? light.yaw : yaw_degrees * RADIANS;
  const [x, y, z] = [
    Math.sin(yaw) * Math.sin(pitch),
    -Math.cos(yaw) * Math.sin(pitch),
    Math.cos(pitch),
  ];
  let direction: Vec3 = [x, y, z];
  if (choice.fixed === true) {
    const { right, up, forward } = frame;
    const at = (a: 0 | 1 | 2) => right[a] * x + up[a] * y - forward[a] * z;
    direction = [at(0), at(1), at(2)];
  }
  return {
    direction: unit(direction) ?? [0, 0, 1],
    intensity: finite(choice.intensity ?? light.intensity, 100),
    ambient: finite(choice.ambient ?? light.ambient, 100),
    shadow: finite(choice.shadow ?? light.shadow, 1),
  };
}

/** A file may hold any float; this keeps colours numbers. */
function finite(value: number, max: number): number {
  return value > 0 ? Math.min(value, max) : 0;
}

/** What is left of light and ambience in full shadow and on faces turned away, of 1. */
export const SHADOW_FULL = 0.2;
export const TURNED_AWAY = 0.5;

/** Reflectance of what is no metal, at right angles. */
const REFLECTANCE = 0.04;
const INVERSE_PI = 1 / Math.PI;

/**
 * Three factors that give the light a face sends to the eye: colour · (diffuse + tint · colour)
 * + grey, a channel each. `tint` is negative where reflection takes from what is scattered.
 */
export class Shading {
  diffuse = 0;
  tint = 0;
  grey = 0;

  /**
   * For a face with its normal at cosines `nl` to the light and `nv` to the eye, which see each
   * other at cosine `lv`.
   */
  set(lamp: Lamp, metallic: number, roughness: number, nl: number, nv: number, lv: number): void {
    this.diffuse = lamp.ambient;
    this.tint = 0;
    this.grey = 0;
    if (nl <= 0) return;
    const facing = nv > 1e-4 ? nv : 1e-4;
    const halfLength = Math.sqrt(Math.max(2 + 2 * lv, 1e-8));
    const nh = Math.min((nl + facing) / halfLength, 1);
    const vh = halfLength / 2;
    const alpha = Math.max(roughness * roughness, 1e-3);
    const alpha2 = alpha * alpha;
    const bow = nh * nh * (alpha2 - 1) + 1;
    const distribution = alpha2 / (Math.PI * bow * bow);
    const visibility =
      0.5 / (nl * (facing * (1 - alpha) + alpha) + facing * (nl * (1 - alpha) + alpha));
    const away = Math.max(1 - vh, 0);
    const schlick = away * away * away * away * away;
    // Reflectance at right angles is base + metallic · colour; the Fresnel term goes toward 1.
    const base = REFLECTANCE * (1 - metallic);
    const fresnel = base + (1 - base) * schlick;
    const fresnelTint = metallic * (1 - schlick);
    const scattered = nl * lamp.intensity * (1 - REFLECTANCE) * (1 - metallic) * INVERSE_PI;
    const reflected = nl * lamp.intensity * distribution * visibility;
    this.diffuse += scattered * (1 - fresnel) + reflected * fresnelTint;
    this.tint = -scattered * fresnelTint;
    this.grey = reflected * fresnel;
  }

  /** The packed colour of a voxel's colour (linear) of a surface, of which `light` is left. */
  color(
    red: number,
    green: number,
    blue: number,
    light: number,
    { color, emission, opacity }: Surface,
  ): number {
    const { diffuse, tint, grey } = this;
    const r = red * color[0];
    const g = green * color[1];
    const b = blue * color[2];
    const rByte = toByte((r * (diffuse + tint * r) + grey) * light + emission[0]);
    const gByte = toByte((g * (diffuse + tint * g) + grey) * light + emission[1]);
    const bByte = toByte((b * (diffuse + tint * b) + grey) * light + emission[2]);
    return (rByte | (gByte << 8) | (bByte << 16) | (Math.round(opacity * 255) << 24)) >>> 0;
  }
}

/**
 * Darkening of a point of a face by the solid cells around the one before it (`around`, as in
 * `Rectangles`): the root of the distance to the nearest, in a frame a little larger than the face,
 * as measured on Goxel's pictures.
 */
export function openness(around: number, u: number, v: number): number {
  const left = CREST + SPAN * u;
  const right = CREST + SPAN * (1 - u);
  const low = CREST + SPAN * v;
  const high = CREST + SPAN * (1 - v);
  let d = 1;
  if ((around & 8) !== 0 && left < d) d = left;
  if ((around & 16) !== 0 && right < d) d = right;
  if ((around & 2) !== 0 && low < d) d = low;
  if ((around & 64) !== 0 && high < d) d = high;
  let d2 = d * d;
  if ((around & 1) !== 0) d2 = Math.min(d2, left * left + low * low);
  if ((around & 4) !== 0) d2 = Math.min(d2, right * right + low * low);
  if ((around & 32) !== 0) d2 = Math.min(d2, left * left + high * high);
  if ((around & 128) !== 0) d2 = Math.min(d2, right * right + high * high);
  return Math.sqrt(Math.sqrt(d2));
}

const CREST = 0.0475;
const SPAN = 0.88;

/** Linear light of each sRGB byte (IEC 61966-2-1). */
export const LINEAR = Float64Array.from({ length: 256 }, (_, byte) => {
  const c = byte / 255;
  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
});

const STEPS = 16384;

/**
 * sRGB bytes of linear light in steps of 1/16384, fine enough for every byte; made by the first
 * picture, since threads start without it.
 */
let bytes: Uint8Array | undefined;

function bytesOfLight(): Uint8Array {
  return Uint8Array.from({ length: STEPS + 1 }, (_, step) => {
    const c = step / STEPS;
    return Math.round(255 * (c <= 0.0031308 ? c * 12.92 : 1.055 * c ** (1 / 2.4) - 0.055));
  });
}

/** The sRGB byte of linear light. */
export function toByte(light: number): number {
  if (light >= 1) return 255;
  bytes ??= bytesOfLight();
  return bytes[(light * STEPS + 0.5) | 0]!;
}
