/** Statistics and reads: the same at once and as a job, and in memory of a known size. */

import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import { ColorCounts } from '../../../engine/inquiries/color-counts.ts';
import { keptColors } from '../../../engine/inquiries/kept-colors.ts';
import { Job } from '../../../engine/jobs/job.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { LooseProject } from '../../support/project.ts';
import { SEED } from '../../support/seed.ts';

const inquiries = suite('inquiries');

const FAR = 400;

const limitsOf = (job_bytes_max: number) => ({ job_bytes_max, result_bytes_max: 2 ** 24 });

/** 343 blocks with a few voxels each, in two layers that overlap, and one voxel apart. */
function scattered(): LooseProject {
  const made = new LooseProject();
  made.run('goxel.create_layer', { name: 'upper' });
  const [lower, upper] = made.project.document.layers;
  for (let i = 0; i < 343 * 4; i++) {
    const block = i % 343;
    const at = [block % 7, Math.floor(block / 7) % 7, Math.floor(block / 49)] as const;
    const [x, y, z] = [at[0] * 16 + (i % 13), at[1] * 16 + (i % 7), at[2] * 16 + (i % 3)];
    lower!.volume.set(x, y, z, (0xff00_0000 | (i % 11)) >>> 0);
    if (i % 3 === 0) upper!.volume.set(x, y, z, 0x80_00_40_00 | (i % 5));
  }
  lower!.volume.set(-FAR, 0, 0, 0xff12_3456);
  return made;
}

const REGION = { min: [10, 0, 0], max: [100, 90, 60] };
const QUESTIONS: readonly (readonly [method: string, params: object])[] = [
  ['goxel.get_color_histogram', {}],
  ['goxel.get_color_histogram', { bin_size: 8, top_n: 3 }],
  ['goxel.get_color_histogram', { sort_by_count: false, top_n: 4 }],
  ['goxel.get_unique_colors', { merge_similar: true, sort_by_count: true }],
  ['goxel.find_voxels_by_color', { color: '#05000080', tolerance: 200, max_results: 20 }],
  ['goxel.find_voxels_by_color', { color: [3, 0, 0, 255], include_locations: false }],
  ['goxel.get_layer_voxels', { color_filter: [3, 0, 0, 255], limit: 50 }],
  ['goxel.get_layer_voxels', { offset: 700, limit: 100 }],
];

inquiries('a job on a snapshot gives what the engine gives at once', () => {
  const made = scattered();
  for (const layer_id of [1, 2, -2]) {
    for (const [method, params] of QUESTIONS) {
      const inRegion = method.endsWith('layer_voxels') ? {} : { region: REGION };
      for (const where of [{}, inRegion]) {
        const all = { ...params, ...where, layer_id };
        const asked = made.run(method, all);
        const answer = asked instanceof Job ? made.finish(method, asked) : asked;
        // The merged volume once known, the same question is one of a single volume.
        made.project.document.merged();
        const again = made.run(method, all);
        const second = again instanceof Job ? made.finish(method, again) : again;
        assert.equal(second, answer, `${method} ${JSON.stringify(all)}`);
        made.project.document.activeLayer.volume.set(0, 0, -99, 0xff00_0001);
        made.project.document.activeLayer.volume.set(0, 0, -99, 0);
      }
    }
  }
});

inquiries('a small region of a large project is read at once, and a large one by a job', () => {
  const made = scattered();
  const far = { min: [-FAR, 0, 0], max: [-FAR, 0, 0], layer_id: 1 };
  assert.not.instance(made.run('goxel.get_voxels_region', far), Job);
  assert.not.instance(made.run('goxel.get_layer_voxels', { layer_id: 1, limit: 10 }), Job);
  assert.instance(made.run('goxel.get_color_histogram', { layer_id: 1 }), Job);
  assert.instance(made.run('goxel.get_layer_voxels', { layer_id: -2 }), Job);
  const corners = { min: [0, 0, 0], max: [111, 111, 111] };
  assert.instance(made.run('goxel.get_packed_region', { ...corners, layer_id: 1 }), Job);
});

