/** Edits within edits: what each may add, and what becomes of one that is ended by force. */

import { createContext, Script } from 'node:vm';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Recorder, type Recording } from '../../../engine/changes/recorder.ts';
import { Document } from '../../../engine/document/document.ts';
import { voxelLines } from '../../support/fixtures.ts';

const recorders = suite('recorders');

const RED = 0xff00_00ff;

function recorded(): { document: Document; recorder: Recorder } {
  const document = Document.empty();
  const recorder = new Recorder();
  document.record(recorder);
  document.activeLayer.volume.set(1, 2, 3, RED);
  return { document, recorder };
}

function look(document: Document): unknown {
  return document.layers.map(({ id, name, volume }) => [id, name, voxelLines(volume)]);
}

recorders('an edit within another that is ended by force is taken back with it', () => {
  const { document, recorder } = recorded();
  const { volume } = document.activeLayer;
  const before = look(document);
  const work = () => {
    recorder.record(10, () => {
      volume.set(1, 2, 3, 0);
      recorder.record(10, () => {
        volume.set(40, 0, 0, RED);
        volume.set(1, 2, 4, RED);
        document.addLayer('within');
        for (;;);
      });
    });
  };
  const room = createContext({ work });
  const forced = () => {
    volume.set(7, 7, 7, RED);
    new Script('work()').runInContext(room, { timeout: 50 });
  };
  assert.throws(() => recorder.record(10, forced), /timed out/);
  assert.equal(look(document), before);
  assert.is(recorder.current, undefined);
  // The next one is an edit of its own.
  let kept: Recording | undefined;
  recorder.record(
    10,
    () => volume.set(9, 9, 9, RED),
    (recording) => {
      kept = recording;
    },
  );
  for (const entry of kept!.entries.values()) entry.swap();
  assert.equal(look(document), before);
});

recorders('an edit within another adds no more than both may', () => {
  const { document, recorder } = recorded();
  const { volume } = document.activeLayer;
  const add = (from: number, blocks: number) => {
    for (let i = from; i < from + blocks; i++) volume.set(i * 16, 100, 0, RED);
  };
  recorder.record(10, () => {
    recorder.record(3, () => add(0, 3));
    assert.throws(() => recorder.record(3, () => add(3, 4)), /free/);
    assert.is(volume.count(), 4);
    assert.throws(() => recorder.record(100, () => add(3, 8)), /free/);
    recorder.record(Number.POSITIVE_INFINITY, () => add(3, 7));
    assert.throws(() => recorder.record(1, () => add(10, 1)), /free/);
  });
  assert.is(volume.count(), 11);
});

recorders('to look at what was before an edit leaves what the edit noted as it is', () => {
  const { document, recorder } = recorded();
  const { volume } = document.activeLayer;
  const before = look(document);
  let kept: Recording | undefined;
  const edit = () => {
    volume.set(1, 2, 3, 0xff00_ff00);
    volume.set(40, 0, 0, RED);
    volume.clear();
    for (let i = 0; i < 2; i++) {
      assert.equal(voxelLines(volume.beforeEdit()), (before as [[0, '', unknown]])[0][2]);
    }
  };
  recorder.record(10, edit, (recording) => {
    kept = recording;
  });
  for (let i = 0; i < 2; i++) {
    assert.is(volume.count(), 0);
    for (const entry of kept!.entries.values()) entry.swap();
    assert.equal(look(document), before);
    for (const entry of kept!.entries.values()) entry.swap();
  }
});

recorders.run();
