/** Whatever is damaged, what a repair leaves can be read, and has all that is before the damage. */

import { basename } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { numbered } from '../../../engine/journal/files.ts';
import { RECORD_TYPES } from '../../../engine/journal/format.ts';
import { readStore } from '../../../engine/journal/store-reader.ts';
import { scanSegment } from '../../../engine/journal/walk.ts';
import { editsAfter } from '../../../supervisor/cli/journal/given-up.ts';
import { type Change, repairPlan } from '../../../supervisor/cli/journal/repair-plan.ts';
import { inMemory, type WrittenJournal, writtenJournal } from '../../support/journal.ts';
import { SEED } from '../../support/seed.ts';
import { randomNumbers } from '../../support/volumes.ts';

const repair = suite('repair');
const random = randomNumbers(SEED);
const below = (bound: number): number => Math.floor(random() * bound);

let written: WrittenJournal;
repair.before(async () => {
  written = await writtenJournal(random);
});

function changed(
  files: ReadonlyMap<string, Buffer>,
  changes: readonly Change[],
): Map<string, Buffer> {
  const after = new Map(files);
  for (const change of changes) {
    if (change.what === 'remove') assert.ok(after.delete(change.name), 'it was there');
    else if (change.what === 'make') after.set(change.name, Buffer.from(change.bytes));
    else after.set(change.name, after.get(change.name)!.subarray(0, change.length));
  }
  return after;
}

/** Random damage to one, two or three of the files. */
function damaged(): Map<string, Buffer> {
  const files = new Map(written.files);
  files.delete('lock');
  for (let count = 1 + below(3); count > 0; count--) {
    const names = [...files.keys()];
    const name = names[below(names.length)];
    if (name === undefined) break;
    const bytes = Buffer.from(files.get(name)!);
    const what = below(4);
    if (what === 0) files.delete(name);
    else if (what === 1) files.set(name, bytes.subarray(0, below(bytes.length)));
    else if (bytes.length > 0) {
      bytes[below(bytes.length)]! ^= 1 << below(8);
      files.set(name, bytes);
    }
  }
  return files;
}

repair('leaves what can be read, and all of it that was before the damage', () => {
  let mended = 0;
  for (let run = 0; run < 500; run++) {
    const files = damaged();
    const before = readStore(inMemory(files));
    const plan = repairPlan(inMemory(files));
    if (before.fault?.kind !== 'damaged') {
      assert.equal(plan.changes, [], `run ${run}: nothing is to be mended`);
      continue;
    }
    mended += 1;
    const { fault, place, tail } = readStore(inMemory(changed(files, plan.changes)));
    assert.ok(fault === undefined || fault.kind === 'torn', `run ${run}: ${fault?.reason}`);
    assert.is(place.sequence, before.place.sequence, `run ${run}`);
    assert.equal(place, plan.place, `run ${run}`);
    assert.is(tail.length === 0, before.tail.length === 0);
  }
  assert.ok(mended > 100, `${mended} were damaged`);
});

repair('tells of nothing to be done where there is none', () => {
  const { fault, changes, project } = repairPlan(inMemory(written.files));
  assert.equal([fault, changes, project], [undefined, [], 'tower']);
});

repair('names the edits behind the damage that can be read', () => {
  const names = numbered([...written.files.keys()], 'journal').map(({ name }) => name);
  const [name = ''] = names.slice(-2);
  const bytes = Buffer.from(written.files.get(name)!);
  const edits = scanSegment(bytes, false).records.filter(
    (one) => one.type === RECORD_TYPES.request,
  );
  const broken = edits[below(edits.length - 1)]!;
  bytes[broken.start + 4]! ^= 1;
  const files = new Map(written.files).set(name, bytes);
  const { changes, fault } = repairPlan(inMemory(files));
  assert.equal([fault?.kind, basename(fault?.path ?? '')], ['damaged', name]);
  const [cut] = changes.filter((change) => change.name === name);
  assert.is(cut?.what, 'cut');
  const rest = [...editsAfter(name, bytes, broken.start)].map(({ sequence }) => sequence);
  const wanted = edits.map(({ sequence }) => sequence).filter((one) => one > broken.sequence);
  assert.equal(rest, wanted);
});

repair.run();
