/**
 * The quick part of the campaign, for every change: some hundred damaged files for each importer,
 * in this process. Should one hang, the runner kills it, and its last line says of which importer.
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../conf/errors.ts';
import { Document } from '../../engine/document/document.ts';
import { SEED } from '../support/seed.ts';
import { caseOf } from './case.ts';
import { Fault, judge } from './judge.ts';
import { Random } from './random.ts';
import { allTargets, type Target } from './targets.ts';

const FILES = 250;
/** Maps of a megabyte take longer. */
const LARGE_BYTES = 2 ** 19;

const targets = allTargets();

const test = suite('damaged files');

for (const target of targets) {
  test(`${target.name}: refused as the catalogue says, or read`, () => {
    console.log(`damaging ${target.name}`);
    const large = target.seeds()[0]!.bytes.length > LARGE_BYTES;
    const outcomes = new Set<string>();
    for (let number = 0; number < (large ? FILES / 5 : FILES); number++) {
      const { bytes, random } = caseOf(target, SEED, number);
      try {
        outcomes.add(judge(target, bytes, random));
      } catch (error) {
        const format = JSON.stringify(target.name);
        const flags = `--seed ${SEED} --format ${format} --only ${number}`;
        const again = `npm run test:fuzz -- formats ${flags}`;
        assert.unreachable(`${error instanceof Error ? error.stack : error}\n${again}`);
      }
    }
    if (target.forgiven) assert.ok(outcomes.has('ok'), 'damage costs all of it');
    else assert.ok(outcomes.has('GOX_FORMAT_BROKEN'), 'nothing was refused: is it damaged at all?');
  });

  test(`${target.name}: a file that is well is read`, () => {
    // Small limits may be drawn, so there are some tries.
    const read = target.seeds().some(({ bytes }) =>
      Array.from({ length: 20 }, (_, i) => i).some((i) => {
        try {
          return target.read(bytes, new Random(i)) !== undefined;
        } catch (error) {
          if (error instanceof GoxError) return false;
          throw error;
        }
      }),
    );
    assert.ok(read, 'each was refused');
  });
}

test('a case is the same whenever it is made', () => {
  for (const target of targets.filter(({ name }) => ['gox', 'glb', 'obj'].includes(name))) {
    for (let number = 0; number < 20; number++) {
      const [a, b] = [caseOf(target, 7, number), caseOf(target, 7, number)];
      assert.is(a.seed.name, b.seed.name);
      assert.is(Buffer.compare(a.bytes, b.bytes), 0);
      assert.is(a.random.below(1e9), b.random.below(1e9));
    }
  }
});

test.run();

const judging = suite('judging');

function faultOf(read: Target['read'], name = 'vox'): string {
  const target: Target = { name, names: ['a.vox'], seeds: () => [], read };
  try {
    judge(target, Buffer.alloc(0), new Random(0));
  } catch (error) {
    assert.instance(error, Fault);
    return (error as Fault).message;
  }
  return assert.unreachable('no fault') as never;
}

function thrown(error: unknown): string {
  return faultOf(() => {
    throw error;
  });
}

judging('errors that are not of the catalogue, or of no file, are faults', () => {
  assert.match(thrown(new TypeError('x is undefined')), /x is undefined/);
  assert.match(thrown('text'), /threw text/);
  assert.match(thrown(new GoxError('GOX_INTERNAL', 'a.vox')), /refused with GOX_INTERNAL/);
  assert.match(thrown(new GoxError('GOX_FILE', 'a.vox')), /refused with GOX_FILE/);
  assert.match(thrown(new GoxError('GOX_FORMAT_BROKEN', 'It is damaged.')), /which file/);
  assert.match(thrown(new GoxError('GOX_FORMAT_BROKEN', 'a.vox '.repeat(200))), /characters/);
  assert.match(thrown(new GoxError('GOX_FORMAT_BROKEN', 'a.vox: [object Object]')), /little/);
});

judging('documents that do not hold together are faults', () => {
  const changed = (change: (document: Document) => void) => () => {
    const document = Document.empty();
    change(document);
    return document;
  };
  assert.match(
    faultOf(changed((document) => document.set({ layers: [], active: undefined }))),
    /no layers/,
  );
  assert.match(faultOf(changed(({ box }) => box.fill(Number.NaN))), /image box/);
  const miscount = changed(({ activeLayer: { volume } }) => {
    const data = new Uint32Array(new SharedArrayBuffer(16384)).fill(0xffff_ffff);
    volume.setBlock(0, 0, 0, data, 7);
  });
  assert.match(faultOf(miscount), /4096 voxels are counted as 7/);
  const palette = { name: '', colors: new Uint32Array(2), names: [''] };
  assert.match(
    faultOf(() => palette),
    /2 colours have 1 names/,
  );
});

judging.run();
