/** What is fuzzed: every format that is read, the palettes, and the files that meshes name. */

import type { Document } from '../../engine/document/document.ts';
import type { Palette } from '../../engine/document/palette.ts';
import { formatFor } from '../../engine/formats/index.ts';
import { readPalette } from '../../engine/formats/palettes/palette-file.ts';
import { writeGpl } from '../../engine/formats/palettes/palette-gpl.ts';
import { readHva } from '../../engine/formats/westwood/hva.ts';
import { models } from '../support/fixtures.ts';
import { PALETTE_FILES } from '../support/palette-files.ts';
import { hvaFile, type LimbParts, STILL, vxlFile } from '../support/westwood-file.ts';
import { HANDMADE, MTL } from './handmade.ts';
import { JPEGS, PNG, PNGS } from './pictures.ts';
import type { Random } from './random.ts';
import { chosen, readable, type Seed, seedsOf } from './seeds.ts';

type Options = NonNullable<Parameters<ReturnType<typeof readable>[number]['read']>[2]>;

export interface Target {
  readonly name: string;
  /** Undamaged files; they are loaded by the first call. */
  readonly seeds: () => readonly Seed[];
  /** What errors may call the file: they must say one of these. */
  readonly names: readonly string[];
  /** Whether damage seldom refuses the model: of a line, or of a file that the model names. */
  readonly forgiven?: boolean;
  /** Reads a file, with options that are drawn, too. */
  read(bytes: Uint8Array, random: Random): Document | Palette;
}

const MEBI = 2 ** 20;

/** Small, so that reaching them takes little time. */
const VOXEL_BYTES_MAX = [MEBI, 16 * MEBI, 16 * MEBI, 64 * MEBI];

const palette = [
  ...Array.from({ length: 256 }, (_, i) => [i & 63, (i * 7) & 63, 63 - (i & 63)]).flat(),
];
const PALETTES: Readonly<Record<string, () => readonly Seed[]>> = {
  gpl: () => [
    { name: 'plain.gpl', bytes: Buffer.from('GIMP Palette\nName: A\n#\n1 2 3\tone\n4 5 6\n') },
    {
      name: 'our.gpl',
      bytes: writeGpl({ name: 'ours', colors: Uint32Array.of(1, 2, 3), names: ['a', '', 'c d'] }),
    },
  ],
  dat: () => [{ name: 'build.dat', bytes: Buffer.from([...palette, 1, 2, 3]) }],
  png: pictures,
  ase: made('.ase'),
  aco: made('.aco'),
  act: made('.act'),
  hex: made('.hex'),
  pal: made('.pal'),
  txt: made('.txt'),
};

function made(extension: string): () => readonly Seed[] {
  const files = PALETTE_FILES.filter(([name]) => name.endsWith(extension));
  return () => files.map(([name, bytes]) => ({ name, bytes }));
}

export function allTargets(): readonly Target[] {
  const formats = readable().map(({ name, extensions, read }): Target => {
    const source = `fuzz.${extensions[0]}`;
    const seeds = once(() => seedsOf(formatFor('', name)));
    const names = [source, 'cube.mtl'];
    const forgiven = name === 'obj' || name === 'points';
    return {
      name,
      seeds,
      names,
      forgiven,
      read: (bytes, random) => read(bytes, source, draw(random)),
    };
  });
  const palettes = Object.entries(PALETTES).map(([extension, seeds]): Target => {
    const source = `fuzz.${extension}`;
    return {
      name: `palette ${extension}`,
      seeds: once(() => chosen(source, seeds())),
      names: [source],
      read: (bytes) => readPalette(bytes, source),
    };
  });
  return [...formats, ...palettes, materials(), textures(), animated(), animation(), blocks()];
}

function draw(random: Random): Options {
  const alone = random.chance(0.5);
  return {
    voxel_bytes_max: random.pick(VOXEL_BYTES_MAX),
    solid: random.chance(0.5),
    instances: random.chance(0.5),
    plane: random.pick(['upright', 'lying'] as const),
    ...(random.chance(0.3) ? { like: 'goxel' as const } : {}),
    ...(random.chance(0.3) ? { frame: random.pick([0, 1, 7, 'all'] as const) } : {}),
    ...(random.chance(0.5) ? { size: 1 + random.small(40) } : {}),
    ...(random.chance(0.3) ? { y_up: random.chance(0.5) } : {}),
    ...(random.chance(0.2) ? { count: 1 + random.below(9) } : {}),
    ...(random.chance(0.1) ? { columns: 1 + random.below(9) } : {}),
    ...(random.chance(0.2) ? { height: 1 + random.below(300) } : {}),
    ...(random.chance(0.3) ? { sized: () => {} } : {}),
    ...(random.chance(0.1) ? { scale: 0.1 + random.small(40) } : {}),
    ...(alone ? {} : { resolve: (name: string) => beside(name, Buffer.from(MTL), PNG) }),
  };
}

