/**
 * Litematica's schematics (.litematic; layout as https://github.com/maruohon/litematica stores it):
 * `Regions`, named boxes with `Position`, `Size` (which may be negative: the box then reaches the
 * other way from there), a `BlockStatePalette` of compounds with `Name` and `Properties`, and
 * `BlockStates`: numbers of two bits or as many as the palette needs, packed into longs one after
 * another across their ends; x fastest, then z, then y. A region is a layer.
 */

import type { Box, Vec3 } from '../../volume/box.ts';
import { type BlockNumbers, numbersOf, requireCells, splitState } from './cells.ts';
import type { Fields } from './fields.ts';
import { compound, int, list, long, longs, string, type Written, writeNbt } from './nbt-write.ts';
import { bitsFor, pack, unpacker } from './packed-numbers.ts';
import { depthOf, type Part, type Region, turnedBox } from './regions.ts';
import { DATA_VERSION } from './sponge.ts';

const VERSION = 5;
const LENGTH_MAX = 2 ** 25;

export function readLitematic(root: Fields): Region[] {
  const regions = root.inside('Regions');
  return regions.names.map((name) => readRegion(regions.inside(name), name));
}

function readRegion(region: Fields, name: string): Region {
  const [position, span] = [region.vector('Position'), region.vector('Size')];
  const size = span.map(Math.abs) as unknown as Vec3;
  const low = (axis: 0 | 1 | 2) => position[axis] + Math.min(0, span[axis] + 1);
  const at: Vec3 = [low(0), low(1), low(2)];
  const blocks = stateNames(region.each('BlockStatePalette'), 'Name', 'Properties');
  const words = region.longs('BlockStates');
  const bits = bitsFor(blocks.length);
  const cells = size[0] * size[1] * size[2];
  if (cells * bits > words.length * 32) {
    region.fail(`${words.length / 2} longs are too few for ${cells} blocks of ${bits} bits`);
  }
  return {
    name,
    at: cells === 0 ? [0, 0, 0] : at,
    size,
    blocks,
    read: (put) => {
      const next = unpacker(words, bits);
      for (let y = 0; y < size[1]; y++) {
        for (let z = 0; z < size[2]; z++) {
          for (let x = 0; x < size[0]; x++) put(x, y, z, next());
        }
      }
    },
    extras: region.count('TileEntities') + region.count('Entities'),
  };
}

/** The names of the blocks of a palette, with what they are of several kinds. */
export function stateNames(palette: readonly Fields[], key: string, properties: string): string[] {
  return palette.map((state) => {
    const name = state.text(key) ?? '';
    if (!state.has(properties)) return name;
    const inner = state.inside(properties);
    return `${name}[${inner.names.map((one) => `${one}=${inner.text(one) ?? ''}`).join(',')}]`;
  });
}

export function* litematicFile(
  parts: readonly Part[],
  numbersOfPart: () => BlockNumbers,
  title: string,
): Generator<Uint8Array> {
  const boxes = parts.map(({ box }) => box);
  requireCells(boxes, LENGTH_MAX, 'litematic');
  const depth = depthOf(boxes.map(({ min, max }) => [min[1], max[1]] as const));
  const regions: Record<string, Written> = {};
  let [volume, blocks] = [0, 0];
  for (const part of parts) {
    const numbers = numbersOfPart();
    const cells = numbersOf(part.volume, part.box, numbers);
    volume += cells.length;
    for (const number of cells) if (number !== 0) blocks++;
    regions[uniqueName(part.name, regions)] = regionOf(part, cells, numbers, depth);
  }
  const enclosing = enclosingSize(boxes);
  yield writeNbt('', {
    Version: int(VERSION),
    MinecraftDataVersion: int(DATA_VERSION),
    Metadata: compound({
      Name: string(title),
      Author: string(''),
      Description: string(''),
      EnclosingSize: vector(enclosing),
      RegionCount: int(parts.length),
      TotalBlocks: int(blocks),
      TotalVolume: int(volume),
      TimeCreated: long(0n),
      TimeModified: long(0n),
    }),
    Regions: compound(regions),
  });
}

function regionOf(part: Part, cells: Uint32Array, numbers: BlockNumbers, depth: number): Written {
  const { at, size } = turnedBox(part.box, depth);
  const none = list('compound', []);
  return compound({
    Position: vector(at),
    Size: vector(size),
    BlockStatePalette: list('compound', numbers.names.map(stateOf('Name', 'Properties'))),
    BlockStates: longs(pack(cells, bitsFor(numbers.names.length))),
    Entities: none,
    TileEntities: none,
    PendingBlockTicks: none,
    PendingFluidTicks: none,
  });
}

/** Makes a palette's compound of a name with what stands in brackets. */
export function stateOf(key: string, properties: string): (state: string) => Written {
  return (state) => {
    const { name, properties: pairs } = splitState(state);
    const inner = Object.fromEntries(pairs.map(([one, value]) => [one, string(value)]));
    return compound({
      [key]: string(name),
      ...(pairs.length === 0 ? {} : { [properties]: compound(inner) }),
    });
  };
}

function vector([x, y, z]: Vec3): Written {
  return compound({ x: int(x), y: int(y), z: int(z) });
}

function enclosingSize(boxes: readonly Box[]): Vec3 {
  const span = (axis: 0 | 1 | 2) => depthOf(boxes.map(({ min, max }) => [min[axis], max[axis]]));
  return [span(0), span(2), span(1)];
}

function uniqueName(name: string, taken: Readonly<Record<string, Written>>): string {
  if (!Object.hasOwn(taken, name)) return name;
  let n = 2;
  while (Object.hasOwn(taken, `${name} ${n}`)) n++;
  return `${name} ${n}`;
}
