/**
 * glTF 2.0. A .gltf is JSON that holds all bytes as one data URI, so that it stands alone; a .glb
 * has the same JSON and the bytes as they are. With `like` Goxel a .gltf is Goxel's own.
 */

import type { Document } from '../../document/document.ts';
import { base64Pieces } from '../base64.ts';
import type { ExportOptions, Format } from '../format.ts';
import { aligned, GltfFile } from './gltf-json.ts';
import { Limit } from './gltf-limit.ts';
import { sceneOf } from './gltf-scene.ts';
import { writeGoxelGltf } from './goxel-gltf.ts';
import { layOut } from './goxel-json.ts';
import { readGltf } from './import-gltf.ts';

const DATA_URI = 'data:application/octet-stream;base64,';

/** Stands for the bytes in the text; no name in it can be this, since quotes are escaped. */
const PLACE = '"uri": "@"';

/** Programs read the JSON as one text; in V8, and so in three.js, it has so many characters. */
const TEXT_LENGTH_MAX = 0x1fff_ffe8;
/** Room for what is not the bytes. */
const JSON_LENGTH_USUAL = 1024 * 1024;

const GLB_MAGIC = 0x4654_6c67;
const GLB_VERSION = 2;
const GLB_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const CHUNK_JSON = 0x4e4f_534a;
const CHUNK_BIN = 0x004e_4942;
const GLB_BYTES_MAX = 0xffff_ffff;
const SPACE = 0x20;

/** The greatest number of bytes whose Base64 leaves room for the rest. */
const GLTF_BYTES_MAX = Math.floor((TEXT_LENGTH_MAX - JSON_LENGTH_USUAL) / 4) * 3;

function* writeGltf(document: Document, options: ExportOptions = {}): Generator<Uint8Array> {
  if (options.like === 'goxel') {
    yield* writeGoxelGltf(document, options);
    return;
  }
  const limit = new Limit('gltf', GLTF_BYTES_MAX);
  const file = new GltfFile(document, sceneOf(document, options, limit));
  const text = `${layOut(file.json({ uri: '@' }))}\n`;
  limit.check(file.length + text.length - JSON_LENGTH_USUAL);
  const at = text.indexOf(PLACE);
  if (at < 0) {
    yield Buffer.from(text);
    return;
  }
  yield Buffer.from(`${text.slice(0, at)}"uri": "${DATA_URI}`);
  yield* base64Pieces(file.parts());
  // The quote that ends the URI opens what follows.
  yield Buffer.from(text.slice(at + PLACE.length - 1));
}

function* writeGlb(document: Document, options: ExportOptions = {}): Generator<Uint8Array> {
  const limit = new Limit('glb', GLB_BYTES_MAX);
  const file = new GltfFile(document, sceneOf(document, options, limit));
  const text = Buffer.from(JSON.stringify(file.json({})));
  const { length } = file;
  const chunk = length === 0 ? 0 : CHUNK_HEADER_BYTES + length;
  const total = GLB_HEADER_BYTES + CHUNK_HEADER_BYTES + aligned(text.length) + chunk;
  limit.check(total);
  const start = words(GLB_MAGIC, GLB_VERSION, total, aligned(text.length), CHUNK_JSON);
  const padding = Buffer.alloc(aligned(text.length) - text.length, SPACE);
  yield Buffer.concat([start, text, padding]);
  if (length === 0) return;
  yield words(length, CHUNK_BIN);
  yield* file.parts();
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
