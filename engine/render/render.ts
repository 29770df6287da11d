/**
 * Pictures of a document, by our own rasteriser: no graphics card, no display, the same bytes on
 * every machine and for any number of threads.
 *
 * The stages of a job: 0 marks which voxels are solid, or makes meshes; 1 finds the faces of
 * blocks; 2 draws bands of the shadow maps; 3 renders bands of the pictures; 4 packs strips of
 * them; 5 puts each picture together.
 */

import type { Document } from '../document/document.ts';
import { jpegOf, pngOf } from '../image/encode.ts';
import { checkInterrupt } from '../interrupt.ts';
import { Arena } from '../prepared/arena.ts';
import { ENTRY, findersOf, ROWS_AT } from '../prepared/directory.ts';
import type { Kept } from '../prepared/kept.ts';
import { Preparer } from '../prepared/preparer.ts';
import { prepareRender } from './direct.ts';
import type { RenderJob, ViewJob } from './job.ts';
import { type Meshing, makeMeshes } from './meshing.ts';
import type { Picture, RenderOptions } from './options.ts';
import { packInto, renderBand } from './picture.ts';
import { Band } from './raster.ts';
import { drawDepths, Scene } from './scene.ts';
import type { Mesher } from './soup.ts';

const scenes = new WeakMap<RenderJob, Scene>();

/** Kept for the parts of one job that come to the same thread as the same object. */
function sceneOf(job: RenderJob): Scene {
  const known = scenes.get(job);
  if (known !== undefined) return known;
  const scene = new Scene(job);
  scenes.set(job, scene);
  return scene;
}

/** Does one part of a stage; the last stage gives pictures. */
export function runRenderPart(job: RenderJob, stage: number, part: number): Uint8Array | undefined {
  if (stage === 0 && job.mesh !== undefined) makeMeshes(job.mesh);
  else if (stage === 0) markShare(job, part);
  else if (stage === 1) findShare(job, part);
  else if (stage === 2) drawShadows(job, part);
  else if (stage === 3) {
    const view = job.views.findLast(({ firstBand }) => firstBand <= part)!;
    renderBand(sceneOf(job), view, part - view.firstBand);
  } else if (stage === 4) {
    const view = job.views.findLast(({ firstStrip }) => firstStrip <= part)!;
    packInto(view, part - view.firstStrip);
  } else {
    const picture = encode(job, job.views[part]!);
    if (part === job.views.length - 1) Atomics.store(job.done, 0, 1);
    return picture;
  }
  return undefined;
}

/** Renders everything in this thread. */
export function renderPictures(
  document: Document,
  options: RenderOptions,
  mesher?: Mesher | Meshing,
  kept?: Kept,
): Picture[] {
  const job = prepareRender(document, options, mesher, kept);
  const pictures: Picture[] = [];
  for (const [stage, parts] of job.stages.entries()) {
    for (let part = 0; part < parts; part++) {
      const bytes = runRenderPart(job, stage, part);
      if (bytes === undefined) continue;
      const { width, height } = job.views[part]!;
      pictures.push({ width, height, format: job.style.format, bytes });
    }
  }
  return pictures;
}

/** Stage 0: marks the rows of a share of the blocks. */
function markShare({ todo, entries, arena, stages }: RenderJob, part: number): void {
  const { marks, faces, words } = todo;
  const wordsOf = new Map(words.map((one, i) => [faces[i]!, one]));
  const preparer = new Preparer(new Arena(arena), []);
  for (let i = part; i < marks.length; i += stages[0]) {
    const place = marks[i]!;
    entries[place * ENTRY + ROWS_AT] = preparer.mark(wordsOf.get(place), -1);
  }
}

/** Stage 1: finds the faces of a share of the blocks. */
function findShare({ todo, entries, arena, stages }: RenderJob, part: number): void {
  const { faces, words } = todo;
  const preparer = new Preparer(new Arena(arena), findersOf(entries));
  for (let i = part; i < faces.length; i += stages[1]) {
    if (i % 64 === 0) checkInterrupt();
    preparer.prepare(entries, faces[i]!, words[i]);
  }
}

/** Stage 2: a share of the rows of one shadow map. */
function drawShadows(job: RenderJob, part: number): void {
  const scene = sceneOf(job);
  const shares = job.stages[2] / job.newMaps.length;
  const { projection, depth } = job.shadowMaps[job.newMaps[Math.floor(part / shares)]!]!;
  const { width, height } = projection;
  const share = part % shares;
  const top = Math.floor((height * share) / shares);
  const bottom = Math.floor((height * (share + 1)) / shares);
  const rows = depth.subarray(top * width, bottom * width);
  drawDepths(scene, projection, new Band(width, bottom - top, false, rows), 0, top, bottom - top);
}

function encode({ style }: RenderJob, view: ViewJob): Uint8Array {
  const { width, height, rgba, channels, stripRows, strips, packed, stripRoom, packedSizes } = view;
  if (style.format === 'jpeg') return jpegOf(rgba, width, height, style.quality);
  const parts = Array.from({ length: strips }, (_, i) => ({
    bytes: packed.subarray(i * stripRoom, i * stripRoom + packedSizes[2 * i]!),
    adler: packedSizes[2 * i + 1]!,
    rawLength: (width * channels + 1) * Math.min(stripRows, height - i * stripRows),
  }));
  return pngOf(parts, width, height, channels);
}
