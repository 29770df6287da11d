/** Writes Voxlap's and Slab6's models; `vox-old.ts` says what they are. */

import { GoxError } from '../../../conf/errors.ts';
import type { Document } from '../../document/document.ts';
import { ColorCounter } from '../../image/quantize.ts';
import { checkInterrupt } from '../../interrupt.ts';
import type { Box } from '../../volume/box.ts';
import { SOLID_ALPHA } from '../../volume/color.ts';
import { copyBox, sizeOf } from '../box-copy.ts';
import { keepsOf, tellLosses } from '../keeps.ts';
import { inPieces } from '../pieces.ts';
import type { Report } from '../report.ts';
import { paletteBytes, paletteFor } from '../voxlap/kvx-colors.ts';

const EMPTY = 255;
const CELLS_MAX = 2 ** 31;
const FORMAT = 'A .vox file of Voxlap';

/** All layers as one; a document without voxels is a model of no size. */
export function* writeOld(document: Document, report: Report): Generator<Uint8Array> {
  const volume = document.merged();
  const box = volume.box() ?? { min: [0, 0, 0], max: [0, 0, 0] };
  const [width, depth, height] = sizeOf(box);
  if (width * depth * height > CELLS_MAX) {
    const size = `${width} x ${depth} x ${height}`;
    const message = `${FORMAT} may have ${CELLS_MAX} cells; this one is ${size}. Crop it.`;
    throw new GoxError('GOX_FORMAT_LIMIT', message, { size: [width, depth, height] });
  }
  tellLosses(document, FORMAT, { ...keepsOf('kvx'), inside: true, place: false }, report);
  const { colors, counts } = ColorCounter.ofSolid(volume);
  const { palette, index } = paletteFor(document, colors, counts, EMPTY, report);
  yield* inPieces(
    (function* () {
      yield new Uint8Array(Int32Array.of(width, depth, height).buffer);
      const cells = new Uint32Array(depth * height);
      for (let x = box.min[0]; x < box.max[0]; x++) {
        checkInterrupt();
        cells.fill(0);
        const slice: Box = {
          min: [x, box.min[1], box.min[2]],
          max: [x + 1, box.max[1], box.max[2]],
        };
        // y and z point against ours.
        const start = depth * height - 1;
        copyBox(volume, slice, cells, { x: 0, y: -height, z: -1, start });
        yield Uint8Array.from(cells, (word) =>
          word >>> 24 < SOLID_ALPHA ? EMPTY : index.of((word | 0xff00_0000) >>> 0),
        );
      }
      yield paletteBytes(palette);
    })(),
  );
}
