/**
 * Pictures of a document, by our own rasteriser: no graphics card, no display, the same bytes on
 * every machine and for any number of threads.
 *
 * The stages of a job: 0 marks which voxels are solid, or makes meshes; 1 draws bands of the shadow
 * maps; 2 renders and packs bands of the pictures; 3 puts each picture together.
 */

import type { Document } from '../document/document.ts';
import { jpegOf, pngOf } from '../image/encode.ts';
import { channelsOf, prepareRender, type RenderJob, type ViewJob } from './job.ts';
import { type Meshing, makeMeshes } from './meshing.ts';
import type { Picture, RenderOptions } from './options.ts';
import { renderBand } from './picture.ts';
import { Band } from './raster.ts';
import { markShare, Scene } from './scene.ts';
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
  else if (stage === 1) drawShadows(job, part);
  else if (stage === 2) {
    const view = job.views.findLast(({ firstBand }) => firstBand <= part)!;
    renderBand(sceneOf(job), view, part - view.firstBand);
  } else return encode(job, job.views[part]!);
  return undefined;
}

/** Renders everything in this thread. */
export function renderPictures(
  document: Document,
  options: RenderOptions,
  mesher?: Mesher | Meshing,
): Picture[] {
  const job = prepareRender(document, options, mesher);
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

/** Stage 1: a share of the rows of one shadow map. */
function drawShadows(job: RenderJob, part: number): void {
  const scene = sceneOf(job);
  const shares = job.stages[1] / job.shadowMaps.length;
  const { projection, depth } = job.shadowMaps[Math.floor(part / shares)]!;
  const { width, height } = projection;
  const share = part % shares;
  const top = Math.floor((height * share) / shares);
  const bottom = Math.floor((height * (share + 1)) / shares);
  const rows = depth.subarray(top * width, bottom * width);
  const band = new Band(width, bottom - top, false, rows);
  band.start(projection, top, bottom - top);
  for (const [group, { surface }] of job.groups.entries()) {
    // What can be seen through casts no shadow.
    if (surface.opacity === 1) scene.draw(group, projection, band, false, false);
  }
}

function encode({ style }: RenderJob, view: ViewJob): Uint8Array {
  const { width, height, pixels, bandRoom, bands, packed } = view;
  if (style.format === 'jpeg') return jpegOf(pixels, width, height, style.quality);
  const channels = channelsOf(style.background);
  const lengths = Array.from({ length: bands }, (_, i) => {
    const rows = Math.min(view.bandRows, height - i * view.bandRows);
    return {
      bytes: pixels.subarray(i * bandRoom, i * bandRoom + packed[2 * i]!),
      adler: packed[2 * i + 1]!,
      rawLength: (width * channels + 1) * rows,
    };
  });
  return pngOf(lengths, width, height, channels);
}
