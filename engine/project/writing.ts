/** Writing a document to a file, and those that this file names to places beside it. */

import { basename, join, parse } from 'node:path';
import { GoxError, resultTooLarge } from '../../conf/errors.ts';
import { cutPath } from '../catalogue/sketch.ts';
import { WRITING_FORMATS, type WritingOptions } from '../catalogue/writing.ts';
import type { Document } from '../document/document.ts';
import type { ExportOptions, Format } from '../formats/format.ts';
import { formatFor } from '../formats/index.ts';
import { type Keeps, keepsOf, tellLosses } from '../formats/keeps.ts';
import { asResult, Report, tellUnused, type Warning } from '../formats/report.ts';
import { checkInterrupt } from '../interrupt.ts';
import type { MadeFiles } from '../port/solo.ts';
import { newScratch } from '../volume/block.ts';
import { SOLID_ALPHA } from '../volume/color.ts';
import type { Files } from './files.ts';
import type { Ceiling } from './memory.ts';
import { paletteOf, readBeside } from './palettes.ts';
import { DATA } from './reading.ts';
import { shaped } from './shaping.ts';
import type { StagedFiles } from './staged-files.ts';

/** What a request says about the writing. */
export interface Writing {
  /** An absolute path; without one the file goes into the result. */
  readonly path: string | undefined;
  readonly format: string | undefined;
  readonly options: WritingOptions;
  /** What was asked beside them, and no writer can do otherwise. */
  readonly unused?: readonly string[];
  /** Paths that no file which is written beside this one may take. */
  readonly kept?: ReadonlySet<string>;
  /** What the voxels of a larger model may take. */
  readonly ceiling?: Ceiling | undefined;
  /** Whether it is an error that no voxel is left of those that there are (GOX_EMPTY). */
  readonly refuse_empty?: boolean;
  /** For who can be stopped at any time while files are made. */
  readonly whole?: Whole | undefined;
}

/** Files that are made in memory first, and put down in little time by who asked for that. */
export interface Whole {
  readonly bytes_max: number;
  /** Called for more. */
  refuse(): never;
  made(files: MadeFiles): void;
}

/** A file that was written, for a result. */
export interface WrittenFile {
  readonly bytes: number;
  /** Those that were written beside it. */
  readonly files?: { path: string; bytes: number }[];
  readonly warnings?: Warning[];
}

/** Called for each piece; throws what stops the work. */
type Check = () => void;

/**
 * Writes a document to a file, and what belongs to it beside: all of them or none. Throws
 * GOX_STRICT for warnings, if that is asked, and as `Files.write`.
 */
export function writeDocument(
  files: Files,
  document: Document,
  writing: Writing & { readonly path: string },
  check: Check = () => {},
): WrittenFile {
  const { path, format, options, kept, whole } = writing;
  writerOf(path, format);
  const report = new Report();
  const staged = files.stage();
  const made = whole === undefined ? undefined : new Made(whole);
  const add = (place: string, pieces: Iterable<Uint8Array>) =>
    (made ?? staged).add(place, checked(pieces, check));
  const others: { path: string; bytes: number }[] = [];
  const beside: ExportOptions['beside'] = (extension, pieces, isOurs) => {
    const taken = new Set([...(kept ?? []), path, ...others.map((other) => other.path)]);
    const place = placeBeside(files, path, extension, taken, isOurs);
    others.push({ path: place, bytes: add(place, pieces) });
    return basename(place);
  };
  try {
    const pieces = piecesOf(files, document, writing, report, { beside });
    const bytes = add(path, pieces);
    report.check(options.strict, cutPath(path));
    if (made === undefined) staged.commit();
    else made.end(staged);
    return {
      bytes,
      ...(others.length === 0 ? {} : { files: others }),
      ...asResult(report.warnings()),
    };
  } finally {
    staged.discard();
  }
}

/** Files that are made, and not put down yet. */
class Made {
  readonly #whole: Whole;
  readonly #files: { readonly path: string; readonly pieces: readonly Uint8Array[] }[] = [];
  #bytes = 0;

  constructor(whole: Whole) {
    this.#whole = whole;
  }

  /** Returns how many bytes the file has. */
  add(path: string, pieces: Iterable<Uint8Array>): number {
    const before = this.#bytes;
    const all: Uint8Array[] = [];
    for (const piece of pieces) {
      checkInterrupt();
      this.#bytes += piece.length;
      if (this.#bytes > this.#whole.bytes_max) this.#whole.refuse();
      all.push(piece);
    }
    this.#files.push({ path, pieces: all });
    return this.#bytes - before;
  }

  end(staged: StagedFiles): void {
    this.#whole.made({
      stage: () => {
        for (const { path, pieces } of this.#files) staged.add(path, pieces);
      },
      commit: () => staged.commit(),
      discard: () => staged.discard(),
    });
  }
}

/**
 * A file in the shape that the request wants, made as its pieces are asked for. What it loses is
 * told when the last was.
 */
