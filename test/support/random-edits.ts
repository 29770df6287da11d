/** Random requests of every method that edits a project, so that most of them do something. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { METHODS } from '../../engine/catalogue/methods.ts';
import { encodePng } from '../../engine/image/png.ts';
import type { LooseProject } from './project.ts';

const ABOUT_HISTORY = new Set([
  ...['goxel.undo', 'goxel.redo', 'goxel.restore'],
  ...['goxel.create_checkpoint', 'goxel.delete_checkpoint'],
]);

/** What edits: not what opens or closes a project, nor what is itself about the history. */
export const EDITS = METHODS.filter(({ name, edits, scope, project }) => {
  return edits && scope === 'project' && project === undefined && !ABOUT_HISTORY.has(name);
}).map(({ name }) => name);

/** Files that some of them read, in the directory of a project. */
export function writeFiles(made: LooseProject): void {
  const rgba = Uint8Array.from({ length: 24 }, (_, i) => (i % 4 === 3 ? 255 : i * 9));
  writeFileSync(join(made.directory, 'plan.png'), encodePng({ width: 3, height: 2, rgba }));
  writeFileSync(join(made.directory, 'p.gpl'), 'GIMP Palette\n1 2 3 dark\n200 9 9 red\n');
  const other = '0 0 0 ff0000\n1 0 0 00ff00\n17 2 3 0000ff\n';
  writeFileSync(join(made.directory, 'a.txt'), other);
}

/** Parameters of a request, by the numbers that come, for the project as it is. */
export function randomParams(made: LooseProject, method: string, random: () => number): object {
  return new Maker(made, random).params(method);
}

const COLORS = ['#ff0000', '#00ff00', '#3366cc80', [9, 8, 7, 255], 'white'];
const MODES = ['over', 'sub', 'sub_clamp', 'paint', 'max', 'intersect', 'intersect_fill'];
const SHAPES = ['sphere', 'cube', 'cylinder'];

class Maker {
  readonly #made: LooseProject;
  readonly #random: () => number;

  constructor(made: LooseProject, random: () => number) {
    this.#made = made;
    this.#random = random;
  }

  params(method: string): object {
    const name = method.replace(/^goxel\./, '');

    return this.#voxels(name) ?? this.#bulk(name) ?? this.#others(name);
  }

  #below(end: number): number {
    return Math.floor(this.#random() * end);
  }

  #of<T>(list: readonly T[]): T {
    return list[this.#below(list.length)]!;
  }

  /** Near some corners of blocks, and now and then far away. */
  #place(): [number, number, number] {
    const far = this.#below(12) === 0 ? 160 : 0;
    return [this.#below(40) - 20 + far, this.#below(40) - 20, this.#below(24) - 4];
  }

