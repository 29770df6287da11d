/**
 * Models and files made by real Goxel, with their truth. `test/fixtures` holds what every test
 * needs; a larger corpus of the same layout is used too when there is one, at GOXEL_FIXTURES or
 * beside the project. A file may be gzipped, with `.gz` after its name.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Volume } from '../../engine/volume/volume.ts';

/** Of dist/test/support, where this runs. */
const PROJECT = new URL('../../../', import.meta.url);

function directories(): string[] {
  const own = fileURLToPath(new URL('test/fixtures/', PROJECT));
  const given = process.env.GOXEL_FIXTURES;
  if (given !== undefined && given !== '') {
    if (!existsSync(given)) throw new Error(`GOXEL_FIXTURES names ${given}, which is not there`);
    return [own, `${given}/`];
  }
  const larger = fileURLToPath(new URL('../shared/fixtures/', PROJECT));
  return existsSync(larger) ? [own, larger] : [own];
}

/** The content of a file, unpacked; undefined when neither it nor its `.gz` is there. */
function load(path: string): Buffer | undefined {
  if (existsSync(path)) return readFileSync(path);
  return existsSync(`${path}.gz`) ? gunzipSync(readFileSync(`${path}.gz`)) : undefined;
}

/** A file that Goxel reads, or a model that it saved, with what it makes of it. */
export interface Fixture {
  readonly name: string;
  /** For messages: tells corpora apart. */
  readonly title: string;
  readonly bytes: Buffer;
  /** A file beside it, `NAME` + `suffix`; undefined when there is none. */
  beside(suffix: string): Buffer | undefined;
  /** An export by Goxel's window, `gui/NAME` + `suffix`. */
  gui(suffix: string): Buffer | undefined;
  /** An export by Debian's Goxel 0.11, `deb/NAME` + `suffix`, where it differs. */
  deb(suffix: string): Buffer | undefined;
}

function fixture(directory: string, folder: string, name: string, file: string): Fixture {
  const bytes = load(`${directory}${folder}/${file}`);
  if (bytes === undefined) throw new Error(`no fixture ${directory}${folder}/${file}`);
  return {
    name,
    title: `${directory.includes('/test/') ? '' : 'corpus '}${folder}/${file}`,
    bytes,
    beside: (suffix) => load(`${directory}${folder}/${name}${suffix}`),
    gui: (suffix) => load(`${directory}${folder}/gui/${name}${suffix}`),
    deb: (suffix) => load(`${directory}${folder}/deb/${name}${suffix}`),
  };
}

/** The models that Goxel saved. */
export function models(): Fixture[] {
  return directories().flatMap((directory) =>
    readdirSync(`${directory}models`).map((name) =>
      fixture(directory, `models/${name}`, name, `${name}.gox`),
    ),
  );
}

export function model(name: string): Fixture {
  const found = models().find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no model ${name}`);
  return found;
}

/**
 * The crafted inputs with an extension, broken ones among them; on demand also the files by other
 * programs that only the larger corpus has.
 */
export function imports(extension: string, folders: readonly string[] = ['imports']): Fixture[] {
  return directories().flatMap((directory) =>
    folders
      .filter((folder) => existsSync(`${directory}${folder}`))
      .flatMap((folder) =>
        readdirSync(`${directory}${folder}`)
          .map((name) => name.replace(/\.gz$/, ''))
          .filter((name) => name.split('.').length === 2 && name.endsWith(`.${extension}`))
          .map((name) => fixture(directory, folder, name, name)),
      ),
  );
}

/** Files with an extension that other programs made and people published; the corpus has them. */
export function published(extension: string): Fixture[] {
  return directories()
    .filter((directory) => existsSync(`${directory}real`))
    .flatMap((directory) =>
      readdirSync(`${directory}real`)
        .map((name) => name.replace(/\.gz$/, ''))
        .filter((name) => name.split('.').length === 2 && name.endsWith(`.${extension}`))
        .map((name) => fixture(directory, 'real', name, name)),
    );
}

/** The edit scripts whose names begin so; their results are beside them, `.out.txt`. */
export function scripts(beginning: string): Fixture[] {
  return directories().flatMap((directory) =>
    readdirSync(`${directory}ops`)
      .filter((file) => file.startsWith(beginning) && file.endsWith('.lab'))
      .map((file) => fixture(directory, 'ops', file.slice(0, -'.lab'.length), file)),
  );
}

/** An edit script that real Goxel ran. */
export interface Operation {
  readonly name: string;
  /** For messages: tells corpora apart. */
  readonly title: string;
  readonly script: string;
  /** A file that the script names: what it loads, or what Goxel dumped. */
  file(name: string): string | undefined;
}

/** The edit scripts, in the language of `support/lab.ts`. */
export function operations(): Operation[] {
  return directories().flatMap((directory) =>
    readdirSync(`${directory}ops`)
      .filter((file) => file.endsWith('.lab'))
      .map((file) => {
        const { title, bytes } = fixture(directory, 'ops', file.slice(0, -4), file);
        return {
          name: file.slice(0, -4),
          title,
          script: bytes.toString(),
          file: (name: string) => load(`${directory}ops/${name}`)?.toString(),
        };
      }),
  );
}

/** The voxels of a volume in the form of the truth files: `x y z rrggbbaa`, by z, y, x. */
export function voxelLines(volume: Volume): string {
  // Sixteen voxels along x at a time, since tests compare millions of them.
  const rows: [z: number, y: number, x: number, lines: string][] = [];
  const hexes = new Map<number, string>();
  for (const block of volume.blocks()) {
    for (let row = 0; row < 256; row++) {
      const [y, z] = [block.y + (row & 15), block.z + (row >> 4)];
      let lines = '';
      for (let x = 0; x < 16; x++) {
        const rgba = block.data[row * 16 + x]!;
        if (rgba >>> 24 === 0) continue;
        const hex = hexes.get(rgba) ?? hexOf(rgba);
        hexes.set(rgba, hex);
        lines += `${block.x + x} ${y} ${z} ${hex}\n`;
      }
      if (lines !== '') rows.push([z, y, block.x, lines]);
    }
  }
  rows.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
  return rows.map(([, , , lines]) => lines).join('');
}

function hexOf(rgba: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(rgba);
  return bytes.toString('hex');
}

/** A file of a case that somebody met, below `test/fixtures/cases`. */
export function caseFile(name: string, file: string): Buffer {
  return readFileSync(new URL(`test/fixtures/cases/${name}/${file}`, PROJECT));
}
