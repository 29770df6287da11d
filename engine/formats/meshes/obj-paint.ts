/** How the faces of an .obj get their colours. */

import type { ExportOptions } from '../format.ts';

/**
 * `palette`: from a picture of all colours; `baked`: from a picture of the faces; `color`: from a
 * material for each colour; `vertex`: from the vertices, in a file that stands alone.
 */
export type Paint = 'palette' | 'baked' | 'color' | 'vertex';

const STANDS_ALONE =
  'An .obj without a path has nothing beside it, neither materials nor a picture; its colours are' +
  ' on its vertices.';

/** What the options mean; says which of them cannot be followed. */
export function paintOf(options: ExportOptions): Paint {
  const { texture, materials, vertex_colors, report, beside } = options;
  const asked = texture === 'palette' || texture === 'baked' || materials !== undefined;
  if (vertex_colors === true || (texture === 'none' && materials !== 'color')) return 'vertex';
  if (beside === undefined) {
    if (asked) report?.warn('WARN_OPTION_UNUSED', STANDS_ALONE);
    return 'vertex';
  }
  if (materials === 'color') {
    if (texture !== undefined && texture !== 'none') {
      const message = 'With a material for each color there is no texture.';
      report?.warn('WARN_OPTION_UNUSED', message);
    }
    return 'color';
  }
  if (texture !== 'baked') return 'palette';
  if (options.mesh === undefined || options.mesh === 'greedy') return 'baked';
  const message = `The texture "baked" is about greedy meshes; "${options.mesh}" gets a palette.`;
  report?.warn('WARN_OPTION_UNUSED', message);
  return 'palette';
}
