/** Makes .qbcl files, Qubicle's projects, for tests. */

import { deflateSync } from 'node:zlib';

export const u32 = (...values: number[]) => Buffer.from(Uint32Array.from(values).buffer);
export const i32 = (...values: number[]) => Buffer.from(Int32Array.from(values).buffer);
export const text = (value: string) =>
  Buffer.concat([u32(Buffer.byteLength(value)), Buffer.from(value)]);
export const sized = (bytes: Buffer) => Buffer.concat([u32(bytes.length), bytes]);
// Cells x 0…1, z 0…1, y 0…2 of a matrix of 2 x 3 x 2.
export const RED = 0xff00_00ff;
export const BLUE = 0xffff_0000;
const SIZE = [2, 3, 2] as const;

/** A .qbcl node of 2 x 3 x 2 cells: two red over nothing, blue on top, at x 0 z 1 and x 1 z 0. */
export const columns = (...lists: number[][]) =>
  Buffer.concat(lists.flatMap((list) => [Buffer.from([list.length, 0]), u32(...list)]));
export const CELLS = columns([], [0x0200_0002, RED, 0], [0, 0, BLUE], []);

export function project(...nodes: Buffer[]): Buffer {
  const picture = Buffer.concat([u32(1, 2), Buffer.alloc(8)]);
  const texts = ['title', '', '', 'me', '', '', '©'].map(text);
  const head = [Buffer.from('QBCL'), u32(0x0301_0000, 2), picture, ...texts, Buffer.alloc(16)];
  return Buffer.concat([...head, ...nodes]);
}
export const node = (kind: number, name: string, visible: number, ...rest: Buffer[]) =>
  Buffer.concat([u32(kind, 1), text(name), Buffer.of(visible, 1, 0), ...rest]);
export const matrix = (at: readonly number[], cells = CELLS, size: readonly number[] = SIZE) =>
  Buffer.concat([u32(...size), i32(...at), Buffer.alloc(12), sized(deflateSync(cells))]);
export const model = (name: string, visible: number, ...children: Buffer[]) =>
  node(1, name, visible, Buffer.alloc(36), u32(children.length), ...children);

export const SOUND = project(
  model(
    'scene',
    1,
    node(0, 'plain', 1, matrix([0, 0, 0])),
    node(0, 'häuser', 0, matrix([10, 20, 30])),
    node(2, 'group', 0, matrix([100, 0, 0]), u32(1), node(0, 'child', 1, matrix([1, 2, 3]))),
    node(2, 'merged', 1, matrix([-5, 0, 0]), u32(0)),
  ),
);
