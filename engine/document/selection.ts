/** What is selected in a project: a box, and the voxels picked. Neither is part of a file. */

import type { Box } from '../volume/box.ts';
import { changesBetween } from '../volume/changes.ts';
import { Volume } from '../volume/volume.ts';

export interface Selection {
  /** The box chosen last; filters that work in a box use it. */
  readonly box: Box | undefined;
  /** White voxels where something is selected. */
  readonly mask: Volume;
}

export function nothingSelected(): Selection {
  return { box: undefined, mask: new Volume() };
}

/** Costs by the blocks that differ, and a look at each. */
export function sameSelection(one: Selection, other: Selection): boolean {
  if (one === other) return true;
  if (String(one.box?.min) !== String(other.box?.min)) return false;
  if (String(one.box?.max) !== String(other.box?.max)) return false;
  return (
    one.mask.count() === other.mask.count() && changesBetween(one.mask, other.mask).changed === 0
  );
}
