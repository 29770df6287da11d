/** One file of a campaign, made from the seed, the target and its number alone. */

import { mutate } from './mutate.ts';
import { Random } from './random.ts';
import type { Seed } from './seeds.ts';
import type { Target } from './targets.ts';

export interface Case {
  readonly seed: Seed;
  readonly bytes: Uint8Array;
  /** For the options that it is read with. */
  readonly random: Random;
}

export function caseOf(target: Target, seed: number, number: number): Case {
  const random = new Random(seed, target.name, number);
  const seeds = target.seeds();
  // Small files come first, and say as much as large ones in less time.
  const chosen =
    seeds[random.chance(0.5) ? random.small(seeds.length) : random.below(seeds.length)]!;
  const other = random.pick(seeds);
  return { seed: chosen, bytes: mutate(chosen.bytes, random, other.bytes), random };
}
