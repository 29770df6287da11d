/** The image box of a file that names none. */

import type { Layer } from '../document/layer.ts';
import type { Box } from '../volume/box.ts';
import { boxCorners } from '../volume/matrix.ts';

/** The box of Goxel's new image. */
export const DEFAULT_BOX: Box = { min: [-16, -16, 0], max: [16, 16, 32] };

/** Around all layers: a layer's own box if it has one, else its voxels. */
export function contentBox(layers: readonly Layer[]): Box {
  const min: [number, number, number] = [Infinity, Infinity, Infinity];
  const max: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (const { box, volume } of layers) {
    const around = box === undefined ? volume.box() : boxCorners(box);
    if (around === undefined) continue;
    for (const axis of [0, 1, 2] as const) {
      min[axis] = Math.min(min[axis], around.min[axis]);
      max[axis] = Math.max(max[axis], around.max[axis]);
    }
  }
  return min[0] < max[0] ? { min, max } : DEFAULT_BOX;
}
