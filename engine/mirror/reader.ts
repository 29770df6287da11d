/** Objects of a project from what a mirror has of them, each as soon as something refers to it. */

import type { Recorder } from '../changes/recorder.ts';
import { Layer, type LayerState } from '../document/layer.ts';
import { DENSE_FLAG, type Mirror, type MirrorBlocks, type MirrorVolume } from '../port/mirror.ts';
import { BlockIndex } from '../volume/block-index.ts';
import { BlockStore } from '../volume/block-store.ts';
import { Block, NOBODY } from '../volume/stored-block.ts';
import { Volume } from '../volume/volume.ts';
import type { TableStep } from '../volume/volume-log.ts';
import { bufferOf, unpacked } from './pack.ts';
import type { TableWriter, VolumeAbout } from './tables.ts';
import { type Content, type Ids, type Item, typedOf, type ValueWriter } from './values.ts';

/** Who writes what changes from here on, and has to know what there is already. */
interface Writers {
  readonly ids: Ids;
  readonly values: ValueWriter;
  readonly tables: TableWriter;
}

export class MirrorReader {
  readonly #mirror: Mirror;
  readonly #recorder: Recorder;
  readonly #writers: Writers;
  /** By ids, the place of the values that an object is in. */
  readonly #where = new Map<number, number>();
  /** By that place, as far as somebody wanted one of them. */
  readonly #contents = new Map<number, Map<number, Content>>();
  readonly #volumes: ReadonlyMap<number, MirrorVolume>;
  readonly #objects = new Map<number, object>();
  readonly #blocks = new Map<number, Block>();

  constructor(mirror: Mirror, recorder: Recorder, writers: Writers) {
    this.#mirror = mirror;
    this.#recorder = recorder;
    this.#writers = writers;
    this.#volumes = new Map(mirror.volumes.map((volume) => [volume.id, volume]));
    for (const [place, { ids }] of mirror.values.entries()) {
      for (const id of ids) this.#where.set(id, place);
    }
  }

  /** What an item stands for. */
  value(item: Item): unknown {
    if (!Array.isArray(item)) return item;
    const [id] = item;
    return id === undefined ? -0 : this.object(id);
  }

  object(id: number): object {
    return this.#objects.get(id) ?? this.#make(id);
  }

  volume(id: number): Volume {
    const volume = this.object(id);
    if (!(volume instanceof Volume)) throw new Error(`${id} is no volume`);
    return volume;
  }

  /** The block in a place; the same one for the same id. */
  block({ ids, counts, words }: MirrorBlocks, place: number): Block {
    const id = ids[place]!;
    const known = this.#blocks.get(id);
    if (known !== undefined) return known;
    const flagged = counts[place]!;
    const count = flagged & ~DENSE_FLAG;
    const block = new Block(words[place]!, NOBODY, count, (flagged & DENSE_FLAG) !== 0);
    this.#blocks.set(id, block);
    this.#writers.ids.set(block, id);
    return block;
  }

  #make(id: number): object {
    const volume = this.#volumes.get(id);
    if (volume !== undefined) return this.#makeVolume(id, volume);
    const content = this.#contentOf(id);
    if (content[0] === 'l') return this.#makeLayer(id, content);
    const made = this.#madeOf(content);
    this.#writers.values.isSent(made);
    return this.#keep(id, made);
  }

  #keep<T extends object>(id: number, made: T): T {
    this.#objects.set(id, made);
    this.#writers.ids.set(made, id);
    return made;
  }

  #contentOf(id: number): Content {
    const place = this.#where.get(id);
    const content = place === undefined ? undefined : this.#contentsAt(place).get(id);
    if (content === undefined) throw new Error(`the mirror has no object ${id}`);
    return content;
  }

  #contentsAt(place: number): Map<number, Content> {
    const known = this.#contents.get(place);
    if (known !== undefined) return known;
    const { ids, data } = this.#mirror.values[place]!;
    const contents = unpacked(data) as Content[];
    const made = new Map(contents.map((content, i) => [ids[i]!, content]));
    this.#contents.set(place, made);
    return made;
  }

  #madeOf(content: Content): object {
    const [kind, ...parts] = content;
    if (kind === 't') return typedOf(...(parts as [string, Uint8Array]));
    if (kind === 'a') return (parts as Item[]).map((item) => this.value(item));
    const made: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(parts[0] as object)) made[key] = this.value(item);
    return made;
  }

  #makeLayer(id: number, [, number, recorded, state, derivation]: Content & { 0: 'l' }): Layer {
    const layer = this.#keep(id, new Layer(number, ''));
    layer.exchange(this.value(state) as LayerState);
    layer.derivation = this.value(derivation) as Layer['derivation'];
    if (recorded) layer.record(this.#recorder);
    this.#writers.values.isSent(layer);
    return layer;
  }

  #makeVolume(id: number, { about, pages }: MirrorVolume): Volume {
    const volume = this.#keep(id, new Volume());
    const length = pages.reduce((sum, { ids }) => sum + ids.length, 0);
    const positions = new Int32Array(3 * length);
    const blocks: Block[] = [];
    for (const page of pages) {
      positions.set(page.positions, 3 * blocks.length);
      for (let i = 0; i < page.ids.length; i++) blocks.push(this.block(page, i));
    }
    const step = tableStepOf(positions, blocks);
    const { table } = volume;
    table.exchange(step);
    const known = unpacked(about) as VolumeAbout;
    table.blocks_max = known.blocks_max;
    table.facts.trail.goOn({
      ...known.trail,
      positions: [...new Int32Array(bufferOf(known.positions))],
      versions: [...new Float64Array(bufferOf(known.versions))],
    });
    if (known.recorded) volume.record(this.#recorder);
    // Of a block in two places there may be two arrays, of which the first one is kept.
    const words = pages.flatMap((page) => page.words);
    this.#writers.tables.isSent(volume, positions, words);
    return volume;
  }
}

/** All of a table that has these blocks in its slots. */
export function tableStepOf(positions: Int32Array, blocks: readonly Block[]): TableStep {
  const store = new BlockStore();
  let [count, empty] = [0, 0];
  for (const block of blocks) {
    store.push(block, NOBODY);
    count += block.count;
    if (block.count === 0) empty++;
  }
  return { kind: 'table', index: BlockIndex.of(positions), blocks: store, count, empty };
}
