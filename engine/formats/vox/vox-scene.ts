/**
 * The scene of a MagicaVoxel file: where its graph of nodes puts the models. A node may be the
 * child of several others. References to what is not there place nothing.
 */

import { GoxError } from '../../../conf/errors.ts';
import { checkInterrupt } from '../../interrupt.ts';
import type { Report } from '../report.ts';
import type { ChunkReader } from './vox-chunks.ts';
import { compose, IDENTITY, type Move } from './vox-move.ts';
import { atFrame, type Node, readNode, readVoxLayer, type VoxLayer } from './vox-nodes.ts';

/** Where a model goes, and as what. */
export interface Placement {
  readonly model: number;
  /** Tells the instances of one scene from one another, whatever the frame. */
  readonly instance: number;
  /** Of the nearest node that has one, else of its MagicaVoxel layer; empty without. */
  readonly name: string;
  readonly hidden: boolean;
  readonly move: Move;
  /** The same number for all that is one layer; undefined for what is one by itself. */
  readonly whole?: number | undefined;
}

/** A node's place in the world. */
interface World {
  readonly name: string;
  readonly layerName: string;
  readonly hidden: boolean;
  readonly move: Move;
  readonly whole?: number | undefined;
}

const ROOT: World = { name: '', layerName: '', hidden: false, move: IDENTITY };

/** A model where no node puts it. */
export const UNMOVED = { name: '', hidden: false, move: IDENTITY };

const NODES_MAX = 0x10_0000;

/** Shared groups multiply what they hold; so many nodes are visited for one scene. */
const VISITS_MAX = 0x4_0000;

/** Groups that multiply what they hold could make more than a number can tell. */
const COPIES_MAX = 0x7fff_ffff;

export class Scene {
  readonly #source: string;
  readonly #report: Report;
  readonly #nodes = new Map<number, Node>();
  /** A node's parent; the last one in the file, as in Goxel, when there are several. */
  readonly #parents = new Map<number, number>();
  readonly #layers = new Map<number, VoxLayer>();
  #visits = 0;
  #tree: Tree | undefined;

  constructor(source: string, report: Report) {
    this.#source = source;
    this.#report = report;
  }

  /** Whether the file has no graph, as those of before MagicaVoxel 0.99. */
  get empty(): boolean {
    return this.#nodes.size === 0;
  }

  /** Reads a node chunk or a LAYR chunk; tells whether it is one. */
  read(chunk: ChunkReader): boolean {
    if (chunk.type === 'LAYR') {
      const layer = readVoxLayer(chunk);
      this.#layers.set(layer.id, layer);
      return true;
    }
    const found = readNode(chunk, (message, byte) => this.#warn(chunk, message, byte));
    if (found === undefined) return false;
    const [id, node] = found;
    if (this.#nodes.has(id)) this.#warn(chunk, `it is a second node of id ${id}`);
    else this.#add(id, node);
    return true;
  }

  /** The frames at which something changes, from the first on; one at least. */
  frames(): number[] {
    const frames = new Set<number>();
    for (const { shown, moves } of this.#nodes.values()) {
      for (const track of [shown, moves]) {
        if (track === undefined || track.keys.length < 2) continue;
        for (const { frame } of track.keys.slice(1)) frames.add(frame);
      }
    }
    frames.delete(0);
    return [0, ...[...frames].sort((a, b) => a - b)];
  }

  /** Every model that a shape names, at any frame. */
  named(): Set<number> {
    const named = new Set<number>();
    for (const { models } of this.#nodes.values()) for (const model of models) named.add(model);
    return named;
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
      const { name, move } = shape === undefined ? ROOT : this.#worldOf(shape, worlds);
      return { model, instance: model, name, move, hidden: false };
    });
  }

  /**
   * All instances of models at a frame, hidden ones marked, in the order of the graph. Nodes are
   * not followed below themselves. Throws GOX_MEMORY_LIMIT for more than `placements_max`.
   */
  instances(models: number, frame: number, placements_max: number): Placement[] {
    const placements: Placement[] = [];
    this.#tree ??= treeOf(this.#nodes, this.#parents, (node, message) =>
      this.#warn(node.chunk, message),
    );
    const { roots, children } = this.#tree;
    const waiting = roots.toReversed().map((id) => ({ id, world: ROOT }));
    for (let visit = 0; waiting.length > 0; visit++) {
      checkInterrupt();
      const { id, world } = waiting.pop()!;
      const node = this.#nodes.get(id)!;
      const below = this.#below(node, world, frame, visit);
      if (node.shown !== undefined) {
        const model = atFrame(node.shown, frame);
        const { hidden, move, whole } = below;
        const name = below.name === '' ? below.layerName : below.name;
        if (model >= 0 && model < models) {
          placements.push({ model, instance: visit, name, hidden, move, whole });
        } else this.#warn(node.chunk, `it names model ${model}, which is not there`);
      }
      if (++this.#visits > VISITS_MAX || placements.length > placements_max) {
        this.#refuse(`places more than ${placements_max} models`, { placements_max });
      }
      const inside = children.get(id)!;
      for (let i = inside.length - 1; i >= 0; i--) waiting.push({ id: inside[i]!, world: below });
    }
    return placements;
  }

