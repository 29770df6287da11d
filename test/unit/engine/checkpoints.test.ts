/** What a document becomes that comes back to a checkpoint, to the last word of its blocks. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../../engine/document/document.ts';
import { nothingSelected } from '../../../engine/document/selection.ts';
import { checkpointOf, comeBack } from '../../../engine/project/checkpoints.ts';
import { newBlockData } from '../../../engine/volume/block.ts';

const RED = 0xff00_00ff;
const WHITE = 0xffff_ffff;

const checkpoints = suite('checkpoints');

/** More blocks than are noted of a volume's changes. */
const MANY = 90_000;

for (const known of [true, false]) {
  const how = known ? 'of which the changes are known' : 'that is looked at as a whole';
  checkpoints(`nothing of a voxel that is gone comes back with another one, ${how}`, () => {
    const document = Document.empty(8, 8, 8);
    const { volume } = document.activeLayer;
    const count = known ? 1 : MANY;
    for (let i = 0; i < count; i++) volume.set(16 * i, 100, 0, RED);
    const about = { name: 'start', at_ms: 0, step: 0, revision: 0 };
    const start = checkpointOf(document, { ...about, selection: nothingSelected() });
    for (let i = 0; i < count; i++) volume.set(16 * i, 100, 0, WHITE);
    volume.set(0, 0, 0, RED);
    // Without its alpha, as what is subtracted from it leaves it.
    volume.setBlock(0, 0, 0, newBlockData().fill(RED & 0xff_ffff, 0, 1));
    assert.is(volume.changedSince(start.layers[0]!.version) !== undefined, known);
    comeBack(document, start);
    assert.is(volume.count(), count);
    assert.is(volume.get(0, 100, 0), RED);
    volume.set(1, 0, 0, RED);
    assert.is(volume.blockAt(0, 0, 0)?.[0], 0);
  });
}

checkpoints.run();
