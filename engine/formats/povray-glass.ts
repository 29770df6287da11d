/**
 * Glass for POV-Ray: only the sides that are seen, since what lies within a body would be seen
 * through it, side behind side.
 */

import { FaceSurface } from '../mesh/faces.ts';
import { SOLID } from '../mesh/occupancy.ts';
import type { Volume } from '../volume/volume.ts';
import type { TextPieces } from './text.ts';

const BEFORE = '\n    Side(';

/** A macro of four corners and a colour, of the texture that voxels have. */
export function sideMacro(texture: string): string {
  return (
    '#macro Side(A, B, C, D, Color)\n    polygon {\n        5, A, B, C, D, A\n' +
    `${texture}    }\n#end\n\n\n`
  );
}

/** Writes the sides of some glass that nothing of `all` stands before. */
export function* writeSides(
  out: TextPieces,
  volume: Volume,
  all: Volume,
  tint: (rgba: number) => number,
): Generator<Uint8Array, void, undefined> {
  const surface = new FaceSurface(volume);
  for (const { count, positions, colors, normals } of surface.batches()) {
    for (let face = 0; face < count; face++) {
      const at = face * 12;
      const normal = surface.normals[normals[face]!]!;
      // The voxel before the side: the lowest of its corners, and one back where it faces down.
      const [x, y, z] = [0, 1, 2].map((axis) => {
        const low = Math.min(positions[at + axis]!, positions[at + 6 + axis]!);
        return low - (normal[axis]! < 0 ? 1 : 0);
      }) as [number, number, number];
      if (all.get(x, y, z) >= SOLID) continue;
      if (out.full) yield out.take();
      const rgba = tint(colors[face * 4]!);
      const corner = (i: number) =>
        `<${positions.subarray(at + i * 3, at + i * 3 + 3).join(', ')}>`;
      const color = `<${rgba & 0xff}, ${(rgba >>> 8) & 0xff}, ${(rgba >>> 16) & 0xff}>`;
      out.text(`${BEFORE}${[0, 1, 2, 3].map(corner).join(', ')}, ${color})\n`);
    }
  }
}
