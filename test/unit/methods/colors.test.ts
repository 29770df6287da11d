/** Counting and finding colours. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TestEngine } from '../../support/engine.ts';

const colors = suite('colours');

interface Histogram {
  readonly histogram: { color: string; count: number; percentage: number }[];
  readonly total_voxels: number;
  readonly unique_colors: number;
  readonly metadata: object;
}

/** 20 red, 10 of a darker red, 5 green in a second, hidden layer; over several blocks. */
function project(): TestEngine {
  const engine = new TestEngine();
  engine.call('fill_region', { min: [-10, 0, 0], max: [9, 0, 0], color: '#FF0000' });
  engine.call('fill_region', { min: [-5, 1, 15], max: [4, 1, 15], color: '#F50000' });
  engine.call('create_layer');
  engine.call('fill_region', { min: [0, 0, 99], max: [4, 0, 99], color: '#00FF0080' });
  engine.call('set_layer_visibility', { layer_id: 2, visible: false });
  return engine;
}

colors('a histogram counts, sorts, cuts off and gives percentages of what is left', () => {
  const engine = project();
  const of = (params: object) => engine.call('get_color_histogram', params) as Histogram;
  assert.equal(of({ layer_id: 1 }), {
    histogram: [
      { color: '#FF0000FF', rgba: [255, 0, 0, 255], count: 20, percentage: (100 * 20) / 30 },
      { color: '#F50000FF', rgba: [245, 0, 0, 255], count: 10, percentage: (100 * 10) / 30 },
    ],
    total_voxels: 30,
    unique_colors: 2,
    metadata: { binned: false },
  });
  const first = of({ layer_id: 1, top_n: 1 });
  assert.equal(
    [first.histogram[0]!.percentage, first.total_voxels, first.unique_colors],
    [100, 30, 2],
  );
  const by_color = of({ layer_id: 1, sort_by_count: false });
  assert.equal(
    by_color.histogram.map(({ color }) => color),
    ['#F50000FF', '#FF0000FF'],
  );
  assert.is(of({}).total_voxels, 5, 'the active layer');
  assert.is(of({ layer_id: -2 }).total_voxels, 30, 'the visible layers');
  const region = { min: [-5, 0, 0], max: [-1, 5, 15] };
  assert.equal(
    of({ layer_id: 1, region }).histogram.map(({ count }) => count),
    [5, 5],
  );
  assert.equal(of({ region: { min: [90, 0, 0], max: [99, 0, 0] } }).histogram, []);
});

colors('bins are as in v14: (v div bin) * bin + bin div 2, alpha kept', () => {
  const engine = project();
  const binned = engine.call('get_color_histogram', { layer_id: 1, bin_size: 50 }) as Histogram;
  // 245 and 255: 200 + 25, and 250 + 25 cut at 255; 0 becomes 25.
  assert.equal(
    binned.histogram.map(({ color, count }) => [color, count]),
    [
      ['#FF1919FF', 20],
      ['#E11919FF', 10],
    ],
  );
  assert.equal(binned.metadata, { binned: true, bin_size: 50 });
  const wide = engine.call('get_color_histogram', { layer_id: 1, bin_size: 256 }) as Histogram;
  assert.equal([wide.unique_colors, wide.histogram[0]!.color], [1, '#808080FF']);
});

interface Found {
  readonly match_count: number;
  readonly truncated: boolean;
  readonly locations?: { x: number; y: number; z: number }[];
  readonly metadata: { tolerance: number[] };
}

colors('voxels are found by tolerance, in order, up to a number', () => {
  const engine = project();
  const find = (params: object) =>
    engine.call('find_voxels_by_color', { layer_id: 1, color: [255, 0, 0], ...params }) as Found;
  const exact = find({});
  assert.equal([exact.match_count, exact.truncated, exact.locations!.length], [20, false, 20]);
  assert.equal(
    exact.locations!.map(({ x }) => x),
    Array.from({ length: 20 }, (_, i) => i - 10),
  );
  assert.is(find({ tolerance: 9 }).match_count, 20);
  assert.is(find({ tolerance: 10 }).match_count, 30);
  assert.is(find({ tolerance: [10, 0, 0] }).match_count, 30);
  assert.equal(find({ tolerance: [10, 0, 0] }).metadata, { tolerance: [10, 0, 0, 0] });
  const few = find({ max_results: 3 });
  assert.equal([few.match_count, few.truncated, few.locations!.length], [20, true, 3]);
  const none = find({ include_locations: false });
  assert.equal([none.match_count, none.truncated, none.locations], [20, false, undefined]);
  assert.is(find({ region: { min: [0, 0, 0], max: [0, 0, 0] } }).match_count, 1);
  assert.is(find({ layer_id: 2, color: [0, 255, 0, 128] }).match_count, 5);
  assert.is(find({ color: '#00000000', tolerance: 0 }).match_count, 0, 'empty is no voxel');
});

colors('unique colours are listed and merged', () => {
  const engine = project();
  const unique = (params: object) => {
    const all = engine.call('get_unique_colors', { layer_id: 1, ...params }) as {
      colors: { hex: string }[];
      count: number;
    };
    assert.is(all.count, all.colors.length);
    return all.colors.map(({ hex }) => hex);
  };
  assert.equal(unique({}), ['#F50000FF', '#FF0000FF']);
  assert.equal(unique({ sort_by_count: true }), ['#FF0000FF', '#F50000FF']);
  assert.equal(unique({ merge_similar: true, merge_threshold: 100 }), ['#FA3232FF']);
});

colors.run();
