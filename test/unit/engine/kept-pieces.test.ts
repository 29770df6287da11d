/** Who asks for the pieces of a file may keep them, as `convert` does until all are made. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../../engine/document/document.ts';
import { FORMATS } from '../../../engine/formats/index.ts';
import { pack } from '../../../engine/volume/color.ts';

const SIDE = 40;

/** Two layers without any flat side, whose files have several pieces. */
function rough(): Document {
  const document = Document.empty();
  const [first, second] = [document.activeLayer, document.addLayer('top')];
  for (let i = 0; i < SIDE ** 3; i += 1) {
    const [x, y, z] = [i % SIDE, Math.floor(i / SIDE) % SIDE, Math.floor(i / SIDE ** 2)];
    if ((x + y + z) % 2 === 1) continue;
    const { volume } = z < SIDE / 2 ? first : second;
    // As far down as up, for a map.
    volume.set(x, y, z - SIDE / 2, pack(x * 6, y * 6, (z & 3) * 60, 255));
  }
  return document;
}

const test = suite('pieces');

const document = rough();
for (const { name, write } of FORMATS) {
  if (write === undefined) continue;
  test(`of ${name} stay as they were`, () => {
    const pieces: Uint8Array[] = [];
    const copies: Uint8Array[] = [];
    for (const piece of write(document, {})) {
      pieces.push(piece);
      copies.push(Uint8Array.from(piece));
    }
    assert.ok(Buffer.concat(pieces).equals(Buffer.concat(copies)));
  });
}

test.run();
