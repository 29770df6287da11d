/**
 * Every model saved in every format: compared with what Goxel's window writes, read back, and
 * Goxel's own files read.
 */

import { createHash } from 'node:crypto';
import { PNG } from 'pngjs';
import { GoxError } from '../../conf/errors.ts';
import type { Document } from '../../engine/document/document.ts';
import type { ImportOptions } from '../../engine/formats/format.ts';
import { type ExportOptions, formatFor } from '../../engine/formats/index.ts';
import { decodePng } from '../../engine/image/png.ts';
import { boxCorners } from '../../engine/volume/matrix.ts';
import type { Volume } from '../../engine/volume/volume.ts';
import { corpusModels, type Outcome } from './corpus.ts';
import type { Check } from './corpus-differences.ts';
import { GOXEL, open, written } from './documents.ts';
import type { Fixture } from './fixtures.ts';
import { chunksOf } from './gox-file.ts';
import { type Colors, opaque, sameVoxels, stacked } from './same-voxels.ts';

type Same = (ours: Buffer, goxels: Buffer) => boolean;

const bytes: Same = (ours, goxels) => ours.equals(goxels);

/** The same text, but for the name of the program. */
const text: Same = (ours, goxels) =>
  anonymous(ours.toString('latin1')) === anonymous(goxels.toString('latin1'));