  #color() {
    return this.#of(COLORS);
  }

  #layer(): { layer_id: number } {
    return { layer_id: this.#of(this.#made.project.document.layers).id };
  }

  #box(side = 20): { min: number[]; max: number[] } {
    const min = this.#place();
    return { min, max: min.map((value) => value + 1 + this.#below(side)) };
  }

  /** A voxel of a layer, when it has any. */
  #voxel(id: number): number[] {
    const { volume } = this.#made.project.layer(id);
    for (const { x, y, z, data } of volume.blocks()) {
      const at = data.findIndex((word) => word >>> 24 !== 0);
      return [x + (at & 15), y + ((at >> 4) & 15), z + (at >> 8)];
    }
    return [0, 0, 0];
  }

  #voxels(name: string): object | undefined {
    const [x, y, z] = this.#place();
    const color = this.#color();
    const layer = this.#layer();
    const many = (count: number) =>
      Array.from({ length: count }, () => ({ position: this.#place(), color: this.#color() }));
    switch (name) {
      case 'add_voxel':
        return { x, y, z, color, ...layer };
      case 'remove_voxel':
        return { position: this.#voxel(layer.layer_id), ...layer };
      case 'add_voxels':
        // Now and then more than are noted one by one.
        return { voxels: many(this.#below(8) === 0 ? 400 : 6), ...layer };
      case 'remove_voxels':
        return { positions: [this.#voxel(layer.layer_id), [x, y, z]], ...layer };
      case 'batch_operations': {
        const types = ['add', 'paint', 'remove'];
        const operations = many(9).map((one) => ({ type: this.#of(types), ...one }));
        return { operations, ...layer };
      }
      case 'paint_voxels':
        return { positions: [this.#voxel(layer.layer_id), [x, y, z]], color, ...layer };
      case 'set_packed_region':
        return { min: [x, y, z], size: [2, 1, 1], data: '/wAA/wD/AP8=', ...layer };
      default:
        return undefined;
    }
  }

  #bulk(name: string): object | undefined {
    const color = this.#color();
    const layer = this.#layer();
    const { layer_id } = layer;
    const [x, y, z] = this.#place();
    const symmetry = this.#of([[], ['x'], ['y', 'z']]);
    switch (name) {
      case 'fill_region':
        return { ...this.#box(), color: this.#of([color, [0, 0, 0, 0]]), ...layer };
      case 'clear_voxels':
        return { ...layer, ...this.#of([{}, { region: this.#box(30) }]) };
      case 'paint_shape': {
        const shape = this.#of(SHAPES);
        return { shape, box: this.#box(), mode: this.#of(MODES), color, symmetry, ...layer };
      }
      case 'paint_stroke': {
        const points = [this.#place().map((v) => v + 0.5), [x + 0.5, y + 0.5, z + 0.5]];
        return { points, radius: 1 + this.#below(3), mode: this.#of(MODES), color, ...layer };
      }
      case 'laser':
        return { from: [x, y, 40], direction: [0, 0, -1], radius: 1.5, symmetry, ...layer };
      case 'flood_fill':
        return { position: this.#voxel(layer_id), color, region: this.#box(30), ...layer };
      case 'replace_color':
        return { from: this.#color(), to: color, tolerance: this.#below(200), ...layer };
      case 'extrude': {
        const face = this.#of(['-x', '+x', '-y', '+y', '-z', '+z']);
        const distance = this.#of([-2, 3]);
        return { position: this.#voxel(layer_id), face, distance, ...layer };
      }
      case 'procedural_shape':
        return {
          shape_type: this.#of(['cube', 'sphere', 'cylinder']),
          ...{ size: [6, 5, 7], center: [x, y, z], color, mode: this.#of(MODES), ...layer },
        };
      case 'transform_layer':
        return { ...this.#movement(), ...layer };
      case 'filter':
        return { ...this.#filter(), ...layer };
      default:
        return undefined;
    }
  }

  #movement(): object {
    return this.#of([
      { translate: [this.#below(40) - 20, 16, -3] },
      { rotate: { axis: 'z', degrees: 90 } },
      { rotate: { axis: 'x', degrees: 31 } },
      { flip: 'y' },
      { recenter: true, scale: 0.5 },
    ]);
  }

  #filter(): object {
    const box = this.#box(30);
    return this.#of([
      { kind: 'colors', hue: 40, contrast: 20 },
      { kind: 'mirror', axis: 'x', box },
      { kind: 'wrap', axis: 'y', box },
      { kind: 'hollow' },
      { kind: 'fill_holes' },
      { kind: 'hull' },
      { kind: 'cut', normal: [1, 1, 0], origin: this.#place() },
      { kind: 'crop', box },
    ]);
  }

  #others(name: string): object {
    const { document } = this.#made.project;
    const layer = this.#layer();
    const color = this.#color();
    const matrix = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, this.#below(33), 0, this.#below(9), 1];
    const index = this.#below(Math.max(document.materials.length, 1));
    const camera = this.#below(Math.max(document.cameras.length, 1));
    const made: Readonly<Record<string, object>> = {
      import_file: { path: join(this.#made.directory, 'a.txt') },
      create_layer: { name: `layer ${this.#below(99)}` },
      delete_layer: layer,
      set_layer_visibility: { ...layer, visible: this.#below(2) === 0 },
      set_active_layer: layer,
      rename_layer: { ...layer, name: `name ${this.#below(9)}` },
      update_layer: { ...layer, ...this.#of([{ mode: 'max' }, { matrix }, { box: this.#box() }]) },
      duplicate_layer: layer,
      clone_layer: { ...layer, matrix },
      create_shape_layer: { shape: this.#of(SHAPES), color, box: this.#box() },
      make_layer_plain: layer,
      reorder_layer: { ...layer, to: this.#below(document.layers.length) },
      merge_layers: { source_layer_id: layer.layer_id, target_layer_id: this.#layer().layer_id },
      merge_down: layer,
      merge_visible_layers: {},
      create_image_layer: { path: join(this.#made.directory, 'plan.png'), width: 9 },
      image_layer_to_volume: layer,
      set_image_box: this.#of([{ fit: true }, { box: this.#box(60) }]),
      add_material: { color, roughness: 0.25 },
      update_material: { index, metallic: this.#random() },
      remove_material: { index },
      add_camera: { orthographic: true },
      update_camera: { index: camera, active: true, distance: 1 + this.#below(90) },
      remove_camera: { index: camera },
      update_light: { pitch: this.#below(90) },
      set_palette: { colors: ['#000000', color] },
      load_palette: { path: join(this.#made.directory, 'p.gpl') },
      select: this.#of([
        { kind: 'all', ...layer },
        { kind: 'box', box: this.#box(), how: this.#of(['set', 'add', 'sub']), ...layer },
        { kind: 'color', color, tolerance: 90, ...layer },
      ]),
      clear_selection: {},
      paint_selection: { color, ...layer },
      paste: { ...layer, position: this.#place() },
      cut_to_layer: layer,
      'script.execute': { script: SCRIPT, args: [...this.#place(), this.#below(90)] },
    };
    const params = made[name];
    if (params === undefined) throw new Error(`no random parameters for ${name}`);
    return params;
  }
}

/** Writes voxels, whole regions and layers, and fails now and then after that. */
const SCRIPT = `
  const [x, y, z, n] = args;
  const { volume } = goxel.image.activeLayer;
  for (let i = 0; i < 3 * n; i++) volume.setAt([x + (i % 9), y + i, z], [i, 9, 9, 255]);
  if (n % 3 === 0) goxel.image.addLayer('by a script').volume.setAt([x, y, z], [1, 2, 3, 255]);
  if (n % 5 === 0) throw new Error('late');
`;
