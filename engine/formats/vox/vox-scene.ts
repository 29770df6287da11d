/**
 * The scene graph of a MagicaVoxel file: transform nodes (nTRN), each with one child, group nodes
 * (nGRP) and shape nodes (nSHP), which name models. A node may be the child of several others.
 * References to what is not there place nothing.
 */

import { GoxError } from '../../../conf/errors.ts';
import { checkInterrupt } from '../../interrupt.ts';
import type { ChunkReader } from './vox-chunks.ts';
import { compose, IDENTITY, type Move, parseMove } from './vox-move.ts';

/** Where a model goes, and as what. */
export interface Placement {
  readonly model: number;
  /** Of the nearest transform that has one; empty without. */
  readonly name: string;
  readonly hidden: boolean;
  readonly move: Move;
}

/** A node of any of the three kinds. */
interface Node {
  readonly chunk: ChunkReader;
  /** The nodes below it. */
  readonly children: readonly number[];
  /** Shapes: the models, of which the first is shown. */
  readonly models: readonly number[];
  /** Transforms: what is read off the first and, as Goxel does, off all frames together. */
  readonly firstMove: Move;
  readonly allMoves: Move;
  readonly name: string;
  readonly hidden: boolean;
  /** Transforms: the MagicaVoxel layer it is in. */
  readonly layer: number;
}

/** A node's place in the world. */
type World = Pick<Placement, 'name' | 'hidden' | 'move'>;

const ROOT: World = { name: '', hidden: false, move: IDENTITY };
const PLAIN = {
  children: [],
  models: [],
  firstMove: IDENTITY,
  allMoves: IDENTITY,
  name: '',
  hidden: false,
  layer: -1,
};

const NODES_MAX = 0x10_0000;

/** Shared groups multiply what they hold; so many nodes are visited for one scene. */
const VISITS_MAX = 0x4_0000;

const INT32_BYTES = 4;

export class Scene {
  readonly #nodes = new Map<number, Node>();
  /** A node's parent; the last one in the file, as in Goxel, when there are several. */
  readonly #parents = new Map<number, number>();
  readonly #hiddenLayers = new Set<number>();

  /** Reads an nTRN chunk. */
  readTransform(chunk: ChunkReader): void {
    const id = chunk.int32('node id');
    const { _name: name, _hidden } = chunk.dict();
    const children = [chunk.int32('child id')];
    chunk.int32('reserved number');
    const layer = chunk.int32('layer id');
    let frame: Record<string, string> = {};
    const moves: Move[] = [];
    for (let left = chunk.count('frames', INT32_BYTES); left > 0; left--) {
      const { offset } = chunk;
      frame = { ...frame, ...chunk.dict() };
      const move = parseMove(frame);
      if (move === undefined) chunk.fail('its frame is no rotation and translation', offset);
      moves.push(move);
    }
    const [firstMove, allMoves] = [moves[0] ?? IDENTITY, moves.at(-1) ?? IDENTITY];
    const hidden = _hidden === '1';
    const node = {
      ...PLAIN,
      chunk,
      children,
      firstMove,
      allMoves,
      name: name ?? '',
      hidden,
      layer,
    };
    this.#add(id, node);
  }

  /** Reads an nGRP chunk. */
  readGroup(chunk: ChunkReader): void {
    const id = chunk.int32('node id');
    chunk.dict();
    const count = chunk.count('children', INT32_BYTES);
    const children = Array.from({ length: count }, () => chunk.int32('child id'));
    this.#add(id, { ...PLAIN, chunk, children });
  }

  /** Reads an nSHP chunk. */
  readShape(chunk: ChunkReader): void {
    const id = chunk.int32('node id');
    chunk.dict();
    const models: number[] = [];
    for (let left = chunk.count('models', 2 * INT32_BYTES); left > 0; left--) {
      models.push(chunk.int32('model id'));
      chunk.dict();
    }
    this.#add(id, { ...PLAIN, chunk, models });
  }

  /** Reads a LAYR chunk. */
  readLayer(chunk: ChunkReader): void {
    const id = chunk.int32('layer id');
    if (chunk.dict()._hidden === '1') this.#hiddenLayers.add(id);
  }

