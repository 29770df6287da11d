/**
 * "Did you mean": the known name closest to a mistyped one. For keys, commands, options, methods
 * and parameters. Names come from clients too, so that the cost is bounded: long names are cut,
 * and a distance is given up as soon as it is too large.
 */

/** No known name is as long; what is longer cannot be near to any. */
const NAME_LENGTH_MAX = 128;

/**
 * The candidate with the fewest edits, or undefined when even that one is too far off to be meant
 * (more than a third of the longer name).
 */
export function closest(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.slice(0, NAME_LENGTH_MAX).toLowerCase();
  let best: string | undefined;
  let best_share = 1 / 3;
  for (const candidate of candidates) {
    const length = Math.max(wanted.length, candidate.length, 1);
    const edits_max = Math.floor(best_share * length);
    const share = editDistance(wanted, candidate.toLowerCase(), edits_max) / length;
    if (share <= best_share && (best === undefined || share < best_share)) {
      best = candidate;
      best_share = share;
    }
  }
  return best;
}

/** `; did you mean X?`, or nothing when no candidate is near. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const candidate = closest(name, candidates);
  return candidate === undefined ? '' : `; did you mean ${candidate}?`;
}

/**
 * Insertions, deletions, replacements and swaps of neighbours that turn one text into the other
 * (optimal string alignment: no part is edited twice). When there are more than `edits_max`, it
 * stops counting and gives some larger number.
 */
export function editDistance(left: string, right: string, edits_max = Infinity): number {
  const too_many = edits_max + 1;
  if (Math.abs(left.length - right.length) > edits_max) return too_many;
  let before: number[] = [];
  let above = Array.from({ length: right.length + 1 }, (_, column) => column);
  let fewest_above = 0;
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    let fewest = row;
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1];
      let edits = Math.min(
        above[column]! + 1,
        current[column - 1]! + 1,
        above[column - 1]! + (same ? 0 : 1),
      );
      const swapped =
        row > 1 &&
        column > 1 &&
        left[row - 1] === right[column - 2] &&
        left[row - 2] === right[column - 1];
      if (swapped) edits = Math.min(edits, before[column - 2]! + 1);
      current.push(edits);
      fewest = Math.min(fewest, edits);
    }
    // A swap reaches back over one row, so that two rows must be past the limit.
    if (fewest > edits_max && fewest_above > edits_max) return too_many;
    fewest_above = fewest;
    before = above;
    above = current;
  }
  return above[right.length]!;
}
