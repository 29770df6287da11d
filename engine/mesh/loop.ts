/** A closed line of coloured points, and how it becomes triangles. */

/** A cell's loop has 12 points at most; cut by colour, each side gets one and the middle one. */
const POINTS_MAX = 32;

/** Takes a triangle, as the numbers of three points. */
type Emit = (a: number, b: number, c: number) => void;

export class Loop {
  /** Coordinates in eighths of a voxel. */
  readonly xs = new Int32Array(POINTS_MAX);
  readonly ys = new Int32Array(POINTS_MAX);
  readonly zs = new Int32Array(POINTS_MAX);
  readonly colors = new Uint32Array(POINTS_MAX);
  length = 0;
  /** Points of one colour in a row, the two ends among them. */
  readonly #arc = new Uint8Array(POINTS_MAX);

  add(x: number, y: number, z: number, rgba: number): number {
    const at = this.length++;
    this.xs[at] = x;
    this.ys[at] = y;
    this.zs[at] = z;
    this.colors[at] = rgba;
    return at;
  }

  /** Triangles around the first point, whatever the colours. */
  fan(emit: Emit): void {
    for (let i = 2; i < this.length; i++) emit(0, i - 1, i);
  }

  /**
   * Triangles of one colour each, given by the last point of each triangle. The loop is cut where
   * its colour changes, half way between two points: straight across when there are two such
   * places, to their middle when there are more.
   */
  fanByColor(emit: Emit): void {
    const points = this.length;
    let changes = 0;
    let start = 0;
    for (let i = 0; i < points; i++) {
      if (this.colors[i] === this.colors[(i + 1) % points]) continue;
      changes++;
      start = (i + 1) % points;
    }
    if (changes === 0) this.fan(emit);
    else this.#cut(points, start, changes, emit);
  }

  /** `start` is a point that begins an arc. */
  #cut(points: number, start: number, changes: number, emit: Emit): void {
    // Where an arc ends, the half way point is added twice: for it and for the arc that follows.
    const firstEnd = this.length;
    for (let i = 0; i < points; i++) {
      const a = (start + i) % points;
      const b = (a + 1) % points;
      if (this.colors[a] !== this.colors[b]) this.#addHalfWay(a, b);
    }
    const middle = changes > 2 ? this.#addMiddle(firstEnd, changes) : -1;
    let arc = 0;
    for (let i = 0; i < points; arc++) {
      const first = (start + i) % points;
      const rgba = this.colors[first]!;
      let length = 0;
      this.#arc[length++] = firstEnd + ((arc + changes - 1) % changes);
      for (; i < points && this.colors[(start + i) % points] === rgba; i++) {
        this.#arc[length++] = (start + i) % points;
      }
      this.#arc[length++] = firstEnd + arc;
      if (middle >= 0) this.#arc[length++] = middle;
      for (let end = 0; end < length; end++) {
        const point = this.#arc[end]!;
        if (point >= firstEnd) this.colors[point] = rgba;
      }
      for (let end = 2; end < length; end++) {
        emit(this.#arc[0]!, this.#arc[end - 1]!, this.#arc[end]!);
      }
    }
  }

  #addHalfWay(a: number, b: number): void {
    const { xs, ys, zs } = this;
    this.add((xs[a]! + xs[b]!) >> 1, (ys[a]! + ys[b]!) >> 1, (zs[a]! + zs[b]!) >> 1, 0);
  }

  #addMiddle(first: number, count: number): number {
    let [x, y, z] = [0, 0, 0];
    for (let i = first; i < first + count; i++) {
      x += this.xs[i]!;
      y += this.ys[i]!;
      z += this.zs[i]!;
    }
    return this.add(Math.round(x / count), Math.round(y / count), Math.round(z / count), 0);
  }
}
