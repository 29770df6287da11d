/** Files opened as a request opens them, and what comes of them. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Files } from '../../engine/project/files.ts';
import { type Read, readDocument } from '../../engine/project/reading.ts';
import { ROOT } from './modules.ts';

const CASES = join(ROOT, 'test/fixtures/cases');
const BYTES_MAX = 2 ** 28;

const directory = mkdtempSync(join(tmpdir(), 'people-'));
const files = new Files(
  { roots: [CASES, directory], file_bytes_max: BYTES_MAX, unfinished: undefined! },
  false,
);

/** What comes of a file: its voxels as "x y z" to "rrggbb" (with alpha where there is any). */
export function opened(path: string, options = {}) {
  const read = readDocument(files, { path, ...options }, BYTES_MAX);
  return { ...read, voxels: voxelsOf(read), codes: read.warnings.map(({ code }) => code) };
}

function voxelsOf({ document }: Read): Map<string, string> {
  const voxels = new Map<string, string>();
  for (const { x, y, z, data } of document.merged().blocks()) {
    for (const [i, rgba] of data.entries()) {
      if (rgba === 0) continue;
      const place = [x + (i & 15), y + ((i >> 4) & 15), z + (i >> 8)].join(' ');
      const bytes = [0, 8, 16, 24].map((shift) =>
        ((rgba >>> shift) & 255).toString(16).padStart(2, '0'),
      );
      voxels.set(place, bytes.join('').replace(/ff$/, ''));
    }
  }
  return voxels;
}

export function colors(voxels: Map<string, string>): string[] {
  return [...new Set(voxels.values())].sort();
}

/** Files of a new directory; what comes of the first one. */
export function written(contents: Record<string, string | Uint8Array>, options = {}) {
  const place = mkdtempSync(join(directory, 'model-'));
  for (const [name, content] of Object.entries(contents)) {
    mkdirSync(dirname(join(place, name)), { recursive: true });
    writeFileSync(join(place, name), content);
  }
  return opened(join(place, Object.keys(contents)[0]!), options);
}

/** Ends with the files that were made. */
export function removeWritten(): void {
  rmSync(directory, { recursive: true });
}

/** A square of 11 x 11 voxels, of the material `mat`, with texture coordinates. */
export const SQUARE =
  'mtllib a.mtl\nv 0 0 0\nv 10 0 0\nv 10 10 0\nv 0 10 0\nvt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\n' +
  'usemtl mat\nf 1/1 2/2 3/3 4/4\n';
export const squareOf = (mtl: string, others = {}) =>
  written({ 'a.obj': SQUARE, 'a.mtl': mtl, ...others });
