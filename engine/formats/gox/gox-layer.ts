/** Reads the LAYR chunks of a .gox file: placed blocks, then the layer's dictionary. */

import { type ErrorDetails, GoxError } from '../../../conf/errors.ts';
import { Layer, type Shape } from '../../document/layer.ts';
import type { Material } from '../../document/scene.ts';
import { checkInterrupt } from '../../interrupt.ts';
import { BLOCK_BYTES, BLOCK_SIZE, BLOCK_VOXELS, newScratch } from '../../volume/block.ts';
import type { BlockStore } from '../../volume/block-store.ts';
import { isNullBox } from '../../volume/matrix.ts';
import { COORDINATE_MAX, COORDINATE_MIN } from '../../volume/reach.ts';
import { Volume } from '../../volume/volume.ts';
import { type Fail, Fields, readDict } from './dict.ts';

/** Index of the BL16 chunk, x, y, z, 0. */
const PLACED_BLOCK_BYTES = 20;

/** Version 1 places blocks by their middle. */
const MIDDLE = BLOCK_SIZE / 2;

/** A layer costs memory even when its chunk is but a few bytes. */
const LAYERS_MAX = 16384;

const SHAPE_KINDS = ['sphere', 'cube', 'cylinder'] as const;
const WHITE = 0xffff_ffff;

/** What a file has had so far. */
export interface LayerParts {
  readonly layers: Layer[];
  readonly materials: readonly Material[];
}

export class LayerReader {
  readonly #source: string;
  readonly #parts: LayerParts;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #shift: number;
  readonly #blocks: BlockStore;
  readonly #scratch = newScratch();
  readonly #blocks_max: number;
  #blocks_left: number;
  readonly #ids = new Set<number>();
  #freeId = 1;

  /**
   * `source` names the file in errors. `blocks` are the BL16 images read so far; it grows while the
   * file is read.
   */
  constructor(
    source: string,
    parts: LayerParts,
    bytes: Uint8Array,
    version: number,
    blocks: BlockStore,
    blocks_max: number,
  ) {
    this.#source = source;
    this.#parts = parts;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#shift = version === 1 ? MIDDLE : 0;
    this.#blocks = blocks;
    this.#blocks_max = blocks_max;
    this.#blocks_left = blocks_max;
  }

  read(start: number, end: number, fail: Fail): void {
    if (this.#parts.layers.length >= LAYERS_MAX) {
      this.#refuse(`has more than ${LAYERS_MAX} layers`, { layers_max: LAYERS_MAX });
    }
    if (end - start < 4) fail('the block count is cut short', start);
    const count = this.#view.getInt32(start, true);
    if (count < 0 || count > (end - start - 4) / PLACED_BLOCK_BYTES) {
      fail(`${count} blocks do not fit`, start);
    }
    const volume = new Volume();
    for (let i = 0; i < count; i++) {
      checkInterrupt();
      this.#place(volume, start + 4 + i * PLACED_BLOCK_BYTES, fail);
      if (volume.blockCount > this.#blocks_left) {
        // Nobody places two blocks at one place, though a file could; one off the grid takes more.
        const blocks = Math.max(count, volume.blockCount);
        const bytes = (this.#blocks_max - this.#blocks_left + blocks) * BLOCK_BYTES;
        this.#refuse(`has layers whose blocks take ${bytes} bytes at least`, { bytes });
      }
    }
    this.#blocks_left -= volume.blockCount;
    const dict = start + 4 + count * PLACED_BLOCK_BYTES;
    this.#addLayer(volume, new Fields(readDict(this.#bytes, dict, end, fail)));
  }

  /** Puts one block into a volume; one off the grid is copied voxel by voxel, empty ones too. */
  #place(volume: Volume, at: number, fail: Fail): void {
    const index = this.#view.getInt32(at, true);
    if (index < 0 || index >= this.#blocks.length) fail(`there is no block ${index} before it`, at);
    const block = this.#blocks.at(index);
    const coordinate = (offset: number) => {
      const value = this.#view.getInt32(at + offset, true) - this.#shift;
      if (value >= COORDINATE_MIN && value <= COORDINATE_MAX - (BLOCK_SIZE - 1)) return value;
      return fail(`a block at coordinate ${value} is out of range`, at + offset);
    };
    const [x, y, z] = [coordinate(4), coordinate(8), coordinate(12)];
    if (((x | y | z) & (BLOCK_SIZE - 1)) === 0) {
      volume.putBlock(x, y, z, block);
      return;
    }
    const data = block.read(this.#scratch);
    for (let i = 0; i < BLOCK_VOXELS; i++) {
      volume.set(x + (i & 15), y + ((i >> 4) & 15), z + (i >> 8), data[i]!);
    }
  }

  #addLayer(volume: Volume, fields: Fields): void {
    const { layers, materials } = this.#parts;
    const id = fields.int('id') ?? 0;
    const layer = new Layer(
      this.#ids.has(id) ? 0 : id,
      fields.text('name') ?? `Layer.${layers.length + 1}`,
    );
    // As in Goxel, a layer that does not name its material has the last one read.
    const material = fields.int('material') ?? materials.length - 1;
    const box = fields.floats('box', 16);
    layer.set({
      volume,
      visible: fields.bool('visible') ?? true,
      mode: fields.int('mode') ?? 0,
      mat: fields.floats('mat', 16) ?? layer.mat,
      baseId: fields.int('base_id') ?? 0,
      imagePath: fields.text('img-path') ?? '',
      shape: readShape(fields),
      material: materials[material] === undefined ? -1 : material,
      box: box !== undefined && !isNullBox(box) ? box : undefined,
      extra: fields.rest(),
    });
    this.#ids.add(layer.id);
    layers.push(layer);
  }

  /**
   * Numbers the layers that have no id, 0 (which for a base means none), or that of a layer before
   * them, as files by other programs do. Layers are found by their ids, so that each needs its own;
   * Goxel gives one that a later layer may have.
   */
  finish(): void {
    for (const layer of this.#parts.layers) {
      if (layer.id !== 0) continue;
      while (this.#ids.has(this.#freeId)) this.#freeId++;
      Object.assign(layer, { id: this.#freeId });
      this.#ids.add(this.#freeId);
    }
  }

  #refuse(what: string, facts: ErrorDetails): never {
    const file = this.#source;
    throw new GoxError('GOX_MEMORY_LIMIT', `${file} ${what}.`, { file, ...facts });
  }
}

function readShape(fields: Fields): Shape | undefined {
  const kind = fields.choice('shape', SHAPE_KINDS);
  if (kind === undefined) return undefined;
  const color = fields.bytes('color', 4);
  if (color === undefined) return { kind, color: WHITE };
  return { kind, color: new DataView(color.buffer, color.byteOffset).getUint32(0, true) };
}