const anonymous = (file: string) =>
  file.replace(/^(# |comment Generated from |\/\/ Generated from )goxel\S*( [\d.]+)?$/gim, '$1');

/** The same image; compression is not compared. */
const pixels: Same = (ours, goxels) => {
  if (goxels.length === 0) return false;
  const [a, b] = [PNG.sync.read(ours), PNG.sync.read(goxels)];
  return a.width === b.width && a.data.equals(b.data);
};

interface Gltf {
  asset: { generator: string };
  bufferViews?: { byteLength: number }[];
  buffers?: { uri: string; byteLength: number }[];
  images?: unknown[];
}

/** The same JSON, but for the name of the program and the compression of the texture. */
const gltf: Same = (ours, goxels) => {
  const plain = (file: Buffer) => {
    const json = JSON.parse(file.toString()) as Gltf;
    json.asset.generator = '';
    const first = json.buffers?.[0];
    if (json.images === undefined || first === undefined) return JSON.stringify(json);
    const png = Buffer.from(first.uri.slice(first.uri.indexOf(',') + 1), 'base64');
    // One of the two has an alpha channel, always 255.
    const { data } = PNG.sync.read(png);
    Object.assign(first, { uri: data.toString('base64'), byteLength: 0 });
    json.bufferViews![0]!.byteLength = 0;
    return JSON.stringify(json);
  };
  return plain(ours) === plain(goxels);
};

/** The same chunks, with the pixels of blocks compared and equal blocks counted once. */
const gox: Same = (ours, goxels) => {
  const plain = (file: Buffer) => {
    const blocks: string[] = [];
    const lines: string[] = [];
    for (const { type, data } of chunksOf(file)) {
      if (type === 'BL16') {
        const { rgba } = decodePng(data, 64, 64);
        blocks.push(createHash('sha1').update(rgba).digest('hex'));
        continue;
      }
      let rest = Buffer.from(data);
      if (type === 'LAYR') {
        const words = Array.from({ length: 1 + rest.readInt32LE(0) * 5 }, (_, i) =>
          rest.readInt32LE(i * 4),
        );
        lines.push(words.map((word, i) => (i % 5 === 1 ? blocks[word] : word)).join(' '));
        rest = rest.subarray(words.length * 4);
      }
      lines.push(`${type} ${rest.toString('hex')}`);
    }
    return lines.join('\n');
  };
  return plain(ours) === plain(goxels);
};

/** All of Goxel's vertices are among ours. */
const vertices: Same = (ours, goxels) => {
  const vertex = /^(v )?-?[\d.]+( -?[\d.]+){5}$/;
  const found = new Set(ours.toString('latin1').split('\n'));
  const theirs = goxels.toString('latin1').split('\n');
  return theirs.every((line) => !vertex.test(line) || found.has(line));
};

const SOLID_ALPHA = 127;
/** One more, in Goxel and here. */
const VXL_ALPHA = 128;

const shown = (document: Document) => opaque(document.merged(), SOLID_ALPHA);
const ofLayers = (document: Document, alpha_min: number) =>
  stacked(document.layers.map(({ volume }) => opaque(volume, alpha_min)));

const NEW_IMAGE_HEIGHT = 32;

/** Slices are of the image box, extended to the voxels outside it. */
function sliceCount(document: Document): number {
  const box = boxCorners(document.box);
  const voxels = document.merged().box() ?? box;
  const height = Math.max(box.max[2], voxels.max[2]) - Math.min(box.min[2], voxels.min[2]);
  return height === 0 ? NEW_IMAGE_HEIGHT : height;
}

/** How a format is held against Goxel, and what it keeps of a model. */
export interface Saving {
  readonly format: string;
  /** Extension of its files. */
  readonly extension: string;
  /** What Goxel's window wrote: how its files end, the options that ask us for the same. */
  readonly goxels: readonly { suffix: string; options?: ExportOptions; same: Same }[];
  /** The voxels that a file holds; undefined when we do not read the format. */
  readonly holds?: (document: Document) => Volume;
  readonly colors: Colors;
  readonly place: 'kept' | 'lost';
  readonly read: (document: Document) => ImportOptions;
  /** For what is read back. */
  readonly write: ExportOptions;
}

function saving(format: string, own: Partial<Saving> = {}): Saving {
  return {
    format,
    extension: format,
    goxels: [{ suffix: `.${format}`, same: bytes }],
    holds: shown,
    colors: 'all',
    place: 'kept',
    read: () => ({}),
    write: {},
    ...own,
  };
}

const mesh = { colors: 'outside', read: () => ({ solid: true }) } as const;
const upright = (extension: string) => [
  { suffix: `.${extension}`, same: text },
  { suffix: `.zup.${extension}`, options: { y_up: false }, same: text },
];

export const SAVINGS: readonly Saving[] = [
  saving('gox', { goxels: [{ suffix: '.gox', same: gox }], holds: (d) => d.merged() }),
  saving('vox', { place: 'lost', write: { exact_colors: true } }),
  saving('qb', { holds: (document) => ofLayers(document, 1) }),
  saving('qbt', { goxels: [], holds: (document) => ofLayers(document, 1) }),
  saving('kvx', { colors: 'outside in six bits', write: { exact_colors: true } }),
  saving('kv6', { goxels: [], colors: 'outside rgb', place: 'lost' }),
  saving('vxl', { holds: (document) => opaque(document.merged(), VXL_ALPHA), colors: 'outside' }),
  saving('mts', { goxels: [], colors: 'none', place: 'lost' }),
  saving('txt', { goxels: [{ suffix: '.txt', same: text }] }),
  saving('png slices', {
    extension: 'png',
    goxels: [{ suffix: '.slices.png', same: pixels }],
    holds: (document) => document.merged(),
    place: 'lost',
    read: (document) => ({ count: sliceCount(document) }),
  }),
  saving('obj', {
    ...mesh,
    goxels: [
      ...upright('obj'),
      { suffix: '.mc.obj', options: { mesh: 'marching' }, same: vertices },
    ],
  }),
  saving('ply', {
    ...mesh,
    goxels: [
      ...upright('ply'),
      { suffix: '.mcsmooth.ply', options: { mesh: 'smooth' }, same: vertices },
    ],
  }),
  saving('gltf', {
    ...mesh,
    holds: (document) => ofLayers(document, SOLID_ALPHA),
    goxels: [
      { suffix: '.gltf', same: gltf },
      { suffix: '.vcolor.gltf', options: { vertex_colors: true }, same: gltf },
    ],
  }),
  saving('glb', { ...mesh, goxels: [], holds: (document) => ofLayers(document, SOLID_ALPHA) }),
  saving('stl', { ...mesh, goxels: [], colors: 'none' }),
  saving('povray', { goxels: [{ suffix: '.povray', same: text }] }),
].map((own) => (own.format === 'povray' ? withoutReader(own) : own));

function withoutReader({ holds: _, ...own }: Saving): Saving {
  return own;
}

/** A model as a file of a format. */
export function savedAs(own: Saving, document: Document): Buffer {
  return written(document, own.format, own.write);
}

/** How the voxels that we read in a file of a model compare with the model's. */
export function verdictOn(
  own: Saving,
  model: Document,
  file: Uint8Array,
  options: ImportOptions = {},
): string {
  const read = formatFor('', own.format).read!;
  const document = read(file, `a ${own.format} file`, { ...GOXEL, ...own.read(model), ...options });
  return sameVoxels(document.merged(), own.holds!(model), own.colors, own.place);
}

/** Everything that can be said about a model in a format without asking Goxel again. */
function* outcomesOf(own: Saving, fixture: Fixture): Generator<Outcome> {
  const { format, goxels } = own;
  const model = open(fixture);
  const outcome = (check: Check, suffix: string, compare: () => string): Outcome => {
    return { format, check, name: `${fixture.name}${suffix}`, verdict: attempt(compare) };
  };
  for (const { suffix, options, same } of goxels) {
    const truth = suffix === '.gox' ? fixture.bytes : fixture.gui(suffix);
    if (truth === undefined) continue;
    yield outcome('save', suffix, () =>
      same(written(model, format, options), truth) ? 'same' : 'other',
    );
  }
  if (own.holds === undefined) return;
  yield outcome('read back', '', () => verdictOn(own, model, savedAs(own, model)));
  for (const { suffix, options } of goxels) {
    if (options?.mesh !== undefined) continue;
    const up = options?.y_up === undefined ? {} : { y_up: options.y_up };
    const file = fixture.gui(suffix);
    if (file !== undefined) {
      yield outcome("read Goxel's", suffix, () => verdictOn(own, model, file, up));
    }
    const old = fixture.deb(suffix);
    if (old !== undefined) {
      yield outcome("read Goxel's", `.0.11${suffix}`, () =>
        verdictOn(own, model, old, { y_up: format === 'gltf' }),
      );
    }
  }
}

/** Of all models, in all formats or in one. */
export function savings(format?: string): Outcome[] {
  const wanted = SAVINGS.filter((own) => format === undefined || own.format === format);
  return wanted.flatMap((own) => corpusModels().flatMap((model) => [...outcomesOf(own, model)]));
}

/** A verdict, or the code of the error that came instead. */
export function attempt(compare: () => string): string {
  try {
    return compare();
  } catch (error) {
    if (error instanceof GoxError) return error.code;
    throw error;
  }
}
