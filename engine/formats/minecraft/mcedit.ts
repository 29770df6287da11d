/**
 * MCEdit's schematics (.schematic, up to Minecraft 1.12; https://minecraft.wiki/w/Schematic_file_format):
 * shorts `Width` (x), `Height` (y) and `Length` (z); `Blocks`, the low byte of each block's number,
 * x fastest, then z, then y; `Data`, four bits each in bytes of their own; `AddBlocks`, the next
 * four bits of two numbers a byte, the first of them in the low half (WorldEdit's order), or `Add`,
 * a byte each. `SchematicaMapping` (name → number) and `BlockIDs` (number → name) name blocks of
 * mods. WEOffsetX, Y and Z are where the model stands seen from where it is pasted.
 */

import { checkInterrupt } from '../../interrupt.ts';
import type { Box, Vec3 } from '../../volume/box.ts';
import type { Volume } from '../../volume/volume.ts';
import { sizeOf } from '../box-copy.ts';
import { type BlockNumbers, numbersOf, requireCells } from './cells.ts';
import type { Fields } from './fields.ts';
import { legacyName, legacyNumbers } from './legacy-ids.ts';
import { bytes, int, list, short, string, writeNbt } from './nbt-write.ts';
import { type Region, turnedBox } from './regions.ts';
import { LENGTH_MAX, weOffset } from './sponge.ts';

/** Twelve bits of a number and four of its data. */
const STATES = 2 ** 16;

export function readMcedit(root: Fields): Region {
  const size: Vec3 = [root.size('Width'), root.size('Height'), root.size('Length')];
  const cells = size[0] * size[1] * size[2];
  const ids = root.bytes('Blocks');
  const data = root.has('Data') ? root.bytes('Data') : new Uint8Array(0);
  if (ids.length < cells) root.fail(`${ids.length} bytes are too few for ${cells} blocks`);
  const high = highBits(root);
  const state = (i: number) => ((ids[i]! | (high(i) << 8)) << 4) | (data[i]! & 15);
  const { blocks, numbers } = namesOf(root, cells, state);
  return {
    name: '',
    at: weOffset(root) ?? [0, 0, 0],
    size,
    blocks,
    read: (put) => {
      let i = 0;
      for (let y = 0; y < size[1]; y++) {
        for (let z = 0; z < size[2]; z++) {
          for (let x = 0; x < size[0]; x++) put(x, y, z, numbers[state(i++)]!);
        }
      }
    },
    extras: root.count('TileEntities') + root.count('Entities'),
  };
}

/** Gives the bits from the ninth on of a block's number. */
function highBits(root: Fields): (i: number) => number {
  if (root.has('AddBlocks')) {
    const add = root.bytes('AddBlocks');
    return (i) => ((add[i >> 1] ?? 0) >> ((i & 1) * 4)) & 15;
  }
  if (!root.has('Add')) return () => 0;
  const add = root.bytes('Add');
  return (i) => (add[i] ?? 0) & 15;
}

/** The names of the blocks that are there, and which of them each number and data has. */
function namesOf(
  root: Fields,
  cells: number,
  state: (i: number) => number,
): { blocks: string[]; numbers: Uint16Array } {
  const mapped = mappingOf(root);
  const used = new Uint8Array(STATES);
  for (let i = 0; i < cells; i++) {
    if ((i & 0xffff) === 0) checkInterrupt();
    used[state(i)] = 1;
  }
  const blocks: string[] = [];
  const numbers = new Uint16Array(STATES);
  for (const [number, is] of used.entries()) {
    if (is === 0) continue;
    const [id, data] = [number >> 4, number & 15];
    numbers[number] = blocks.length;
    blocks.push(mapped.get(id) ?? legacyName(id, data) ?? `block ${id}`);
  }
  return { blocks, numbers };
}

/** Names that a file itself has for numbers; those of the game have variants, which these lack. */
function mappingOf(root: Fields): Map<number, string> {
  const names = new Map<number, string>();
  if (root.has('SchematicaMapping')) {
    const mapping = root.inside('SchematicaMapping');
    for (const name of mapping.names) {
      const id = mapping.number(name);
      if (id !== undefined && !name.startsWith('minecraft:')) names.set(id & 0xfff, name);
    }
  }
  if (root.has('BlockIDs')) {
    const mapping = root.inside('BlockIDs');
    for (const id of mapping.names) {
      const name = mapping.text(id);
      if (name !== undefined && !name.startsWith('minecraft:')) names.set(Number(id) & 0xfff, name);
    }
  }
  return names;
}

const byName = legacyNumbers();

/** Whether a block has a number of old, which this format asks for. */
export function hasNumber(name: string): boolean {
  const number = byName.get(name);
  return number !== undefined && number.id <= 0xff;
}

export function* mceditFile(
  volume: Volume,
  box: Box,
  numbers: BlockNumbers,
): Generator<Uint8Array> {
  requireCells([box], LENGTH_MAX >> 1, 'schematic');
  const { at, size } = turnedBox(box, sizeOf(box)[1]);
  const cells = numbersOf(volume, box, numbers);
  const olds = numbers.names.map((name) => byName.get(name.replace('minecraft:', ''))!);
  const [blocks, data] = [new Uint8Array(cells.length), new Uint8Array(cells.length)];
  for (let i = 0; i < cells.length; i++) {
    if ((i & 0xffff) === 0) checkInterrupt();
    const old = olds[cells[i]!]!;
    blocks[i] = old.id;
    data[i] = old.data;
  }
  yield writeNbt('Schematic', {
    Width: short(size[0]),
    Height: short(size[1]),
    Length: short(size[2]),
    Materials: string('Alpha'),
    Blocks: bytes(blocks),
    Data: bytes(data),
    Entities: list('compound', []),
    TileEntities: list('compound', []),
    WEOffsetX: int(at[0]),
    WEOffsetY: int(at[1]),
    WEOffsetZ: int(at[2]),
  });
}
