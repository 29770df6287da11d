/** Selecting, copying, moving and filtering. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TestEngine, voxelsOf } from '../../support/engine.ts';

interface Bounds {
  readonly empty: boolean;
  readonly min: number[];
  readonly max: number[];
}
interface Selected {
  readonly box: { min: number[]; max: number[] } | null;
  readonly voxel_count: number;
  readonly bounding_box: Bounds;
}

/** x from 0 to 9: red below 5, and beyond 5 every second one a little brighter. */
function row(): TestEngine {
  const engine = new TestEngine();
  const voxels = Array.from({ length: 10 }, (_, x) => ({
    ...{ x, y: 0, z: 0, color: x < 5 ? [200, 0, 0] : [200, 50 + (x % 2) * 5, 0] },
  }));
  engine.call('add_voxels', { voxels });
  return engine;
}

function place(voxels: readonly string[]): string[] {
  return voxels.map((line) => line.split(' ').slice(0, 3).join(' ')).sort();
}

/** The places of a row along x. */
function along(xs: readonly number[], y = 0, z = 0): string[] {
  return xs.map((x) => `${x} ${y} ${z}`).sort();
}

function boundsOf(min: number[], max: number[]) {
  const dimensions = max.map((value, axis) => value - min[axis]!);
  return { empty: false, min, max, dimensions, last: max.map((value) => value - 1) };
}

const selecting = suite('selection');

selecting('by box, connection, colour, and all', () => {
  const engine = row();
  const count = (params: object) => (engine.call('select', params) as Selected).voxel_count;
  assert.is(count({ kind: 'all' }), 10);
  assert.is(count({ kind: 'connected', position: [0, 0, 0] }), 5);
  assert.is(count({ kind: 'connected', position: [5, 0, 0] }), 1);
  assert.is(count({ kind: 'connected', position: [5, 0, 0], threshold: 5 }), 5);
  assert.is(count({ kind: 'connected', position: [5, 0, 0], threshold: 255 }), 10);
  assert.is(count({ kind: 'color', color: [200, 50, 0] }), 2);
  assert.is(count({ kind: 'color', color: [200, 50, 0], tolerance: 5 }), 5);
  const box = { min: [2, -5, -5], max: [4, 5, 5] };
  assert.equal(engine.call('select', { kind: 'box', box }), {
    success: true,
    box: { ...box, last: [3, 4, 4] },
    voxel_count: 2,
    bounding_box: boundsOf([2, 0, 0], [4, 1, 1]),
  });
  assert.equal(engine.call('get_selection'), engine.call('select', { kind: 'box', box }));
  const cleared = engine.call('deselect') as Selected;
  assert.equal([cleared.voxel_count, cleared.box], [0, null]);
});

selecting('modes combine with what is selected', () => {
  const engine = row();
  const pick = (how: string, from: number, to: number) =>
    engine.call('select', { kind: 'box', how, box: { min: [from, 0, 0], max: [to, 1, 1] } });
  const chosen = () => {
    engine.call('copy');
    engine.call('paste', { new_layer: true });
    return place(voxelsOf(engine));
  };
  pick('set', 0, 4);
  pick('add', 6, 8);
  engine.call('set_active_layer', { index: 0 });
  assert.equal(chosen(), along([0, 1, 2, 3, 6, 7]));
  engine.call('set_active_layer', { index: 0 });
  pick('sub', 1, 3);
  assert.equal(chosen(), along([0, 3, 6, 7]));
  engine.call('set_active_layer', { index: 0 });
  pick('intersect', 2, 7);
  assert.equal(chosen(), along([3, 6]));
});

selecting('a new document has nothing selected; a failed selection changes nothing', () => {
  const engine = row();
  engine.call('select', { kind: 'all' });
  const before = engine.call('get_selection');
  for (const [params, message] of [
    [{ kind: 'box' }, /^params\.box: expected a box for this kind/],
    [{ kind: 'connected', position: [99, 0, 0] }, /^params\.position: expected the position of a/],
    [{ kind: 'color' }, /^params\.color: expected a color/],
    [
      { kind: 'box', box: { min: [0, 0, 0], max: [0, 9, 9] } },
      /^params\.box: expected .* flat in x /,
    ],
    [{ kind: 'all', layer_id: 99 }, /no layer with id 99/],
  ] as const) {
    assert.match(engine.fail('select', params).message, message);
  }
  assert.equal(engine.call('get_selection'), before);
  engine.call('create_project');
  assert.is((engine.call('get_selection') as Selected).voxel_count, 0);
});

