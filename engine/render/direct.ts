/**
 * Who draws a picture, and what of it: what is left to draw of pictures that are kept is drawn at
 * once when it is little, everything else by a job.
 */

import type { Document } from '../document/document.ts';
import { lookAtBand, stripsOf } from '../image/strips.ts';
import { areasOf, sizeOf } from '../prepared/areas.ts';
import { Damage } from '../prepared/damage.ts';
import { type Frame, Kept, type KeptMap } from '../prepared/kept.ts';
import { Prepared } from '../prepared/prepared.ts';
import { redraw } from '../prepared/shadows.ts';
import { atOneGo } from '../turns.ts';
import { groupsOf } from './groups.ts';
import {
  type Draft,
  type DraftView,
  draftOf,
  jobOf,
  meshed,
  type RenderJob,
  type ViewJob,
  viewJobOf,
} from './job.ts';
import type { Meshing } from './meshing.ts';
import { checkOptions, type RenderOptions } from './options.ts';
import { drawArea, packInto } from './picture.ts';
import { boundCube, type Projection } from './projection.ts';
import { Scene } from './scene.ts';
import { newShadowMap, shadowKey } from './shadow-map.ts';
import type { Mesher } from './soup.ts';
import type { Area } from './veils.ts';

/** For pictures of which nothing is kept. */
const ONCE_BYTES_MAX = 2 ** 28;
/** Blocks that are prepared at once take some milliseconds, with those beside them. */
const DIRECT_BLOCKS_MAX = 64;
/** What may be drawn at once, by these estimates. */
const DIRECT_MS = 12;
const PIXEL_MS = 0.0006;
const TEXEL_MS = 0.000_02;
const RECT_MS = 0.000_15;

/**
 * The pictures of what a document shows now, as a job, of which only the last stage is left when
 * the pictures were drawn at once. With a `mesher`, the surfaces it makes are drawn in place of
 * voxels' faces; or the job makes meshes itself. Drawn pictures are to be encoded before the next
 * ones are asked for, which may be drawn over them. Throws GOX_MEMORY_LIMIT for pictures above the
 * limits of `options.ts`, and GOX_INVALID_PARAMS for a camera that is not there or sees nothing.
 */
export function prepareRender(
  document: Document,
  options: RenderOptions,
  mesher?: Mesher | Meshing,
  kept = new Kept(ONCE_BYTES_MAX),
): RenderJob {
  checkOptions(options);
  const groups = groupsOf(document, options.materials ?? true);
  const lasting = groups.every((group) => group.lasting);
  const prepare = () => {
    const exact = mesher !== undefined || !lasting;
    const draft = draftOf(document, groups, options, kept.prepared, exact);
    if (mesher !== undefined) return meshed(jobFor(undefined, draft), draft, mesher);
    const volumes = groups.map(({ volume }) => volume);
    const used = kept.atLevel(draft.level, volumes);
    return drawHere(used, draft) ?? jobFor(used, draft);
  };
  // Of what is made anew for each picture nothing is there the next time.
  return lasting ? prepare() : atOneGo(prepare);
}

const notDone = () => new Int32Array(new SharedArrayBuffer(4));

/** A job that draws everything but the shadow maps that are kept. */
function jobFor(kept: Kept | undefined, draft: Draft): RenderJob {
  const { style } = draft;
  const prepared = kept?.prepared ?? new Prepared(0);
  const todo = prepared.takeTodo();
  const entries = prepared.directory.copy();
  const done = notDone();
  const maps: KeptMap[] = [];
  const newMaps: number[] = [];
  const seen = prepared.damage.count;
  let last: ViewJob | undefined;
  const views = draft.views.map((view) => {
    const key = mapKeyOf(view, draft);
    let at = maps.findIndex((map) => map.key === key);
    if (key !== undefined && at < 0) {
      let map = kept?.map(key);
      if (map?.seen !== seen) {
        map = newMap(key, view, draft, seen, done);
        newMaps.push(maps.length);
        kept?.addMap(map);
      }
      map.users.push(done);
      at = maps.push(map) - 1;
    }
    const keeps = kept?.keeps(view.width, view.height) ?? false;
    const job = viewJobOf(view, style, at, last);
    last = job;
    const map = maps[at];
    const map_seen = map?.damage.count ?? 0;
    if (keeps) kept?.addFrame({ key: keyOf(view, draft), view: job, map, seen, map_seen, done });
    return job;
  });
  prepared.await(todo.faces, entries, () => Atomics.load(done, 0) === 1);
  const shadowMaps = maps.map(({ map }) => map);
  const { memory } = prepared.arena;
  const drawn = kept === undefined ? noneOf(draft) : prepared.drawn();
  return jobOf(draft, { views, shadowMaps, newMaps, entries, arena: memory, todo, done, ...drawn });
}

