/**
 * Path tracing as plain data, so that threads can share it: sums of light are shared memory, and a
 * counter hands out tiles of the pictures to whoever asks.
 */

import type { Document } from '../document/document.ts';
import { projectionOfView } from '../render/camera.ts';
import { Extent } from '../render/extent.ts';
import { type Group, groupsOf } from '../render/groups.ts';
import { type Lamp, lampOf } from '../render/lighting.ts';
import type { Background } from '../render/options.ts';
import { dot, NEAR, type Projection } from '../render/projection.ts';
import type { Box, Vec3 } from '../volume/box.ts';
import type { VolumeSnapshot } from '../volume/volume.ts';
import { type Lamps, roomForLamps } from './lamps.ts';
import { type Settings, settingsOf, type TraceOptions } from './options.ts';
import { surfacesOf } from './surface.ts';
import { type World, worldOf } from './world.ts';

export interface TraceView {
  readonly width: number;
  readonly height: number;
  /** Its samples are pixels. */
  readonly projection: Projection;
  readonly lamp: Lamp;
  /** Depth at which rays begin. */
  readonly near: number;
  /** First of its tiles among those of the job, tiles in a row, and in all. */
  readonly firstTile: number;
  readonly tilesAcross: number;
  readonly tiles: number;
  /** Of each pixel, over its samples: `SUMS` numbers, or `SUMS_GUIDED` for what is smoothed. */
  readonly sums: Float32Array;
  /** Two rooms of `LIGHT` numbers a pixel that smoothing goes back and forth between. */
  readonly light: readonly [Float32Array, Float32Array];
}

/** Sums of red, green, blue (linear light, as far as covered) and of how often it is covered. */
export const SUMS = 4;
/** Then, of the face seen first, colour, normal and place along its axis; and of light squared. */
export const SUMS_GUIDED = 12;
export const ALBEDO = 4;
export const NORMAL = 7;
export const PLANE = 10;
export const SQUARE = 11;
/** Red, green, blue divided by the surface's own, and the variance of their mean. */
export const LIGHT = 4;

/** Pixels along a side of a tile: one pass over it takes some milliseconds. */
export const TILE = 16;

export interface TraceJob {
  /**
   * The parts of each stage: marking solid voxels and lamps; tracing; the steps of smoothing;
   * pictures, one a view. Stages run in order; parts of one may run at the same time, or one after
   * another.
   */
  readonly stages: readonly number[];
  readonly settings: Settings;
  readonly background: Background;
  readonly format: 'png' | 'jpeg';
  readonly quality: number;
  readonly world: World;
  /** `SURFACE` numbers a group, then of the floor. */
  readonly surfaces: Float64Array;
  /** What shines; listed at the end of the first stage. */
  readonly lamps: Lamps;
  /** Group number of the floor, and its height. */
  readonly floorGroup: number;
  readonly floorHeight: number;
  readonly views: readonly TraceView[];
  readonly tiles: number;
  /** See `passes.ts`: what is handed out, whether to go on, and since when. */
  readonly state: Int32Array;
  /** How many passes each tile has had. */
  readonly done: Int32Array;
}

export const NEXT = 0;
export const STOPPED = 1;
export const BEGUN = 2;
/** How many parts of the first stage have ended. */
export const MARKED = 3;
const STATE_WORDS = 4;

/** Each step of smoothing looks twice as far as the one before. */
export const SMOOTHING_STEPS = 5;

/**
 * Takes a snapshot of what a document shows and makes room for its pictures. Throws
 * GOX_MEMORY_LIMIT for pictures above the limits, and GOX_INVALID_PARAMS for numbers out of range
 * and for a camera that is not there or sees nothing.
 */
export function prepareTrace(document: Document, options: TraceOptions): TraceJob {
  const guided = options.denoise === true;
  const pixel_bytes = guided ? (SUMS_GUIDED + 2 * LIGHT) * 4 : SUMS * 4;
  const settings = settingsOf(options, pixel_bytes);
  const groups = groupsOf(document, options.materials ?? true);
  const snapshots = groups.map(({ volume }) => volume.snapshot());
  const content = Extent.of(snapshots, document.box);
  let tiles = 0;
  const views = options.views.map((view): TraceView => {
    const { width, height } = view;
    const projection = projectionOfView(view, document, content, 1);
    const lamp = lampOf(document.light, options.light ?? {}, projection);
    const tilesAcross = Math.ceil(width / TILE);
    const firstTile = tiles;
    tiles += tilesAcross * Math.ceil(height / TILE);
    const room = (numbers: number) =>
      new Float32Array(new SharedArrayBuffer(width * height * numbers * 4));
    return {
      width,
      height,
      projection,
      lamp,
      near: nearOf(projection, content.box),
      firstTile,
      tilesAcross,
      tiles: tiles - firstTile,
      sums: room(guided ? SUMS_GUIDED : SUMS),
      light: [room(guided ? LIGHT : 0), room(guided ? LIGHT : 0)],
    };
  });
  const { threads } = settings;
  const surfaces = surfacesOf(groups.map(({ surface }) => surface));
  const smoothing = guided ? new Array<number>(SMOOTHING_STEPS + 1).fill(threads) : [];
  return {
    stages: [threads, threads, ...smoothing, views.length],
    settings,
    background: options.background ?? 'gradient',
    format: options.format ?? 'png',
    quality: options.quality ?? 90,
    world: worldOf(inOrder(groups, snapshots)),
    surfaces,
    lamps: roomForLamps(surfaces),
    floorGroup: groups.length,
    floorHeight: content.box.min[2],
    views,
    tiles,
    state: new Int32Array(new SharedArrayBuffer(4 * STATE_WORDS)),
    done: new Int32Array(new SharedArrayBuffer(tiles * 4)),
  };
}

/**
 * Groups that share a place: the first that hides what is behind it is seen, as the rasteriser has
 * it, else the first that can be seen through. What cannot be seen at all is left out.
 */
function inOrder(groups: readonly Group[], snapshots: readonly VolumeSnapshot[]) {
  const sources = snapshots.map((snapshot, group) => ({ snapshot, group }));
  const opacity = ({ group }: (typeof sources)[number]) => groups[group]!.surface.opacity;
  return [
    ...sources.filter((source) => opacity(source) === 1),
    ...sources.filter((source) => opacity(source) < 1 && opacity(source) > 0),
  ];
}

/** A parallel camera also shows what is behind its eye. */
function nearOf({ orthographic, eye, forward }: Projection, { min, max }: Box): number {
  if (!orthographic) return NEAR;
  const nearest: Vec3 = [
    forward[0] > 0 ? min[0] : max[0],
    forward[1] > 0 ? min[1] : max[1],
    forward[2] > 0 ? min[2] : max[2],
  ];
  return Math.min(dot(nearest, forward) - dot(eye, forward) - 1, 0);
}
