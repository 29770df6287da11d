/** Undoes the five row filters of PNG (section 9 of its specification). */

const SUB = 1;
const UP = 2;
const AVERAGE = 3;
const PAETH = 4;

/**
 * `rows` holds, for each of `height` rows, a filter byte and `stride` filtered bytes; a pixel has
 * `step` bytes. Returns the plain bytes, or undefined when a row names an unknown filter.
 */
export function unfilter(
  rows: Uint8Array,
  stride: number,
  height: number,
  step: number,
): Uint8Array | undefined {
  const plain = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = rows[y * (stride + 1)]!;
    const from = y * (stride + 1) + 1;
    const to = y * stride;
    if (filter === 0) plain.set(rows.subarray(from, from + stride), to);
    else if (filter === SUB) undoSub(rows, from, plain, to, stride, step);
    else if (filter === UP) undoUp(rows, from, plain, to, stride);
    else if (filter === AVERAGE) undoAverage(rows, from, plain, to, stride, step);
    else if (filter === PAETH) undoPaeth(rows, from, plain, to, stride, step);
    else return undefined;
  }
  return plain;
}

function undoSub(
  rows: Uint8Array,
  from: number,
  plain: Uint8Array,
  to: number,
  stride: number,
  step: number,
): void {
  for (let i = 0; i < stride; i++) {
    const left = i < step ? 0 : plain[to + i - step]!;
    plain[to + i] = rows[from + i]! + left;
  }
}

function undoUp(
  rows: Uint8Array,
  from: number,
  plain: Uint8Array,
  to: number,
  stride: number,
): void {
  // Above the first row all bytes count as 0.
  for (let i = 0; i < stride; i++) {
    const up = to === 0 ? 0 : plain[to + i - stride]!;
    plain[to + i] = rows[from + i]! + up;
  }
}

function undoAverage(
  rows: Uint8Array,
  from: number,
  plain: Uint8Array,
  to: number,
  stride: number,
  step: number,
): void {
  for (let i = 0; i < stride; i++) {
    const left = i < step ? 0 : plain[to + i - step]!;
    const up = to === 0 ? 0 : plain[to + i - stride]!;
    plain[to + i] = rows[from + i]! + ((left + up) >> 1);
  }
}

function undoPaeth(
  rows: Uint8Array,
  from: number,
  plain: Uint8Array,
  to: number,
  stride: number,
  step: number,
): void {
  for (let i = 0; i < stride; i++) {
    const left = i < step ? 0 : plain[to + i - step]!;
    const up = to === 0 ? 0 : plain[to + i - stride]!;
    const corner = i < step || to === 0 ? 0 : plain[to + i - stride - step]!;
    const guess = left + up - corner;
    const byLeft = Math.abs(guess - left);
    const byUp = Math.abs(guess - up);
    const byCorner = Math.abs(guess - corner);
    const nearest = byLeft <= byUp && byLeft <= byCorner ? left : byUp <= byCorner ? up : corner;
    plain[to + i] = rows[from + i]! + nearest;
  }
}
