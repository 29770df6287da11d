/** The palettes that come with the program, by the names that Goxel has for them. */

import { pack } from '../volume/color.ts';
import { newPalette, opaque, type Palette } from './palette.ts';

/** By DawnBringer, 2011; `RRGGBB`. */
const DB16 =
  '140c1c 442434 30346d 4e4a4e 854c30 346524 d04648 757161 597dce d27d2c 8595a1 6daa2c d2aa99 ' +
  '6dc2ca dad45e deeed6';

/** The 16 colours of the Pico-8 fantasy console. */
const PICO8 =
  '000000 1d2b53 7e2553 008751 ab5236 5f574f c2c3c7 fff1e8 ff004d ffa300 ffec27 00e436 29adff ' +
  '83769c ff77a8 ffccaa';

/** The Tango Desktop Project's colours: a name, and its shades numbered from 1. */
const TANGO: readonly (readonly [name: string, shades: string])[] = [
  ['Butter', 'fce94f edd400 c4a000'],
  ['Chameleon', '8ae234 73d216 4e9a06'],
  ['Orange', 'fcaf3e f57900 ce5c00'],
  ['Sky Blue', '729fcf 3465a4 204a87'],
  ['Plum', 'ad7fa8 75507b 5c3566'],
  ['Chocolate', 'e9b96e c17d11 8f5902'],
  ['Scarlet Red', 'ef2929 cc0000 a40000'],
  ['Aluminium', 'eeeeec d3d7cf babdb6 888a85 555753 2e3436'],
];

const WEB_SHADES = [0xff, 0xcc, 0x99, 0x66, 0x33, 0x00];
const RAMP_SHADES = [0xee, 0xdd, 0xbb, 0xaa, 0x88, 0x77, 0x55, 0x44, 0x22, 0x11];

let made: readonly Palette[] | undefined;

/** All of them, DB32 first, which is the one of a new document; made when first asked for. */
export function builtInPalettes(): readonly Palette[] {
  made ??= [
    newPalette(),
    unnamed('DB16', DB16.split(' ').map(opaque)),
    unnamed(
      'Gray',
      Array.from({ length: 256 }, (_, value) => pack(value, value, value, 255)),
    ),
    unnamed('MagicaVoxel', magicaVoxelColors()),
    unnamed('Pico8', PICO8.split(' ').map(opaque)),
    tango(),
    unnamed('WebHex', webColors()),
  ];
  return made;
}

/**
 * The 256 colours of a MagicaVoxel file without a palette, in the order of the indices from 1: the
 * web colours but black, ramps of red, green, blue and grey, and black, whose index 256 no voxel
 * has.
 */
export function magicaVoxelColors(): Uint32Array {
  const ramp = (red: number, green: number, blue: number) =>
    RAMP_SHADES.map((shade) => pack(shade * red, shade * green, shade * blue, 255));
  const ramps = [ramp(1, 0, 0), ramp(0, 1, 0), ramp(0, 0, 1), ramp(1, 1, 1)];
  const [...web] = webColors();
  const black = web.pop()!;
  return Uint32Array.of(...web, ...ramps.flat(), black);
}

/** The 216 colours of six shades a channel, from white to black, blue changing fastest. */
function webColors(): Uint32Array {
  const colors = WEB_SHADES.flatMap((red) =>
    WEB_SHADES.flatMap((green) => WEB_SHADES.map((blue) => pack(red, green, blue, 255))),
  );
  return Uint32Array.from(colors);
}

function tango(): Palette {
  const shades = TANGO.flatMap(([name, digits]) =>
    digits.split(' ').map((rgb, i) => ({ name: `${name} ${i + 1}`, color: opaque(rgb) })),
  );
  return {
    name: 'Tango',
    colors: Uint32Array.from(shades, ({ color }) => color),
    names: shades.map(({ name }) => name),
  };
}

/** A palette whose colours have no names. */
export function unnamed(name: string, colors: Iterable<number>): Palette {
  const words = Uint32Array.from(colors);
  return { name, colors: words, names: Array.from(words, () => '') };
}
