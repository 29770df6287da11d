/**
 * Runs the edit scripts of `test/fixtures/ops` on our engine. One command a line:
 *
 * - `mode M`, `shape S`, `color r g b a`, `smooth F`, `sym MASK x y z`, `clip BOX`: the painter
 * - `op BOX` paints its shape in a box x0 y0 z0 x1 y1 z1, `opm` in a box matrix of 16 numbers
 * - `set x y z r g b [a]`, `load FILE`, `crop BOX`, `shift_alpha N`: the active layer
 * - `layer add|sel|name|mode|visible|clone|mat|shape|mergedown|mergevisible|center`
 * - `merge SRC DST MODE [r g b a]` of layers, with a tint
 * - `move …` with the layer's pivot, `vmove …` without: `t x y z`, `r deg x y z`, `s x y z`
 * - `select x y z THRESHOLD [over|sub]`, `selbox BOX`, `action NAME`
 * - `extrude x y z FACE DELTA THRESHOLD`, `colors HUE LIGHT SATURATION CONTRAST`
 * - `box BOX` with `mirror AXIS` and `wrap AXIS SIGN`; `plane ORIGIN NORMAL` with `cut above|below`
 * - `dump FILE [merged|mask|LAYER]`
 */

import { Document } from '../../engine/document/document.ts';
import type { Layer, ShapeKind } from '../../engine/document/layer.ts';
import { BLEND_MODES, type BlendMode, merge } from '../../engine/ops/combine.ts';
import { planeCut } from '../../engine/ops/cut.ts';
import { extrude } from '../../engine/ops/extrude.ts';
import { adjustColors, mirror, wrap } from '../../engine/ops/filters.ts';
import { moved } from '../../engine/ops/move.ts';
import { moveLayer, recenter } from '../../engine/ops/move-layer.ts';
import { type Painter, paintShape } from '../../engine/ops/paint.ts';
import { boxMask, fuzzySelect } from '../../engine/ops/select.ts';
import { BLOCK_VOXELS, indexInBlock } from '../../engine/volume/block.ts';
import type { Box, Vec3 } from '../../engine/volume/box.ts';
import { pack } from '../../engine/volume/color.ts';
import { boxMatrix } from '../../engine/volume/matrix.ts';
import { Volume } from '../../engine/volume/volume.ts';
import { voxelLines } from './fixtures.ts';
import { composed } from './lab-matrix.ts';

type Axis = 0 | 1 | 2;

const BLOCKS_MAX = 10_000;
const WHITE = 0xffff_ffff;

/** Runs a script. The voxels it dumps, by file name, in the form of the truth files. */
export function runLab(
  script: string,
  file: (name: string) => string | undefined,
): Map<string, string> {
  const lab = new Lab(file);
  for (const line of script.split('\n')) {
    const [command, ...words] = line.trim().split(/\s+/);
    if (command !== undefined && command !== '') lab.run(command, words);
  }
  return lab.dumps;
}

