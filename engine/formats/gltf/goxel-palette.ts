/**
 * The texture from which a glTF scene takes its colours, as Goxel makes it: the different colours
 * of all layers in the order of the voxels, empty ones among them, in a square of cells of 4 × 4
 * pixels, at least 16 cells wide. Colours are looked up with their alpha, and texture coordinates
 * follow the real width of the square; Goxel finds colours of alpha below 255 nowhere, and goes
 * wrong from 257 colours on.
 */

import { GoxError } from '../../../conf/errors.ts';
import type { Layer } from '../../document/layer.ts';
import { BLOCK_VOXELS, newScratch } from '../../volume/block.ts';
import { ColorNumbers } from '../color-numbers.ts';
import { PALETTE_COLORS_MAX, palettePng, paletteSide } from './gltf-palette.ts';

const CELLS_MIN = 16;

export class GltfPalette {
  readonly #numbers = new ColorNumbers();

  /** Throws GOX_FORMAT_LIMIT when there are more colours than a texture can be expected to hold. */
  constructor(layers: readonly Layer[]) {
    for (const { volume } of layers) {
      for (const { data } of volume.blocks(newScratch())) {
        let last = -1;
        for (let i = 0; i < BLOCK_VOXELS; i++) {
          const rgba = data[i]!;
          if (rgba === last) continue;
          this.#numbers.number(rgba);
          last = rgba;
        }
        this.#check();
      }
    }
  }

  /** Cells along a side of the square. */
  get side(): number {
    return paletteSide(this.#numbers.count, CELLS_MIN);
  }

  /** The place of a colour that a voxel has. */
  indexOf(rgba: number): number {
    return this.#numbers.number(rgba);
  }

  /** The picture as a PNG file. */
  png(): Uint8Array {
    return palettePng(this.#numbers, this.side);
  }

  #check(): void {
    if (this.#numbers.count <= PALETTE_COLORS_MAX) return;
    const message =
      `A glTF texture holds ${PALETTE_COLORS_MAX} colours; this has more. ` +
      'Export it with vertex colours.';
    throw new GoxError('GOX_FORMAT_LIMIT', message, { colors_max: PALETTE_COLORS_MAX });
  }
}
