/** Layers by their real ids. */

import { GoxError } from '../../conf/errors.ts';
import type {
  createLayer,
  deleteLayer,
  listLayers,
  renameLayer,
  setActiveLayer,
  setLayerVisibility,
} from '../catalogue/layers.ts';
import type { Document } from '../document/document.ts';
import type { Layer } from '../document/layer.ts';
import { invalidParam } from '../params.ts';
import { channels } from '../volume/color.ts';
import type { AnyHandler, Handler } from './handler.ts';
import { layerNotFound } from './project.ts';
import { colorOf, WHITE } from './voxel-params.ts';

/**
 * Every layer costs a look at it with each request and a chunk in the file; Goxel's users have
 * tens.
 */
const LAYERS_MAX = 1024;

/** The v14 daemon takes a colour of three zeros for "none given". */
const NO_COLOR = 0xff00_0000;

const list: Handler<typeof listLayers> = ({ document }) => {
  document.refresh();
  const layers = document.layers.map((layer) => ({
    id: layer.id,
    name: layer.name,
    visible: layer.visible,
    active: layer === document.activeLayer,
    voxel_count: layer.volume.count(),
  }));
  return { count: layers.length, layers };
};

const create: Handler<typeof createLayer> = (project, params) => {
  const { name = 'New Layer', visible = true } = params;
  const rgba = colorOf(params);
  const { document } = project;
  if (document.layers.length >= LAYERS_MAX) {
    const message = `The project has ${LAYERS_MAX} layers, which is the most.`;
    throw new GoxError('GOX_LAYER_LIMIT', message, { layers_max: LAYERS_MAX });
  }
  const layer = document.addLayer(name);
  layer.visible = visible;
  project.unsaved = true;
  const [r, g, b] = channels(rgba === NO_COLOR ? WHITE : rgba);
  return { success: true, name, visible, color: [r, g, b], layer_id: layer.id };
};

const remove: Handler<typeof deleteLayer> = (project, params) => {
  project.document.removeLayer(pick(project.document, params).id);
  project.unsaved = true;
  return { success: true };
};

const setVisibility: Handler<typeof setLayerVisibility> = (project, params) => {
  const { visible = true } = params;
  pick(project.document, params).visible = visible;
  project.unsaved = true;
  return { success: true, visible };
};

const setActive: Handler<typeof setActiveLayer> = ({ document }, params) => {
  const layer = pick(document, params);
  document.activeLayer = layer;
  return { success: true, layer_id: layer.id };
};

const rename: Handler<typeof renameLayer> = (project, params) => {
  const layer = pick(project.document, params);
  layer.name = params.name;
  project.unsaved = true;
  return { success: true, layer_id: layer.id, name: layer.name };
};

export const layerHandlers = {
  'goxel.list_layers': list,
  'goxel.create_layer': create,
  'goxel.delete_layer': remove,
  'goxel.set_layer_visibility': setVisibility,
  'goxel.set_active_layer': setActive,
  'goxel.rename_layer': rename,
} satisfies Record<string, AnyHandler>;

interface Which {
  readonly layer_id?: number;
  readonly layer_name?: string;
  readonly index?: number;
}

/** The layer that a request names: by id, else by name, else by its place. */
function pick(document: Document, { layer_id, layer_name, index }: Which): Layer {
  if (layer_id !== undefined) {
    return document.layerById(layer_id) ?? missing(`id ${layer_id}`);
  }
  if (layer_name !== undefined) return pickByName(document, layer_name);
  if (index !== undefined) return document.layers[index] ?? missing(`index ${index}`);
  throw invalidParam('.layer_id', 'a layer_id, layer_name or index', undefined);
}

function pickByName(document: Document, name: string): Layer {
  const [layer, another] = document.layers.filter((candidate) => candidate.name === name);
  if (layer === undefined) return missing(`name ${JSON.stringify(name)}`);
  if (another === undefined) return layer;
  throw invalidParam('.layer_name', 'a name that only one layer has', name);
}

function missing(which: string): never {
  throw layerNotFound(which);
}
