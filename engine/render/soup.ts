/** Surfaces of other shapes than voxels', such as marching cubes: triangles in no order. */

import type { Volume } from '../volume/volume.ts';

export interface Soup {
  /**
   * Nine numbers a triangle: x, y, z of each corner, anticlockwise seen from outside. Only where it
   * can be seen through does the order count.
   */
  readonly positions: Float32Array;
  /** As many: the normal at each corner, of any length; of which side does not matter. */
  readonly normals: Float32Array;
  /** Three packed colours a triangle. */
  readonly colors: Uint32Array;
}

/** Makes the surface of what is of one material. */
export type Mesher = (volume: Volume) => Soup;

/** Triangles have numbers from here on in a band; rectangles have those below. */
export const FIRST_TRIANGLE = 2 ** 31;

/** The same in shared memory. */
export function sharedSoup({ positions, normals, colors }: Soup): Soup {
  const floats = (values: Float32Array) => {
    const copy = new Float32Array(new SharedArrayBuffer(values.byteLength));
    copy.set(values);
    return copy;
  };
  const words = new Uint32Array(new SharedArrayBuffer(colors.byteLength));
  words.set(colors);
  return { positions: floats(positions), normals: floats(normals), colors: words };
}
