/** Moving, filtering, selecting and copying voxels. */

import { GoxError } from '../../conf/errors.ts';
import type {
  clearSelection,
  copySelection,
  cutToLayer,
  filter,
  getSelection,
  paintSelection,
  paste,
  select,
  transformLayer,
} from '../catalogue/editing.ts';
import { LENGTH_MAX } from '../catalogue/geometry.ts';
import { invalidParam } from '../catalogue/params.ts';
import { duplicateLayer } from '../document/arrange.ts';
import { nothingSelected, type Selection } from '../document/selection.ts';
import { intersection, merge } from '../ops/combine.ts';
import { moveLayer, recenter } from '../ops/move-layer.ts';
import { boxMask, combineMask, fuzzySelect, selectColor } from '../ops/select.ts';
import { step, turned } from '../ops/turn.ts';
import type { Project } from '../project/project.ts';
import type { Vec3 } from '../volume/box.ts';
import type { Matrix } from '../volume/matrix.ts';
import { Volume } from '../volume/volume.ts';
import { bounds } from './bounds.ts';
import { lastOf, requireInverse, wholeBox } from './boxes.ts';
import { changeOf, changesOf } from './changes.ts';
import { runFilter } from './filters.ts';
import type { AnyHandler, Handler } from './handler.ts';
import { requireLayerRoom } from './layer-choice.ts';
import { moveMatrix } from './moves.ts';
import { change } from './painting.ts';
import { colorOf, cornerOf, packedColor } from './voxel-params.ts';

const THRESHOLD = 0;

const transform: Handler<typeof transformLayer> = (project, params) => {
  const layer = project.layer(params.layer_id);
  const matrix = moveMatrix(params);
  const { volume: before } = layer;
  return project.transact(() => {
    if (params.recenter === true) recenter(layer);
    moveLayer(layer, matrix, layer.volume.blocks_max);
    // Many steps together can leave what files and results can hold.
    if (layer.derived) requireInverse(layer.mat, '');
    for (const moved of [layer.mat, layer.box ?? layer.mat]) requireReach(moved);
    project.document.refresh();
    return { success: true, ...changeOf(before, layer) };
  });
};

function requireReach(matrix: Matrix): void {
  if (matrix.every((value) => Math.abs(value) <= LENGTH_MAX)) return;
  throw invalidParam('', 'a movement that stays inside the coordinates there are', [...matrix]);
}

const filterOne: Handler<typeof filter> = (project, params) =>
  change(project, params.layer_id, (volume, layer) => {
    runFilter(project, layer, volume, params);
  });

const selectSome: Handler<typeof select> = (project, params) => {
  const { kind, how = 'set' } = params;
  const { volume } = project.layer(params.layer_id);
  let { box } = project.selection;
  let found: Volume;
  if (kind === 'box') {
    box = wholeBox(params.box ?? needs('box'), '.box');
    found = boxMask(volume, box);
  } else if (kind === 'connected') {
    const at = cornerOf(params.position ?? needs('position'));
    if (volume.get(...at) === 0) {
      throw invalidParam('.position', 'the position of a voxel', params.position);
    }
    found = fuzzySelect(volume, at, params.threshold ?? THRESHOLD);
  } else if (kind === 'color') {
    const rgba = packedColor(params.color ?? needs('color'), () => '.color');
    found = selectColor(volume, rgba, params.tolerance ?? 0);
  } else {
    found = boxMaskOfAll(volume);
  }
  const selection = { box, mask: combineMask(project.selection.mask, found, how) };
  // First, since a request that is stopped here must have selected nothing.
  const shown = selectionView(selection);
  project.select(selection);
  return shown;
};

function boxMaskOfAll(volume: Volume): Volume {
  const box = volume.box();
  return box === undefined ? new Volume() : boxMask(volume, box);
}

function needs(name: string): never {
  throw invalidParam(`.${name}`, `a ${name} for this kind of selection`, undefined);
}

const getOne: Handler<typeof getSelection> = (project) => selectionView(project.selection);

const clear: Handler<typeof clearSelection> = (project) => {
  project.select(nothingSelected());
  return selectionView(project.selection);
};

const paintMask: Handler<typeof paintSelection> = (project, params) => {
  const rgba = colorOf(params);
  const { mask } = requireSelection(project);
  return change(project, params.layer_id, (volume) => merge(volume, mask, 'over', rgba));
};

const copy: Handler<typeof copySelection> = (project, { layer_id }) => {
  const layer = project.layer(layer_id);
  const { mask } = project.selection;
  const { volume } = layer;
  const copied = mask.count() > 0 ? intersection(volume, mask) : volume.clone();
  const bounding_box = bounds(copied, true);
  project.clipboard.copy(copied);
  const voxel_count = copied.count();
  return { success: true, voxel_count, bounding_box, layer_id: layer.id };
};

const pasteIt: Handler<typeof paste> = (project, params) => {
  const source = project.clipboard.volume;
  const box = source.box();
  if (box === undefined) {
    throw new GoxError('GOX_NOTHING_COPIED', 'There is nothing to paste: goxel.copy comes first.');
  }
  const { position, layer_id, new_layer = false } = params;
  const { document } = project;
  const given = new_layer === false ? project.layer(layer_id) : undefined;
  if (given === undefined) requireLayerRoom(document);
  const before = given?.volume ?? new Volume();
  return project.transact(() => {
    const layer = given ?? document.addLayer(typeof new_layer === 'string' ? new_layer : 'Pasted');
    const volume = project.edit(layer);
    const to = position === undefined ? box.min : cornerOf(position);
    const by: Vec3 = [to[0] - box.min[0], to[1] - box.min[1], to[2] - box.min[2]];
    const still = by.every((distance) => distance === 0);
    merge(volume, still ? source : turned(source, step(by), volume.blocks_max), 'over');
    const { changed } = changesOf(before, layer);
    return { success: true, pasted: source.count(), layer_id: layer.id, changed };
  });
};

const cut: Handler<typeof cutToLayer> = (project, { layer_id, name }) => {
  const { mask } = requireSelection(project);
  const layer = project.layer(layer_id);
  requireLayerRoom(project.document);
  const { volume: before } = layer;
  return project.transact(() => {
    const volume = project.edit(layer);
    const common = intersection(volume, mask);
    const taken = duplicateLayer(project.document, layer, name ?? layer.name, common);
    merge(volume, mask, 'sub');
    const { changed } = changesOf(before, layer);
    const voxel_count = taken.volume.count();
    return { success: true, layer_id: taken.id, voxel_count, source_layer_id: layer.id, changed };
  });
};

export const editingHandlers = {
  'goxel.transform_layer': transform,
  'goxel.filter': filterOne,
  'goxel.select': selectSome,
  'goxel.get_selection': getOne,
  'goxel.clear_selection': clear,
  'goxel.paint_selection': paintMask,
  'goxel.copy': copy,
  'goxel.paste': pasteIt,
  'goxel.cut_to_layer': cut,
} satisfies Record<string, AnyHandler>;

function requireSelection({ selection }: Project): Selection {
  if (selection.mask.count() > 0) return selection;
  throw new GoxError('GOX_NOTHING_SELECTED', 'Nothing is selected: goxel.select comes first.');
}

function selectionView({ box, mask }: Selection) {
  return {
    success: true,
    box: box === undefined ? null : { min: [...box.min], max: [...box.max], last: lastOf(box) },
    voxel_count: mask.count(),
    bounding_box: bounds(mask, true),
  };
}
