/**
 * Writes a .gox file of version 2: chunks in Goxel's order, each unknown chunk behind those of the
 * type it followed when it was read. The same document gives the same bytes. Equal blocks are
 * written once, empty ones and those of clone and shape layers not at all.
 */

import type { Document } from '../../document/document.ts';
import type { Layer } from '../../document/layer.ts';
import { encodePng } from '../../image/png.ts';
import { newScratch } from '../../volume/block.ts';
import type { BlockView } from '../../volume/block-view.ts';
import { isNullBox } from '../../volume/matrix.ts';
import { inPieces } from '../pieces.ts';
import { BlockNumbers } from './block-numbers.ts';
import { DictWriter } from './dict.ts';

const VERSION = 2;

const SECTIONS = ['', 'IMG ', 'PREV', 'BL16', 'MATE', 'LAYR', 'CAMR', 'LIGH'] as const;
type Section = (typeof SECTIONS)[number];

export function writeGox(document: Document): Iterable<Uint8Array> {
  return inPieces(parts(document));
}

function* parts(document: Document): Generator<Uint8Array> {
  document.refresh();
  yield Uint8Array.of(0x47, 0x4f, 0x58, 0x20, VERSION, 0, 0, 0);
  const numbers = new BlockNumbers();
  for (const section of SECTIONS) {
    yield* chunksOf(section, document, numbers);
    for (const { type, data, after } of document.unknownChunks) {
      if (after === section) yield* chunk(type, data);
    }
  }
}

function* chunk(type: string, ...data: Uint8Array[]): Generator<Uint8Array> {
  const header = Buffer.alloc(8, type, 'latin1');
  header.writeInt32LE(
    data.reduce((sum, part) => sum + part.length, 0),
    4,
  );
  yield header;
  yield* data;
  yield new Uint8Array(4);
}

function* chunksOf(section: Section, document: Document, numbers: BlockNumbers) {
  if (section === 'IMG ') yield* imageChunk(document);
  else if (section === 'PREV') {
    const { preview } = document;
    if (preview !== undefined) yield* chunk(section, preview);
  } else if (section === 'BL16') {
    for (const layer of document.layers) yield* blockChunks(layer, numbers);
  } else if (section === 'MATE') {
    for (const { name, color, metallic, roughness, emission, extra } of document.materials) {
      const dict = new DictWriter();
      dict.text('name', name);
      dict.floats('color', color);
      dict.floats('metallic', [metallic]);
      dict.floats('roughness', [roughness]);
      dict.floats('emission', emission);
      dict.rest(extra);
      yield* chunk(section, dict.finish());
    }
  } else if (section === 'LAYR') {
    for (const layer of document.layers) {
      yield* chunk(section, placedBlocks(layer, numbers), layerDict(layer));
    }
  } else if (section === 'CAMR') {
    for (const { name, dist, ortho, mat, active, extra } of document.cameras) {
      const dict = new DictWriter();
      dict.text('name', name);
      dict.floats('dist', [dist]);
      dict.bool('ortho', ortho);
      dict.floats('mat', mat);
      if (active) dict.bytes('active', new Uint8Array(0));
      dict.rest(extra);
      yield* chunk(section, dict.finish());
    }
  } else if (section === 'LIGH') {
    const { pitch, yaw, intensity, fixed, ambient, shadow, extra } = document.light;
    const dict = new DictWriter();
    dict.floats('pitch', [pitch]);
    dict.floats('yaw', [yaw]);
    dict.floats('intensity', [intensity]);
    dict.bool('fixed', fixed);
    dict.floats('ambient', [ambient]);
    dict.floats('shadow', [shadow]);
    dict.rest(extra);
    yield* chunk(section, dict.finish());
  }
}

function* imageChunk({ box, boxExtra }: Document): Generator<Uint8Array> {
  const dict = new DictWriter();
  if (!isNullBox(box)) dict.floats('box', box);
  dict.rest(boxExtra);
  yield* chunk('IMG ', dict.finish());
}

/** The blocks a layer stores: none when they can be computed again. */
function storedBlocks({ derivation, volume }: Layer): Iterable<BlockView> {
  return derivation === undefined ? volume.blocks() : [];
}

function* blockChunks(layer: Layer, numbers: BlockNumbers): Generator<Uint8Array> {
  const scratch = newScratch();
  for (const { block } of storedBlocks(layer)) {
    if (!numbers.add(block)) continue;
    const data = block.read(scratch);
    const rgba = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    yield* chunk('BL16', encodePng({ width: 64, height: 64, rgba }));
  }
}

function placedBlocks(layer: Layer, numbers: BlockNumbers): Uint8Array {
  const words = [0];
  for (const { x, y, z, block } of storedBlocks(layer)) {
    words.push(numbers.of(block), x, y, z, 0);
    words[0]!++;
  }
  return new Uint8Array(Int32Array.from(words).buffer);
}

function layerDict(layer: Layer): Uint8Array {
  const dict = new DictWriter();
  dict.text('name', layer.name);
  dict.floats('mat', layer.mat);
  dict.int('id', layer.id);
  dict.int('base_id', layer.baseId);
  if (layer.material >= 0) dict.int('material', layer.material);
  dict.int('mode', layer.mode);
  if (layer.imagePath !== '') dict.text('img-path', layer.imagePath);
  if (layer.box !== undefined) dict.floats('box', layer.box);
  if (layer.shape !== undefined) {
    dict.text('shape', layer.shape.kind);
    dict.bytes('color', new Uint8Array(Uint32Array.of(layer.shape.color).buffer));
  }
  dict.bool('visible', layer.visible);
  dict.rest(layer.extra);
  return dict.finish();
}