/** The files beside a mesh: materials, and pictures of any other name. */
function beside(name: string, mtl: Uint8Array, picture: Uint8Array): Uint8Array {
  return name.endsWith('.mtl') ? mtl : picture;
}

const OBJ = HANDMADE.obj![0]!.bytes;

/** An .obj that is well, with a .mtl that is not. */
function materials(): Target {
  return {
    name: 'mtl',
    forgiven: true,
    seeds: once(() => [{ name: 'handmade.mtl', bytes: Buffer.from(MTL) }]),
    names: ['fuzz.obj', 'cube.mtl'],
    read: (bytes, random) => readObj(random, (name) => beside(name, bytes, PNG)),
  };
}

/** An .obj and .mtl that are well, with a picture that is not. */
function textures(): Target {
  return {
    name: 'texture',
    forgiven: true,
    seeds: once(pictures),
    names: ['fuzz.obj', 'cube.mtl'],
    read: (bytes, random) => readObj(random, (name) => beside(name, Buffer.from(MTL), bytes)),
  };
}

const LIMB: LimbParts = {
  name: 'body',
  size: [4, 3, 5],
  voxels: [
    [0, 0, 0, 10],
    [3, 2, 4, 20],
    [3, 2, 1, 30],
  ],
};
const TURNED = [0, -1, 0, 3, 1, 0, 0, 0, 0, 0, 1, 12];
const VXL = vxlFile([LIMB, { ...LIMB, name: 'turret' }], Uint8Array.from(palette));
const HVA = hvaFile(
  ['body', 'turret'],
  [
    [STILL, TURNED],
    [TURNED, STILL],
  ],
);

/** A .vxl of Command & Conquer, which is no map; the .hva beside it is well. */
function animated(): Target {
  return {
    name: 'vxl of Command & Conquer',
    seeds: once(() => [{ name: 'handmade.vxl', bytes: VXL }]),
    names: ['fuzz.vxl'],
    read: (bytes, random) => readVxl(bytes, HVA, random),
  };
}

/** The other way round: what is wrong with it is told, and the limbs stay. */
function animation(): Target {
  return {
    name: 'hva',
    seeds: once(() => [{ name: 'handmade.hva', bytes: HVA }]),
    names: ['fuzz.vxl', 'fuzz.hva'],
    read: (bytes, random) => {
      // Judged as any reader is, by the error that it tells.
      readHva(bytes, 'fuzz.hva');
      return readVxl(VXL, bytes, random);
    },
  };
}

function readVxl(bytes: Uint8Array, hva: Uint8Array, random: Random): Document {
  const frame = random.pick(['all', 0, 1] as const);
  const options = { ...draw(random), frame, resolve: () => hva };
  return formatFor('fuzz.vxl').read!(bytes, 'fuzz.vxl', options);
}

const BLOCKS = [
  '{"wool:red": "#010203", "my:own": [1, 2, 3, 128], "wool:blue": null}',
  'wool:red 1 2 3 # mine\nmy:own = 04050680\n"wool:blue": "#070809"\nwool:pink: air\n',
  'GIMP Palette\nName: nodes\nColumns: 2\n# two\n1 2 3 wool:red\n4 5 6 my:own\n',
];

/** A schematic that is well, with a file of its nodes' colours that is not. */
function blocks(): Target {
  const seeds = BLOCKS.map((text, i) => ({ name: `blocks ${i}`, bytes: Buffer.from(text) }));
  return {
    name: 'blocks',
    seeds: once(() => seeds),
    names: ['fuzz.mts', 'blocks.txt'],
    read: (bytes, random) => {
      const options = { ...draw(random), blocks: 'blocks.txt', open: () => bytes };
      return formatFor('fuzz.mts').read!(
        seedsOf(formatFor('fuzz.mts'))[0]!.bytes,
        'fuzz.mts',
        options,
      );
    },
  };
}

function readObj(random: Random, resolve: NonNullable<Options['resolve']>): Document {
  return formatFor('fuzz.obj').read!(OBJ, 'fuzz.obj', { ...draw(random), resolve });
}

function pictures(): readonly Seed[] {
  const previews = models().flatMap(({ title, gui }) => {
    const bytes = gui('.slices.png');
    return bytes === undefined ? [] : [{ name: title, bytes }];
  });
  return [...PNGS, ...JPEGS, ...chosen('pictures', previews).slice(0, 8)];
}

/** A function that is called once, and its result given again. */
function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
