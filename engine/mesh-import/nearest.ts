/** The point of a triangle nearest to another point, and the white of Goxel's meshes. */

const { fround } = Math;

/**
 * Puts the weights of the corners at the nearest point into `weights` and returns its distance.
 * `corners` are nine numbers. Ericson, "Real-Time Collision Detection", 2005, section 5.1.5.
 */
export function nearestWeights(
  corners: Float64Array,
  x: number,
  y: number,
  z: number,
  weights: Float64Array,
): number {
  const abx = corners[3]! - corners[0]!;
  const aby = corners[4]! - corners[1]!;
  const abz = corners[5]! - corners[2]!;
  const acx = corners[6]! - corners[0]!;
  const acy = corners[7]! - corners[1]!;
  const acz = corners[8]! - corners[2]!;
  const apx = x - corners[0]!;
  const apy = y - corners[1]!;
  const apz = z - corners[2]!;
  // Distances along the two edges from a, as seen from a, b and c.
  const ab1 = abx * apx + aby * apy + abz * apz;
  const ac1 = acx * apx + acy * apy + acz * apz;
  const abab = abx * abx + aby * aby + abz * abz;
  const abac = abx * acx + aby * acy + abz * acz;
  const acac = acx * acx + acy * acy + acz * acz;
  const ab2 = ab1 - abab;
  const ac2 = ac1 - abac;
  const ab3 = ab1 - abac;
  const ac3 = ac1 - acac;
  // Twice the areas opposite a, b and c, times that of the triangle.
  const a = ab2 * ac3 - ab3 * ac2;
  const b = ab3 * ac1 - ab1 * ac3;
  const c = ab1 * ac2 - ab2 * ac1;
  let wb = 0;
  let wc = 0;
  if (ab1 <= 0 && ac1 <= 0) {
    // The corner a.
  } else if (ab2 >= 0 && ac2 <= ab2) wb = 1;
  else if (ac3 >= 0 && ab3 <= ac3) wc = 1;
  else if (c <= 0 && ab1 >= 0 && ab2 <= 0) wb = ab1 / (ab1 - ab2);
  else if (b <= 0 && ac1 >= 0 && ac3 <= 0) wc = ac1 / (ac1 - ac3);
  else if (a <= 0 && ac2 - ab2 >= 0 && ab3 - ac3 >= 0) {
    wc = (ac2 - ab2) / (ac2 - ab2 + (ab3 - ac3));
    wb = 1 - wc;
  } else {
    wb = b / (a + b + c);
    wc = c / (a + b + c);
  }
  weights[0] = 1 - wb - wc;
  weights[1] = wb;
  weights[2] = wc;
  return Math.hypot(
    apx - wb * abx - wc * acx,
    apy - wb * aby - wc * acy,
    apz - wb * abz - wc * acz,
  );
}

/**
 * White as Goxel has it where a file says nothing about colours: the three corners' white, each
 * weighted by the area between the point and the other two corners, summed in float32 and cut to a
 * byte; so it is 254 now and then.
 */
export function goxelWhite(corners: Float64Array, x: number, y: number, z: number): number {
  const opposite2 = floatArea(corners, 0, 3, x, y, z);
  const opposite0 = floatArea(corners, 3, 6, x, y, z);
  const opposite1 = floatArea(corners, 6, 0, x, y, z);
  const area = fround(fround(opposite2 + opposite0) + opposite1);
  const first = fround(255 * fround(opposite0 / area));
  const second = fround(255 * fround(opposite1 / area));
  const third = fround(255 * fround(opposite2 / area));
  const byte = Math.min(Math.trunc(fround(fround(first + second) + third)), 255);
  return (0xff00_0000 | (byte * 0x01_0101)) >>> 0;
}

/** The area of a point and two corners of a triangle, which begin at `a` and `b`; in float32. */
export function floatArea(
  corners: Float64Array,
  a: number,
  b: number,
  x: number,
  y: number,
  z: number,
): number {
  const bx = fround(corners[b]! - corners[a]!);
  const by = fround(corners[b + 1]! - corners[a + 1]!);
  const bz = fround(corners[b + 2]! - corners[a + 2]!);
  const px = fround(x - corners[a]!);
  const py = fround(y - corners[a + 1]!);
  const pz = fround(z - corners[a + 2]!);
  const nx = fround(fround(by * pz) - fround(bz * py));
  const ny = fround(fround(bz * px) - fround(bx * pz));
  const nz = fround(fround(bx * py) - fround(by * px));
  const squares = fround(fround(fround(nx * nx) + fround(ny * ny)) + fround(nz * nz));
  return fround(fround(Math.sqrt(squares)) * 0.5);
}
