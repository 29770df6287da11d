/** What layers are: properties, order, copies, clones, merges. */

import { GoxError } from '../../conf/errors.ts';
import type {
  cloneLayer,
  createShapeLayer,
  duplicateLayer,
  getLayer,
  makePlainLayer,
  mergeDown,
  mergeLayers,
  mergeVisible,
  reorderLayer,
  updateLayer,
} from '../catalogue/layer-edits.ts';
import { invalidParam } from '../catalogue/params.ts';
import type { Color, Rgba } from '../catalogue/schemas.ts';
import * as arrange from '../document/arrange.ts';
import type { Document } from '../document/document.ts';
import type { Layer, Shape, ShapeKind } from '../document/layer.ts';
import { BLEND_MODES, type BlendMode } from '../ops/combine.ts';
import type { Project } from '../project/project.ts';
import { channels } from '../volume/color.ts';
import { isNullBox } from '../volume/matrix.ts';
import { bounds } from './bounds.ts';
import { boxOf, boxViewOrNull, matrixOf } from './boxes.ts';
import { changesOf, volumesOf } from './changes.ts';
import type { AnyHandler, Handler } from './handler.ts';
import { missing, pick, requireLayerRoom, type Which } from './layer-choice.ts';
import { packedColor, WHITE } from './voxel-params.ts';

/** Half the size of a new shape layer's box, as in Goxel. */
const SHAPE_HALF_SIZE = 4;

const get: Handler<typeof getLayer> = (project, params) =>
  view(project.document, choose(project, params));

const update: Handler<typeof updateLayer> = (project, params) =>
  change(project, () => {
    const { name, visible, mode, material, matrix, box, shape, color, image_path } = params;
    const { materials } = project.document;
    const layer = choose(project, params);
    if (typeof material === 'number' && material >= materials.length) {
      const expected = `the index of a material; there are ${materials.length}`;
      throw invalidParam('.material', expected, material);
    }
    const now = layer.state;
    const next = {
      name: name ?? now.name,
      visible: visible ?? now.visible,
      mode: mode === undefined ? now.mode : BLEND_MODES.indexOf(mode),
      material: material === undefined ? now.material : (material ?? -1),
      mat: matrix === undefined ? now.mat : matrixOf(matrix, '.matrix'),
      box: box === undefined ? now.box : box === null ? undefined : boxOf(box, '.box'),
      imagePath: image_path === undefined ? now.imagePath : (image_path ?? ''),
      shape: shape === undefined && color === undefined ? now.shape : reshaped(layer, shape, color),
    };
    const names = Object.keys(next) as (keyof typeof next)[];
    if (names.some((one) => next[one] !== now[one])) layer.set(next);
    return layer;
  });

/** Throws GOX_INVALID_PARAMS for a layer that is no shape layer. */
function reshaped(layer: Layer, kind: ShapeKind | undefined, color: Color | undefined): Shape {
  const before = layer.shape;
  if (before === undefined) {
    const expected = 'nothing, since the layer is no shape layer (goxel.create_shape_layer)';
    throw invalidParam(kind === undefined ? '.color' : '.shape', expected, kind ?? color);
  }
  const rgba = color === undefined ? before.color : packedColor(color, () => '.color');
  return { kind: kind ?? before.kind, color: rgba };
}

const duplicate: Handler<typeof duplicateLayer> = (project, params) =>
  change(project, () => {
    requireLayerRoom(project.document);
    const layer = choose(project, params);
    return arrange.duplicateLayer(project.document, layer, params.name);
  });

const clone: Handler<typeof cloneLayer> = (project, params) =>
  change(project, () => {
    requireLayerRoom(project.document);
    const layer = arrange.cloneLayer(project.document, choose(project, params), params.name);
    if (params.matrix !== undefined) layer.set({ mat: matrixOf(params.matrix, '.matrix') });
    return layer;
  });

const createShape: Handler<typeof createShapeLayer> = (project, params) =>
  change(project, () => {
    const { document } = project;
    requireLayerRoom(document);
    const layer = document.addLayer(params.name ?? 'Shape');
    const rgba = params.color === undefined ? WHITE : packedColor(params.color, () => '.color');
    const mat = params.box === undefined ? middleOf(document) : boxOf(params.box, '.box');
    layer.set({ shape: { kind: params.shape, color: rgba }, mat });
    return layer;
  });

/** Where Goxel puts a new shape layer: the middle of the image box. */
function middleOf({ box }: Document): Float32Array {
  const centre = isNullBox(box) ? [0, 0, 0] : [...box.subarray(12, 15)];
  const s = SHAPE_HALF_SIZE;
  return Float32Array.of(s, 0, 0, 0, 0, s, 0, 0, 0, 0, s, 0, ...centre, 1);
}

