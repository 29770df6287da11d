/** What is told of voxels that no side of is seen, which these formats do not store. */

import { checkInterrupt } from '../../interrupt.ts';
import type { Box } from '../../volume/box.ts';
import type { Volume } from '../../volume/volume.ts';
import type { Report } from '../report.ts';
import { BOTTOM, PLACE_BITS, type Surface } from './surface.ts';

const PLACE = 2 ** PLACE_BITS - 1;
const RGB = 0xff_ffff;

/**
 * Tells how many voxels inside of a model will be of another colour when it is read: of that of the
 * voxel at the top or the bottom of their part of the column.
 */
export function tellInside(
  volume: Volume,
  box: Box,
  surface: Surface,
  from: 'top' | 'bottom',
  report: Report | undefined,
): void {
  if (report === undefined) return;
  const { starts, places, colors } = surface;
  const depth = box.max[1] - box.min[1];
  let count = 0;
  for (let column = 0; column < starts.length - 1; column++) {
    if (column % depth === 0) checkInterrupt();
    const end = starts[column + 1]!;
    for (let first = starts[column]!; first < end; ) {
      let last = first;
      while (last < end - 1 && ((places[last]! >>> PLACE_BITS) & BOTTOM) === 0) last++;
      const fill = colors[from === 'top' ? first : last]!;
      const [x, y] = [box.min[0] + Math.floor(column / depth), box.max[1] - 1 - (column % depth)];
      for (let i = first; i < last; i++) {
        const stop = places[i + 1]! & PLACE;
        for (let place = (places[i]! & PLACE) + 1; place < stop; place++) {
          if (((volume.get(x, y, box.max[2] - 1 - place) ^ fill) & RGB) !== 0) count++;
        }
      }
      first = last + 1;
    }
  }
  tellInner(count, report);
}

/** Tells of so many voxels. */
export function tellInner(count: number, report: Report | undefined): void {
  const message = 'Voxels that no side of is seen have no colours of their own in the file.';
  report?.warn('WARN_COLORS_LOST', message, undefined, count);
}
