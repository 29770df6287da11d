/** Layers by their real ids. */

import type {
  createLayer,
  deleteLayer,
  listLayers,
  renameLayer,
  setActiveLayer,
  setLayerVisibility,
} from '../catalogue/layers.ts';
import { channels } from '../volume/color.ts';
import type { AnyHandler, Handler } from './handler.ts';
import { pick, requireLayerRoom } from './layer-choice.ts';
import { colorOf, WHITE } from './voxel-params.ts';

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
  requireLayerRoom(document);
  const layer = project.transact(() => {
    const added = document.addLayer(name);
    added.set({ visible });
    return added;
  });
  const [r, g, b] = channels(rgba === NO_COLOR ? WHITE : rgba);
  return { success: true, name, visible, color: [r, g, b], layer_id: layer.id };
};

const remove: Handler<typeof deleteLayer> = (project, params) => {
  const { id, name, volume } = pick(project.document, params);
  project.transact(() => project.document.removeLayer(id));
  return { success: true, layer_id: id, name, changed: volume.count() };
};

const setVisibility: Handler<typeof setLayerVisibility> = (project, params) => {
  const { visible = true } = params;
  const layer = pick(project.document, params);
  project.transact(() => layer.set({ visible }));
  return { success: true, visible, layer_id: layer.id };
};

const setActive: Handler<typeof setActiveLayer> = (project, params) => {
  const layer = pick(project.document, params);
  project.activate(layer);
  return { success: true, layer_id: layer.id };
};

const rename: Handler<typeof renameLayer> = (project, params) => {
  const layer = pick(project.document, params);
  project.transact(() => layer.set({ name: params.name }));
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
