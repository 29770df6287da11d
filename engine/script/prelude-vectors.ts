/** The part of the prelude (see `prelude.ts`) for vectors, positions, colours and boxes. */

export const PRELUDE_VECTORS = `
/** Four numbers, a position or a colour; Goxel gives those left out the value 255. */
class Vec {
  constructor(x = 255, y = 255, z = 255, w = 255) {
    this.x = x;
    this.y = y;
    this.z = z;
    this.w = w;
  }
  get r() { return this.x; }
  set r(value) { this.x = value; }
  get g() { return this.y; }
  set g(value) { this.y = value; }
  get b() { return this.z; }
  set b(value) { this.z = value; }
  get a() { return this.w; }
  set a(value) { this.w = value; }
  *[Symbol.iterator]() {
    yield this.x;
    yield this.y;
    yield this.z;
    yield this.w;
  }
}

// What is made for each voxel is made so: it takes a third of the time of the constructor.
const VEC = Vec.prototype;

const colorVec = (rgba) => ({
  __proto__: VEC,
  x: rgba & 255,
  y: (rgba >>> 8) & 255,
  z: (rgba >>> 16) & 255,
  w: rgba >>> 24,
});

function badPosition(position) {
  const message = 'a position is three integers of 32 bits, not ' + show(position);
  throw position === null || typeof position !== 'object'
    ? new TypeError(message)
    : new RangeError(message);
}

/** [x, y, z] of an array, a Vec or an object. */
function position(value) {
  if (typeof value !== 'object' || value === null) badPosition(value);
  const [x, y, z] = isArray(value) ? value : [value.x, value.y, value.z];
  if ((x | 0) !== x || (y | 0) !== y || (z | 0) !== z) badPosition(value);
  return [x, y, z];
}

function badColor(color) {
  throw new TypeError('a colour is numbers from 0 to 255, not ' + show(color));
}

/** A channel; fractions are cut off. */
function channel(value, missing, color) {
  if (value === undefined) return missing;
  if (typeof value !== 'number' || !(value >= 0 && value <= 255)) badColor(color);
  return value | 0;
}

/** A colour as one word. Entries that an array lacks are 0, those of anything else 255. */
function packed(color) {
  let r, g, b, a;
  let missing = 255;
  if (isArray(color)) {
    r = color[0];
    g = color[1];
    b = color[2];
    a = color[3];
    missing = 0;
  } else if (color instanceof Vec) {
    r = color.x;
    g = color.y;
    b = color.z;
    a = color.w;
  } else if (typeof color === 'object' && color !== null) {
    ({ r, g, b, a } = color);
  } else {
    badColor(color);
  }
  if ((r & 255) !== r || (g & 255) !== g || (b & 255) !== b || (a & 255) !== a) {
    r = channel(r, missing, color);
    g = channel(g, missing, color);
    b = channel(b, missing, color);
    a = channel(a, missing, color);
  }
  return r | (g << 8) | (b << 16) | (a << 24);
}

/** A box is a matrix that maps the cube [-1, 1]³; axes are half extents, as in Goxel. */
class Box {
  #matrix;
  #inverse;
  constructor(matrix) {
    if (!isArray(matrix) || matrix.length !== 16 || !matrix.every(Number.isFinite)) {
      throw new TypeError('a box is a matrix of 16 numbers');
    }
    this.#matrix = matrix.slice();
    this.#inverse = inverse(matrix);
  }

  /** The corners of the voxels around it, the second one not included. */
  get min() { return new Vec(...this.#corner(-1).map((v) => Math.floor(v + 0.001)), 0); }
  get max() { return new Vec(...this.#corner(1).map((v) => Math.ceil(v - 0.001)), 0); }

  #corner(sign) {
    const m = this.#matrix;
    return [0, 1, 2].map((i) =>
      m[12 + i] + sign * (Math.abs(m[i]) + Math.abs(m[4 + i]) + Math.abs(m[8 + i])));
  }

  /** A point of the world in the box's own coordinates, -1 to 1 inside. */
  worldToLocal(point) {
    const [x, y, z] = isArray(point) ? point : [point.x, point.y, point.z];
    const n = this.#inverse;
    const along = (i) => n[i] * x + n[4 + i] * y + n[8 + i] * z + n[12 + i];
    return new Vec(along(0), along(1), along(2), 0);
  }

  /** Calls a function with each voxel whose centre lies inside, x changing fastest. */
  iterVoxels(visit) {
    requireFunction(visit);
    if (this.#inverse === undefined) return;
    const { min, max } = this;
    const n = this.#inverse;
    const axisAligned = [1, 2, 4, 6, 8, 9].every((i) => this.#matrix[i] === 0);
    const inside = (i, x, y, z) => {
      const v = n[i] * x + n[4 + i] * y + n[8 + i] * z + n[12 + i];
      return v >= -1 && v < 1;
    };
    for (let z = min.z; z < max.z; z++) {
      for (let y = min.y; y < max.y; y++) {
        for (let x = min.x; x < max.x; x++) {
          if (!axisAligned) {
            const outside = (i) => !inside(i, x + 0.5, y + 0.5, z + 0.5);
            if (outside(0) || outside(1) || outside(2)) continue;
          }
          visit({ __proto__: VEC, x, y, z, w: 0 });
        }
      }
    }
  }
}

/** The inverse of an affine matrix; undefined when it has none. */
function inverse([a, b, c, , d, e, f, , g, h, i, , x, y, z, one]) {
  const determinant = a * (e * i - f * h) - d * (b * i - c * h) + g * (b * f - c * e);
  if (determinant === 0 || one === 0) return undefined;
  const r = [
    e * i - f * h, c * h - b * i, b * f - c * e, 0,
    f * g - d * i, a * i - c * g, c * d - a * f, 0,
    d * h - e * g, b * g - a * h, a * e - b * d, 0,
  ].map((v) => v / determinant);
  for (let k = 0; k < 3; k++) r.push(-(r[k] * x + r[4 + k] * y + r[8 + k] * z));
  return r;
}
`;