const makePlain: Handler<typeof makePlainLayer> = (project, params) =>
  change(project, () => {
    const layer = choose(project, params);
    if (layer.derived) layer.makePlain();
    return layer;
  });

const reorder: Handler<typeof reorderLayer> = (project, params) => {
  const { document } = project;
  const layer = choose(project, params);
  if (params.to >= document.layers.length) {
    throw invalidParam('.to', `a place below ${document.layers.length}`, params.to);
  }
  project.transact(() => arrange.reorderLayer(document, layer, params.to));
  return { success: true, order: document.layers.map(({ id }) => id), layer_id: layer.id };
};

const merge: Handler<typeof mergeLayers> = (project, params) =>
  change(project, () => {
    const { source_layer_id, target_layer_id, mode, delete_source = true } = params;
    const { document } = project;
    if (source_layer_id === target_layer_id) {
      throw invalidParam('.target_layer_id', 'another layer than the source', target_layer_id);
    }
    const source = document.layerById(source_layer_id) ?? missing(`id ${source_layer_id}`);
    const target = document.layerById(target_layer_id) ?? missing(`id ${target_layer_id}`);
    arrange.mergeInto(document, source, target, mode ?? modeOf(source));
    if (delete_source) document.removeLayer(source.id);
    document.activeLayer = target;
    return target;
  });

const down: Handler<typeof mergeDown> = (project, params) =>
  change(project, () => {
    const { document } = project;
    const layer = choose(project, params);
    const below = document.layers[document.layers.indexOf(layer) - 1];
    if (below === undefined) {
      throw invalidParam('.layer_id', 'a layer that has another one below it', layer.id);
    }
    arrange.mergeInto(document, layer, below, modeOf(layer));
    document.removeLayer(layer.id);
    document.activeLayer = below;
    return below;
  });

const visible: Handler<typeof mergeVisible> = (project) =>
  change(project, () => {
    const { document } = project;
    const [lowest = missing('visible: true'), ...others] = document.layers.filter(
      (layer) => layer.visible,
    );
    for (const layer of others) {
      arrange.mergeInto(document, layer, lowest, modeOf(layer));
      document.removeLayer(layer.id);
    }
    document.activeLayer = lowest;
    return lowest;
  });

export const layerEditHandlers = {
  'goxel.get_layer': get,
  'goxel.update_layer': update,
  'goxel.duplicate_layer': duplicate,
  'goxel.clone_layer': clone,
  'goxel.create_shape_layer': createShape,
  'goxel.make_layer_plain': makePlain,
  'goxel.reorder_layer': reorder,
  'goxel.merge_layers': merge,
  'goxel.merge_down': down,
  'goxel.merge_visible_layers': visible,
} satisfies Record<string, AnyHandler>;

/** Edits as a whole or not at all: what is computed of the layers is part of it. */
export function change(project: Project, edit: () => Layer) {
  const before = volumesOf(project.document);
  return project.transact(() => {
    const layer = edit();
    project.document.refresh();
    const { changed } = changesOf(before(layer), layer);
    return { success: true, layer: view(project.document, layer), changed };
  });
}

/** The layer that a request names, else the active one. */
export function choose(project: Project, which: Which): Layer {
  const { layer_id, layer_name, index } = which;
  const named = layer_id !== undefined || layer_name !== undefined || index !== undefined;
  return named ? pick(project.document, which) : project.document.activeLayer;
}

function modeOf(layer: Layer): BlendMode {
  const mode = BLEND_MODES[layer.mode];
  if (mode !== undefined) return mode;
  const message = `The layer ${layer.id} has the unknown blend mode ${layer.mode}.`;
  throw new GoxError('GOX_INVALID_PARAMS', message);
}

function view(document: Document, layer: Layer) {
  document.refresh();
  const { shape, baseId, imagePath, material, mode } = layer;
  const [r, g, b, a] = channels(shape?.color ?? 0);
  return {
    id: layer.id,
    name: layer.name,
    index: document.layers.indexOf(layer),
    visible: layer.visible,
    active: layer === document.activeLayer,
    kind: kindOf(layer),
    voxel_count: layer.volume.count(),
    bounding_box: bounds(layer.volume, true),
    mode: BLEND_MODES[mode] ?? String(mode),
    material: material < 0 ? null : material,
    matrix: [...layer.mat],
    box: boxViewOrNull(layer.box),
    base_id: baseId === 0 ? null : baseId,
    shape: shape === undefined ? null : { shape: shape.kind, color: [r, g, b, a] as Rgba },
    image_path: imagePath === '' ? null : imagePath,
  };
}

export function kindOf({
  shape,
  baseId,
  imagePath,
}: Layer): 'voxels' | 'clone' | 'shape' | 'image' {
  if (shape !== undefined) return 'shape';
  if (baseId !== 0) return 'clone';
  return imagePath !== '' ? 'image' : 'voxels';
}
