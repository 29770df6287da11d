/**
 * Sponge schematics (.schem; https://github.com/SpongePowered/Schematic-Specification): a compound
 * "Schematic" with `Version`, the sizes `Width` (x), `Height` (y) and `Length` (z), a `Palette` of
 * names with numbers, and `BlockData`, a number for each block as a varint: x fastest, then z, then
 * y. Version 3 has the two, as `Palette` and `Data`, in `Blocks`, and all in one compound more.
 *
 * Where the model stands seen from where it is pasted is `Offset` in version 3, and WEOffsetX, Y
 * and Z of the `Metadata` before, whose `Offset` WorldEdit fills with the place in its world.
 * Version 2 is written, which all read.
 */

import { checkInterrupt } from '../../interrupt.ts';
import type { Box, Vec3 } from '../../volume/box.ts';
import type { Volume } from '../../volume/volume.ts';
import { sizeOf } from '../box-copy.ts';
import { type BlockNumbers, numbersOf, requireCells } from './cells.ts';
import type { Fields } from './fields.ts';
import { bytes, compound, int, ints, list, short, type Written, writeNbt } from './nbt-write.ts';
import { type PutBlock, type Region, turnedBox } from './regions.ts';

export const LENGTH_MAX = 0xffff;
const VERSION = 2;
/** Of Minecraft 1.16.5, which has all blocks that are written; later ones know what to do. */
export const DATA_VERSION = 2586;
const VARINT_BYTES_MAX = 5;

/** The names that a version may store its parts under. */
export function isSponge(root: Fields): boolean {
  return root.has('Schematic') || root.has('BlockData') || root.hasInside('Blocks');
}

export function readSponge(outer: Fields): Region {
  const root = outer.has('Schematic') ? outer.inside('Schematic') : outer;
  const size: Vec3 = [root.size('Width'), root.size('Height'), root.size('Length')];
  const third = !root.has('BlockData');
  const blocks = third ? root.inside('Blocks') : root;
  const data = blocks.bytes(third ? 'Data' : 'BlockData');
  const cells = size[0] * size[1] * size[2];
  if (data.length < cells) blocks.fail(`${data.length} bytes are too few for ${cells} blocks`);
  const entities = ['BlockEntities', 'TileEntities', 'Entities'];
  const extras = [root, ...(third ? [blocks] : [])].map((fields) => {
    return entities.reduce((sum, name) => sum + fields.count(name), 0);
  });
  return {
    name: '',
    at: placeOf(root, third),
    size,
    blocks: paletteOf(blocks),
    read: (put) => readVarints(data, size, put, root),
    extras: extras[0]! + (extras[1] ?? 0),
  };
}

/** What an offset may be that is not a place in a world. */
const OFFSET_MAX = 65_536;

function placeOf(root: Fields, third: boolean): Vec3 {
  const metadata = root.has('Metadata') ? root.inside('Metadata') : undefined;
  const at =
    weOffset(metadata ?? root) ?? (third && root.has('Offset') ? root.vector('Offset') : undefined);
  return at?.every((one) => Math.abs(one) <= OFFSET_MAX) ? at : [0, 0, 0];
}

/** Where WorldEdit says that a model stands. */
export function weOffset(fields: Fields): Vec3 | undefined {
  const [x, y, z] = ['X', 'Y', 'Z'].map((axis) => fields.number(`WEOffset${axis}`));
  return x === undefined || y === undefined || z === undefined ? undefined : [x, y, z];
}

/** Names by numbers. */
function paletteOf(fields: Fields): string[] {
  const palette = fields.inside('Palette');
  const names: string[] = [];
  const numbers = palette.names.map((name) => [palette.int(name), name] as const);
  for (const [number, name] of numbers.sort((a, b) => a[0] - b[0])) {
    // One that is far off would make a long list of nothing.
    if (number >= 0 && number <= 2 * numbers.length + LENGTH_MAX) names[number] = name;
  }
  return Array.from(names, (name) => name ?? 'minecraft:air');
}

function readVarints(data: Uint8Array, [width, height, length]: Vec3, put: PutBlock, root: Fields) {
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let z = 0; z < length; z++) {
      for (let x = 0; x < width; x++) {
        let byte = data[at++];
        let number = byte! & 0x7f;
        for (let i = 1; i < VARINT_BYTES_MAX && byte! > 0x7f; i++) {
          byte = data[at++];
          number |= (byte! & 0x7f) << (7 * i);
        }
        if (byte === undefined) root.fail(`the blocks end at ${x} ${y} ${z}`);
        put(x, y, z, number >>> 0);
      }
    }
  }
}

export function* spongeFile(
  volume: Volume,
  box: Box,
  numbers: BlockNumbers,
): Generator<Uint8Array> {
  requireCells([box], LENGTH_MAX, 'schematic');
  const { at, size } = turnedBox(box, sizeOf(box)[1]);
  const cells = numbersOf(volume, box, numbers);
  const data = varints(cells);
  const palette: Record<string, Written> = {};
  for (const [i, name] of numbers.names.entries()) palette[name] = int(i);
  const offset = { WEOffsetX: int(at[0]), WEOffsetY: int(at[1]), WEOffsetZ: int(at[2]) };
  yield writeNbt('Schematic', {
    Version: int(VERSION),
    DataVersion: int(DATA_VERSION),
    Metadata: compound(offset),
    Width: short(size[0]),
    Height: short(size[1]),
    Length: short(size[2]),
    Offset: ints(...at),
    PaletteMax: int(numbers.names.length),
    Palette: compound(palette),
    BlockData: bytes(data),
    BlockEntities: list('compound', []),
  });
}

function varints(cells: Uint32Array): Uint8Array {
  let length = 0;
  for (const number of cells) length += number < 0x80 ? 1 : number < 0x4000 ? 2 : 3;
  const out = new Uint8Array(length);
  let at = 0;
  for (let i = 0; i < cells.length; i++) {
    if ((i & 0xffff) === 0) checkInterrupt();
    let number = cells[i]!;
    for (; number > 0x7f; number >>>= 7) out[at++] = (number & 0x7f) | 0x80;
    out[at++] = number;
  }
  return out;
}
