/**
 * A rendering as plain data, so that threads can share it: big arrays are shared memory, and every
 * part of a stage writes to places of its own.
 */

import type { Document } from '../document/document.ts';
import type { VolumeSnapshot } from '../volume/volume.ts';
import { projectionOfView } from './camera.ts';
import { Extent } from './extent.ts';
import { type Group, groupsOf, type Surface } from './groups.ts';
import { type Lamp, lampOf } from './lighting.ts';
import { type Meshing, type MeshJob, meshJob } from './meshing.ts';
import { ROWS } from './occupancy.ts';
import { checkOptions, OCCLUSION_DEFAULT, type Outline, type RenderOptions } from './options.ts';
import type { Projection } from './projection.ts';
import { type ShadowMap, shadowMapFor } from './shadow-map.ts';
import { type Mesher, type Soup, sharedSoup } from './soup.ts';

/** Blocks `first` to `end` of a job, of one material. */
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
  /** RGBA of a JPEG picture; of a PNG the packed bytes of its bands, each in room of its own. */
  readonly pixels: Uint8Array;
  readonly bandRoom: number;
  /** Two numbers a band: bytes packed, and their Adler-32. */
  readonly packed: Uint32Array;
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

export interface RenderJob {
  /** The parts of each stage. Stages run in order; parts of one may run at the same time. */
  readonly stages: readonly [occupancy: number, shadows: number, bands: number, pictures: number];
  readonly style: Style;
  readonly groups: readonly GroupJob[];
  /** The meshes that are drawn in place of blocks; the first stage makes them, in one part. */
  readonly mesh: MeshJob | undefined;
  /** Of all groups: positions over 16, words, and rows of bits. */
  readonly positions: Int32Array;
  readonly blocks: readonly Uint32Array[];
  readonly rows: Uint16Array;
  readonly shadowMaps: readonly ShadowMap[];
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

/**
 * Takes a snapshot of what a document shows and makes room for its pictures. With a `mesher`, the
 * surfaces it makes are drawn in place of voxels' faces; or the job makes meshes itself. Throws
 * GOX_MEMORY_LIMIT for pictures above the limits of `options.ts`, and GOX_INVALID_PARAMS for a
 * camera that is not there or sees nothing.
 */
export function prepareRender(
  document: Document,
  options: RenderOptions,
  mesher?: Mesher | Meshing,
): RenderJob {
  checkOptions(options);
  const style = styleOf(options);
  const groups = groupsOf(document, options.materials ?? true);
  const snapshots = groups.map(({ volume }) => volume.snapshot());
  const content = new Extent(snapshots, document.box);
  const { light = {} } = options;
  const threads = Math.min(Math.max(Math.trunc(options.threads ?? 1), 1), THREADS_MAX);
  const shadowMaps: ShadowMap[] = [];
  let firstBand = 0;
  const views = options.views.map((view): ViewJob => {
    const projection = projectionOfView(view, document, content, style.samples);
    const lamp = lampOf(document.light, light, projection);
    const bands = bandsOf(view.width, view.height, style, firstBand);
    firstBand += bands.bands;
    const shadow = lamp.shadow > 0 ? shadowMapFor(shadowMaps, lamp, content.box, projection) : -1;
    return { width: view.width, height: view.height, projection, lamp, shadow, ...bands };
  });
  const blocks = blocksOf(groups, mesher === undefined ? snapshots : []);
  const mesh = typeof mesher === 'object' ? meshJob(mesher, snapshots) : undefined;
  const drawn = typeof mesher === 'function' ? soupsOf(groups, mesher) : blocks.groups;
  const shadowBands = shadowMaps.length * SHADOW_BANDS_A_THREAD * threads;
  return {
    stages: [mesh === undefined ? threads : 1, shadowBands, firstBand, views.length],
    style,
    mesh,
    shadowMaps,
    views,
    ...blocks,
    groups: drawn,
  };
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

/** The blocks of groups, by their snapshots; of those that are drawn as meshes, none. */
function blocksOf(
  groups: readonly Group[],
  snapshots: readonly VolumeSnapshot[],
): Pick<RenderJob, 'groups' | 'positions' | 'blocks' | 'rows'> {
  const count = snapshots.reduce((sum, { blocks }) => sum + blocks.length, 0);
  const positions = new Int32Array(new SharedArrayBuffer(count * 12));
  const blocks: Uint32Array[] = [];
  const jobs = groups.map(({ surface }, i): GroupJob => {
    const first = blocks.length;
    const snapshot = snapshots[i];
    if (snapshot !== undefined) {
      positions.set(snapshot.positions.subarray(0, snapshot.blocks.length * 3), first * 3);
      for (const words of snapshot.blocks) blocks.push(words);
    }
    return { first, end: blocks.length, surface, soup: undefined, firstTriangle: 0 };
  });
  const rows = new Uint16Array(new SharedArrayBuffer(count * ROWS * 2));
  return { groups: jobs, positions, blocks, rows };
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

function bandsOf(
  width: number,
  height: number,
  { samples, format, background }: Style,
  firstBand: number,
): Pick<ViewJob, 'bandRows' | 'firstBand' | 'bands' | 'pixels' | 'bandRoom' | 'packed'> {
  const wanted = Math.floor(BAND_SAMPLES / (width * samples * samples));
  const bandRows = Math.min(Math.max(wanted, BAND_ROWS_MIN), BAND_ROWS_MAX, height);
  const bands = Math.ceil(height / bandRows);
  const channels = format === 'jpeg' ? 4 : channelsOf(background);
  const bytes = (width * channels + 1) * bandRows;
  // Deflate adds a few bytes for each 16 kB it cannot pack.
  const bandRoom = format === 'jpeg' ? width * 4 * bandRows : bytes + (bytes >> 8) + 1024;
  return {
    bandRows,
    firstBand,
    bands,
    bandRoom,
    pixels: new Uint8Array(new SharedArrayBuffer(bandRoom * bands)),
    packed: new Uint32Array(new SharedArrayBuffer(bands * 8)),
  };
}

/** Of a pixel in a PNG picture. */
export function channelsOf(background: Style['background']): 3 | 4 {
  if (background === 'gradient') return 3;
  return background === 'transparent' || background >>> 24 < 255 ? 4 : 3;
}