function noneOf({ groups }: Draft) {
  return { order: new Int32Array(0), firsts: new Array<number>(groups.length + 1).fill(0) };
}

function newMap(
  key: string,
  view: DraftView,
  { content }: Draft,
  seen: number,
  done: Int32Array,
): KeptMap {
  const map = newShadowMap(view.lamp, content, view.projection);
  return { key, map, damage: new Damage(), seen, done, users: [] };
}

function mapKeyOf({ lamp, projection }: DraftView, draft: Draft): string | undefined {
  if (lamp.shadow <= 0) return undefined;
  // What can be seen through casts no shadow.
  const casting = draft.groups.map(({ surface }) => surface.opacity === 1);
  return `${shadowKey(lamp, draft.content, projection)} ${casting}`;
}

/** All that a picture depends on, beside the blocks and the shadow map. */
function keyOf({ width, height, projection, lamp }: DraftView, { style, groups }: Draft): string {
  const { rows, eye, scale, orthographic } = projection;
  const surfaces = groups.map(({ surface }) => surface);
  return JSON.stringify([
    width,
    height,
    style,
    lamp,
    surfaces,
    [...rows],
    eye,
    scale,
    orthographic,
  ]);
}

/** What is to be drawn of a map or a picture. */
interface Piece<T> {
  readonly kept: T;
  readonly areas: readonly Area[];
}

/** Draws the pictures of a draft at once; undefined when that is too much. */
function drawHere(kept: Kept, draft: Draft): RenderJob | undefined {
  const { prepared } = kept;
  if (prepared.stale > DIRECT_BLOCKS_MAX) return undefined;
  if (draft.views.some(({ width, height }) => !kept.keeps(width, height))) return undefined;
  prepared.prepareHere();
  let left_ms = DIRECT_MS;
  const spend = (ms: number) => {
    left_ms -= ms;
    return left_ms >= 0;
  };
  const frames: Piece<Frame>[] = [];
  for (const view of draft.views) {
    const map = mapFor(kept, view, draft, spend);
    const frame = map === 'costly' ? undefined : frameFor(kept, view, draft, map, spend);
    if (frame === undefined) return undefined;
    frames.push(frame);
  }
  for (const { kept: frame, areas } of frames) drawFrame(kept, draft, frame, areas);
  const views = frames.map(({ kept: frame }) => frame.view);
  const job = pieceOf(prepared, draft, undefined, []);
  return { ...job, views, stages: [0, 0, 0, 0, 0, views.length] };
}

type Spend = (ms: number) => boolean;

/** The map of a view, up to date. */
function mapFor(
  kept: Kept,
  view: DraftView,
  draft: Draft,
  spend: Spend,
): KeptMap | undefined | 'costly' {
  const key = mapKeyOf(view, draft);
  if (key === undefined) return undefined;
  const { prepared } = kept;
  const known = kept.map(key);
  const bodies = known && prepared.damage.since(known.seen);
  let map = known;
  let areas: readonly Area[] | undefined;
  if (known !== undefined && bodies !== undefined) {
    areas = areasOf(bodies, known.map.projection, 1, 1);
    if (sizeOf(areas) * 2 > known.map.width ** 2) areas = undefined;
  }
  if (areas === undefined) {
    map = newMap(key, view, draft, 0, Int32Array.of(1));
    areas = [{ left: 0, right: map.map.width, top: 0, bottom: map.map.width }];
    if (!spend(sizeOf(areas) * TEXEL_MS + prepared.arena.rectCount * RECT_MS)) return 'costly';
  } else if (!spend(sizeOf(areas) * TEXEL_MS)) return 'costly';
  if (map === undefined) return 'costly';
  map.seen = -1;
  redraw(map, pieceOf(prepared, draft, map.map.projection, areas), areas, draft.content);
  map.seen = prepared.damage.count;
  kept.addMap(map);
  return map;
}

