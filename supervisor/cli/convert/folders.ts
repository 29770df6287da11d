/** The models among the files of a folder. */

import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { formatReading } from '../../../engine/conversion/formats.ts';
import { unpackedName } from '../../../engine/conversion/route.ts';
import { statOf } from '../../../engine/conversion/streams.ts';

/** A file to be read, and what it is called below the folder that was named. */
export interface Input {
  readonly path: string;
  readonly name: string;
}

/** Of one folder. */
export interface FolderFiles {
  readonly inputs: readonly Input[];
  /** Files that are no models, or that only belong to some. */
  readonly passed_over: readonly string[];
  /** Whether there are folders that were not looked into. */
  readonly has_folders: boolean;
}

/** They are the textures of models, where there are models. */
const PICTURES = ['png', 'jpeg'];

/** Of which there are many in folders of models that are none. */
const TEXTS = ['txt', 'points'];
const TEXT_START_BYTES = 4096;

/**
 * The files that can be read, by their names; a dot hides them as elsewhere. Links to folders are
 * not followed, so that no ring of them is walked.
 *
 * @param from a format; only files with its extension are read then
 */
export function modelsIn(folder: string, recursive: boolean, from?: string): FolderFiles {
  const [inputs, pictures]: [Input[], Input[]] = [[], []];
  const passed_over: string[] = [];
  const waiting = [''];
  let has_folders = false;
  for (let below = waiting.pop(); below !== undefined; below = waiting.pop()) {
    const entries = readdirSync(join(folder, below), { withFileTypes: true });
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    const folders: string[] = [];
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue;
      const path = join(folder, below, entry.name);
      if (entry.isDirectory()) folders.push(join(below, entry.name));
      else if (statOf(path)?.isFile() === true) {
        const plain = unpackedName(path);
        const input = { path, name: join(below, basename(plain, extname(plain))) };
        const format = formatReading(path);
        if (format === undefined || (from !== undefined && from !== format)) passed_over.push(path);
        else if (from === undefined && PICTURES.includes(format)) pictures.push(input);
        else if (from === undefined && TEXTS.includes(format) && !hasNumbers(path)) {
          passed_over.push(path);
        } else inputs.push(input);
      }
    }
    has_folders ||= !recursive && folders.length > 0;
    if (recursive) waiting.push(...folders.reverse());
  }
  if (inputs.length === 0) return { inputs: pictures, passed_over, has_folders };
  return {
    inputs,
    passed_over: [...passed_over, ...pictures.map(({ path }) => path)],
    has_folders,
  };
}

/** Whether the first line that says something begins with a number, or names columns. */
function hasNumbers(path: string): boolean {
  const lines = startOf(path).split(/\r\n?|\n/);
  const first = lines.find((line) => !/^\s*(#|\/\/|$)/.test(line));
  return first !== undefined && /^\s*[-+]?\.?\d|\bx\b.*\by\b.*\bz\b/i.test(first);
}

function startOf(path: string): string {
  try {
    const fd = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(TEXT_START_BYTES);
      const text = bytes.toString('latin1', 0, readSync(fd, bytes));
      return text.replace(/^\u00ef\u00bb\u00bf/, '');
    } finally {
      closeSync(fd);
    }
  } catch {
    // What cannot be opened is told when it is to be read.
    return '0';
  }
}
