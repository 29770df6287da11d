/**
 * What is done by default beside what is done like Goxel: each model written and read again, both
 * ways, and held against what is seen of it; and files by others, read both ways. The second table
 * of engine/README.md.
 */

import { GoxError } from '../../conf/errors.ts';
import type { Document } from '../../engine/document/document.ts';
import { FORMATS, formatFor, type ImportOptions } from '../../engine/formats/index.ts';
import { Report } from '../../engine/formats/report.ts';
import { merge } from '../../engine/ops/combine.ts';
import { shaped } from '../../engine/project/shaping.ts';
import { groupsOf } from '../../engine/render/groups.ts';
import { Volume } from '../../engine/volume/volume.ts';
import { corpusModels, largest } from './corpus.ts';
import { READ } from './corpus-load.ts';
import { GOXEL, open } from './documents.ts';
import { imports } from './fixtures.ts';
import { opaque, sameVoxels } from './same-voxels.ts';

/** Meshes are filled voxel by voxel, several times. */
const VOXELS_MAX = 6000;
const SOLID_ALPHA = 127;

/** What may come back of a model. */
export const ASPECTS = ['voxels', 'place', 'colours', 'layers'] as const;
type Aspect = (typeof ASPECTS)[number];

/** How often it did, of how many models. */
export interface Kept {
  readonly format: string;
  readonly models: number;
  readonly goxel: Readonly<Record<Aspect, number>>;
  readonly ours: Readonly<Record<Aspect, number>>;
}

/** A file by others that is another model by default. */
export interface Otherwise {
  readonly format: string;
  readonly name: string;
  readonly goxel: string;
  readonly ours: string;
}

type Like = { readonly like?: 'goxel' };

/** Every format that is both written and read, but for the projects' own. */
export function keptByDefault(): Kept[] {
  const documents = corpusModels()
    .map((fixture) => plain(open(fixture)))
    .filter((model) => model.merged().count() <= VOXELS_MAX);
  const both = FORMATS.filter(({ name, read, write }) => read && write && name !== 'gox');
  return both.map(({ name: format }) => {
    const counts = (like: Like) => {
      const sums = { voxels: 0, place: 0, colours: 0, layers: 0 };
      for (const model of documents) {
        for (const aspect of cameBack(model, format, like)) sums[aspect]++;
      }
      return sums;
    };
    return { format, models: documents.length, goxel: counts(GOXEL), ours: counts({}) };
  });
}

/** Without the colours of materials, which those of voxels are seen through and come back as. */
function plain(model: Document): Document {
  const color = new Float32Array([1, 1, 1, 1]);
  model.set({ materials: model.materials.map((material) => ({ ...material, color })) });
  return model;
}

/** What of a model is there when its file is read. */
function cameBack(model: Document, format: string, like: Like): Aspect[] {
  const seen = opaque(like.like === undefined ? shownOf(model) : model.merged(), SOLID_ALPHA);
  const shape = { format, palette: undefined };
  const read = attempt(() => {
    const document = shaped(model, like, new Report(), shape);
    const file = Buffer.concat([...formatFor('', format).write!(document, like)]);
    const options: ImportOptions = { solid: true, ...like };
    return formatFor('', format).read!(file, `a file of ${format}`, options);
  });
  if (read === undefined) return [];
  const found = opaque(read.merged(), SOLID_ALPHA);
  if (sameVoxels(found, seen, 'none', 'lost') === 'voxels') return [];
  const kept: Aspect[] = ['voxels'];
  if (sameVoxels(found, seen, 'none', 'kept') === 'same') kept.push('place');
  if (sameVoxels(found, seen, 'outside rgb', 'lost') === 'same') kept.push('colours');
  if (namesOf(read, like) === namesOf(model, like)) kept.push('layers');
  return kept;
}

/** As on the screen, blend modes done, which Goxel's own exports have not. */
function shownOf(model: Document): Volume {
  const all = new Volume();
  for (const { volume } of groupsOf(model, true)) merge(all, volume, 'over');
  return all;
}

/** Those of layers that are seen, in any order; what only changes others is not. */
function namesOf({ layers }: Document, { like }: Like): string {
  const seen = layers.filter(
    ({ visible, volume, mode }) =>
      visible && volume.count() > 0 && (mode === 0 || like === 'goxel'),
  );
  return JSON.stringify(seen.map(({ name }) => name).sort());
}

/** Files by others of which there is more, or it stands elsewhere. */
export function readOtherwise(): Otherwise[] {
  const found: Otherwise[] = [];
  for (const format of READ) {
    for (const { name, bytes } of largest(imports(format, ['imports', 'real']))) {
      const [goxel, ours] = [GOXEL, {}].map((like) => wordsOf(format, bytes, like));
      if (goxel !== ours) found.push({ format, name, goxel: goxel!, ours: ours! });
    }
  }
  return found;
}

function wordsOf(format: string, bytes: Uint8Array, like: Like): string {
  const document = attempt(() => formatFor('', format).read!(bytes, 'a file', like));
  if (document === undefined) return 'refused';
  const volume = document.merged();
  const { min, max } = volume.box() ?? { min: [0, 0, 0], max: [0, 0, 0] };
  const size = max.map((value, axis) => value - min[axis]!).join(' x ');
  return `${volume.count()} voxels, ${size}`;
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof GoxError) return undefined;
    throw error;
  }
}
