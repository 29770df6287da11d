/** The part of the prelude (see `prelude.ts`) for layers, the image and the object `goxel`. */

export const PRELUDE_GOXEL = `
class Layer {
  #id;
  #volume;
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
    this.#volume ??= new Volume(KEY, host.layerVolume(this.#id), false);
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

// Nobody else changes it while a script runs.
let active = layerOf(setup.activeLayer);

const image = {
  box: new Box(setup.box),
  selectionBox: new Box(setup.selection),
  get layers() { return parse(host.layers()).map(layerOf); },
  get activeLayer() { return active; },
  set activeLayer(layer) {
    if (!(layer instanceof Layer)) throw new TypeError('a layer is needed, not ' + show(layer));
    host.setActiveLayer(layer.id);
    active = layer;
  },
  /** Adds a layer on top, the active one from now on. */
  addLayer(name = '') {
    active = layerOf(host.addLayer(String(name)));
    return active;
  },
  /** A copy of all visible layers together. */
  getLayersVolume() { return new Volume(KEY, host.mergedVolume()); },
};

// The painter's colour.
let color = new Vec(255, 255, 255, 255);
const palette = {
  colors: setup.palette.map(colorVec),
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

globalThis.goxel = {
  image,
  palette,
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
  addVoxel(x, y, z, r = 255, g = 255, b = 255, a = 255) {
    image.activeLayer.volume.setAt([x, y, z], [r, g, b, a]);
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
  /** Gives a voxel another colour; the number of voxels painted, 0 where there is none. */
  paintVoxels(x, y, z, r = 255, g = 255, b = 255, a = 255) {
    const { volume } = image.activeLayer;
    if (volume.getAt([x, y, z]).a === 0) return 0;
    volume.setAt([x, y, z], [r, g, b, a]);
    return 1;
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
