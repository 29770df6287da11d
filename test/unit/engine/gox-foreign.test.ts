/** What .gox files by other programs leave out, or repeat: ids and materials of layers. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readAs, written } from '../../support/documents.ts';
import { chunk, dict, goxFile } from '../../support/gox-file.ts';

const int32 = (value: number) => Buffer.from(Int32Array.of(value).buffer);
const layer = (entries: Record<string, Uint8Array>) =>
  chunk('LAYR', Buffer.concat([int32(0), dict(entries)]));
const material = (name: string) => chunk('MATE', dict({ name: Buffer.from(name) }));

const test = suite('foreign .gox files');

test('a layer that names no material has the last one before it, as in Goxel', () => {
  // Goxel 0.11 was given these five layers and wrote glTF: C, A, C, none, none.
  const bytes = goxFile(
    ...['A', 'B', 'C'].map(material),
    layer({ id: int32(1) }),
    layer({ id: int32(2), material: int32(0) }),
    layer({ id: int32(3) }),
    layer({ id: int32(4), material: int32(-1) }),
    layer({ id: int32(5), material: int32(9) }),
  );
  const { layers } = readAs('gox', bytes);
  assert.equal(
    layers.map((one) => one.material),
    [2, 0, 2, -1, -1],
  );
  assert.is(readAs('gox', goxFile(layer({}))).activeLayer.material, -1);
});

test('every layer has an id of its own, the first with an id keeps it', () => {
  const ids = [0, 1, undefined, 3, 1, 0];
  const layers = ids.map((id) => layer(id === undefined ? {} : { id: int32(id) }));
  const document = readAs('gox', goxFile(...layers));
  assert.equal(
    document.layers.map(({ id }) => id),
    [2, 1, 4, 3, 5, 6],
  );
  const again = readAs('gox', written(document, 'gox'));
  assert.equal(
    again.layers.map(({ id }) => id),
    [2, 1, 4, 3, 5, 6],
  );
});

test.run();
