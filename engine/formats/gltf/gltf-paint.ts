/** How the faces of a glTF file get their colours. */

import type { ExportOptions } from '../format.ts';

/**
 * `palette`: from a picture of all colours; `baked`: from a picture of the faces; `colors`: from
 * the vertices; `materials`: from a material for each.
 */
export type Paint = 'palette' | 'baked' | 'colors' | 'materials';

/** Words of a vertex after its normal. */
export const PAINT_WORDS = { palette: 1, baked: 1, colors: 2, materials: 0 } as const;

/**
 * What the options mean; says which of them cannot be followed. `smooth` blends the colours along a
 * face, which a place in a picture of a palette cannot.
 */
export function paintOf(options: ExportOptions): Paint {
  const { mesh, materials, texture, vertex_colors, report } = options;
  const pictured = texture === 'palette' || texture === 'baked';
  const unused = (message: string) => report?.warn('WARN_OPTION_UNUSED', message);
  if (materials === 'color') {
    if (pictured || vertex_colors === true) {
      unused('With a material for each color there are neither a texture nor colors at vertices.');
    }
    return 'materials';
  }
  if (vertex_colors === true || texture === 'none') {
    if (pictured) unused('With colors at the vertices there is no texture.');
    return 'colors';
  }
  if (mesh === 'smooth') {
    if (pictured) unused('A mesh "smooth" has blended colors at its vertices, and no texture.');
    return 'colors';
  }
  if (texture !== 'baked') return 'palette';
  if (mesh === undefined || mesh === 'greedy') return 'baked';
  unused(`The texture "baked" is about greedy meshes; "${mesh}" gets a palette.`);
  return 'palette';
}