  /**
   * Where Goxel puts each model: at the first shape that has it last in its list, below the last
   * parent of every node. Throws GOX_FORMAT_BROKEN for nodes below themselves.
   */
  single(models: number): Placement[] {
    const shapes = new Map<number, number>();
    for (const [id, node] of this.#nodes) {
      const model = node.models.at(-1);
      if (model !== undefined && !shapes.has(model)) shapes.set(model, id);
    }
    const worlds = new Map<number, World>();
    return Array.from({ length: models }, (_, model) => {
      const shape = shapes.get(model);
      const world = shape === undefined ? ROOT : this.#worldOf(shape, worlds);
      return { model, ...world, hidden: false };
    });
  }

  /**
   * Everything that MagicaVoxel shows, hidden things marked, in the order of the graph; then the
   * models that no shape has. Throws GOX_FORMAT_BROKEN for nodes below themselves and
   * GOX_MEMORY_LIMIT for more than `placements_max`.
   */
  all(models: number, placements_max: number): Placement[] {
    const placements: Placement[] = [];
    const placed = new Set<number>();
    const roots = [...this.#nodes.keys()].filter((id) => !this.#parents.has(id));
    if (roots.length === 0) for (const [id, node] of this.#nodes) cyclic(id, node);
    const waiting = roots.reverse().map((id) => ({ id, world: ROOT, depth: 0 }));
    for (let visits = 0; waiting.length > 0; visits++) {
      checkInterrupt();
      const { id, world, depth } = waiting.pop()!;
      const node = this.#nodes.get(id);
      if (node === undefined) continue;
      if (depth > this.#nodes.size) cyclic(id, node);
      const model = node.models[0];
      if (model !== undefined && model >= 0 && model < models) {
        placements.push({ model, ...world });
        placed.add(model);
      }
      if (visits >= VISITS_MAX || placements.length > placements_max) {
        const file = node.chunk.source;
        const message = `The scene of ${file} places more than ${placements_max} models.`;
        throw new GoxError('GOX_MEMORY_LIMIT', message, { file, placements_max });
      }
      const below = this.#below(node, world, node.firstMove);
      for (let i = node.children.length - 1; i >= 0; i--) {
        waiting.push({ id: node.children[i]!, world: below, depth: depth + 1 });
      }
    }
    for (let model = 0; model < models; model++) {
      if (!placed.has(model)) placements.push({ model, ...ROOT });
    }
    return placements;
  }

  #add(id: number, node: Node): void {
    if (this.#nodes.has(id)) node.chunk.fail(`a second node of id ${id}`, node.chunk.start);
    if (this.#nodes.size >= NODES_MAX) {
      const file = node.chunk.source;
      const message = `The scene of ${file} has more than ${NODES_MAX} nodes.`;
      throw new GoxError('GOX_MEMORY_LIMIT', message, { file, nodes_max: NODES_MAX });
    }
    this.#nodes.set(id, node);
    for (const child of node.children) this.#parents.set(child, id);
  }

  /** Where a shape is, by the chain of its parents; what is found on the way is kept. */
  #worldOf(shape: number, worlds: Map<number, World>): World {
    const chain: number[] = [];
    for (let id: number | undefined = shape; id !== undefined && !worlds.has(id); ) {
      if (chain.length > this.#nodes.size) cyclic(id, this.#nodes.get(id)!);
      chain.push(id);
      id = this.#parents.get(id);
    }
    const top = this.#parents.get(chain.at(-1) ?? shape);
    let world = top === undefined ? ROOT : worlds.get(top)!;
    for (let i = chain.length - 1; i >= 0; i--) {
      const node = this.#nodes.get(chain[i]!)!;
      world = this.#below(node, world, node.allMoves);
      worlds.set(chain[i]!, world);
    }
    return worlds.get(shape)!;
  }

  /** The place in the world of what is below a node. */
  #below(node: Node, world: World, move: Move): World {
    if (node.models.length > 0) return world;
    return {
      name: node.name === '' ? world.name : node.name,
      hidden: world.hidden || node.hidden || this.#hiddenLayers.has(node.layer),
      move: compose(world.move, move),
    };
  }
}

function cyclic(id: number, { chunk }: Node): never {
  return chunk.fail(`node ${id} of its scene is below itself`, chunk.start);
}
