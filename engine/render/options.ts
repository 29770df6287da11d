/** What a caller asks of the renderer: plain values, so that they can cross to another thread. */

import { type ErrorDetails, GoxError } from '../../conf/errors.ts';
import type { Vec3 } from '../volume/box.ts';
import type { Rgba } from '../volume/color.ts';

export type Preset =
  | 'front'
  | 'back'
  | 'left'
  | 'right'
  | 'top'
  | 'bottom'
  | 'isometric'
  | 'default'
  | 'perspective';

/**
 * Where to look from: a preset; a camera of the document, by name or place, or its active one; an
 * eye; or angles around a target (the middle of the content by default). `yaw_degrees` turns
 * anticlockwise seen from above: 0 looks along +Y from the front, 90 along -X from the right;
 * `pitch_degrees` is the height above the horizon.
 */
export type CameraChoice =
  | Preset
  | { readonly name: string }
  | { readonly index: number }
  | { readonly active: true }
  | { readonly eye: Vec3; readonly target: Vec3; readonly up?: Vec3 }
  | {
      readonly yaw_degrees: number;
      readonly pitch_degrees: number;
      readonly distance?: number;
      readonly target?: Vec3;
    };

export interface View {
  /** Pixels, 1…8192. */
  readonly width: number;
  readonly height: number;
  /** `default` by default. */
  readonly camera?: CameraChoice;
  /** Vertical field of view, Goxel's 20 by default. */
  readonly fov_degrees?: number;
  /** Parallel projection; by default only for `isometric` and cameras of the document that are. */
  readonly orthographic?: boolean;
  /** Pixels a voxel edge across the view takes in a parallel projection, instead of a fit. */
  readonly pixels_per_voxel?: number;
  /**
   * Moves the camera along its axes so that the content fills the picture; `turntable` keeps the
   * same distance for every direction. By default true for presets and for angles without a
   * distance, else false.
   */
  readonly fit?: boolean | 'turntable';
  /** Part of the picture that a fit leaves free at each side, 0.04 by default, below 0.5. */
  readonly margin?: number;
}

export interface LightChoice {
  /** Degrees from the zenith. */
  readonly pitch_degrees?: number;
  /** Degrees around Z. */
  readonly yaw_degrees?: number;
  readonly intensity?: number;
  readonly ambient?: number;
  /** Strength of shadows, 0…1. */
  readonly shadow?: number;
  /** Whether it turns with the camera, so that its angles count from the view; false by default. */
  readonly fixed?: boolean;
}

export interface Outline {
  /** Darkness of lines where a nearer part ends before a farther one, 0…1. */
  readonly silhouette?: number;
  /** Darkness of lines around each voxel, 0…1. */
  readonly borders?: number;
}

/** `gradient` is Goxel's grey, dark at the top. */
export type Background = 'gradient' | 'transparent' | Rgba;

export interface RenderOptions {
  readonly views: readonly View[];
  readonly background?: Background;
  /** Takes the place of the document's light, value by value. */
  readonly light?: LightChoice;
  /** Strength of the darkening of corners, 0…1; Goxel's 0.4 by default. */
  readonly occlusion?: number;
  readonly outline?: Outline;
  /** Samples along each side of a pixel: 2 as in Goxel (default), or 1. */
  readonly samples?: 1 | 2;
  readonly format?: 'png' | 'jpeg';
  /** Of JPEG, 1…100; 90 by default. */
  readonly quality?: number;
  /**
   * True (default): layers with their materials and modes, as on Goxel's screen. False: all visible
   * layers merged, of the default material, as in Goxel's PNG export.
   */
  readonly materials?: boolean;
  /** How many threads will share the work; changes no picture. 1 by default. */
  readonly threads?: number;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly format: 'png' | 'jpeg';
  readonly bytes: Uint8Array;
}

const SIDE_MAX = 8192;
const VIEWS_MAX = 256;
/** Samples of all pictures of a call: one of 8192² with 2×2 samples, 256 MiB of its pixels. */
const SAMPLES_MAX = 2 ** 28;

export const OCCLUSION_DEFAULT = 0.4;
export const FOV_DEFAULT_DEGREES = 20;
export const MARGIN_DEFAULT = 0.04;

/** Throws GOX_MEMORY_LIMIT for more than the limits, GOX_INVALID_PARAMS for no picture at all. */
export function checkOptions(options: RenderOptions): void {
  const { views, samples = 2 } = options;
  if (views.length > VIEWS_MAX) {
    tooMuch(`${views.length} pictures, more than ${VIEWS_MAX}`, { pictures_max: VIEWS_MAX });
  }
  let total = 0;
  for (const { width, height } of views) {
    if (!isSize(width) || !isSize(height)) {
      invalid(`A picture of ${width} x ${height} pixels has no size.`);
    }
    if (width > SIDE_MAX || height > SIDE_MAX) {
      const what = `a picture of ${width} x ${height} pixels, more than ${SIDE_MAX} a side`;
      tooMuch(what, { side_max: SIDE_MAX });
    }
    total += width * height * samples * samples;
  }
  if (total > SAMPLES_MAX) {
    tooMuch(`${total} samples, more than ${SAMPLES_MAX}`, { samples_max: SAMPLES_MAX });
  }
}

/** A parameter that no schema could have refused. */
export function invalid(message: string): never {
  throw new GoxError('GOX_INVALID_PARAMS', message);
}

function tooMuch(what: string, details: ErrorDetails): never {
  throw new GoxError('GOX_MEMORY_LIMIT', `The pictures would take ${what}.`, details);
}

function isSize(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}
