/**
 * The seed of every randomised test of this process. `GOXEL_SEED=123 npm test` (or `--seed 123` of
 * the runner) repeats a run; without one a new seed is drawn. It is printed either way, so that a
 * failure in a log can be run again. fast-check takes it so: `fc.assert(property, { seed: SEED })`.
 */

const SEED_MAX = 0x7fff_ffff;

/** Reads a seed; throws for anything else, since a typo would hide a failure. */
export function parseSeed(text: string): number {
  const seed = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(seed <= SEED_MAX)) {
    throw new Error(`GOXEL_SEED must be an integer from 0 to ${SEED_MAX}, not "${text}"`);
  }
  return seed;
}

const given = process.env.GOXEL_SEED;

export const SEED: number =
  given === undefined || given === '' ? Math.floor(Math.random() * SEED_MAX) : parseSeed(given);

process.stdout.write(`seed ${SEED} (GOXEL_SEED=${SEED} repeats this run)\n`);
