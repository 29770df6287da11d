/**
 * From sums of light to the bytes of a picture: the mean of a pixel's samples over the background,
 * in linear light, then sRGB (IEC 61966-2-1), cut off at white.
 */

import { jpegOf } from '../image/encode.ts';
import { packPicture } from '../image/strips.ts';
import { channelsOf } from '../render/job.ts';
import { LINEAR, toByte } from '../render/lighting.ts';
import { pack, type Rgba } from '../volume/color.ts';
import { LIGHT, SMOOTHING_STEPS, SUMS, SUMS_GUIDED, type TraceJob, type TraceView } from './job.ts';
import type { TraceControl } from './options.ts';
import { samplesOf } from './passes.ts';
import { colorAt } from './smooth.ts';

/** The encoded picture of a view. */
export function develop(job: TraceJob, view: TraceView, control: TraceControl): Uint8Array {
  const { width, height } = view;
  const { background } = job;
  const rgba = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    developRow(job, view, y, rgba.subarray(y * width * 4, (y + 1) * width * 4), control);
  }
  if (job.format === 'jpeg') return jpegOf(rgba, width, height, job.quality);
  const channels = channelsOf(typeof background === 'string' ? background : pack(...background));
  return packPicture({ width, height, channels, rgba, traced: true });
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
