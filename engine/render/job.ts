/**
 * A rendering as plain data, so that threads can share it: big arrays are shared memory, and every
 * part of a stage writes to places of its own.
 */

import type { Document } from '../document/document.ts';
import { LOOKS } from '../image/row-filter.ts';
import { stripRowsOf } from '../image/strips.ts';
import type { ArenaMemory } from '../prepared/arena.ts';
import type { Drawn, Prepared, Todo } from '../prepared/prepared.ts';
import type { Box } from '../volume/box.ts';
import { projectionOfView } from './camera.ts';
import { Extent } from './extent.ts';
import type { Group, Surface } from './groups.ts';
import { boxAt, levelFor, projectionAt } from './levels.ts';
import { type Lamp, lampOf } from './lighting.ts';
import { type Meshing, type MeshJob, meshJob } from './meshing.ts';
import { OCCLUSION_DEFAULT, type Outline, type RenderOptions } from './options.ts';
import type { Projection } from './projection.ts';
import type { ShadowMap } from './shadow-map.ts';
import { type Mesher, type Soup, sharedSoup } from './soup.ts';

/** What is of one material: places `first` to `end` of a job's order. */
export interface GroupJob {
  readonly first: number;
  readonly end: number;
  readonly surface: Surface;
  /** Drawn in place of its blocks, of which there are none then; `RenderJob.mesh` makes others. */
  readonly soup: Soup | undefined;
  /** The number of its first triangle among those of the job. */
  readonly firstTriangle: number;
}

export interface ViewJob {
  readonly width: number;
  readonly height: number;
  readonly projection: Projection;
  readonly lamp: Lamp;
  /** Place in the job's shadow maps, or -1. */
  readonly shadow: number;
  /** Rows of pixels of a band; the last may have fewer. */
  readonly bandRows: number;
  /** First of its bands among those of the job. */
  readonly firstBand: number;
  readonly bands: number;
  /** RGBA. */
  readonly rgba: Uint8Array;
  /** Of a pixel in a PNG. */
  readonly channels: 3 | 4;
  /** What its bands look like, and what was tried for its strips; see `image/strips.ts`. */
  readonly looks: Uint32Array;
  readonly tried: Uint8Array;
  /** Rows of a strip of a PNG; the last may have fewer. */
  readonly stripRows: number;
  /** First of its strips among those of the job; a JPEG has none. */
  readonly firstStrip: number;
  readonly strips: number;
  /** The packed bytes of strips, each in room of its own. */
  readonly packed: Uint8Array;
  readonly stripRoom: number;
  /** Two numbers a strip: bytes packed, and Adler-32 of its rows. */
  readonly packedSizes: Uint32Array;
}

export interface Style {
  /** `gradient`, `transparent`, or packed RGBA. */
  readonly background: 'gradient' | 'transparent' | number;
  readonly occlusion: number;
  readonly outline: Required<Outline>;
  readonly samples: 1 | 2;
  readonly format: 'png' | 'jpeg';
  readonly quality: number;
}

type Stages = readonly [
  rows: number,
  faces: number,
  shadows: number,
  bands: number,
  strips: number,
  pictures: number,
];

export interface RenderJob {
  /** The parts of each stage. Stages run in order; parts of one may run at the same time. */
  readonly stages: Stages;
  readonly style: Style;
  readonly groups: readonly GroupJob[];
  /** The meshes that are drawn in place of blocks; the first stage makes them, in one part. */
  readonly mesh: MeshJob | undefined;
  /** Places of blocks in the order in which they are drawn, and the entries of all places. */
  readonly order: Int32Array;
  readonly entries: Int32Array;
  readonly arena: ArenaMemory;
  readonly todo: Todo;
  readonly shadowMaps: readonly ShadowMap[];
  /** Those that are not there yet, by their places among them. */
  readonly newMaps: readonly number[];
  /** One number, 1 once all pictures are made. */
  readonly done: Int32Array;
  readonly views: readonly ViewJob[];
}

/** Samples of a band at most: their depths and numbers fit the caches of a core, or nearly. */
const BAND_SAMPLES = 2 ** 19;
/** Small pictures too have bands enough for a few threads to end at nearly the same time. */
const BAND_ROWS_MAX = 32;
const BAND_ROWS_MIN = 8;
const SHADOW_BANDS_A_THREAD = 2;
const THREADS_MAX = 64;
const QUALITY_DEFAULT = 90;

/** What is to be drawn, before it is known who draws it. */
export interface Draft {
  readonly style: Style;
  readonly groups: readonly Group[];
  /** Around all voxels, in the units of the projections. */
  readonly content: Box;
  readonly views: readonly DraftView[];
  /** How often the volumes are halved that are drawn, and with them all units. */
  readonly level: number;
  readonly threads: number;
}

export interface DraftView {
  readonly width: number;
  readonly height: number;
  readonly projection: Projection;
  readonly lamp: Lamp;
}

/**
 * Finds out what a document shows, of blocks that are `kept`. Throws GOX_INVALID_PARAMS for a
 * camera that is not there or sees nothing.
 */