selecting('is painted, and is what the colours filter changes', () => {
  const engine = row();
  engine.call('select', { kind: 'box', box: { min: [0, 0, 0], max: [2, 1, 1] } });
  engine.call('paint_selection', { color: '#0000FF' });
  assert.is(voxelsOf(engine).filter((line) => line.endsWith('0000ffff')).length, 2);
  engine.call('filter', { kind: 'colors', lightness: -100 });
  assert.equal(
    voxelsOf(engine).map((line) => line.endsWith('000000ff')),
    [true, true, ...Array(8).fill(false)],
  );
  engine.call('clear_selection');
  assert.is(engine.fail('paint_selection', {}).data.code, 'GOX_NOTHING_SELECTED');
});

selecting.run();

const clipboard = suite('clipboard');

clipboard('is pasted where it was, elsewhere, far away and into new layers', () => {
  const engine = row();
  assert.equal(engine.fail('paste', {}).data.code, 'GOX_NOTHING_COPIED');
  engine.call('select', { kind: 'box', box: { min: [3, 0, 0], max: [5, 1, 1] } });
  assert.equal(engine.call('copy'), {
    success: true,
    voxel_count: 2,
    bounding_box: boundsOf([3, 0, 0], [5, 1, 1]),
    layer_id: 1,
  });
  engine.call('clear_layer');
  const pasted = { success: true, pasted: 2, layer_id: 1, changed: 2 };
  assert.equal(engine.call('paste', {}), pasted);
  assert.equal(place(voxelsOf(engine)), along([3, 4, 5, 6, 7, 8, 9, 0, 1, 2].sort()));
  engine.call('delete_layer', { layer_id: 1 });
  // Beyond 2^24, where a float32 has no odd numbers.
  for (const [i, x] of [-17, 20_000_001, 2 ** 31 - 3].entries()) {
    const params = { position: [x, -5, 7], new_layer: 'pasted' };
    assert.equal(engine.call('paste', params), { ...pasted, layer_id: i + 2 });
    assert.equal(place(voxelsOf(engine)), along([x, x + 1], -5, 7));
  }
  const outside = engine.fail('paste', { position: [2 ** 31 - 1, 0, 0] });
  assert.is(outside.data.code, 'GOX_MEMORY_LIMIT');
  const { layers } = engine.call('list_layers') as { layers: { name: string }[] };
  assert.equal(
    layers.map(({ name }) => name),
    ['Layer.1', 'pasted', 'pasted', 'pasted'],
  );
});

