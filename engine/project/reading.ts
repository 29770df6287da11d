/** Reading the file that a request names, and those that this file names in turn. */

import { READING_FORMATS, type ReadingOptions, type Sizing } from '../catalogue/reading.ts';
import { cutPath } from '../catalogue/sketch.ts';
import type { Document } from '../document/document.ts';
import type { ImportOptions } from '../formats/index.ts';
import { asResult, Report, tellUnused, type Warning } from '../formats/report.ts';
import type { Matrix } from '../volume/matrix.ts';
import { beside } from './beside.ts';
import type { Files } from './files.ts';
import { type Reader, readerOf, recognised } from './recognised.ts';

/** In the place of an absolute path, for bytes that came with a request: what errors call it. */
export const DATA = 'data';

/** What a request says about the reading. */
export interface Reading extends ReadingOptions {
  readonly path: string;
  /** The bytes themselves, in the place of those of a file; it has a format. */
  readonly data?: Uint8Array;
  /** Those as they come, in the place of `data`, of a format that was named and reads pieces. */
  readonly pieces?: Iterable<Uint8Array>;
  /** Of a picture: the quad that it lies on. */
  readonly quad?: Matrix;
}

const MESHES = READING_FORMATS.size;

/** What was read, and what there is to tell of it. */
export interface Read {
  /** By what the file holds. */
  readonly format: string;
  readonly document: Document;
  readonly warnings: Warning[];
  /** Of a mesh. */
  readonly sizing?: Sizing;
  /** Of an animation: the numbers of its frames. */
  readonly frames?: readonly number[];
}

/** For a result: how a mesh was scaled, and what there is to tell. */
export function toldOf({ warnings, sizing }: Pick<Read, 'warnings' | 'sizing'>) {
  return { ...(sizing === undefined ? {} : { sizing }), ...asResult(warnings) };
}

/** A file, of at most so many bytes of voxels. Throws GOX_STRICT for warnings, if that is asked. */
export function readDocument(files: Files, reading: Reading, bytes_max: number): Read {
  const { path, data, pieces, quad } = reading;
  if (reading.format !== undefined) readerOf(reading);
  const report = new Report();
  const asked = optionsOf(reading);
  const common: ImportOptions = {
    ...asked,
    voxel_bytes_max: bytes_max,
    open: (path) => files.read(path),
    ...((data ?? pieces) === undefined ? { resolve: beside(files, path) } : {}),
    ...(quad === undefined ? {} : { plane: quad }),
  };
  const attempt = ({ name, read, readPieces }: Reader, content: Uint8Array, own: Report) => {
    tellUnused(own, asked, READING_FORMATS, name);
    let sizing: Sizing | undefined;
    const sized = (chosen: Sizing) => {
      sizing = chosen;
    };
    let frames: readonly number[] | undefined;
    const framed = (found: readonly number[]) => {
      frames = found;
    };
    const options = { ...common, report: own, sized, framed };
    const document =
      pieces === undefined || readPieces === undefined
        ? read(content, cutPath(path), options)
        : readPieces(pieces, cutPath(path), options);
    const found = { format: name, document, sizing, frames };
    return { made: found, empty: isEmpty(document) };
  };
  const read =
    pieces === undefined
      ? recognised(data ?? files.read(path), reading, report, attempt)
      : attempt(readerOf(reading), new Uint8Array(0), report).made;
  const { format, document, sizing, frames } = read;
  // An empty project is one; a mesh that comes to nothing held something.
  if ((!report.empty || MESHES.includes(format)) && isEmpty(document)) {
    report.warn('WARN_EMPTY', `No voxel came of ${cutPath(path)}.`);
  }
  report.check(reading.strict, cutPath(path));
  const warnings = report.warnings();
  return {
    ...{ format, document, warnings },
    ...(sizing === undefined ? {} : { sizing }),
    ...(frames === undefined ? {} : { frames }),
  };
}

/** Whether nothing is in any layer; what layers are computed of is not looked at. */
export function isEmpty({ layers }: Pick<Document, 'layers'>): boolean {
  return layers.every(
    ({ shape, baseId, volume }) => shape === undefined && baseId === 0 && volume.count() === 0,
  );
}

/** What the request says about the format, without what it says of the project. */
function optionsOf(reading: Reading): Omit<ReadingOptions, 'format'> {
  const given = Object.entries(reading).filter(([name]) => Object.hasOwn(READING_FORMATS, name));
  const { like } = reading;
  return { ...Object.fromEntries(given), ...(like === undefined ? {} : { like }) };
}
