/** A document made of one volume. */

import { boxMatrix } from '../volume/matrix.ts';
import type { Volume } from '../volume/volume.ts';
import { Document } from './document.ts';

/** Its one layer holds the volume itself; the image box is the box of the voxels. */
export function documentAround(volume: Volume): Document {
  const document = Document.empty();
  document.activeLayer.set({ volume });
  const box = volume.box();
  if (box !== undefined) document.set({ box: boxMatrix(box) });
  return document;
}
