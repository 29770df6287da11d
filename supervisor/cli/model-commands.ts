/** The commands that work on models in files, without a daemon. */

import { cataloguedOptions } from './catalogued.ts';
import { type CommandSpec, json, type OptionSpec } from './command-spec.ts';

const from = {
  type: 'string',
  value: 'FORMAT',
  summary: 'the format of what is read, whatever it is called and holds',
} as const satisfies OptionSpec;

const recursive = {
  type: 'boolean',
  summary: 'of a folder also the files in the folders below it',
} as const satisfies OptionSpec;

/** They are typed where they are read. */
const ALL: object = cataloguedOptions(['reading', 'writing', 'either', 'both']);
const LOOKING: object = cataloguedOptions(['reading', 'both', 'either']);

export const MODEL_COMMANDS = {
  convert: {
    summary: 'Convert models from one file format into another; needs no running daemon.',
    positionals: ['IN…', '[OUT]'],
    check: checkOut,
    options: {
      from,
      to: {
        type: 'string',
        value: 'FORMAT',
        summary: 'the format of what is written, whatever it is called; needed for standard output',
      },
      output: {
        type: 'string',
        short: 'o',
        value: 'OUT',
        summary: 'write this file, in the place of the last argument; for each, of one reading',
        multiple: true,
      },
      'out-dir': {
        type: 'string',
        value: 'DIR',
        summary: 'convert each input for itself, into a file of its name in this folder',
      },
      recursive,
      force: { type: 'boolean', summary: 'let an output take the place of an input' },
      'allow-empty': {
        type: 'boolean',
        summary: 'write a file without voxels, too, where nothing came of what was read',
      },
      jobs: {
        type: 'string',
        value: 'N',
        summary: 'how many files to convert at a time; as many as there are cores without it',
      },
      json: { type: 'boolean', summary: 'print what was done as JSON, warnings with it' },
      quiet: { type: 'boolean', summary: 'say nothing but errors' },
      ...(ALL as { readonly [name: string]: never }),
    },
    notes: [
      'Several inputs become layers of one model. With --out-dir, or with {name} in OUT, each is',
      'converted for itself, some at a time; {ext} is its extension. A folder stands for the',
      'models in it; pictures are such only where there is nothing else, since they are textures',
      'mostly. A hyphen is standard input or output; text of voxels (txt) is read from it piece',
      'by piece, all else as a whole. With {frame} in OUT, its number, a file is made of each',
      'frame of an animation. An OUT that is there is replaced, as a whole or not at all; one',
      'that is also an input is refused without --force. What a file loses or changes is told as',
      'warnings, and --strict makes errors of them. --scale and --up are about OUT where that is',
      'a mesh, and else about IN; between files of voxels --scale makes the model larger or',
      'smaller. --size and --voxel-size are always about IN.',
      'Exit code 0: all was converted. 64: the command line is wrong, and nothing was done. 65: a',
      'file is damaged, of no known format, or does not fit into the other; no voxel came of it,',
      'or --strict found a warning. 66: an input is not there. 70: a defect. 73: an output cannot',
      'be made. 74: it cannot be written, as on a full disk. 130, 143: SIGINT or SIGTERM ended',
      'it. Of several files that failed it is the code of the first; the others are converted all',
      'the same.',
      'Voxels may take half of the memory that is free. GOXEL_LIMITS_VOXEL_BYTES_MAX and',
      'GOXEL_LIMITS_PROJECT_VOXEL_BYTES_MAX say otherwise, in bytes or as a share: 80%.',
    ],
    examples: [
      'goxel-supervisor convert house.gox house.vox',
      'goxel-supervisor convert bunny.obj bunny.vox --size 128 --solid',
      'goxel-supervisor convert castle.vox -o castle.glb -o castle.obj --mesh greedy --scale 0.1',
      'goxel-supervisor convert walls.vox roof.vox house.gox',
      'goxel-supervisor convert models --recursive --out-dir out --to obj',
      "goxel-supervisor convert *.vox 'out/{name}.qb' --crop --rotate z90",
      'goxel-supervisor convert scan.ply scan.vox --size 256 --palette db32 --dither',
      'goxel-supervisor convert hero.vox hero.glb --frame 0 --layers body,head --pivot bottom',
      "goxel-supervisor convert walk.vox 'walk-{frame}.png'",
      'goxel-supervisor convert - house.obj < house.vox',
      'goxel-supervisor convert house.gox - --to txt | sort',
    ],
  },
  info: {
    summary: 'Print what is in models: format, size, layers, voxels, colours, materials, frames.',
    positionals: ['FILE…'],
    options: { from, recursive, json, ...(LOOKING as { readonly [name: string]: never }) },
    notes: [
      'A hyphen is standard input. A mesh is told as the voxels that would become of it. A file',
      'that cannot be read stops no other; the exit code is then that of the first, as of',
      '`convert`.',
    ],
    examples: [
      'goxel-supervisor info castle.vox',
      'goxel-supervisor info --json models --recursive',
      'goxel-supervisor info - --from vox < castle.vox',
    ],
  },
  formats: {
    summary: 'Print the file formats: what is read and written, what they keep, their options.',
    positionals: ['[FORMAT]'],
    options: { json },
    examples: ['goxel-supervisor formats', 'goxel-supervisor formats vox'],
  },
} as const satisfies Record<string, CommandSpec>;

/** OUT may be said by options. */
function checkOut(
  values: Readonly<Record<string, unknown>>,
  positionals: readonly string[],
): string | undefined {
  const said = ['output', 'out-dir'].filter((name) => values[name] !== undefined);
  if (said.length === 2) return '--out-dir and --output both say where to write';
  if (said.length === 0 && positionals.length < 2) return 'OUT is missing';
  return undefined;
}
