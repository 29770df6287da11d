/** The part of the prelude (see `prelude.ts`) for volumes. */

export const PRELUDE_VOLUME = `
// The volumes that this run made, so that those a script has dropped can be freed.
let made = [];
let sweepAt = 16;

function register(volume, id) {
  if (made.length >= sweepAt) {
    const alive = [];
    for (const entry of made) {
      if (entry.volume.deref() === undefined) host.freeVolume(entry.id);
      else alive.push(entry);
    }
    made = alive;
    sweepAt = Math.max(16, alive.length * 2);
  }
  made.push({ volume: new WeakRef(volume), id });
}

// 1 GiB; the memory of the sandbox ends earlier as a rule.
const REGION_VOXELS_MAX = 2 ** 28;

// Only who has it can make a Volume of an id.
const KEY = {};

class Volume {
  #id;
  constructor(key, id, isOwn = true) {
    this.#id = key === KEY ? id : host.newVolume();
    if (isOwn) register(this, this.#id);
  }

  /** The number of voxels. */
  get count() { return host.countVoxels(this.#id); }

  /** { min, max } around all voxels, max not included; null when there is none. */
  get box() {
    if (host.volumeBox(this.#id) === 0) return null;
    const [x0, y0, z0, x1, y1, z1] = arrayFrom({ length: 6 }, (_, i) => exchange[i]);
    return { min: new Vec(x0, y0, z0, 0), max: new Vec(x1, y1, z1, 0) };
  }

  copy() { return new Volume(KEY, host.copyVolume(this.#id)); }

  clear() { host.clearVolume(this.#id); }

  setAt(at, color) {
    let x, y, z;
    if (isArray(at)) {
      x = at[0];
      y = at[1];
      z = at[2];
    } else if (typeof at === 'object' && at !== null) {
      x = at.x;
      y = at.y;
      z = at.z;
    }
    if ((x | 0) !== x || (y | 0) !== y || (z | 0) !== z) badPosition(at);
    const rgba = packed(color);
    if (target !== this.#id || pending === EXCHANGE_VOXELS) {
      flush();
      target = this.#id;
    }
    const word = pending * 4;
    exchange[word] = x;
    exchange[word + 1] = y;
    exchange[word + 2] = z;
    exchange[word + 3] = rgba;
    pending++;
  }

  /** The colour at a position, all 0 where there is no voxel. */
  getAt(at) { return colorVec(host.getVoxel(this.#id, ...position(at))); }

  /** Calls a function with the position and colour of each voxel there is when it begins. */
  iter(visit) {
    requireFunction(visit);
    this.iterPacked((words, count) => {
      for (let i = 0; i < count * 4; i += 4) {
        const rgba = words[i + 3];
        visit(
          { __proto__: VEC, x: words[i], y: words[i + 1], z: words[i + 2], w: 0 },
          {
            __proto__: VEC,
            x: rgba & 255,
            y: (rgba >>> 8) & 255,
            z: (rgba >>> 16) & 255,
            w: rgba >>> 24,
          },
        );
      }
    });
  }

  /** The fast way: arrays of x, y, z, colour (R | G << 8 | B << 16 | A << 24), and their count. */
  iterPacked(visit) {
    requireFunction(visit);
    const iteration = host.beginIteration(this.#id);
    try {
      for (;;) {
        const count = host.nextVoxels(iteration);
        if (count === 0) return;
        const words = new Int32Array(count * 4);
        apply(setWords, words, [new Int32Array(functions.exchange, 0, count * 4)]);
        visit(words, count);
      }
    } finally {
      raw.endIteration(iteration);
    }
  }

  /** Sets every voxel of a box, max not included; alpha 0 removes. */
  fillBox(min, max, color) {
    host.fillBox(this.#id, ...position(min), ...position(max), packed(color));
  }

  /** The voxels of a box, max not included, as RGBA bytes with x changing fastest. */
  getRegion(min, max) {
    const corner = position(min);
    const size = position(max).map((v, i) => Math.max(0, v - corner[i]));
    const voxels = size[0] * size[1] * size[2];
    if (voxels > REGION_VOXELS_MAX) {
      throw new RangeError('a region of ' + size.join(' x ') + ' voxels is too large');
    }
    const words = new Uint32Array(voxels);
    for (let at = 0; at < words.length; ) {
      const count = host.readRegion(this.#id, ...corner, ...size, at);
      apply(setWords, words, [new Uint32Array(functions.exchange, 0, count), at]);
      at += count;
    }
    return new Uint8Array(apply(bufferOf, words, []));
  }

  /** Replaces the voxels of a box of a size by RGBA bytes, as getRegion gives them. */
  setRegion(min, size, bytes) {
    const corner = position(min);
    const [w, h, d] = position(size);
    if (w < 0 || h < 0 || d < 0) throw new RangeError('a size is not negative');
    const kind = typeof bytes === 'object' && bytes !== null ? apply(tagOf, bytes, []) : undefined;
    if (kind !== 'Uint8Array' && kind !== 'Uint8ClampedArray') {
      throw new TypeError('the voxels of a region are a Uint8Array');
    }
    if (apply(byteLengthOf, bytes, []) !== w * h * d * 4) {
      throw new RangeError('a region of ' + [w, h, d].join(' x ') + ' voxels is ' + w * h * d * 4 +
        ' bytes, not ' + apply(byteLengthOf, bytes, []));
    }
    const start = apply(byteOffsetOf, bytes, []);
    const all = exchange.length * 4;
    const window = new Uint8Array(functions.exchange);
    for (let at = 0; at < w * h * d * 4; at += all) {
      const length = Math.min(all, w * h * d * 4 - at);
      flush();
      const part = new Uint8Array(apply(bufferOf, bytes, []), start + at, length);
      apply(setWords, window, [part]);
      raw.writeRegion(this.#id, ...corner, w, h, d, at / 4, length / 4);
    }
  }

  /** Hands the volume to the host, which writes it as a file, if it takes any. */
  save(path, format = '') {
    if (typeof path !== 'string') throw new TypeError('a path is needed, not ' + show(path));
    host.saveVolume(this.#id, path, String(format));
  }

  toJSON() { return { count: this.count, box: this.box }; }
}
`;
