/**
 * From sums of light to the bytes of a picture: the mean of a pixel's samples over the background,
 * in linear light, then sRGB (IEC 61966-2-1), cut off at white.
 */

import { constants, deflateRawSync } from 'node:zlib';
import { adler32, jpegOf, type PackedBand, pngOf } from '../image/encode.ts';
import { checkInterrupt } from '../interrupt.ts';
import { channelsOf } from '../render/job.ts';
import { LINEAR, toByte } from '../render/lighting.ts';
import { pack, type Rgba } from '../volume/color.ts';
import { LIGHT, SMOOTHING_STEPS, SUMS, SUMS_GUIDED, type TraceJob, type TraceView } from './job.ts';
import type { TraceControl } from './options.ts';
import { samplesOf } from './passes.ts';
import { colorAt } from './smooth.ts';

/** Bytes of rows that are packed at a time: some ten milliseconds. */
const BAND_BYTES = 2 ** 20;

/** The encoded picture of a view. */
export function develop(job: TraceJob, view: TraceView, control: TraceControl): Uint8Array {
  const { width, height } = view;
  const { background } = job;
  if (job.format === 'jpeg') {
    const rgba = new Uint8Array(width * height * 4);
    for (let y = 0; y < height; y++) {
      developRow(job, view, y, rgba.subarray(y * width * 4, (y + 1) * width * 4), control);
    }
    return jpegOf(rgba, width, height, job.quality);
  }
  const depth = channelsOf(typeof background === 'string' ? background : pack(...background));
  const stride = width * depth + 1;
  const bandRows = Math.max(Math.floor(BAND_BYTES / stride), 1);
  const bands: PackedBand[] = [];
  // A row and the one above it, of which the one above the first is 0.
  const lines = [new Uint8Array(width * 4), new Uint8Array(width * 4)];
  for (let top = 0; top < height; top += bandRows) {
    const rows = Math.min(bandRows, height - top);
    const raw = new Uint8Array(stride * rows);
    for (let y = top; y < top + rows; y++) {
      checkInterrupt();
      const [above, line] = [lines[(y + 1) & 1]!, lines[y & 1]!];
      developRow(job, view, y, line, control);
      filterRow(line, above, depth, raw.subarray((y - top) * stride, (y - top + 1) * stride));
    }
    bands.push(packed(raw, top + rows === height));
  }
  return pngOf(bands, width, height, depth);
}

function packed(raw: Uint8Array, last: boolean): PackedBand {
  const finishFlush = last ? constants.Z_FINISH : constants.Z_SYNC_FLUSH;
  const bytes = deflateRawSync(raw, { strategy: constants.Z_FILTERED, finishFlush });
  return { bytes, adler: adler32(raw), rawLength: raw.length };
}

const PAETH = 4;

/** Writes a row as PNG's filter "Paeth" has it, which suits what changes slowly. */
function filterRow(line: Uint8Array, above: Uint8Array, depth: 3 | 4, raw: Uint8Array): void {
  raw[0] = PAETH;
  for (let x = 0, at = 1; x < line.length; x += 4) {
    for (let c = x; c < x + depth; c++) {
      const left = x === 0 ? 0 : line[c - 4]!;
      const up = above[c]!;
      const corner = x === 0 ? 0 : above[c - 4]!;
      const byLeft = Math.abs(up - corner);
      const byUp = Math.abs(left - corner);
      const byCorner = Math.abs(left + up - corner - corner);
      const nearest = byLeft <= byUp && byLeft <= byCorner ? left : byUp <= byCorner ? up : corner;
      raw[at++] = line[c]! - nearest;
    }
  }
}

/** Writes one row of RGBA. */
function developRow(
  job: TraceJob,
  view: TraceView,
  y: number,
  line: Uint8Array,
  control: TraceControl,
): void {
  control.check();
  control.progress = y / view.height;
  const { width, sums, light } = view;
  const guided = job.settings.denoise;
  const numbers = guided ? SUMS_GUIDED : SUMS;
  const smoothed = light[(SMOOTHING_STEPS & 1) as 0 | 1];
  const [backRed, backGreen, backBlue, backAlpha] = backgroundAt(job, y, view.height);
  const behind = backAlpha / 255;
  for (let x = 0; x < width; x++) {
    const pixel = y * width + x;
    const at = pixel * numbers;
    const covered = sums[at + 3]!;
    const share = covered / samplesOf(job, view, x, y);
    const alpha = share + (1 - share) * behind;
    const under = (1 - share) * behind;
    const to = x * 4;
    for (let c = 0; c < 3; c++) {
      const channel = c as 0 | 1 | 2;
      const back = LINEAR[channel === 0 ? backRed : channel === 1 ? backGreen : backBlue]!;
      let own = covered === 0 ? 0 : sums[at + channel]! / covered;
      if (guided && covered > 0)
        own = smoothed[pixel * LIGHT + channel]! * colorAt(sums, at, channel);
      // Cut off before it is mixed, so that edges of what is brighter than white are smooth.
      const mixed = Math.min(own, 1) * share + back * under;
      line[to + channel] = alpha === 0 ? 0 : toByte(mixed / alpha);
    }
    line[to + 3] = Math.round(alpha * 255);
  }
}

const WHITE: Rgba = [255, 255, 255, 255];

/** What lies behind a row. */
function backgroundAt({ background, format }: TraceJob, row: number, height: number): Rgba {
  if (background === 'transparent') return format === 'jpeg' ? WHITE : [0, 0, 0, 0];
  if (background !== 'gradient') return background;
  // Goxel's: 70 in the middle, a fifth of white less at the top and more at the bottom.
  const grey = Math.round(70 + 51 * ((2 * row + 1) / height - 1));
  return [grey, grey, grey, 255];
}
