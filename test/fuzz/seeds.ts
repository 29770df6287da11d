/**
 * The undamaged files that fuzzing starts from: crafted and published ones, exports by real Goxel,
 * what our own writers make, and the handmade ones. A format without any is an error, so that a new
 * one is not passed over.
 */

import { gunzipSync } from 'node:zlib';
import { Document } from '../../engine/document/document.ts';
import type { Format } from '../../engine/formats/format.ts';
import { type ExportOptions, FORMATS } from '../../engine/formats/index.ts';
import { pack } from '../../engine/volume/color.ts';
import { type Fixture, imports, models, published } from '../support/fixtures.ts';
import { HANDMADE } from './handmade.ts';

export interface Seed {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A file so small takes a millisecond; larger ones say the same more slowly. */
const SEED_BYTES_MAX = 16 * 1024;
const SEEDS_MAX = 32;

const GZIP = Buffer.from('1f8b', 'hex');

/** What writers are asked for; those that know no such option write the same again. */
const OPTIONS: readonly ExportOptions[] = [
  {},
  { mesh: 'marching', vertex_colors: true },
  { mesh: 'greedy', y_up: false },
  { exact_colors: true },
];

/** What Goxel's window calls pictures that are small; other .png files are of its whole view. */
const GUI: Readonly<Record<string, string>> = { slices: '.slices.png', png: '.slices.png' };

/** Formats that can be read. */
export function readable(): readonly (Format & Required<Pick<Format, 'read'>>)[] {
  return FORMATS.filter((format) => format.read !== undefined) as ReturnType<typeof readable>;
}

/** The seeds of a format, the smallest first. Throws when there are none. */
export function seedsOf(format: Format): readonly Seed[] {
  const { extensions, name } = format;
  const fixtures = extensions.flatMap((extension) => [
    ...[...imports(extension), ...published(extension)].map(ofFixture),
    ...(extension === 'gox'
      ? models().map(ofFixture)
      : guiExports(GUI[extension] ?? `.${extension}`)),
  ]);
  return chosen(name, [...fixtures, ...ownExports(format), ...(HANDMADE[name] ?? [])]);
}

/** Those that are small, or else the smallest; each content once. */
export function chosen(what: string, seeds: readonly Seed[]): readonly Seed[] {
  const byContent = new Map<string, Seed>();
  for (const seed of seeds) {
    const content = Buffer.from(seed.bytes).toString('latin1');
    if (seed.bytes.length > 0 && !byContent.has(content)) byContent.set(content, seed);
  }
  const sorted = [...byContent.values()].sort((a, b) => a.bytes.length - b.bytes.length);
  const smallest = sorted[0];
  if (smallest === undefined) throw new Error(`there is no file to fuzz ${what} with`);
  const limit = Math.max(SEED_BYTES_MAX, smallest.bytes.length);
  const small = sorted.filter(({ bytes }) => bytes.length <= limit);
  // Evenly over the sizes, when there are too many.
  const step = Math.max(1, small.length / SEEDS_MAX);
  return Array.from({ length: Math.min(SEEDS_MAX, small.length) }, (_, i) => {
    return small[Math.floor(i * step)]!;
  });
}

function ofFixture({ title, bytes }: Fixture): Seed {
  return { name: title, bytes };
}

function guiExports(suffix: string): Seed[] {
  return models().flatMap((model) => {
    const bytes = model.gui(suffix);
    return bytes === undefined ? [] : [{ name: `${model.title} ${suffix}`, bytes }];
  });
}

function ownExports(format: Format): Seed[] {
  if (format.write === undefined) return [];
  return OPTIONS.flatMap((options) => {
    const name = `our ${format.name} ${JSON.stringify(options)}`;
    const bytes = Buffer.concat([...format.write!(smallDocument(), options)]);
    // What is packed as a whole is read unpacked, too, and damaged to more effect.
    const packed = bytes.subarray(0, GZIP.length).equals(GZIP);
    return [{ name, bytes }, ...(packed ? [{ name, bytes: gunzipSync(bytes) }] : [])];
  });
}

/** Two layers around the origin, in a few colours, one of them translucent. */
function smallDocument(): Document {
  const document = Document.empty(8, 8, 8);
  const { volume } = document.activeLayer;
  volume.fillBox([-2, -2, 0], [2, 2, 2], pack(200, 40, 10, 255));
  volume.set(1, 1, 2, pack(0, 90, 255, 255));
  const upper = document.addLayer('upper');
  upper.volume.fillBox([-4, 0, 4], [0, 1, 5], pack(20, 200, 60, 128));
  upper.volume.set(3, -4, 7, pack(255, 255, 255, 255));
  return document;
}
