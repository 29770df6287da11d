/**
 * The smooth boundary between air and glass, after Fresnel and Snell. Radiance in glass is told
 * divided by the square of the index, so that it stays the same across a boundary.
 */

/**
 * The share of light that the boundary reflects, of both polarisations alike (Fresnel's equations),
 * from either side. The cosine is that of the ray in air to the normal.
 */
export function reflectance(cosine: number, index: number): number {
  if (index === 1) return 0;
  // The cosine in glass, times the index.
  const inner = Math.sqrt(index * index - 1 + cosine * cosine);
  const across = (cosine - inner) / (cosine + inner);
  const square = index * index * cosine;
  const along = (square - inner) / (square + inner);
  return (across * across + along * along) / 2;
}

/** The square of the cosine in air of a ray from glass; none comes out when it is not above 0. */
export function squareOutside(cosine: number, index: number): number {
  return 1 - index * index * (1 - cosine * cosine);
}

/**
 * Bends a direction of length 1 at a boundary across an axis; `ratio` is the index on the side that
 * it comes from by that on the other.
 */
export function refract(direction: Float64Array, axis: number, ratio: number): void {
  const along = direction[axis]!;
  let rest = 1;
  for (let i = 0; i < 3; i++) {
    if (i === axis) continue;
    direction[i]! *= ratio;
    rest -= direction[i]! ** 2;
  }
  direction[axis] = Math.sign(along) * Math.sqrt(Math.max(rest, 1e-20));
}
