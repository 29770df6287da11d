/**
 * The nodes of the scene graph of a MagicaVoxel file: transforms (nTRN), each with one child,
 * groups (nGRP), and shapes (nSHP), which name models; and the layers (LAYR) that transforms are
 * in. A transform has a move for each of its key frames, a shape a model. What a key frame says
 * holds until the next one; what loops begins again after its last.
 */

import type { ChunkReader, Dict } from './vox-chunks.ts';
import { IDENTITY, type Move, parseMove } from './vox-move.ts';

/** What holds from a frame on, which is counted from 0. */
export interface Key<T> {
  readonly frame: number;
  readonly value: T;
}

/** Key frames, by frame; at least one. */
export interface Track<T> {
  readonly keys: readonly Key<T>[];
  readonly loops: boolean;
}

/** A node of any of the three kinds. */
export interface Node {
  readonly chunk: ChunkReader;
  /** The nodes below it. */
  readonly children: readonly number[];
  /** Shapes: the models in the order of the file, and by frame. */
  readonly models: readonly number[];
  readonly shown: Track<number> | undefined;
  /** Transforms: by frame, and what Goxel reads off all frames together. */
  readonly moves: Track<Move> | undefined;
  readonly allMoves: Move;
  readonly name: string;
  readonly hidden: boolean;
  /** Whether what is below it is one layer, which was too large for one model. */
  readonly whole: boolean;
  /** Transforms: the MagicaVoxel layer it is in. */
  readonly layer: number;
}

/** A LAYR chunk. */
export interface VoxLayer {
  readonly id: number;
  readonly name: string;
  readonly hidden: boolean;
}

/** Called for a transform that none can be read off. */
type Broken = (message: string, offset: number) => void;

const INT32_BYTES = 4;
const FRAME = /^\s*\d{1,9}\s*$/;

const PLAIN = {
  children: [],
  models: [],
  shown: undefined,
  moves: undefined,
  allMoves: IDENTITY,
  layer: -1,
};

/** Reads an nTRN, nGRP or nSHP chunk; undefined for another. */
export function readNode(chunk: ChunkReader, broken: Broken): [id: number, Node] | undefined {
  if (chunk.type === 'nTRN') return readTransform(chunk, broken);
  if (chunk.type === 'nGRP') return readGroup(chunk);
  if (chunk.type === 'nSHP') return readShape(chunk);
  return undefined;
}

function readTransform(chunk: ChunkReader, broken: Broken): [number, Node] {
  const { id, attributes, common } = readHead(chunk);
  const children = [chunk.int32('child id')];
  chunk.int32('reserved number');
  const layer = chunk.int32('layer id');
  let together: Dict = {};
  const keys: Key<Move>[] = [];
  for (let left = chunk.count('frames', INT32_BYTES); left > 0; left--) {
    const { offset } = chunk;
    const frame = chunk.dict();
    let value = parseMove(frame);
    if (value === undefined) {
      broken('its frame is no rotation and translation', offset);
      const { _t } = frame;
      value = parseMove(_t === undefined ? {} : { _t }) ?? IDENTITY;
    }
    together = { ...together, ...frame };
    keys.push({ frame: frameOf(frame, keys.length), value });
  }
  const allMoves = parseMove(together) ?? IDENTITY;
  return [id, { ...PLAIN, ...common, children, layer, allMoves, moves: track(keys, attributes) }];
}

function readGroup(chunk: ChunkReader): [number, Node] {
  const { id, common } = readHead(chunk);
  const count = chunk.count('children', INT32_BYTES);
  const children = Array.from({ length: count }, () => chunk.int32('child id'));
  return [id, { ...PLAIN, ...common, children }];
}

function readShape(chunk: ChunkReader): [number, Node] {
  const { id, attributes, common } = readHead(chunk);
  const keys: Key<number>[] = [];
  for (let left = chunk.count('models', 2 * INT32_BYTES); left > 0; left--) {
    const value = chunk.int32('model id');
    keys.push({ frame: frameOf(chunk.dict(), keys.length), value });
  }
  const models = keys.map(({ value }) => value);
  return [id, { ...PLAIN, ...common, models, shown: track(keys, attributes) }];
}

/** Reads a LAYR chunk. */
export function readVoxLayer(chunk: ChunkReader): VoxLayer {
  const id = chunk.int32('layer id');
  const { _name, _hidden } = chunk.dict();
  return { id, name: _name ?? '', hidden: _hidden === '1' };
}

function readHead(chunk: ChunkReader) {
  const id = chunk.int32('node id');
  const attributes = chunk.dict();
  const { _name, _hidden, _pieces } = attributes;
  const common = { chunk, name: _name ?? '', hidden: _hidden === '1', whole: _pieces === '1' };
  return { id, attributes, common };
}

/** Files from before there were animations say no frame. */
function frameOf({ _f }: Dict, place: number): number {
  return _f !== undefined && FRAME.test(_f) ? Number(_f) : place;
}

function track<T>(keys: Key<T>[], { _loop }: Dict): Track<T> | undefined {
  if (keys.length === 0) return undefined;
  return { keys: keys.sort((a, b) => a.frame - b.frame), loops: _loop === '1' };
}

/** What holds at a frame; at those before the first key frame, that one does. */
export function atFrame<T>({ keys, loops }: Track<T>, frame: number): T {
  const [first, last] = [keys[0]!.frame, keys.at(-1)!.frame];
  const turn = last - first + 1;
  const now = loops && frame > last ? first + ((frame - first) % turn) : frame;
  let low = 0;
  // The key is at `low` or after it, and before `high`.
  for (let high = keys.length; high - low > 1; ) {
    const middle = (low + high) >> 1;
    if (keys[middle]!.frame <= now) low = middle;
    else high = middle;
  }
  return keys[low]!.value;
}
