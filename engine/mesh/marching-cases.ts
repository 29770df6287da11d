/**
 * The 256 cases of marching cubes (Lorensen and Cline, 1987), computed when first met. A cell is a
 * cube with a voxel's centre at each corner: corner c lies at x = c & 1, y = c >> 1 & 1,
 * z = c >> 2. Where one end of a cell's edge is inside and the other is not, the surface crosses
 * the edge; on each side of the cell the crossings are joined so that inside corners which only a
 * diagonal connects stay apart. The two cells at a side see the same corners and draw the same
 * lines, so that the surface has no holes.
 */

/** The two corners of each edge; the first is lower on the axis along which the edge runs. */
export const EDGE_CORNERS: readonly (readonly [number, number])[] = [0, 1, 2].flatMap((axis) =>
  [0, 1, 2, 3].map((i): readonly [number, number] => {
    const [low, high] = [(1 << axis) - 1, 7 & ~((2 << axis) - 1)];
    const corner = (i & low) | ((i << 1) & high);
    return [corner, corner | (1 << axis)];
  }),
);

/** Corners of each side, counter-clockwise seen from outside the cell. */
const SIDES = [
  [0, 4, 6, 2],
  [1, 3, 7, 5],
  [0, 1, 5, 4],
  [2, 6, 7, 3],
  [0, 2, 3, 1],
  [4, 5, 7, 6],
] as const;

const CASES: (readonly Uint8Array[] | undefined)[] = new Array(256).fill(undefined);

/**
 * The closed lines of edges that bound the surface in a cell, by the set of corners inside (bit c
 * for corner c); counter-clockwise seen from outside the solid.
 */
export function loopsIn(inside: number): readonly Uint8Array[] {
  CASES[inside] ??= loopsOf(inside);
  return CASES[inside];
}

function loopsOf(inside: number): Uint8Array[] {
  // From the edge where a line on a side begins to the one where it ends.
  const next = new Map<number, number>();
  for (const side of SIDES) {
    const crossing = (i: number) => {
      const [a, b] = [side[i & 3]!, side[(i + 1) & 3]!];
      return { enters: !has(inside, a) && has(inside, b), edge: edgeOf(a, b), a, b };
    };
    for (let i = 0; i < 4; i++) {
      const entry = crossing(i);
      if (!entry.enters) continue;
      // The run of inside corners that begins here ends at the first crossing that leaves it.
      let j = i + 1;
      while (has(inside, side[(j + 1) & 3]!)) j++;
      next.set(entry.edge, crossing(j).edge);
    }
  }
  const loops: Uint8Array[] = [];
  while (next.size > 0) {
    const loop: number[] = [];
    let edge: number | undefined = next.keys().next().value;
    while (edge !== undefined && next.has(edge)) {
      loop.push(edge);
      const following: number | undefined = next.get(edge);
      next.delete(edge);
      edge = following;
    }
    loops.push(Uint8Array.from(loop));
  }
  return loops;
}

function has(inside: number, corner: number): boolean {
  return ((inside >> corner) & 1) === 1;
}

function edgeOf(a: number, b: number): number {
  return EDGE_CORNERS.findIndex(([low, high]) => low === Math.min(a, b) && high === Math.max(a, b));
}
