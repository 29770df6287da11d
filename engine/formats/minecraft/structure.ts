/**
 * What structure blocks of Minecraft save: of the Java Edition (.nbt;
 * https://minecraft.wiki/w/Structure_file) `size`, a `palette` of compounds with `Name` and
 * `Properties` (or `palettes`, of which the game takes one by chance: here the first), and
 * `blocks`, compounds of `pos` and `state`. Of the Bedrock Edition (.mcstructure;
 * https://wiki.bedrock.dev/nbt/mcstructure) `structure.block_indices`, lists of a number for each
 * block, z fastest, then y, then x, with -1 for none, and names in
 * `structure.palette.default.block_palette`; it is read only.
 */

import { GoxError } from '../../../conf/errors.ts';
import { checkInterrupt } from '../../interrupt.ts';
import type { Box, Vec3 } from '../../volume/box.ts';
import type { Volume } from '../../volume/volume.ts';
import { sizeOf } from '../box-copy.ts';
import { type BlockNumbers, numbersOf, requireCells } from './cells.ts';
import { Fields } from './fields.ts';
import { stateNames, stateOf } from './litematic.ts';
import type { Compound, List, Tag } from './nbt.ts';
import { int, list, type Written, writeNbt } from './nbt-write.ts';
import { type Region, turnedBox } from './regions.ts';
import { DATA_VERSION, LENGTH_MAX } from './sponge.ts';

/** As many as are read again: each is six tags. */
const BLOCKS_MAX = 2 ** 19;

export function readStructure(root: Fields): Region {
  const palette = root.has('palettes') ? firstPalette(root) : root.each('palette');
  const blocks = root.list('blocks');
  const [size_x, size_y, size_z] = root.vector('size');
  const extras = blocks.reduce<number>(
    (sum, tag) => sum + (asCompound(tag)?.has('nbt') ? 1 : 0),
    0,
  );
  const names = stateNames(palette, 'Name', 'Properties');
  // What lies outside of the size is there all the same.
  const { at, size } = reachOf(blocks, [size_x, size_y, size_z]);
  return {
    name: '',
    at,
    size,
    blocks: names,
    read: (put) => {
      for (const tag of blocks) {
        const place = placeOf(tag);
        const state = asCompound(tag)?.get('state');
        if (place === undefined || typeof state !== 'number') put(0, 0, 0, names.length);
        else put(place[0] - at[0], place[1] - at[1], place[2] - at[2], state);
      }
    },
    extras: extras + root.count('entities'),
  };
}

function firstPalette(root: Fields): Fields[] {
  const first = root.list('palettes')[0];
  if (!Array.isArray(first)) return root.fail('"palettes" has no palette');
  return new Fields(new Map([['palettes[0]', first as Tag]]), root.source).each('palettes[0]');
}

function asCompound(tag: Tag | undefined): Compound | undefined {
  return tag instanceof Map ? tag : undefined;
}

/** Where a block is; undefined when that is not three numbers. */
function placeOf(tag: Tag): Vec3 | undefined {
  const pos = asCompound(tag)?.get('pos');
  if (!Array.isArray(pos) && !(pos instanceof Int32Array)) return undefined;
  const [x, y, z] = pos as List;
  if (typeof x !== 'number' || typeof y !== 'number' || typeof z !== 'number') return undefined;
  return [Math.trunc(x), Math.trunc(y), Math.trunc(z)];
}

function reachOf(blocks: List, size: Vec3): { at: Vec3; size: Vec3 } {
  const [low, high] = [[0, 0, 0], [...size]];
  for (const [i, tag] of blocks.entries()) {
    if ((i & 0xffff) === 0) checkInterrupt();
    const place = placeOf(tag);
    if (place === undefined) continue;
    for (const axis of [0, 1, 2] as const) {
      low[axis] = Math.min(low[axis]!, place[axis]);
      high[axis] = Math.max(high[axis]!, place[axis] + 1);
    }
  }
  const span = (axis: 0 | 1 | 2) => high[axis]! - low[axis]!;
  return { at: low as unknown as Vec3, size: [span(0), span(1), span(2)] };
}