clipboard('is shared by projects, and between engines through the main thread', () => {
  const engine = row();
  engine.call('copy');
  engine.call('clear_layer');
  engine.call('paste', { position: [0, 1, 0] }, 2);
  assert.equal(place(voxelsOf(engine, -1, 2)), along([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 1));
  const other = new TestEngine();
  other.engine.setClipboard(structuredClone(engine.clipboard));
  assert.is((other.call('paste', {}) as { pasted: number }).pasted, 10);
  assert.is(other.clipboard, undefined, 'what was received is not given on');
});

clipboard('a cut moves what is selected into a layer above', () => {
  const engine = row();
  engine.call('create_layer', { name: 'top' });
  engine.call('set_active_layer', { layer_id: 1 });
  assert.match(engine.fail('cut_to_layer', {}).message, /^Nothing is selected/);
  engine.call('select', { kind: 'connected', position: [0, 0, 0] });
  const cut = { success: true, layer_id: 3, voxel_count: 5, source_layer_id: 1, changed: 5 };
  assert.equal(engine.call('cut_as_new_layer', { name: 'left' }), cut);
  assert.equal(place(voxelsOf(engine, 3)), along([0, 1, 2, 3, 4]));
  assert.equal(place(voxelsOf(engine, 1)), along([5, 6, 7, 8, 9]));
  const { layers } = engine.call('list_layers') as { layers: { id: number }[] };
  assert.equal(
    layers.map(({ id }) => id),
    [1, 3, 2],
  );
});

clipboard.run();

const moving = suite('transform_layer');

/** What becomes of a voxel at a place. */
function moved(at: readonly number[], params: object): string[] {
  const engine = new TestEngine();
  engine.call('add_voxel', { position: at });
  engine.call('transform_layer', params);
  return place(voxelsOf(engine));
}

moving('quarter turns and flips are about the middle of the voxel at the origin', () => {
  const about = (axis: string, degrees: number) => moved([3, 5, 7], { rotate: { axis, degrees } });
  assert.equal(about('z', 90), ['-4 3 7']);
  assert.equal(about('z', 180), ['-2 -4 7']);
  assert.equal(about('z', -90), ['5 -2 7']);
  assert.equal(about('x', 90), ['3 -6 5']);
  assert.equal(about('y', 90), ['7 5 -2']);
  assert.equal(moved([3, 5, 7], { flip: 'x' }), ['-2 5 7']);
  assert.equal(moved([3, 5, 7], { flip: 'y' }), ['3 -4 7']);
  assert.equal(moved([3, 5, 7], { flip: 'z' }), ['3 5 -6']);
});

moving('steps are done in order, and the origin goes along', () => {
  assert.equal(moved([3, 5, 7], { translate: [1, -2, 2 ** 20] }), [`4 3 ${7 + 2 ** 20}`]);
  const both = { flip: 'x', rotate: { axis: 'z', degrees: 90 }, translate: { x: 0, y: 0, z: 1 } };
  const engine = new TestEngine();
  engine.call('add_voxel', { position: [3, 5, 7] });
  engine.call('transform_layer', { flip: 'x' });
  engine.call('transform_layer', { rotate: both.rotate });
  engine.call('transform_layer', { translate: both.translate });
  assert.equal(moved([3, 5, 7], both), place(voxelsOf(engine)));
  const { matrix } = engine.call('get_layer') as { matrix: number[] };
  assert.equal(matrix.slice(12), [0, 0, 1, 1]);
});

moving('recenter turns about the middle of the voxels', () => {
  const engine = new TestEngine();
  engine.call('fill_region', { min: [10, 20, 30], max: [14, 22, 30], color: '#808080' });
  engine.call('transform_layer', { recenter: true, rotate: { axis: 'z', degrees: 90 } });
  const { min, max } = engine.call('get_bounding_box') as Bounds;
  assert.equal([max[0]! - min[0]!, max[1]! - min[1]!], [3, 5]);
  // About 0 a turn maps (x, y) to (1 - y, x); the middle voxel is (12, 21).
  assert.equal(
    [min, max],
    [
      [12, 19, 30],
      [15, 24, 31],
    ],
  );
});

moving('scales by the nearest voxel, a clone by its matrix', () => {
  const engine = new TestEngine();
  engine.call('fill_region', { min: [0, 0, 0], max: [3, 3, 3], color: '#808080' });
  const count = (params: object) =>
    (engine.call('transform_layer', params) as { voxel_count: number }).voxel_count;
  assert.is(count({ scale: 2 }), 512);
  assert.is(count({ scale: [0.5, 1, 1] }), 256);
  engine.call('clone_layer', { index: 0 });
  assert.is(count({ translate: [100, 0, 0] }), 256);
  const clone = engine.call('get_layer') as { kind: string; matrix: number[] };
  assert.equal([clone.kind, clone.matrix.slice(12)], ['clone', [100, 0, 0, 1]]);
});

const MOVE_FAULTS: readonly [object, RegExp][] = [
  [{ scale: [1, 0, 1] }, /^params\.scale: expected numbers of at least 0\.0009765625/],
  [{ scale: 0 }, /^params\.scale: expected a number from 1\/1024 to 1024, or/],
  [{ rotate: { axis: [0, 0, 0], degrees: 1 } }, /^params\.rotate\.axis: expected an axis that has/],
  [{ matrix: Array(16).fill(1) }, /^params\.matrix\[3\]: expected 0, got 1/],
  [
    { matrix: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] },
    /^params\.matrix: expected a matri/,
  ],
];

moving('what cannot be undone is refused', () => {
  const engine = row();
  const before = voxelsOf(engine);
  for (const [params, message] of MOVE_FAULTS) {
    assert.match(engine.fail('transform_layer', params).message, message, JSON.stringify(params));
  }
  const far = engine.fail('transform_layer', { translate: [2 ** 31, 0, 0] });
  assert.is(far.data.code, 'GOX_MEMORY_LIMIT');
  assert.equal(voxelsOf(engine), before);
});

moving('an empty clone cannot be moved out of reach step by step', () => {
  const engine = new TestEngine();
  engine.call('clone_layer', { index: 0 });
  let steps = 0;
  let message = '';
  for (; message === '' && steps < 20; steps++) {
    const [answer] = engine.run([{ method: 'transform_layer', params: { scale: 1024 } }]);
    if (answer!.failed) message = Buffer.from(answer!.bytes).toString();
  }
  assert.match(message, /stays inside the coordinates/);
  assert.is(steps, 4);
});

moving.run();

const filters = suite('filter');

function filtered(engine: TestEngine, params: object): string[] {
  const { voxel_count } = engine.call('filter', params) as { voxel_count: number };
  const voxels = voxelsOf(engine);
  assert.is(voxels.length, voxel_count);
  return voxels;
}

