/**
 * The tools of the v14 daemon's MCP: each calls a method, with the `arguments` of the call as its
 * named parameters. That daemon turned `position` and `color` into what its methods took; ours take
 * both as they are. What a tool call looks like, `transport/tool-calls.ts` says.
 */

import { GoxError } from '../../conf/errors.ts';
import { didYouMean } from '../../conf/suggest.ts';

const METHOD_OF = new Map<string, string>([
  ['goxel_create_project', 'goxel.create_project'],
  ['goxel_open_file', 'goxel.load_project'],
  ['goxel_save_file', 'goxel.save_project'],
  ['goxel_export_file', 'goxel.export_model'],
  ['goxel_render_scene', 'goxel.render_scene'],
  ['goxel_get_voxel', 'goxel.get_voxel'],
  ['goxel_add_voxels', 'goxel.add_voxel'],
  ['goxel_remove_voxels', 'goxel.remove_voxel'],
  ['goxel_paint_voxels', 'goxel.paint_voxels'],
  ['goxel_flood_fill', 'goxel.flood_fill'],
  ['goxel_procedural_shape', 'goxel.procedural_shape'],
  ['goxel_batch_voxel_operations', 'goxel.batch_operations'],
  ['goxel_new_layer', 'goxel.create_layer'],
  ['goxel_delete_layer', 'goxel.delete_layer'],
  ['goxel_list_layers', 'goxel.list_layers'],
  ['goxel_merge_layers', 'goxel.merge_layers'],
  ['goxel_set_layer_visibility', 'goxel.set_layer_visibility'],
  ['ping', 'ping'],
  ['version', 'version'],
  ['list_methods', 'list_methods'],
]);

export const TOOLS: readonly string[] = [...METHOD_OF.keys()];

/** How much of a name an error repeats; no tool's is as long. */
const NAME_LENGTH_MAX = 128;

/** The name of the method that a tool calls; an error that tells the nearest tool if it is none. */
export function toolMethod(tool: string): string | GoxError {
  const method = METHOD_OF.get(tool);
  if (method !== undefined) return method;
  const shown = tool.slice(0, NAME_LENGTH_MAX);
  const message = `Unknown tool name: ${shown}${didYouMean(shown, TOOLS)}`;
  return new GoxError('GOX_METHOD_NOT_FOUND', message);
}