class Lab {
  readonly dumps = new Map<string, string>();
  readonly #document = Document.empty();
  readonly #file: (name: string) => string | undefined;
  readonly #mask = new Volume();
  #selection: Box | undefined;
  #box: Box | undefined;
  #plane: readonly [origin: Vec3, normal: Vec3] | undefined;
  #painter: Painter = {
    mode: 'over',
    shape: 'cube',
    color: WHITE,
    smoothness: 0,
    symmetry: 0,
    symmetryOrigin: [0, 0, 0],
  };

  constructor(file: (name: string) => string | undefined) {
    this.#file = file;
  }

  run(command: string, words: readonly string[]): void {
    const n = words.map(Number);
    const volume = this.#layer.volume;
    const at = vec(n, 0);
    switch (command) {
      case 'mode':
        this.#paintWith({ mode: modeOf(words[0]) });
        break;
      case 'shape':
        this.#paintWith({ shape: shapeOf(words[0]) });
        break;
      case 'color':
        this.#paintWith({ color: colorOf(n) });
        break;
      case 'smooth':
        this.#paintWith({ smoothness: n[0]! });
        break;
      case 'sym':
        this.#paintWith({ symmetry: n[0]!, symmetryOrigin: vec(n, 1) });
        break;
      case 'clip':
        this.#paintWith({ clip: boxOf(n) });
        break;
      case 'op':
        paintShape(volume, boxMatrix(boxOf(n)), this.#painter);
        break;
      case 'opm':
        paintShape(volume, Float32Array.from(n), this.#painter);
        break;
      case 'set':
        volume.set(...at, colorOf([...n.slice(3), 255].slice(0, 4)));
        break;
      case 'load':
        this.#load(words[0]!);
        break;
      case 'crop':
        this.#fill(boxOf(n), 'intersect', WHITE);
        break;
      case 'shift_alpha':
        shiftAlpha(volume, n[0]!);
        break;
      case 'layer':
        this.#layerCommand(words[0]!, words.slice(1));
        break;
      case 'merge': {
        const [source, target] = [this.#layerAt(n[0]!), this.#layerAt(n[1]!)];
        const tint = n.length > 3 ? colorOf(n.slice(3)) : WHITE;
        merge(target.volume, source.volume, modeOf(words[2]), tint);
        break;
      }
      case 'move':
        moveLayer(this.#layer, composed(words), BLOCKS_MAX);
        break;
      case 'vmove':
        this.#layer.set({ volume: moved(volume, composed(words), BLOCKS_MAX) });
        break;
      case 'select': {
        const found = fuzzySelect(volume, at, n[3]!);
        merge(this.#mask, found, modeOf(words[4] ?? 'replace'));
        break;
      }
      case 'selbox':
        this.#selection = boxOf(n);
        break;
      case 'action':
        this.#action(words[0]!);
        break;
      case 'extrude':
        extrude(volume, at, n[3]!, n[4]!, n[5]!);
        break;
      case 'colors': {
        const [hue, lightness, saturation, contrast] = [n[0]!, n[1]!, n[2]!, n[3]!];
        const part = this.#selected() ?? volume;
        merge(volume, adjustColors(part, { hue, lightness, saturation, contrast }), 'over');
        break;
      }
      case 'box':
        this.#box = boxOf(n);
        break;
      case 'mirror':
        mirror(volume, n[0] as Axis, this.#box!);
        break;
      case 'wrap':
        wrap(volume, n[0] as Axis, n[1] as 1 | -1, this.#box!);
        break;
      case 'plane':
        this.#plane = [at, vec(n, 3)];
        break;
      case 'cut':
        planeCut(volume, ...this.#plane!, words[0] as 'above' | 'below');
        break;
      case 'dump':
        this.dumps.set(words[0]!, voxelLines(this.#view(words[1] ?? 'merged')));
        break;
      default:
        throw new Error(`no command ${command}`);
    }
  }

  get #layer(): Layer {
    this.#document.refresh();
    return this.#document.activeLayer;
  }

  #layerAt(index: number): Layer {
    const layer = this.#document.layers[index];
    if (layer === undefined) throw new Error(`no layer ${index}`);
    return layer;
  }

  #paintWith(change: Partial<Painter>): void {
    this.#painter = { ...this.#painter, ...change };
  }

  /** A cube in a box, without symmetry and smoothness. */
  #fill(box: Box, mode: BlendMode, color: number): void {
    const plain = { shape: 'cube', smoothness: 0, symmetry: 0, symmetryOrigin: [0, 0, 0] } as const;
    paintShape(this.#layer.volume, boxMatrix(box), { ...plain, mode, color });
  }

  #load(name: string): void {
    const text = this.#file(name);
    if (text === undefined) throw new Error(`no file ${name}`);
    // Whole words, for Goxel keeps the rgb of voxels with alpha 0.
    const blocks = new Map<string, { at: Vec3; data: Uint32Array }>();
    for (const line of text.split('\n')) {
      const [position, rgba] = [line.split(' ', 3).map(Number), line.split(' ')[3]];
      if (rgba === undefined) continue;
      const at = vec(position, 0);
      const key = at.map((v) => v >> 4).join();
      const block = blocks.get(key) ?? { at, data: new Uint32Array(BLOCK_VOXELS) };
      blocks.set(key, block);
      block.data[indexInBlock(...at)] = Buffer.from(rgba, 'hex').readUInt32LE();
    }
    for (const { at, data } of blocks.values()) this.#layer.volume.setBlock(...at, data);
  }

  /** What the mask selects of the active layer, or the selection box; undefined without either. */
  #selected(): Volume | undefined {
    const { volume } = this.#layer;
    if (this.#mask.count() > 0) {
      const part = volume.clone();
      merge(part, this.#mask, 'intersect');
      return part;
    }
    if (this.#selection === undefined) return undefined;
    const part = volume.clone();
    merge(part, boxMask(volume, this.#selection), 'intersect');
    return part;
  }

  #action(name: string): void {
    const { volume } = this.#layer;
    const box = this.#selection;
    if (name === 'layer_clear') {
      if (this.#mask.count() > 0) merge(volume, this.#mask, 'sub');
      else if (box !== undefined) this.#fill(box, 'sub', WHITE);
      else volume.clear();
    } else if (name === 'paint_selection') {
      merge(volume, this.#mask, 'over', this.#painter.color);
    } else if (name === 'fill_selection_box') {
      paintShape(volume, boxMatrix(box!), this.#painter);
    } else if (name === 'add_selection' || name === 'sub_selection') {
      const part = boxMask(volume, box!);
      merge(this.#mask, part, name === 'add_selection' ? 'over' : 'sub');
    } else if (name === 'cut_as_new_layer') {
      const copy = volume.clone();
      merge(copy, this.#mask, 'intersect');
      merge(volume, this.#mask, 'sub');
      this.#document.addLayer('cut').set({ volume: copy });
    } else throw new Error(`no action ${name}`);
  }

  #layerCommand(command: string, words: readonly string[]): void {
    const document = this.#document;
    const layer = this.#layer;
    const n = words.map(Number);
    if (command === 'add') document.addLayer(words[0] ?? 'layer');
    else if (command === 'sel') document.activeLayer = this.#layerAt(n[0]!);
    else if (command === 'name') layer.set({ name: words[0]! });
    else if (command === 'mode') layer.set({ mode: BLEND_MODES.indexOf(modeOf(words[0])) });
    else if (command === 'visible') layer.set({ visible: n[0] !== 0 });
    else if (command === 'clone') addClone(document, layer);
    else if (command === 'mat') layer.set({ mat: Float32Array.from(n) });
    else if (command === 'shape') {
      const color = colorOf(n.slice(1));
      document.addLayer('shape').set({ shape: { kind: shapeOf(words[0]), color } });
    } else if (command === 'mergedown') {
      this.#mergeInto(this.#layerAt(document.layers.indexOf(layer) - 1), [layer]);
    } else if (command === 'mergevisible') {
      const [lowest, ...others] = document.layers.filter(({ visible }) => visible);
      if (lowest !== undefined) this.#mergeInto(lowest, others);
    } else if (command === 'center') recenter(layer);
    else throw new Error(`no command layer ${command}`);
  }

  /** Merges layers into a lower one, each with its own mode, and removes them. */
  #mergeInto(target: Layer, layers: readonly Layer[]): void {
    for (const { id, volume, mode } of layers) {
      merge(target.volume, volume, BLEND_MODES[mode]!);
      this.#document.removeLayer(id);
    }
    this.#document.activeLayer = target;
  }

  #view(what: string): Volume {
    if (what === 'mask') return this.#mask;
    const merged = this.#document.merged();
    return what === 'merged' ? merged : this.#layerAt(Number(what)).volume;
  }
}

function vec(n: readonly number[], at: number): Vec3 {
  return [n[at]!, n[at + 1]!, n[at + 2]!];
}

/** Goxel reads the corners as float32. */
function boxOf(n: readonly number[]): Box {
  const corners = n.map(Math.fround);
  return { min: vec(corners, 0), max: vec(corners, 3) };
}

function addClone(document: Document, base: Layer): void {
  document.addLayer(`${base.name} clone`).set({ baseId: base.id });
}

function colorOf(n: readonly number[]): number {
  return pack(n[0]!, n[1]!, n[2]!, n[3]!);
}

function modeOf(word: string | undefined): BlendMode {
  const mode = BLEND_MODES.find((name) => name === word);
  if (mode === undefined) throw new Error(`no mode ${word}`);
  return mode;
}

function shapeOf(word: string | undefined): ShapeKind {
  if (word === 'cube' || word === 'sphere' || word === 'cylinder') return word;
  throw new Error(`no shape ${word}`);
}

function shiftAlpha(volume: Volume, by: number): void {
  for (const { x, y, z, data } of [...volume.blocks()]) {
    const shifted = data.map((rgba) => {
      const alpha = Math.max(0, Math.min(255, (rgba >>> 24) + by));
      return rgba >>> 24 === 0 ? 0 : (rgba & 0xff_ffff) | (alpha << 24);
    });
    volume.setBlock(x, y, z, shifted);
  }
}
