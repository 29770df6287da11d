/**
 * The frames of Command & Conquer's voxels (.hva; http://xhp.xwis.net/documents/HVA_format.html),
 * little-endian: a name of 16 bytes, u32 number of frames, u32 number of sections, a name of 16
 * bytes for each section, and for each frame a matrix for each section: three rows of four f32.
 */

import { ByteReader } from '../bytes.ts';

const NAME_BYTES = 16;
const MATRIX_BYTES = 48;

export interface Animation {
  readonly frames: number;
  /** The rows of the matrix of a section in a frame; undefined when it is not there. */
  readonly matrixOf: (section: string, at: number, frame: number) => Rows | undefined;
}

/** Three rows of four numbers. */
export type Rows = readonly number[];

/** Throws GOX_FORMAT_BROKEN. */
export function readHva(bytes: Uint8Array, source: string): Animation {
  const reader = new ByteReader(bytes, source, 'little');
  reader.skip(NAME_BYTES, 'a name');
  const [frames, sections] = [reader.u32('number of frames'), reader.u32('number of sections')];
  reader.need(sections * NAME_BYTES, 'the names of sections');
  const names = Array.from({ length: sections }, () => reader.text(NAME_BYTES, 'a name'));
  const start = reader.at;
  reader.need(frames * sections * MATRIX_BYTES, 'matrices');
  const matrixOf = (section: string, at: number, frame: number) => {
    // By its name; sections of the same name, or of none that is known, by their order.
    const first = names.findIndex((name) => name.toLowerCase() === section.toLowerCase());
    const number = first >= 0 && names[at]?.toLowerCase() !== section.toLowerCase() ? first : at;
    if (number >= sections || frame >= frames) return undefined;
    reader.at = start + (frame * sections + number) * MATRIX_BYTES;
    return readRows(reader);
  };
  return { frames, matrixOf };
}

export function readRows(reader: ByteReader): Rows {
  return Array.from({ length: 12 }, () => reader.f32('a matrix'));
}
