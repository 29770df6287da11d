/** The file of a snapshot: what reads it believes nothing that is not as it was written. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readSnapshot } from '../../../engine/journal/snapshot.ts';
import { bytesOf, MirroredProject, sourceOf } from '../../support/mirrored.ts';
import { LooseProject } from '../../support/project.ts';
import { copyOf, factsOf } from '../../support/recorded.ts';
import { SEED } from '../../support/seed.ts';
import { randomNumbers } from '../../support/volumes.ts';

const FLIPS = 1000;
const CUTS = 500;
/** At both ends of the file it is cut at every byte. */
const END_BYTES = 200;
/** The last of these is the digit of the version. */
const MAGIC_BYTES = 8;

const snapshots = suite('snapshots');

/** With a little of everything that a file can have. */
function project(): MirroredProject {
  const made = new LooseProject();
  const color = '#40ff80';
  made.run('goxel.fill_region', { min: [0, 0, 0], max: [40, 20, 17], color });
  made.run('goxel.add_voxel', { x: 1, y: 2, z: 30, color });
  made.run('goxel.create_checkpoint', { name: 'here' });
  made.run('goxel.clone_layer', { layer_id: 1 });
  made.run('goxel.select', { kind: 'all', layer_id: 1 });
  for (let x = 0; x < 30; x++) made.run('goxel.add_voxel', { x, y: 50, z: x, color: [x, 9, 9, 9] });
  made.run('goxel.undo', {});
  const mirrored = new MirroredProject(made);
  mirrored.update();
  return mirrored;
}

/** Why bytes are no snapshot; undefined when they are one. */
function refused(bytes: Buffer): string | undefined {
  try {
    readSnapshot(sourceOf(bytes));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

snapshots('a file has all of the project, and says whose it is', async () => {
  const { made, mirror } = project();
  const read = readSnapshot(sourceOf(await bytesOf(mirror!)));
  assert.is(read.project, 'a');
  assert.is(read.epoch, 1);
  assert.is(read.mirror.sequence, mirror!.sequence);
  const other = new MirroredProject(new LooseProject(), { mirror: read.mirror });
  assert.equal(copyOf(other.made.project), copyOf(made.project));
  assert.equal(factsOf(other.made.project), factsOf(made.project));
});

snapshots('a block that is in many places is in the file once', async () => {
  const made = new LooseProject(2 ** 30);
  made.run('goxel.fill_region', { min: [0, 0, 0], max: [800, 800, 1], color: '#123456' });
  const mirrored = new MirroredProject(made);
  const { length } = await bytesOf(mirrored.update());
  assert.ok(length < 100_000, `${length} bytes for 2500 blocks`);
});

snapshots('a file that is cut off anywhere is none', async () => {
  const random = randomNumbers(SEED);
  const bytes = await bytesOf(project().mirror!);
  assert.is(refused(bytes), undefined);
  const places = Array.from({ length: CUTS }, () => Math.floor(random() * bytes.length));
  for (let i = 0; i < END_BYTES; i++) places.push(i, bytes.length - 1 - i);
  for (const length of places) {
    const why = refused(bytes.subarray(0, length));
    assert.match(why ?? 'it was read', /, at \d+ of \d+$/, `seed ${SEED}: cut off at ${length}`);
  }
});

snapshots('a file with a bit that is another one is none', async () => {
  const random = randomNumbers(SEED);
  const bytes = await bytesOf(project().mirror!);
  for (let flip = 0; flip < FLIPS; flip++) {
    const [at, bit] = [Math.floor(random() * bytes.length), Math.floor(random() * 8)];
    const damaged = Buffer.from(bytes);
    damaged[at]! ^= 1 << bit;
    const why = refused(damaged) ?? 'it was read';
    // A bit of the version's digit makes it the file of a later one.
    const later = at === MAGIC_BYTES - 1 && why.startsWith('a newer version');
    assert.match(why, later ? 'newer' : /, at \d+ of \d+$/, `seed ${SEED}: bit ${bit} of ${at}`);
  }
});

snapshots('sections that are missing, or come twice, are found', async () => {
  const bytes = await bytesOf(project().mirror!);
  const sections: Buffer[] = [];
  for (let at = MAGIC_BYTES; at < bytes.length; ) {
    const end = at + 16 + bytes.readUInt32LE(at);
    sections.push(bytes.subarray(at, end));
    at = end;
  }
  const file = (parts: readonly Buffer[]) =>
    Buffer.concat([bytes.subarray(0, MAGIC_BYTES), ...parts]);
  assert.is(refused(file(sections)), undefined);
  const [first, last] = [sections[0]!, sections.at(-1)!];
  assert.match(refused(file(sections.slice(1)))!, /header/);
  assert.match(refused(file(sections.slice(0, -1)))!, /cut off/);
  assert.match(refused(file([...sections, last]))!, /more after the end/);
  assert.match(refused(file([first, ...sections]))!, /header/);
  const blocks = sections.findIndex((section) => section.readUInt32LE(8) === 2);
  assert.match(refused(file(sections.toSpliced(blocks, 1)))!, /missing/);
});

snapshots.run();
