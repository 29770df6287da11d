/** The part of the prelude (see `prelude.ts`) for layers, the image and the object `goxel`. */

export const PRELUDE_GOXEL = `
// How often methods were called so far.
let calls = 0;

class Layer {
  #id;
  #volume;
  #calls = -1;
  constructor(key, id) {
    if (key !== KEY) throw new TypeError('layers are made by goxel.image.addLayer()');
    this.#id = id;
  }
  get id() { return this.#id; }
  get name() { return host.layerName(this.#id); }
  set name(name) { host.setLayerName(this.#id, String(name)); }
  get visible() { return host.layerVisible(this.#id) === 1; }
  set visible(visible) { host.setLayerVisible(this.#id, visible ? 1 : 0); }
  get volume() {
    if (this.#calls !== calls) {
      // Since then the id may have become that of another layer, or of none.
      this.#volume = new Volume(KEY, host.layerVolume(this.#id), false);
      this.#calls = calls;
    }
    return this.#volume;
  }
  toJSON() { return { id: this.id, name: this.name, visible: this.visible }; }
}

const knownLayers = new Map();
const getLayer = Map.prototype.get;
const putLayer = Map.prototype.set;

/** The one Layer object of an id. */
function layerOf(id) {
  let layer = apply(getLayer, knownLayers, [id]);
  if (layer === undefined) {
    layer = new Layer(KEY, id);
    apply(putLayer, knownLayers, [id, layer]);
  }
  return layer;
}

// What only a call of a method changes: asked for when it is needed first, and again after each.
let known;

function current() {
  if (known === undefined) {
    const { activeLayer, box, selection, palette } = parse(raw.state());
    known = { active: layerOf(activeLayer), box: new Box(box), selection: new Box(selection) };
    known.colors = palette.map(colorVec);
  }
  return known;
}

const image = {
  get box() { return current().box; },
  get selectionBox() { return current().selection; },
  get layers() { return parse(host.layers()).map(layerOf); },
  get activeLayer() { return current().active; },
  set activeLayer(layer) {
    if (!(layer instanceof Layer)) throw new TypeError('a layer is needed, not ' + show(layer));
    host.setActiveLayer(layer.id);
    current().active = layer;
  },
  /** Adds a layer on top, the active one from now on. */
  addLayer(name = '') {
    const layer = layerOf(host.addLayer(String(name)));
    current().active = layer;
    return layer;
  },
  /** A copy of all visible layers together. */
  getLayersVolume() { return new Volume(KEY, host.mergedVolume()); },
};

// The painter's colour.
let color = new Vec(255, 255, 255, 255);
const palette = {
  get colors() { return current().colors; },
  get color() { return color; },
  set color(value) { color = colorVec(packed(value)); },
};

const scripts = new Map();
const formats = new Map();

function registered(kind, entry) {
  if (typeof entry !== 'object' || entry === null || typeof entry.name !== 'string') {
    throw new TypeError('a ' + kind + ' to register is an object with a name');
  }
  host.register(kind, entry.name);
  return entry;
}

/** What the daemon would answer to the same request: its code, message and details. */
class CallError extends Error {
  constructor(code, message, details) {
    super(message);
    this.name = code;
    this.code = code;
    this.details = details;
  }
}

/** Does what a request of the method with these parameters would do; its result. */
function callMethod(method, params = {}) {
  if (typeof method !== 'string') throw new TypeError('a method is a text, not ' + show(method));
  const json = stringify(params);
  if (json === undefined) throw new TypeError('parameters are an object, not ' + show(params));
  calls++;
  known = undefined;
  const answer = parse(host.call(method, json));
  if (answer[0] === 0) return answer[1];
  throw new CallError(answer[1], answer[2], answer[3]);
}

/** What the short names take as a colour: white without one, opaque without an alpha. */
function tint(given) {
  const color = typeof given[0] === 'object' && given[0] !== null ? given[0] : given;
  if (!isArray(color)) return color;
  const [r = 255, g = 255, b = 255, a = 255] = color;
  return [r, g, b, a];
}

globalThis.goxel = {
  image,
  palette,
  call: callMethod,
  get layers() { return image.layers; },
  get selection() { return image.selectionBox; },
  registerScript(script) {
    const { name } = registered('script', script);
    requireFunction(script.onExecute);
    scripts.set(name, script);
  },
  registerFormat(format) {
    formats.set(registered('format', format).name, format);
  },
  /** The colour is [r, g, b, a], or its channels one by one; 0, as the v14 daemon documents. */
  addVoxel(x, y, z, ...color) {
    image.activeLayer.volume.setAt([x, y, z], tint(color));
    return 0;
  },
  removeVoxel(x, y, z) {
    image.activeLayer.volume.setAt([x, y, z], [0, 0, 0, 0]);
    return 0;
  },
  getVoxel(x, y, z) {
    const { r, g, b, a } = image.activeLayer.volume.getAt([x, y, z]);
    return { r, g, b, a };
  },
  /**
   * Gives voxels another colour: (positions, color), or one by (x, y, z, color). The number of
   * voxels painted; where there is none nothing is painted.
   */
  paintVoxels(first, second, z, ...rest) {
    const [spots, color] = isArray(first)
      ? [first, tint([second])]
      : [[[first, second, z]], tint(rest)];
    const { volume } = image.activeLayer;
    let painted = 0;
    for (const spot of spots) {
      if (volume.getAt(spot).a === 0) continue;
      volume.setAt(spot, color);
      painted++;
    }
    return painted;
  },
  /** As the method flood_fill; the number of voxels filled. */
  floodFill(x, y, z, ...color) {
    const { r, g, b, a } = colorVec(packed(tint(color)));
    return callMethod('goxel.flood_fill', { x, y, z, r, g, b, a }).voxels_filled;
  },
};
globalThis.Volume = Volume;
globalThis.Vec = Vec;
globalThis.Box = Box;
globalThis.console = { log, info: log, debug: log, warn: log, error: log };
globalThis.print = log;
globalThis.args = setup.args;
globalThis.scriptArgs = isArray(setup.args) ? setup.args : setup.args === null ? [] : [setup.args];
`;