/** The picture of a view, and what is to be drawn of it. */
function frameFor(
  kept: Kept,
  view: DraftView,
  draft: Draft,
  map: KeptMap | undefined,
  spend: Spend,
): Piece<Frame> | undefined {
  const { style } = draft;
  const { damage, arena } = kept.prepared;
  const key = keyOf(view, draft);
  const frame = kept.frame(key, map);
  const blocks = frame?.seen === undefined ? undefined : damage.since(frame.seen);
  const shadows = frame === undefined || map === undefined ? [] : map.damage.since(frame.map_seen);
  if (frame !== undefined && blocks !== undefined && shadows !== undefined) {
    const { samples } = style;
    const areas = areasOf([...blocks, ...shadows], view.projection, samples, samples);
    return spend(sizeOf(areas) * PIXEL_MS) ? { kept: frame, areas } : undefined;
  }
  const { width, height } = view;
  if (!spend(width * height * PIXEL_MS + arena.rectCount * RECT_MS)) return undefined;
  const job = viewJobOf(view, style, -1);
  const anew = { key, view: job, map, seen: undefined, map_seen: 0, done: Int32Array.of(1) };
  return { kept: anew, areas: [{ left: 0, right: width, top: 0, bottom: height }] };
}

function drawFrame(kept: Kept, draft: Draft, frame: Frame, areas: readonly Area[]): void {
  const { samples } = draft.style;
  const { map } = frame;
  const { projection } = frame.view;
  const view = { ...frame.view, shadow: map === undefined ? -1 : 0 };
  const margin = 2 * samples;
  const sampled = areas.map(({ left, right, top, bottom }) => ({
    left: left * samples - margin,
    right: right * samples + margin,
    top: top * samples - margin,
    bottom: bottom * samples + margin,
  }));
  const job = pieceOf(kept.prepared, draft, projection, sampled);
  const scene = new Scene({ ...job, shadowMaps: map === undefined ? [] : [map.map] });
  frame.seen = undefined;
  for (const area of areas) drawArea(scene, view, area);
  pack(view, areas);
  frame.seen = kept.prepared.damage.count;
  frame.map_seen = map?.damage.count ?? 0;
  kept.addFrame(frame);
}

/** Packs the strips that depend on areas. */
function pack(view: ViewJob, areas: readonly Area[]): void {
  const { bandRows, bands } = view;
  const strips = new Set<number>();
  for (let band = 0; band < bands && view.strips > 0; band++) {
    const [top, bottom] = [band * bandRows, (band + 1) * bandRows];
    if (!areas.some((area) => area.top < bottom && area.bottom > top)) continue;
    lookAtBand(view, band);
    const [first, end] = stripsOf(view, band);
    for (let strip = first; strip < end; strip++) strips.add(strip);
  }
  for (const strip of strips) packInto(view, strip);
}

/** A job of the blocks that lie in areas of a projection, in samples, to be drawn here and now. */
function pieceOf(
  prepared: Prepared,
  draft: Draft,
  projection: Projection | undefined,
  areas: readonly Area[],
): RenderJob {
  const bounds = new Float32Array(4);
  const drawn = prepared.drawn((x, y, z, size) => {
    if (projection === undefined) return false;
    boundCube(projection, x, y, z, size, bounds, 0);
    return areas.some(({ left, right, top, bottom }) => {
      return bounds[0]! < right && bounds[2]! > left && bounds[1]! < bottom && bounds[3]! > top;
    });
  });
  const { places, words } = prepared.unprepared(drawn.order);
  const todo = { marks: new Int32Array(0), faces: places, words };
  const { memory } = prepared.arena;
  const known = { views: [], shadowMaps: [], newMaps: [], arena: memory, done: notDone() };
  return jobOf(draft, { ...known, entries: prepared.directory.filled, todo, ...drawn });
}