  /** The names of groups below the root that no placement has. */
  groupNames(placements: readonly Placement[]): string[] {
    const known = new Set(placements.map(({ name }) => name));
    const found = new Set<string>();
    for (const [id, { name, children }] of this.#nodes) {
      if (name === '' || known.has(name) || !this.#parents.has(id)) continue;
      if (children.some((child) => (this.#nodes.get(child)?.children.length ?? 0) > 0)) {
        found.add(name);
      }
    }
    return [...found];
  }

  /**
   * What one copy of each model does not show: how many others stand in the scene, as far as can be
   * counted, and how many nodes and layers are hidden.
   */
  leftOut(): { copies: number; hidden: number } {
    const { roots, children } = treeOf(this.#nodes, this.#parents, () => {});
    const counts = new Map<number, number>();
    const waiting = [...roots];
    while (waiting.length > 0) {
      const id = waiting.at(-1)!;
      const below = counts.has(id) ? [] : children.get(id)!;
      const unknown = below.filter((child) => !counts.has(child));
      for (const child of unknown) waiting.push(child);
      if (unknown.length > 0) continue;
      waiting.pop();
      if (counts.has(id)) continue;
      const own = this.#nodes.get(id)!.shown === undefined ? 0 : 1;
      counts.set(
        id,
        below.reduce((sum, child) => sum + counts.get(child)!, own),
      );
    }
    const all = roots.reduce((sum, root) => sum + counts.get(root)!, 0);
    const first = [...this.#nodes.values()].flatMap(({ models }) => models.slice(0, 1));
    const hidden = [...this.#nodes.values(), ...this.#layers.values()].filter((one) => one.hidden);
    const copies = Math.min(all - new Set(first).size, COPIES_MAX);
    return { copies: Math.max(copies, 0), hidden: hidden.length };
  }

  #add(id: number, node: Node): void {
    if (this.#nodes.size >= NODES_MAX) {
      this.#refuse(`has more than ${NODES_MAX} nodes`, { nodes_max: NODES_MAX });
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
      const name = node.models.length > 0 || node.name === '' ? world.name : node.name;
      world = { ...world, name, move: compose(world.move, node.allMoves) };
      worlds.set(chain[i]!, world);
    }
    return worlds.get(shape)!;
  }

  /** The place in the world of a node and of what is below it. */
  #below(node: Node, world: World, frame: number, visit: number): World {
    const layer = this.#layers.get(node.layer);
    const { moves } = node;
    const { whole } = world;
    return {
      name: node.name === '' || whole !== undefined ? world.name : node.name,
      layerName: layer === undefined || layer.name === '' ? world.layerName : layer.name,
      hidden: world.hidden || node.hidden || layer?.hidden === true,
      move: moves === undefined ? world.move : compose(world.move, atFrame(moves, frame)),
      whole: whole ?? (node.whole ? visit : undefined),
    };
  }

  #warn({ type, start }: ChunkReader, message: string, byte = start): void {
    const text = `In a chunk ${type} of ${this.#source}: ${message}; that is passed over.`;
    this.#report.warn('WARN_BROKEN_PART', text, { chunk: type, byte });
  }

  #refuse(message: string, details: Record<string, number>): never {
    const file = this.#source;
    throw new GoxError('GOX_MEMORY_LIMIT', `The scene of ${file} ${message}.`, {
      file,
      ...details,
    });
  }
}

function cyclic(id: number, { chunk }: Node): never {
  return chunk.fail(`node ${id} of its scene is below itself`, chunk.start);
}

/** The graph without what is not there, and without ways from a node to itself. */
interface Tree {
  readonly roots: readonly number[];
  /** Of the nodes that a root reaches. */
  readonly children: ReadonlyMap<number, readonly number[]>;
}

function treeOf(
  nodes: ReadonlyMap<number, Node>,
  parents: ReadonlyMap<number, number>,
  warn: (node: Node, message: string) => void,
): Tree {
  let roots = [...nodes.keys()].filter((id) => !parents.has(id));
  if (roots.length === 0 && nodes.size > 0) roots = [nodes.has(0) ? 0 : [...nodes.keys()][0]!];
  const children = new Map<number, number[]>();
  /** Those between a root and the node that is looked at. */
  const above = new Set<number>();
  const ways: { id: number; next: number }[] = [];
  const enter = (id: number) => {
    children.set(id, []);
    above.add(id);
    ways.push({ id, next: 0 });
  };
  for (const root of roots) {
    if (!children.has(root)) enter(root);
    while (ways.length > 0) {
      const way = ways.at(-1)!;
      const node = nodes.get(way.id)!;
      const child = node.children[way.next++];
      if (child === undefined) {
        above.delete(way.id);
        ways.pop();
      } else if (!nodes.has(child)) warn(node, `it names node ${child}, which is not there`);
      else if (above.has(child)) warn(node, `node ${child} of its scene is below itself`);
      else {
        children.get(way.id)!.push(child);
        if (!children.has(child)) enter(child);
      }
    }
  }
  return { roots, children };
}
