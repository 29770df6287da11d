/** Reading the file that a request names, and those that this file names in turn. */

import { dirname, join, resolve } from 'node:path';
import { GoxError } from '../../conf/errors.ts';
import { READING_FORMATS, type ReadingOptions, type Sizing } from '../catalogue/reading.ts';
import { PATH_LENGTH_MAX } from '../catalogue/schemas.ts';
import { cutPath } from '../catalogue/sketch.ts';
import type { Document } from '../document/document.ts';
import type { ImportOptions } from '../formats/index.ts';
import { asResult, Report, tellUnused, type Warning } from '../formats/report.ts';
import type { Matrix } from '../volume/matrix.ts';
import { FILE_KEY, type Files } from './files.ts';
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

/** What the materials, textures and buffers of one model may be. */
const BESIDE_FILES_MAX = 1024;
const BESIDE_BYTES_MAX = 512 * 1024 * 1024;
/** Of places that are looked into; a file can name what is missing without end. */
const BESIDE_TRIES_MAX = 65_536;
/** Of the last parts of a name. */
const BESIDE_DEPTH_MAX = 4;

/** Of Windows, which name a drive, and URLs. */
const SCHEME = /^[a-z][a-z0-9+.-]*:/i;

/** What was read, and what there is to tell of it. */
export interface Read {
  /** By what the file holds. */
  readonly format: string;
  readonly document: Document;
  readonly warnings: Warning[];
  /** Of a mesh. */
  readonly sizing?: Sizing;
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
    const options = { ...common, report: own, sized };
    const document =
      pieces === undefined || readPieces === undefined
        ? read(content, cutPath(path), options)
        : readPieces(pieces, cutPath(path), options);
    return { made: { format: name, document, sizing }, empty: isEmpty(document) };
  };
  const read =
    pieces === undefined
      ? recognised(data ?? files.read(path), reading, report, attempt)
      : attempt(readerOf(reading), new Uint8Array(0), report).made;
  const { format, document, sizing } = read;
  if (!report.empty && isEmpty(document)) {
    report.warn('WARN_EMPTY', `No voxel came of ${cutPath(path)}.`);
  }
  report.check(reading.strict, cutPath(path));
  const warnings = report.warnings();
  return { format, document, warnings, ...(sizing === undefined ? {} : { sizing }) };
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

/**
 * Gives the files that the file at `path` names: those there, or else by the last parts of the name
 * beside it, down to the bare file name, since names come from the disks of other people. They
 * must lie below the roots as every file; nothing for others. Throws GOX_FORMAT_LIMIT for too many.
 */
function beside(files: Files, path: string): (name: string) => Uint8Array | undefined {
  let count = 0;
  let total_bytes = 0;
  let tries = 0;
  return (name) => {
    let bytes: Uint8Array | undefined;
    for (const place of placesOf(name, dirname(path))) {
      if (++tries > BESIDE_TRIES_MAX) return undefined;
      bytes = readOrNothing(files, place);
      if (bytes !== undefined) break;
    }
    if (bytes === undefined) return undefined;
    count += 1;
    total_bytes += bytes.length;
    if (count <= BESIDE_FILES_MAX && total_bytes <= BESIDE_BYTES_MAX) return bytes;
    const message =
      `${cutPath(path)} names more than ${BESIDE_FILES_MAX} files, or files of more than ` +
      `${BESIDE_BYTES_MAX} bytes.`;
    throw new GoxError('GOX_FORMAT_LIMIT', message, { path });
  };
}

/** Where a file of that name may be, in the order in which it is looked for. */
function placesOf(name: string, directory: string): string[] {
  if (name.length > PATH_LENGTH_MAX || name.includes('\0')) return [];
  const local = name.replace(/^file:\/+/i, '/').replaceAll('\\', '/');
  const places = SCHEME.test(local) ? [] : [resolve(directory, local)];
  const parts = local.split('/').filter((part) => part !== '' && part !== '.');
  for (let from = Math.max(parts.length - BESIDE_DEPTH_MAX, 0); from < parts.length; from++) {
    const ending = parts.slice(from);
    if (ending.includes('..') || SCHEME.test(ending[0]!)) continue;
    places.push(join(directory, ...ending));
  }
  const bare = parts.at(-1) ?? '';
  if (bare !== bare.toLowerCase() && places.length > 0) {
    places.push(join(directory, bare.toLowerCase()));
  }
  return [...new Set(places)];
}

/** Nothing for a file that is missing or refused: models come without their textures. */
function readOrNothing(files: Files, path: string): Uint8Array | undefined {
  try {
    return files.read(path);
  } catch (error) {
    // What is missing for the moment only must not be missing from the model for good.
    if (!(error instanceof GoxError)) throw error;
    const { retryable, key } = error.details ?? {};
    // Nor what the configuration keeps away.
    if (retryable === true || key === FILE_KEY) throw error;
    return undefined;
  }
}
