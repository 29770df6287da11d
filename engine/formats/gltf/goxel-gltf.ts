/**
 * A .gltf as Goxel writes it, byte for byte but for the texture: JSON with a Base64 data URI for
 * the texture and for each mesh's vertices and indices. It is written as it is made: a mesh is
 * walked once to count it, once for its vertices and once for its indices.
 *
 * One of `blocks` says of materials what Goxel's says, which leaves out that one with opacity below
 * 1 is transparent; others declare it (`alphaMode` BLEND).
 */

import type { Document } from '../../document/document.ts';
import { base64Pieces } from '../base64.ts';
import type { ExportOptions } from '../format.ts';
import { isYUp } from '../up.ts';
import { gltfJson, type Item, itemsOf, layOut } from './goxel-json.ts';
import { sceneOf } from './goxel-scene.ts';

const DATA_URI = 'data:application/octet-stream;base64,';

/** Stands for an item in the text; no text of a document holds it, since quotes are escaped. */
const PLACE = /"uri": "(\d+)"/g;

export function* writeGoxelGltf(document: Document, options: ExportOptions): Generator<Uint8Array> {
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
    yield* base64Pieces(items[Number(place[1])]!.parts());
    // The quote that ends the URI opens what follows.
    at = place.index + place[0].length - 1;
  }
  yield Buffer.from(text.slice(at));
}

/** What a buffer view says of an item. */
function extent({ byteLength, byteStride }: Item): object {
  return byteStride === undefined ? { byteLength } : { byteLength, byteStride };
}
