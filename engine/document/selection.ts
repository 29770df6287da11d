/** What is selected in a project: a box, and the voxels picked. Neither is part of a file. */

import type { Box } from '../volume/box.ts';
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
