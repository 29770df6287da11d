/** One page of the voxels in a region, and the box around those. */

import type { FoundVoxel } from '../catalogue/schemas.ts';
import { checkInterrupt } from '../interrupt.ts';
import { BLOCK_SIZE } from '../volume/block.ts';
import type { BlockView } from '../volume/block-view.ts';
import { channels } from '../volume/color.ts';
import type { Volume } from '../volume/volume.ts';
import { type ResultLimits, requireEntries, VOXEL_BYTES_MIN } from './limits.ts';
import { blocksOf, holds, partOf, type Region } from './region.ts';

export interface PageQuestion {
  readonly kind: 'page';
  readonly region: Region;
  /** The packed colour that voxels must have. */
  readonly filter: number | undefined;
  readonly offset: number;
  readonly limit: number;
}

type Corner = [x: number, y: number, z: number];

/** A whole block is passed over without a look at its voxels, so a page costs what is in it. */
export function pageOf(volume: Volume, question: PageQuestion, limits: ResultLimits) {
  const { region, filter, offset, limit } = question;
  const page = new Page(question, limits);
  let passed = 0;
  for (const block of blocksOf(volume, region)) {
    checkInterrupt();
    const whole = filter === undefined && holds(region, block);
    if (whole && passed + block.count <= offset) {
      passed += block.count;
      continue;
    }
    passed = page.take(block, passed);
    if (page.voxels.length > limit) break;
  }
  const truncated = page.voxels.length > limit;
  if (truncated) page.voxels.pop();
  const found = { voxels: page.voxels, count: page.voxels.length, truncated };
  return found.count === 0 ? found : { ...found, bbox: boxAround(page.voxels) };
}

class Page {
  /** One more than are wanted, if there are. */
  readonly voxels: FoundVoxel[] = [];
  readonly #question: PageQuestion;
  readonly #limits: ResultLimits;

  constructor(question: PageQuestion, limits: ResultLimits) {
    this.#question = question;
    this.#limits = limits;
  }

  /** Takes the voxels of a block, of which `passed` came before; gives how many there are now. */
  take({ x: x0, y: y0, z: z0, data }: BlockView, passed: number): number {
    const { region, filter, offset, limit } = this.#question;
    const { min, max } = partOf(region, x0, y0, z0);
    let place = passed;
    for (let z = min[2]; z <= max[2]; z++) {
      for (let y = min[1]; y <= max[1]; y++) {
        for (let x = min[0]; x <= max[0]; x++) {
          const rgba = data[x + BLOCK_SIZE * (y + BLOCK_SIZE * z)]!;
          if (rgba >>> 24 === 0 || (filter !== undefined && rgba !== filter)) continue;
          if (place++ < offset) continue;
          const [r, g, b, a] = channels(rgba);
          this.voxels.push({ x: x0 + x, y: y0 + y, z: z0 + z, color: [r, g, b, a] });
          if (this.voxels.length > limit) return place;
        }
      }
    }
    requireEntries(this.#limits, this.voxels.length, VOXEL_BYTES_MIN);
    return place;
  }
}

function boxAround(voxels: readonly FoundVoxel[]): { min: Corner; max: Corner } {
  const min: Corner = [Infinity, Infinity, Infinity];
  const max: Corner = [-Infinity, -Infinity, -Infinity];
  for (const { x, y, z } of voxels) {
    min[0] = Math.min(min[0], x);
    min[1] = Math.min(min[1], y);
    min[2] = Math.min(min[2], z);
    max[0] = Math.max(max[0], x);
    max[1] = Math.max(max[1], y);
    max[2] = Math.max(max[2], z);
  }
  return { min, max };
}
