/** A palette: named colours that a user picks from; it is not part of a .gox file. */

export interface Palette {
  readonly name: string;
  /** Packed colours, in the palette's order. */
  readonly colors: Uint32Array;
  /** A name for each colour; empty for none. */
  readonly names: readonly string[];
}

/** Goxel's default palette: 32 colours by DawnBringer, in the order of `RRGGBB`. */
const DB32 =
  '000000 222034 45283c 663931 8f563b df7126 d9a066 eec39a fbf236 99e550 6abe30 37946e 4b692f ' +
  '524b24 323c39 3f3f74 306082 5b6ee1 639bff 5fcde4 cbdbfc ffffff 9badb7 847e87 696a6a 595652 ' +
  '76428a ac3232 d95763 d77bba 8f974a 8a6f30';

export function newPalette(): Palette {
  const colors = Uint32Array.from(DB32.split(' '), opaque);
  return { name: 'DB32', colors, names: Array.from(colors, () => '') };
}

/** From `RRGGBB` to an opaque packed colour. */
export function opaque(digits: string): number {
  const rgb = Number.parseInt(digits, 16);
  return (0xff00_0000 | (rgb >> 16) | (rgb & 0xff00) | ((rgb & 0xff) << 16)) >>> 0;
}
