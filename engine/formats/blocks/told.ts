/** What is told of blocks and their colours. */

import type { Report } from '../report.ts';
import { shown } from '../shown.ts';

/** So many names are told. */
const NAMES_TOLD = 8;

/** @param unknown how many voxels there are of each name that has no known colour */
export function tellUnknown(unknown: ReadonlyMap<string, number>, report: Report): void {
  const there = [...unknown].filter(([, voxels]) => voxels > 0).sort((a, b) => b[1] - a[1]);
  if (there.length === 0) return;
  const names = there.slice(0, NAMES_TOLD).map(([name, voxels]) => `"${shown(name)}" (${voxels})`);
  const more = there.length > NAMES_TOLD ? ` and ${there.length - NAMES_TOLD} more` : '';
  const message =
    `No colour is known of ${names.join(', ')}${more}; it was made of the name. The option` +
    ' "blocks" takes a file that says it.';
  let count = 0;
  for (const [, voxels] of there) count += voxels;
  report.warn('WARN_BLOCKS_UNKNOWN', message, undefined, count);
}

/** @param colors how many have no block of just that colour */
export function tellNearest(colors: number, report: Report | undefined): void {
  const message = 'A colour became that of the block that is nearest to it.';
  report?.warn('WARN_COLORS_MERGED', message, undefined, colors);
}
