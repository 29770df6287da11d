/** The volume of a shape layer. */

import type { Shape } from '../document/layer.ts';
import type { Box } from '../volume/box.ts';
import type { Matrix } from '../volume/matrix.ts';
import { Volume } from '../volume/volume.ts';
import { paintShape } from './paint.ts';

/**
 * The volume of a shape in a box, without the voxels whose centre is outside `clip`. Throws
 * GOX_MEMORY_LIMIT when it would touch more than `blocks_max` blocks.
 */
export function shapeVolume(shape: Shape, box: Matrix, clip: Box, blocks_max: number): Volume {
  const volume = new Volume();
  volume.blocks_max = blocks_max;
  paintShape(volume, box, {
    mode: 'over',
    shape: shape.kind,
    color: shape.color,
    smoothness: 0,
    symmetry: 0,
    symmetryOrigin: [0, 0, 0],
    clip,
  });
  volume.blocks_max = Number.POSITIVE_INFINITY;
  return volume;
}