export function draftOf(
  document: Document,
  groups: readonly Group[],
  options: RenderOptions,
  kept: Prepared,
  exact: boolean,
): Draft {
  const style = styleOf(options);
  kept.follow(groups.map(({ volume }) => volume));
  const content = new Extent(kept.reaches, document.box);
  const { light = {} } = options;
  const projections = options.views.map((view) => {
    return projectionOfView(view, document, content, style.samples);
  });
  // Lines are as wide as voxels say.
  const lined = style.outline.silhouette > 0 || style.outline.borders > 0;
  const level = exact || lined ? 0 : levelFor(projections, content);
  const views = options.views.map(({ width, height }, i): DraftView => {
    const projection = projectionAt(projections[i]!, level);
    return { width, height, projection, lamp: lampOf(document.light, light, projection) };
  });
  const threads = Math.min(Math.max(Math.trunc(options.threads ?? 1), 1), THREADS_MAX);
  return { style, groups, content: boxAt(content.box, level), views, level, threads };
}

/** The work of a draft whose views, maps and places are known. */
export function jobOf(
  { style, groups, threads }: Draft,
  known: Pick<
    RenderJob,
    'views' | 'shadowMaps' | 'newMaps' | 'entries' | 'arena' | 'todo' | 'done'
  > &
    Drawn,
): RenderJob {
  const { firsts, order, ...rest } = known;
  const { marks, faces } = known.todo;
  return {
    ...rest,
    stages: [
      Math.min(threads, marks.length),
      Math.min(threads, faces.length),
      known.newMaps.length * SHADOW_BANDS_A_THREAD * threads,
      known.views.reduce((sum, { bands }) => sum + bands, 0),
      known.views.reduce((sum, { strips }) => sum + strips, 0),
      known.views.length,
    ],
    style,
    order,
    groups: groups.map(({ surface }, i) => {
      const [first, end] = [firsts[i]!, firsts[i + 1]!];
      return { first, end, surface, soup: undefined, firstTriangle: 0 };
    }),
    mesh: undefined,
  };
}

/**
 * The same with meshes in the place of voxels' faces: those that a `mesher` makes now, or those
 * that the job makes.
 */
export function meshed(
  { groups, stages, ...job }: RenderJob,
  draft: Draft,
  mesher: Mesher | Meshing,
): RenderJob {
  if (typeof mesher === 'function') {
    return { ...job, stages: [0, 0, ...rest(stages)], groups: soupsOf(draft.groups, mesher) };
  }
  const mesh = meshJob(
    mesher,
    draft.groups.map(({ volume }) => volume.snapshot()),
  );
  return { ...job, stages: [1, 0, ...rest(stages)], groups, mesh };
}

function rest([, , ...stages]: Stages) {
  return stages;
}

function styleOf(options: RenderOptions): Style {
  const { background = 'gradient', outline = {}, samples = 2, format = 'png' } = options;
  const part = (value: number | undefined) => Math.min(Math.max(value ?? 0, 0) || 0, 1);
  const [red, green, blue, alpha] = typeof background === 'string' ? [0, 0, 0, 0] : background;
  return {
    background:
      typeof background === 'string'
        ? background
        : (red | (green << 8) | (blue << 16) | (alpha << 24)) >>> 0,
    occlusion: part(options.occlusion ?? OCCLUSION_DEFAULT),
    outline: { silhouette: part(outline.silhouette), borders: part(outline.borders) },
    samples,
    format,
    quality: Math.min(Math.max(Math.round(options.quality ?? QUALITY_DEFAULT), 1), 100),
  };
}

function soupsOf(groups: readonly Group[], mesher: Mesher): GroupJob[] {
  let firstTriangle = 0;
  return groups.map(({ volume, surface }) => {
    const soup = sharedSoup(mesher(volume));
    const job = { first: 0, end: 0, surface, soup, firstTriangle };
    firstTriangle += soup.positions.length / 9;
    return job;
  });
}

/** Room for the picture of a view, behind the `last` one of the job. */
export function viewJobOf(
  { width, height, projection, lamp }: DraftView,
  { samples, format, background }: Style,
  shadow: number,
  last?: ViewJob,
): ViewJob {
  const wanted = Math.floor(BAND_SAMPLES / (width * samples * samples));
  const bandRows = Math.min(Math.max(wanted, BAND_ROWS_MIN), BAND_ROWS_MAX, height);
  const bands = Math.ceil(height / bandRows);
  const channels = channelsOf(background);
  const stripRows = stripRowsOf(width, height, channels);
  const strips = format === 'jpeg' ? 0 : Math.ceil(height / stripRows);
  const bytes = (width * channels + 1) * stripRows;
  // Deflate adds a few bytes for each 16 kB it cannot pack.
  const stripRoom = bytes + (bytes >> 8) + 1024;
  const room = (size: number) => new Uint8Array(new SharedArrayBuffer(size));
  const numbers = (count: number) => new Uint32Array(new SharedArrayBuffer(count * 4));
  return {
    ...{ width, height, projection, lamp, shadow, bandRows, bands, channels, stripRows, strips },
    firstBand: last === undefined ? 0 : last.firstBand + last.bands,
    rgba: room(width * height * 4),
    looks: numbers(bands * LOOKS),
    tried: room(strips),
    firstStrip: last === undefined ? 0 : last.firstStrip + last.strips,
    packed: room(stripRoom * strips),
    stripRoom,
    packedSizes: numbers(strips * 2),
  };
}

/** Of a pixel in a PNG picture. */
export function channelsOf(background: Style['background']): 3 | 4 {
  if (background === 'gradient') return 3;
  return background === 'transparent' || background >>> 24 < 255 ? 4 : 3;
}
