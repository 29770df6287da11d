/** Requests as a script makes them, and what a client sees of a project after them. */

import type { ExampleRequest } from '../../engine/catalogue/spec.ts';
import { type TestEngine, voxelsOf } from './engine.ts';

/** Calls each, and gives all their results. */
const CALL_EACH = 'args.map(({ method, params }) => goxel.call(method, params))';

/** The results of requests, made one after the other by one script. */
export async function scripted(
  engine: TestEngine,
  requests: readonly ExampleRequest[],
): Promise<unknown[]> {
  const params = { script: CALL_EACH, args: requests };
  const { value } = (await engine.callAsync('script.execute', params)) as { value: unknown[] };
  return value;
}

/** All that a client can see of a project and of the clipboard. */
export function seen(engine: TestEngine): unknown {
  const list = engine.call('list_layers') as { layers: { id: number }[] };
  const layers = list.layers.map(({ id: layer_id }) => [
    engine.call('get_layer', { layer_id }),
    voxelsOf(engine, layer_id),
  ]);
  return { list, layers, scene: engine.call('get_scene'), selection: engine.call('get_selection') };
}

/** The voxels on the clipboard; another project pastes them. */
export function copied(engine: TestEngine): string[] {
  engine.call('create_project', {}, 2);
  const [pasted] = engine.run([{ method: 'paste', project: 2 }]);
  return pasted!.failed ? [] : voxelsOf(engine, -1, 2);
}
