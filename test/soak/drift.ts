/**
 * Whether a figure drifts: a line through its samples of the second half of a run, by least
 * squares, and how far it rises from there to the end. A sawtooth, such as garbage makes, has a
 * flat line; a leak has not, however small it is beside the sawtooth.
 */

export interface Sample {
  readonly time_s: number;
  /** Figures by their names; one that is not known is left out. */
  readonly figures: Readonly<Record<string, number>>;
}

export interface Bound {
  readonly figure: string;
  /** How far the line may rise over the second half. */
  readonly rise_max: number;
  /** The same as a part of the figure's mean; the larger of the two counts. */
  readonly share_max: number;
}

export interface Drift {
  readonly figure: string;
  readonly mean: number;
  /** By how much the line rises from the middle of the run to its end. */
  readonly rise: number;
  readonly allowed: number;
  readonly flat: boolean;
}

/** Fewer samples make no line. */
const SAMPLES_MIN = 4;

/** The drift of each bounded figure that the samples have; throws when they are too few. */
export function drifts(samples: readonly Sample[], bounds: readonly Bound[]): Drift[] {
  const half = samples.slice(Math.floor(samples.length / 2));
  if (half.length < SAMPLES_MIN) {
    throw new Error(`${half.length} samples in the second half make no line: run for longer`);
  }
  return bounds.flatMap(({ figure, rise_max, share_max }) => {
    const known = half.filter(({ figures }) => figures[figure] !== undefined);
    if (known.length < SAMPLES_MIN) return [];
    const values = known.map(({ figures }) => figures[figure]!);
    const times = known.map(({ time_s }) => time_s);
    const mean = average(values);
    const rise = slope(times, values) * (times.at(-1)! - times[0]!);
    const allowed = Math.max(rise_max, share_max * mean);
    return [{ figure, mean, rise, allowed, flat: rise <= allowed }];
  });
}

function slope(times: readonly number[], values: readonly number[]): number {
  const [time, value] = [average(times), average(values)];
  let above = 0;
  let below = 0;
  for (const [i, at] of times.entries()) {
    above += (at - time) * (values[i]! - value);
    below += (at - time) ** 2;
  }
  return below === 0 ? 0 : above / below;
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
