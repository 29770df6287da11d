/**
 * What all of Minecraft's formats hold: boxes of numbered blocks. Its x is east, y up and z south.
 * Ours are x, z and -y, so that nothing is mirrored, moved such that what stands at 0 0 0 does so
 * here, too: our y is the depth of the whole, less 1, less z.
 */

import { GoxError } from '../../../conf/errors.ts';
import { Document } from '../../document/document.ts';
import { checkInterrupt } from '../../interrupt.ts';
import type { Box, Vec3 } from '../../volume/box.ts';
import { boxMatrix } from '../../volume/matrix.ts';
import { COORDINATE_MAX, COORDINATE_MIN } from '../../volume/reach.ts';
import type { Volume } from '../../volume/volume.ts';
import type { BlockBudget } from '../block-budget.ts';
import type { BlockFile } from '../blocks/block-file.ts';
import { tellUnknown } from '../blocks/told.ts';
import { contentBox } from '../fit.ts';
import { type Place, Report } from '../report.ts';
import { VoxelBuilder } from '../voxel-builder.ts';
import { lookOf } from './block-colors.ts';

/** Takes the number of the block at a place inside of a region. */
export type PutBlock = (x: number, y: number, z: number, block: number) => void;

export interface Region {
  readonly name: string;
  /** Of its lowest corner, in Minecraft's axes. */
  readonly at: Vec3;
  readonly size: Vec3;
  /** The names of the blocks, by their numbers. */
  readonly blocks: readonly string[];
  /** Tells the blocks of all places, in any order. */
  readonly read: (put: PutBlock) => void;
  /** Block entities and the like, which are left out. */
  readonly extras: number;
}

const LAYERS_MAX = 16_384;

interface Reading {
  readonly source: string;
  readonly budget: BlockBudget;
  readonly report: Report | undefined;
  readonly file: BlockFile | undefined;
}

/** A layer for each region. Throws GOX_FORMAT_BROKEN for those that lie out of all coordinates. */
export function documentOf(regions: readonly Region[], reading: Reading): Document {
  const { source, budget } = reading;
  if (regions.length > LAYERS_MAX) refuse(source, `has more than ${LAYERS_MAX} regions`);
  for (const region of regions) requireInside(region, source);
  const depth = depthOf(regions.map(({ at, size }) => [at[2], at[2] + size[2]] as const));
  const document = Document.empty();
  const voxels = new VoxelBuilder(budget);
  // What is only counted is read again.
  const report = new Report();
  const unknown = new Map<string, number>();
  for (const [i, region] of regions.entries()) {
    const layer = i === 0 ? document.activeLayer : document.addLayer(region.name);
    if (region.name !== '') layer.set({ name: region.name });
    readRegion(region, depth, voxels, { ...reading, report }, unknown);
    voxels.finish(layer.volume);
    const extras = 'Entities, and what chests, signs and the like hold, were left out.';
    report.warn('WARN_UNKNOWN_PART', extras, whereOf(region), region.extras);
  }
  document.set({ box: boxMatrix(contentBox(document.layers)) });
  if (!budget.counting && reading.report !== undefined) {
    for (const { code, message, where, count } of report.warnings()) {
      reading.report.warn(code, message, where, count);
    }
    tellUnknown(unknown, reading.report);
  }
  return document;
}

function whereOf({ name }: Pick<Region, 'name'>): Place | undefined {
  return name === '' ? undefined : { object: name };
}

/** How far regions reach along z. */
export function depthOf(spans: readonly (readonly [from: number, to: number])[]): number {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const span of spans) {
    from = Math.min(from, span[0]);
    to = Math.max(to, span[1]);
  }
  return spans.length === 0 ? 0 : to - from;
}

function requireInside({ at, size }: Region, source: string): void {
  for (const axis of [0, 1, 2] as const) {
    // Twice as far, since what is turned is moved, too.
    const inside = at[axis] >= COORDINATE_MIN / 2 && at[axis] + size[axis] <= COORDINATE_MAX / 2;
    if (inside && size[axis] >= 0) continue;
    refuse(source, `has a region at ${at.join(' ')} of ${size.join(' x ')}, out of range`);
  }
}

function refuse(file: string, what: string): never {
  throw new GoxError('GOX_FORMAT_BROKEN', `${file} is damaged: it ${what}.`, { file, offset: 0 });
}

function readRegion(
  { name, at, blocks, read }: Region,
  depth: number,
  voxels: VoxelBuilder,
  { source, report, file }: Reading,
  unknown: Map<string, number>,
): void {
  const looks = blocks.map((block) => lookOf(block, file));
  const colors = Uint32Array.from(looks, ({ rgba }) => rgba);
  const counts = new Float64Array(blocks.length);
  let lost = 0;
  const y_max = depth - 1 - at[2];
  let row = Number.NaN;
  read((x, y, z, block) => {
    if (z !== row) {
      row = z;
      checkInterrupt();
    }
    const rgba = colors[block];
    if (rgba === undefined) lost++;
    else if (rgba !== 0) {
      counts[block]!++;
      voxels.set(at[0] + x, y_max - z, at[1] + y, rgba);
    }
  });
  report?.warn(
    'WARN_DETAIL_SKIPPED',
    `${source} has blocks of numbers that its palette has no name for.`,
    whereOf({ name }),
    lost,
  );
  for (const [i, look] of looks.entries()) {
    if (look.known || counts[i] === 0) continue;
    const name = blocks[i]!.replace(/\[.*/s, '');
    unknown.set(name, (unknown.get(name) ?? 0) + counts[i]!);
  }
}

/** A box of ours as Minecraft has it, within what is so deep. */
export function turnedBox({ min, max }: Box, depth: number): { at: Vec3; size: Vec3 } {
  return {
    at: [min[0], min[2], depth - max[1]],
    size: [max[0] - min[0], max[2] - min[2], max[1] - min[1]],
  };
}

/** What becomes a region. */
export interface Part {
  readonly name: string;
  readonly volume: Volume;
  readonly box: Box;
}
