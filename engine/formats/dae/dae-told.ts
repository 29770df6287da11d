/** What a COLLADA file has beside the model that is read. */

import type { Report } from '../report.ts';
import type { Placed } from './dae-nodes.ts';
import { childrenOf, type DaeTree } from './dae-tree.ts';

/** Tells what is left out, and how many of it there are. */
export function tellLeftOut(tree: DaeTree, placed: readonly Placed[], report: Report): void {
  const instances = (name: string) => {
    return placed.reduce((sum, { node }) => sum + childrenOf(node, name).length, 0);
  };
  const scenes = tree.count('library_visual_scenes', 'visual_scene');
  const animations = tree.count('library_animations', 'animation');
  const still = 'The model stands as its nodes say, not as its animations do.';
  report.warn('WARN_SCENES_LEFT_OUT', 'The file has other scenes, too.', undefined, scenes - 1);
  report.warn('WARN_FRAMES_LEFT_OUT', still, undefined, animations);
  const cameras = instances('instance_camera');
  report.warn('WARN_CAMERAS_LOST', 'Cameras of the file were left out.', undefined, cameras);
  const lights = instances('instance_light');
  report.warn('WARN_MATERIALS_LOST', 'Lights of the file were left out.', undefined, lights);
}