/** Lists of a number for each block: of the blocks, and of the water that is in them. */
export function readBedrock(root: Fields): Region {
  const size = root.vector('size');
  const structure = root.inside('structure');
  const [width, height, depth] = size;
  const layers = structure.list('block_indices').filter((layer) => Array.isArray(layer));
  const cells = width * height * depth;
  if (Math.min(width, height, depth) < 0 || layers.some(({ length }) => length < cells)) {
    structure.fail(`"block_indices" has too few numbers for ${size.join(' x ')} blocks`);
  }
  const palette = structure.inside('palette').inside('default');
  const names = palette.each('block_palette').map((state) => bedrockName(state));
  return {
    name: '',
    at: [0, 0, 0],
    size,
    blocks: names,
    read: (put) => {
      // The first is on top of the others.
      for (const layer of layers.toReversed()) {
        for (let i = 0; i < cells; i++) {
          const state = layer[i];
          if (typeof state !== 'number' || state < 0) continue;
          const z = i % depth;
          const y = ((i - z) / depth) % height;
          put(((i - z) / depth - y) / height, y, z, state);
        }
      }
    },
    extras: structure.count('entities'),
  };
}

/** The colour of wool and the like is a property there, in older files. */
function bedrockName(state: Fields): string {
  const name = state.text('name') ?? '';
  const color = state.has('states') ? state.inside('states').text('color') : undefined;
  if (color === undefined) return name;
  const dye = color === 'silver' ? 'light_gray' : color;
  const short = name.replace('minecraft:', '').replace('stained_hardened_clay', 'terracotta');
  return `minecraft:${dye}_${short.replace('concretePowder', 'concrete_powder')}`;
}

export function* structureFile(
  volume: Volume,
  box: Box,
  numbers: BlockNumbers,
): Generator<Uint8Array> {
  requireCells([box], LENGTH_MAX, 'structure');
  const [width, depth] = sizeOf(box);
  const { size } = turnedBox(box, depth);
  const cells = numbersOf(volume, box, numbers);
  const count = cells.reduce((sum, number) => sum + (number === 0 ? 0 : 1), 0);
  if (count > BLOCKS_MAX) {
    const message =
      `A structure may have ${BLOCKS_MAX} blocks, and these are ${count}; write a .schem or ` +
      '.litematic, which are smaller, too.';
    throw new GoxError('GOX_FORMAT_LIMIT', message, { blocks: count, blocks_max: BLOCKS_MAX });
  }
  const template = blockTemplate();
  const packed = Buffer.alloc(count * template.length);
  let at = 0;
  for (let i = 0; i < cells.length; i++) {
    if ((i & 0xffff) === 0) checkInterrupt();
    if (cells[i] === 0) continue;
    template.copy(packed, at);
    const row = Math.floor(i / width);
    packed.writeInt32BE(i - row * width, at + POS_AT);
    packed.writeInt32BE(Math.floor(row / depth), at + POS_AT + 4);
    packed.writeInt32BE(row % depth, at + POS_AT + 8);
    packed.writeInt32BE(cells[i]!, at + STATE_AT);
    at += template.length;
  }
  const blocks: Written = { kind: 'packed', count, value: [packed] };
  yield writeNbt('', {
    DataVersion: int(DATA_VERSION),
    size: list('int', size.map(int)),
    palette: list('compound', numbers.names.map(stateOf('Name', 'Properties'))),
    blocks,
    entities: list('compound', []),
  });
}

/** Where the numbers of a block lie in its compound. */
const POS_AT = 1 + 2 + 3 + 1 + 4;
const STATE_AT = POS_AT + 12 + 1 + 2 + 5;

/** The compound of a block, without its numbers. */
function blockTemplate(): Buffer {
  const root = { pos: list('int', [int(0), int(0), int(0)]), state: int(0) };
  // Without the kind and the name of a root.
  return writeNbt('', root).subarray(3);
}