filters('mirror flips and wrap moves around, in the box given, selected, or of the image', () => {
  const box = { min: [0, 0, 0], max: [4, 1, 1] };
  const ends = (params: object) => {
    const engine = row();
    return filtered(engine, params).filter((line) => /c8..00ff/.test(line)).length;
  };
  assert.is(ends({ kind: 'mirror', axis: 'x', box }), 10);
  const engine = new TestEngine();
  engine.call('add_voxel', [0, 0, 0, '#FF0000']);
  engine.call('add_voxel', [1, 0, 0, '#00FF00']);
  assert.equal(filtered(engine, { kind: 'mirror', axis: 'x', box }), [
    '2 0 0 00ff00ff',
    '3 0 0 ff0000ff',
  ]);
  engine.call('select', { kind: 'box', box });
  assert.equal(place(filtered(engine, { kind: 'wrap', axis: 'x' })), along([0, 3]));
  assert.equal(
    place(filtered(engine, { kind: 'wrap', axis: 'x', direction: 'backward' })),
    along([2, 3]),
  );
  engine.call('clear_selection');
  // The image box: from -32 to 32.
  assert.equal(place(filtered(engine, { kind: 'mirror', axis: 'x' })), along([-4, -3]));
});

filters('hollow, fill_holes and hull', () => {
  const engine = new TestEngine();
  const cube = { min: [0, 0, 0], max: [5, 5, 5], color: '#808080' };
  engine.call('fill_region', cube);
  assert.is(filtered(engine, { kind: 'hollow' }).length, 216 - 64);
  engine.call('fill_region', cube);
  assert.is(filtered(engine, { kind: 'hollow', thickness: 2 }).length, 216 - 8);
  const whole = filtered(engine, { kind: 'fill_holes', color: '#FF0000' });
  assert.is(whole.length, 216);
  assert.is(whole.filter((line) => line.endsWith('ff0000ff')).length, 8);
  engine.call('filter', { kind: 'hollow' });
  assert.is(
    filtered(engine, { kind: 'fill_holes' }).filter((l) => !l.endsWith('808080ff')).length,
    0,
  );
  engine.call('create_project');
  engine.call('add_voxels', {
    voxels: [
      { x: 0, y: 0, z: 0, color: '#FF0000' },
      { x: 4, y: 0, z: 0, color: '#FF0000' },
    ],
  });
  assert.equal(filtered(engine, { kind: 'hull', color: '#0000FF' }), [
    '0 0 0 ff0000ff',
    '1 0 0 0000ffff',
    '2 0 0 0000ffff',
    '3 0 0 0000ffff',
    '4 0 0 ff0000ff',
  ]);
});

filters('cut by a plane and crop to a box keep colours', () => {
  const engine = row();
  const all = voxelsOf(engine);
  const normal = [1, 0, 0];
  assert.equal(filtered(engine, { kind: 'cut', normal, origin: [7, 0, 0] }), all.slice(0, 7));
  assert.equal(
    filtered(engine, { kind: 'cut', normal, origin: [2, 0, 0], side: 'below' }),
    all.slice(2, 7),
  );
  const box = { min: [3, -1, -1], max: [5, 1, 1] };
  assert.equal(filtered(engine, { kind: 'crop', box }), all.slice(3, 5));
  const away = { min: [30, 0, 0], max: [31, 1, 1] };
  assert.equal(filtered(engine, { kind: 'crop', box: away }), []);
});

filters('colours change by hue, saturation, lightness and contrast', () => {
  const engine = new TestEngine();
  engine.call('add_voxel', [0, 0, 0, '#FF0000']);
  assert.equal(filtered(engine, { kind: 'colors', hue: 120 }), ['0 0 0 00ff00ff']);
  assert.equal(filtered(engine, { kind: 'colors' }), ['0 0 0 00ff00ff']);
});

const FILTER_FAULTS: readonly [object, RegExp][] = [
  [{ kind: 'mirror' }, /^params\.axis: expected a axis for this filter/],
  [{ kind: 'cut' }, /^params\.normal/],
  [{ kind: 'cut', normal: [0, 0, 0] }, /^params\.normal: expected a direction that has a length/],
  [{ kind: 'blur' }, /^params\.kind: expected one of "colors", "mirror"/],
  [{ kind: 'wrap', axis: 'x', box: { min: [0, 0, 0], max: [2 ** 31, 1, 1] } }, /^$/],
  [
    {
      kind: 'wrap',
      axis: 'x',
      box: { matrix: [2 ** 31, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 9, 0, 0, 1] },
    },
    /^params\.box: expected a box inside the coordinates/,
  ],
];

filters('what is missing or out of reach is named', () => {
  for (const [params, message] of FILTER_FAULTS) {
    const engine = row();
    if (message.source === '^$') engine.call('filter', params);
    else assert.match(engine.fail('filter', params).message, message);
  }
});

filters.run();
