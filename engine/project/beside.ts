/** The files that a file names: materials, pictures and buffers of a model. */

import { dirname, join, relative, resolve, sep } from 'node:path';
import { GoxError } from '../../conf/errors.ts';
import { PATH_LENGTH_MAX } from '../catalogue/schemas.ts';
import { cutPath } from '../catalogue/sketch.ts';
import type { ImportOptions } from '../formats/format.ts';
import { FILE_KEY, type Files } from './files.ts';

/** What the materials, textures and buffers of one model may be. */
const FILES_MAX = 1024;
const BYTES_MAX = 512 * 1024 * 1024;
/** Of places that are looked into; a file can name what is missing without end. */
const TRIES_MAX = 65_536;
/** Of the last parts of a name. */
const DEPTH_MAX = 4;

/** Of directories whose names are read. */
const LISTS_MAX = 64;
/** So far up they are looked into: asset packs have pictures and models in sister directories. */
const UP_MAX = 3;

const PICTURE = /^[^\0]+\.(?:png|jpe?g|tga|bmp|webp|tiff?|psd)$/i;
const PICTURE_DIRECTORIES = ['textures', 'texture', 'tex', 'maps', 'images', 'materials'];

/** Of Windows, which name a drive, and URLs. */
const SCHEME = /^[a-z][a-z0-9+.-]*:/i;

/**
 * Gives the files that the file at `path` names: those there, or else by the last parts of the name
 * beside it, down to the bare file name, since names come from the disks of other people, where
 * upper and lower case may be the same; pictures also in directories that are usual for them. They
 * must lie below the roots as every file; nothing for others. Throws GOX_FORMAT_LIMIT for too many.
 */
export function beside(files: Files, path: string): NonNullable<ImportOptions['resolve']> {
  let count = 0;
  let total_bytes = 0;
  let tries = 0;
  const alike = new Alike(files);
  return (name) => {
    let bytes: Uint8Array | undefined;
    const places = placesOf(name, dirname(path));
    for (const place of places) {
      if (++tries > TRIES_MAX) return undefined;
      bytes = readOrNothing(files, place);
      if (bytes !== undefined) break;
    }
    const others = bytes === undefined ? [...places, ...picturePlaces(name, dirname(path))] : [];
    for (const place of others) {
      const other = alike.to(place, dirname(path));
      if (other !== undefined) bytes = readOrNothing(files, other);
      if (bytes !== undefined) break;
    }
    if (bytes === undefined) return undefined;
    count += 1;
    total_bytes += bytes.length;
    if (count <= FILES_MAX && total_bytes <= BYTES_MAX) return bytes;
    const message =
      `${cutPath(path)} names more than ${FILES_MAX} files, or files of more than ` +
      `${BYTES_MAX} bytes.`;
    throw new GoxError('GOX_FORMAT_LIMIT', message, { path });
  };
}

/** Where a file of that name may be, in the order in which it is looked for. */
function placesOf(name: string, directory: string): string[] {
  if (name.length > PATH_LENGTH_MAX || name.includes('\0')) return [];
  const decoded = name.includes('%') ? decodedOf(name) : name;
  const places = [name, decoded].flatMap((one) => placesOfOne(one, directory));
  return [...new Set(places)];
}

/** As URLs have blanks and letters beyond ASCII. */
function decodedOf(name: string): string {
  try {
    const decoded = decodeURIComponent(name);
    return decoded.includes('\0') ? name : decoded;
  } catch {
    return name;
  }
}

function placesOfOne(name: string, directory: string): string[] {
  const local = name.replace(/^file:\/+/i, '/').replaceAll('\\', '/');
  const places = SCHEME.test(local) ? [] : [resolve(directory, local)];
  const parts = local.split('/').filter((part) => part !== '' && part !== '.');
  for (let from = Math.max(parts.length - DEPTH_MAX, 0); from < parts.length; from++) {
    const ending = parts.slice(from);
    if (ending.includes('..') || SCHEME.test(ending[0]!)) continue;
    places.push(join(directory, ...ending));
  }
  return places;
}

/** Where packs of models and downloads have a picture that is named without its directory. */
function picturePlaces(name: string, directory: string): string[] {
  const bare = name.replace(/^.*[\\/]/, '');
  if (name.length > PATH_LENGTH_MAX || !PICTURE.test(bare)) return [];
  return [directory, dirname(directory)].flatMap((from) => {
    return PICTURE_DIRECTORIES.map((each) => join(from, each, bare));
  });
}

/** Files whose names differ in upper and lower case only, or in how accents are written. */
class Alike {
  readonly #files: Files;
  readonly #listed = new Map<string, Map<string, string>>();

  constructor(files: Files) {
    this.#files = files;
  }

  /** One that is like a path that is not there; the directories beside the model count too. */
  to(path: string, directory: string): string | undefined {
    const parts = relative(directory, path).split(sep);
    if (parts.filter((part) => part === '..').length > UP_MAX) return undefined;
    let place = directory;
    for (const part of parts) {
      if (part === '..') place = dirname(place);
      else {
        const found = this.#list(place).get(folded(part));
        if (found === undefined) return undefined;
        place = join(place, found);
      }
    }
    return place;
  }

  #list(directory: string): Map<string, string> {
    let names = this.#listed.get(directory);
    if (names === undefined) {
      names = new Map();
      if (this.#listed.size < LISTS_MAX) {
        for (const name of this.#files.list(directory)) names.set(folded(name), name);
      }
      this.#listed.set(directory, names);
    }
    return names;
  }
}

function folded(name: string): string {
  return name.normalize('NFC').toLowerCase();
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