inquiries('a job about a region tells what was there when it was asked', () => {
  const made = scattered();
  const [lower] = made.project.document.layers;
  const region = { min: [0, 0, 0], max: [111, 111, 111] };
  for (const layer_id of [1, -2]) {
    const voxels = lower!.volume.count() - 1;
    const asked = made.run('goxel.get_color_histogram', { region, layer_id });
    lower!.volume.set(15, 0, layer_id + 3, 0xff00_00ff);
    const answer = made.finish('goxel.get_color_histogram', asked as Job);
    assert.is((answer as { total_voxels: number }).total_voxels, voxels, `${layer_id}`);
  }
});

inquiries('a voxel of all layers is what the merged ones show', () => {
  const made = scattered();
  const positions = Array.from({ length: 300 }, (_, i) => [i % 20, (i * 3) % 30, i % 4]);
  const probe = () => made.run('goxel.get_voxels', { positions, layer_id: -2 });
  const apart = probe();
  made.project.document.merged();
  assert.equal(probe(), apart);
});

inquiries('colours are counted as by a map, whichever they are', () => {
  const color = fc.oneof(
    fc.integer({ min: 0x0100_0000, max: 0xffff_ffff }),
    fc.integer({ min: 0xff00_0000, max: 0xff00_00ff }),
  );
  const property = fc.property(fc.array(fc.tuple(color, fc.integer({ min: 1, max: 9 }))), (all) => {
    const counts = new ColorCounts(limitsOf(2 ** 24), 0);
    const model = new Map<number, number>();
    for (const [rgba, times] of all) {
      counts.add(rgba, times);
      model.set(rgba, (model.get(rgba) ?? 0) + times);
    }
    const found = new Map<number, number>();
    counts.each((rgba, times) => found.set(rgba, times));
    assert.is(counts.length, model.size);
    assert.equal([...found].sort(), [...model].sort());
  });
  fc.assert(property, { seed: SEED });
});

/** Distinct, opaque and not, each counted twice. */
function countMany(counts: ColorCounts, colors: number): void {
  for (let i = 0; i < colors * 2; i++) {
    const color = (i % colors) * 3;
    counts.add(i % 4 === 0 ? (0x7f00_0000 | color) >>> 0 : (0xff00_0000 | color) >>> 0, 1);
  }
}

inquiries('a million colours and more are counted within the memory that a job may take', () => {
  const counts = new ColorCounts(limitsOf(2 ** 27), 0);
  const colors = 1_600_000;
  countMany(counts, colors);
  assert.is(counts.length, colors);
  let sum = 0;
  let odd = 0;
  counts.each((_, times) => {
    sum += times;
    if (times !== 2) odd++;
  });
  assert.equal([sum, odd], [2 * colors, 0]);
});

inquiries('colours are kept block by block, and not at all when they are too many', () => {
  const volume = new Volume();
  for (let x = 0; x < 10; x++) volume.set(x * 16, 0, 0, 0xff00_0000 + x);
  const asked = Array.from({ length: 4 }, () => keptColors(volume, 3)?.size);
  assert.equal(asked, [undefined, undefined, undefined, 10]);
  volume.set(0, 0, 0, 0);
  assert.is(keptColors(volume, 1)?.size, 9);
  // Each of so many blocks has a colour for each voxel.
  for (let x = 0; x < 4; x++) {
    volume.setBlock(
      x * 16,
      16,
      0,
      Uint32Array.from({ length: 4096 }, (_, i) => -1 - i - 4096 * x),
    );
  }
  assert.is(keptColors(volume, 100), undefined);
  volume.clear();
  volume.set(0, 0, 0, 0xff00_0001);
  assert.equal([...keptColors(volume, 1)!], [[0xff00_0001 | 0, 1]]);
});

inquiries('more colours than fit are refused as soon as they are seen, with advice', () => {
  const refused = (counts: ColorCounts, code: string, words: RegExp) =>
    assert.throws(
      () => countMany(counts, 200_000),
      (error: unknown) =>
        error instanceof GoxError && error.code === code && words.test(error.message),
    );
  const tight = new ColorCounts(limitsOf(2 ** 20), 0);
  refused(tight, 'GOX_MEMORY_LIMIT', /limits\.job_bytes_max.*bin_size/);
  assert.ok(tight.length < 100_000, `${tight.length}`);
  const few = new ColorCounts({ ...limitsOf(2 ** 27), result_bytes_max: 50_000 }, 10);
  refused(few, 'GOX_RESULT_TOO_LARGE', /top_n/);
  assert.is(few.length, 5001);
});

inquiries.run();