export function* piecesOf(
  files: Files,
  document: Document,
  { path, format, options, unused, ceiling, refuse_empty }: Writing,
  report: Report,
  room: Pick<ExportOptions, 'beside'> = {},
): Generator<Uint8Array> {
  const { name, write } = writerOf(path ?? DATA, format);
  tellUnused(report, options, WRITING_FORMATS, name, unused);
  const palette = paletteOf(files, options.palette, report);
  const shape = shaped(document, options, report, { format: name, palette, ceiling });
  const keeps = keepsOf(name, options.like, room.beside === undefined);
  if (isFaint(shape, keeps)) report.warn('WARN_EMPTY', FAINT);
  if (refuse_empty === true) refuseEmpty(report, path);
  const also = { report, open: (name: string) => readBeside(files, name) };
  yield* write(shape, { ...options, ...room, ...also });
  tellLosses(shape, name, keeps, report);
}

/** Throws GOX_EMPTY where nothing is left to be written, by shaping or by the format. */
function refuseEmpty(report: Report, path = DATA): void {
  const empty = report.warnings().find(({ code }) => code === 'WARN_EMPTY');
  if (empty === undefined) return;
  const named = path === '-' ? '' : `${cutPath(path)}: `;
  throw new GoxError('GOX_EMPTY', `${named}${empty.message}`, { path });
}

const FAINT = 'All voxels have less than half of their alpha, and are left out of such a file.';

/** Whether all voxels are fainter than those that a format has. */
function isFaint({ layers }: Document, { opacity, inside, visibility }: Keeps): boolean {
  if (opacity && inside) return false;
  const written = layers.filter(({ visible, volume }) => {
    return (visible || visibility) && volume.count() > 0;
  });
  if (written.length === 0) return false;
  for (const { volume } of written) {
    for (const { data } of volume.blocks(newScratch())) {
      if (data.some((rgba) => rgba >>> 24 >= SOLID_ALPHA)) return false;
    }
  }
  return true;
}

/**
 * A file in one piece, for a result. Throws GOX_RESULT_TOO_LARGE once it is known to be, which is
 * long before the whole of it is made, and GOX_STRICT.
 */
export function gatherDocument(
  files: Files,
  document: Document,
  writing: Omit<Writing, 'path'>,
  { result_bytes_max }: { readonly result_bytes_max: number },
  check: Check = () => {},
): { readonly data: Uint8Array; readonly warnings?: Warning[] } {
  const report = new Report();
  const all: Uint8Array[] = [];
  let bytes = 0;
  const pieces = piecesOf(files, document, { ...writing, path: undefined }, report);
  for (const piece of checked(pieces, check)) {
    bytes += piece.length;
    if (bytes > result_bytes_max) {
      const message =
        `The file has more than ${result_bytes_max} bytes, which is what limits.result_bytes_max` +
        ' allows. Give a path.';
      throw resultTooLarge(message, bytes, result_bytes_max);
    }
    all.push(piece.slice());
  }
  report.check(writing.options.strict, 'The result');
  return { data: Buffer.concat(all, bytes), ...asResult(report.warnings()) };
}

/** The format of that name or file, which can be written. Throws GOX_FORMAT_UNKNOWN. */
export function writerOf(
  path: string,
  formatName: string | undefined,
): Format & Required<Pick<Format, 'write'>> {
  const format = formatFor(path, formatName);
  const { write } = format;
  if (write !== undefined) return { ...format, write };
  const message = `The format "${format.name}" cannot be written.`;
  throw new GoxError('GOX_FORMAT_UNKNOWN', message, { path, format: format.name });
}

/** As many as somebody may have files of one name and numbers behind it. */
const NUMBERS_MAX = 1000;
/** What is looked at of a file to see whose it is. */
const START_BYTES = 1024;

/**
 * Without what ends a name inside of a file for some of its readers: blanks, quotes, comments, the
 * mark of an option.
 */
function plainName(name: string): string {
  return name.replace(/[\s\p{Cc}"'#\\]+/gu, '_').replace(/^-/, '_');
}

/** A name for a file beside another that is free, or that of one of ours. Throws GOX_FILE. */
function placeBeside(
  files: Files,
  path: string,
  extension: string,
  taken: ReadonlySet<string>,
  isOurs: (start: Uint8Array) => boolean,
): string {
  const { dir, name: whole } = parse(path);
  const name = plainName(whole);
  for (let number = 1; number < NUMBERS_MAX; number++) {
    const place = join(dir, `${name}${number === 1 ? '' : `-${number}`}.${extension}`);
    if (taken.has(place)) continue;
    const start = files.startOf(place, START_BYTES);
    if (start === undefined || isOurs(start)) return place;
  }
  const message = `There are too many files of others called ${cutPath(name)}-*.${extension}.`;
  throw new GoxError('GOX_FILE', message, { path });
}

function* checked(pieces: Iterable<Uint8Array>, check: Check): Generator<Uint8Array> {
  for (const piece of pieces) {
    check();
    yield piece;
  }
}
