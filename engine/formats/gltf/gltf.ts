/**
 * glTF 2.0. A .gltf is JSON with a Base64 data URI for each item, as Goxel writes it; a .glb is the
 * same scene with all items in one binary chunk. Both are written as they are made: a mesh is
 * walked once to count it, once for its vertices and once for its indices.
 *
 * A .gltf of `blocks` says of materials what Goxel's says, which leaves out that one with opacity
 * below 1 is transparent; every other file declares it (`alphaMode` BLEND).
 */

import { GoxError } from '../../../conf/errors.ts';
import type { Document } from '../../document/document.ts';
import { checkInterrupt } from '../../interrupt.ts';
import type { ExportOptions, Format } from '../format.ts';
import { isYUp } from '../up.ts';
import { gltfJson, type Item, itemsOf, layOut } from './gltf-json.ts';
import { sceneOf } from './gltf-scene.ts';
import { readGltf } from './import-gltf.ts';

const DATA_URI = 'data:application/octet-stream;base64,';

/** Stands for an item in the text; no text of a document holds it, since quotes are escaped. */
const PLACE = /"uri": "(\d+)"/g;

const GLB_MAGIC = 0x4654_6c67;
const GLB_VERSION = 2;
const GLB_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const CHUNK_JSON = 0x4e4f_534a;
const CHUNK_BIN = 0x004e_4942;
const GLB_BYTES_MAX = 0xffff_ffff;
const SPACE = 0x20;

function* writeGltf(document: Document, options: ExportOptions = {}): Generator<Uint8Array> {
  const { mesh = 'blocks' } = options;
  const y_up = isYUp(options, true);
  const scene = sceneOf(document, options);
  const items = itemsOf(scene);
  const json = gltfJson(document, scene, {
    y_up,
    blend: mesh !== 'blocks',
    bufferViews: items.map((item, buffer) => ({ buffer, ...extent(item) })),
    buffers: items.map(({ byteLength }, i) => ({ uri: `${i}`, byteLength })),
  });
  const text = `${layOut(json)}\n`;
  let at = 0;
  for (const place of text.matchAll(PLACE)) {
    yield Buffer.from(`${text.slice(at, place.index)}"uri": "${DATA_URI}`);
    for (const part of items[Number(place[1])]!.parts()) {
      checkInterrupt();
      const bytes = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
      yield Buffer.from(bytes.toString('base64'), 'latin1');
    }
    // The quote that ends the URI opens what follows.
    at = place.index + place[0].length - 1;
  }
  yield Buffer.from(text.slice(at));
}

function* writeGlb(document: Document, options: ExportOptions = {}): Generator<Uint8Array> {
  const scene = sceneOf(document, options);
  const items = itemsOf(scene);
  let length = 0;
  const bufferViews = items.map((item) => {
    const byteOffset = length;
    length += aligned(item.byteLength);
    return { buffer: 0, byteOffset, ...extent(item) };
  });
  const buffers = length === 0 ? [] : [{ byteLength: length }];
  const blend = true;
  const json = gltfJson(document, scene, {
    y_up: isYUp(options, true),
    blend,
    bufferViews,
    buffers,
  });
  const text = Buffer.from(JSON.stringify(json));
  const chunks = length === 0 ? 0 : CHUNK_HEADER_BYTES + length;
  const total = GLB_HEADER_BYTES + CHUNK_HEADER_BYTES + aligned(text.length) + chunks;
  if (total > GLB_BYTES_MAX) {
    const message = `A .glb file has at most ${GLB_BYTES_MAX} bytes; ${total} are needed.`;
    throw new GoxError('GOX_FORMAT_LIMIT', message, { bytes: total, bytes_max: GLB_BYTES_MAX });
  }
  const start = words(GLB_MAGIC, GLB_VERSION, total, aligned(text.length), CHUNK_JSON);
  const padding = Buffer.alloc(aligned(text.length) - text.length, SPACE);
  yield Buffer.concat([start, text, padding]);
  if (length === 0) return;
  yield words(length, CHUNK_BIN);
  for (const item of items) {
    yield* item.parts();
    const rest = aligned(item.byteLength) - item.byteLength;
    if (rest > 0) yield new Uint8Array(rest);
  }
}

/** What a buffer view says of an item. */
function extent({ byteLength, byteStride }: Item): object {
  return byteStride === undefined ? { byteLength } : { byteLength, byteStride };
}

function aligned(length: number): number {
  return Math.ceil(length / 4) * 4;
}

function words(...values: readonly number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values).buffer);
}

export const gltf: Format = {
  name: 'gltf',
  extensions: ['gltf'],
  read: readGltf,
  write: writeGltf,
};
export const glb: Format = { name: 'glb', extensions: ['glb'], read: readGltf, write: writeGlb };
