/** "Did you mean": the known name closest to a mistyped one. For keys, commands and options. */

/**
 * The candidate with the fewest edits, or undefined when even that one is too far off to be meant
 * (more than a third of the longer name).
 */
export function closest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let best_share = 1 / 3;
  for (const candidate of candidates) {
    const length = Math.max(name.length, candidate.length, 1);
    const share = editDistance(name.toLowerCase(), candidate.toLowerCase()) / length;
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
 * (optimal string alignment: no part is edited twice).
 */
export function editDistance(left: string, right: string): number {
  let before: number[] = [];
  let above = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
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
    }
    before = above;
    above = current;
  }
  return above[right.length]!;
}
