/** All that a client can see of a project, to be compared before and after a request. */

import type { Client } from '../../../transport/client.ts';

export interface Seen {
  /** Name, file and state; saving may change it. */
  readonly info: Readonly<Record<string, unknown>>;
  readonly content: unknown;
}

const VOXELS_MAX = 3000;

/** Undefined when the project is not there. */
export async function seen(client: Client, project: string): Promise<Seen | undefined> {
  const { projects } = await client.call<{ projects: { project: string; state: string }[] }>(
    'goxel.list_projects',
  );
  const listed = projects.find((one) => one.project === project);
  if (listed === undefined) return undefined;
  const [info, list, scene, selection] = await Promise.all([
    client.call<Record<string, unknown>>('goxel.get_project_info', { project }),
    client.call<{ layers: readonly { id: number }[] }>('goxel.list_layers', { project }),
    client.call('goxel.get_scene', { project }),
    client.call('goxel.get_selection', { project }),
  ]);
  const layers = await Promise.all(
    list.layers.flatMap(({ id: layer_id }) => [
      client.call('goxel.get_layer', { project, layer_id }),
      client.call('goxel.get_layer_voxels', { project, layer_id, limit: VOXELS_MAX }),
    ]),
  );
  return { info, content: [list, scene, selection, layers] };
}
