/** Of animations in .vox files a frame is shown that has something to show. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { voxelLines } from '../../support/fixtures.ts';
import {
  chunk,
  dict,
  group,
  int32,
  model,
  shape,
  transform,
  voxFile,
} from '../../support/vox-file.ts';
import { readVox as read } from '../../support/vox-told.ts';

const ONE = model([1, 1, 1], [0, 0, 0, 1]);

const test = suite('people: frames of .vox');

test('the first frame that shows anything is shown, where those before it are empty', () => {
  const none = model([1, 1, 1]);
  const full = [2, 3].map((index) => model([1, 1, 1], [0, 0, 0, index]));
  const frames = (...models: [number, number][]) => {
    const list = models.map(([model, at]) => Buffer.concat([int32(model), dict({ _f: `${at}` })]));
    const head = [int32(1), dict({}), int32(list.length)];
    return [transform(0, 1), chunk('nSHP', Buffer.concat([...head, ...list]))];
  };
  const left = 'WARN_FRAMES_LEFT_OUT 2';
  for (const [bytes, told] of [
    [voxFile(chunk('PACK', int32(3)), none, ...full), [left]],
    [voxFile(none, ...full, ...frames([0, 0], [1, 3], [2, 5])), [left]],
    [voxFile(...full, ...frames([7, 0], [0, 3], [1, 5])), ['WARN_BROKEN_PART 1', left]],
  ] as const) {
    const shown = read(bytes);
    assert.equal(voxelLines(shown.document.merged()), '0 0 0 ffffccff\n');
    assert.equal(shown.told, told);
    const all = read(bytes, { frame: 'all' }).document;
    assert.equal(voxelLines(all.merged()), '0 0 0 ffffccff\n');
    // Who names the empty one gets it.
    assert.equal(voxelLines(read(bytes, { frame: 0 }).document.merged()), '');
  }
  const nothing = read(voxFile(none, none, ...frames([0, 0], [1, 3])));
  assert.equal(nothing.told, ['WARN_FRAMES_LEFT_OUT 1']);
});

/** Frames of a shape: a model, and then one that is not there. */
const NOW_AND_NEVER = [int32(0), dict({ _f: '0' }), int32(7), dict({ _f: '1' })];

test('a scene that shows nothing is a project with a layer, whatever is asked', () => {
  const scenes = [
    [ONE, transform(0, 1), group(1)],
    [ONE, transform(0, 1), shape(1, 7)],
    [ONE, transform(0, 1)],
    [
      ONE,
      transform(0, 1),
      chunk('nSHP', Buffer.concat([int32(1), dict(), int32(2), ...NOW_AND_NEVER])),
    ],
  ];
  const asked = [
    {},
    { instances: false },
    { like: 'goxel' },
    { frame: 'all' },
    { frame: 1 },
  ] as const;
  for (const options of asked) {
    for (const scene of scenes) {
      const { layers } = read(voxFile(...scene), options).document;
      assert.ok(layers.length > 0, JSON.stringify(options));
    }
  }
});

test.run();
