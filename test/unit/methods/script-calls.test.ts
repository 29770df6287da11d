/** `goxel.call`: what a script asks by it is done as a request would have it done. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { METHODS } from '../../../engine/catalogue/methods.ts';
import { whyUnscripted } from '../../../engine/catalogue/scripts.ts';
import type { ExampleRequest } from '../../../engine/catalogue/spec.ts';
import { TestEngine } from '../../support/engine.ts';
import { copied, scripted, seen } from '../../support/scripted.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const calls = suite('calls from scripts');

/** Without which an example of a method has nothing to work on. */
const isScripted = ({ method }: ExampleRequest) => {
  const spec = METHODS.find(({ name, aliases }) => [name, ...aliases].includes(method));
  return spec !== undefined && whyUnscripted(spec) === undefined;
};

/** What a script edits is an edit of the project once it has ended. */
function asMade(result: unknown): unknown {
  const { unsaved, ...rest } = result as { unsaved?: boolean };
  return rest;
}

for (const spec of METHODS) {
  if (spec.scope !== 'project') continue;
  const why = whyUnscripted(spec);
  for (const { name, given = [], params } of spec.examples) {
    if (why !== undefined) continue;
    calls(`${spec.name}: ${name} gives and does what the request does`, async () => {
      const directory = temporaryDirectory();
      process.chdir(directory);
      const requests: ExampleRequest[] = [...given, { method: spec.name, params }];
      const outside = requests.filter((request) => !isScripted(request));
      const inside = requests.filter(isScripted);
      const asked = new TestEngine({ roots: [directory] });
      const results = [...outside, ...inside].map((one) => asked.call(one.method, one.params));
      const engine = new TestEngine({ roots: [directory] });
      for (const { method, params } of outside) engine.call(method, params);
      const values = await scripted(engine, inside);
      assert.equal(values.map(asMade), results.slice(outside.length).map(asMade));
      assert.equal(seen(engine), seen(asked));
      assert.equal(copied(engine), copied(asked));
      assert.equal(engine.defects, []);
    });
  }
  if (why === undefined) continue;
  calls(`${spec.name} cannot be called, and the error says why`, async () => {
    assert.match(why, /^[a-z].*[^.]$/);
    const engine = new TestEngine();
    const script = 'try { goxel.call(args) } catch (e) { [e.code, e.message] }';
    for (const name of [spec.name, ...spec.aliases]) {
      const { value } = await run(engine, script, name);
      assert.equal(value, ['GOX_METHOD_NOT_FOUND', `Scripts cannot call ${spec.name}: ${why}.`]);
    }
  });
}

calls('every method that edits without a file can be called, but for those that say why', () => {
  const edits = METHODS.filter(({ edits, scope }) => edits && scope === 'project');
  const not = edits.filter((spec) => whyUnscripted(spec) !== undefined).map(({ name }) => name);
  const images = ['goxel.create_image_layer', 'goxel.image_layer_to_volume'];
  const files = [...images, 'goxel.import_file', 'goxel.load_palette', 'script.execute'];
  const projects = ['goxel.close_project', 'goxel.create_project', 'goxel.load_project'];
  const unscripted = METHODS.filter(({ unscripted }) => unscripted !== undefined);
  const named = unscripted.map(({ name }) => name).filter((name) => not.includes(name));
  assert.equal(not.sort(), [...files, ...projects, ...named].sort());
});

async function run(engine: TestEngine, script: string, args?: unknown, timeout_ms = 0) {
  const params = { script, args, timeout_ms };
  return (await engine.callAsync('script.execute', params)) as { value: unknown; changed: number };
}

const WRONG: readonly (readonly [method: string, params: unknown])[] = [
  ['fill_region', { min: [0, 0, 0] }],
  ['fill_region', { min: [0, 0, 0], max: [1, 1, 1], tint: '#FFF' }],
  ['fill_region', { min: [0, 0, 'x'], max: [1, 1, 1], color: '#FFF' }],
  ['fill_region', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]],
  ['fill_region', 'everything'],
  ['filter', { kind: 'holow' }],
  ['filter', { kind: 'cut' }],
  ['add_voxel', { position: [0, 0, 0], color: 'rde' }],
  ['paint_selection', { color: 'red' }],
  ['get_layer', { layer_id: 77 }],
  ['merge_down', {}],
  ['reorder_layer', { to: 3 }],
  ['update_material', { index: 4 }],
  ['set_palette', { name: 'no such palette' }],
  ['paste', {}],
  ['transform_layer', { scale: 0 }],
  ['no_such_method', {}],
  ['goxel.fill_regoin', {}],
];

calls(
  'an error has the code and the message that the request gets, and changes nothing',
  async () => {
    const engine = new TestEngine();
    engine.call('add_voxel', [1, 2, 3]);
    const before = seen(engine);
    const script = `
    goxel.addVoxel(4, 5, 6);
    let caught;
    try { goxel.call(args.method, args.params); } catch (error) { caught = error; }
    goxel.call('remove_voxel', [4, 5, 6]);
    if (caught === undefined) throw new Error(args.method + ' did not fail');
    [caught instanceof Error, caught.code, caught.message, caught.details, String(caught)]`;
    for (const [method, params] of WRONG) {
      const { value } = await run(engine, script, { method, params });
      const [isError, code, message, details, text] = value as unknown[];
      assert.ok(isError);
      assert.is(text, `${code}: ${message}`);
      assert.equal(seen(engine), before);
      if (method.includes('no_such') || method.includes('regoin')) {
        assert.is(code, 'GOX_METHOD_NOT_FOUND');
        continue;
      }
      const error = engine.fail(method, params);
      assert.equal([code, message], [error.data.code, error.message]);
      assert.equal(details ?? undefined, error.data.details);
    }
  },
);

calls('an error that is not caught ends the script, which says it and where', async () => {
  const engine = new TestEngine();
  const script = `goxel.call('add_voxel', [0, 0, 0, 1, 2, 3]);
    goxel.call('get_layer', { layer_id: 77 })`;
  const before = seen(engine);
  const error = await engine.failAsync('script.execute', { script, name: 'a.js' });
  assert.is(error.data.code, 'GOX_SCRIPT_FAILED');
  assert.match(error.message, /^GOX_LAYER_NOT_FOUND: .*id 77.* \(a\.js:2:\d+\)$/);
  assert.equal(seen(engine), before);
});

calls('what fails half way leaves nothing of itself, and all of what was before', async () => {
  const project_voxel_bytes_max = 40 * 16384;
  const script = `
    goxel.call('fill_region', { min: [0, 0, 0], max: [15, 15, 15], color: '#808080' });
    goxel.call('copy');
    goxel.addVoxel(100, 0, 0, 1, 2, 3);
    goxel.call('select', { kind: 'color', color: '#010203' });
    const codes = [];
    const attempts = [
      ['paste', { new_layer: 'huge', position: [8, 8, 8] }],
      ['paste', { new_layer: 'far', position: [2147483640, 0, 0] }],
      ['procedural_shape', { shape_type: 'cube', size: 200 }],
      ['fill_region', { min: [0, 0, 0], max: [159, 159, 159], color: 'red' }],
      ['clone_layer', { matrix: [9,0,0,0, 0,9,0,0, 0,0,9,0, 0,0,0,1] }],
      ['transform_layer', { scale: 16 }],
      ['filter', { kind: 'hull' }],
      ['update_layer', { name: 'renamed', shape: 'cube' }],
      ['paint_shape', { shape: 'sphere', box: { min: [0, 0, 0], max: [200, 200, 200] } }],
    ];
    const picture = () => JSON.stringify(['list_layers', 'get_scene', 'get_selection',
      'get_layer'].map((name) => goxel.call(name)));
    for (const [method, params] of attempts) {
      const before = picture();
      try { goxel.call(method, params); } catch (error) {
        codes.push(error.code);
        if (picture() !== before) codes.push(method + ' left something');
        continue;
      }
      codes.push(method);
    }
    goxel.addVoxel(101, 0, 0, 1, 2, 3);
    [codes, goxel.layers.length, goxel.image.activeLayer.volume.count]`;
  const engine = new TestEngine({ project_voxel_bytes_max });
  const { value } = await run(engine, script);
  const [codes, layers, count] = value as [string[], number, number];
  const failed = ['procedural_shape', 'fill_region', 'clone_layer', 'transform_layer'];
  const wrong = codes.filter((code) => failed.includes(code) || code.includes('left'));
  assert.equal(wrong, [], String(codes));
  assert.ok(codes.filter((code) => code === 'GOX_MEMORY_LIMIT').length >= 4, String(codes));
  assert.ok(layers <= 3);
  assert.ok(count > 0);
  assert.ok(engine.engine.stats().voxel_bytes <= project_voxel_bytes_max);
});

calls("a script's volumes, layers and boxes show at once what a call did", async () => {
  const engine = new TestEngine();
  const script = `
    const told = {};
    const first = goxel.image.activeLayer;
    const { volume } = first;
    volume.setAt([0, 0, 0], [255, 0, 0, 255]);
    told.voxel = goxel.call('get_voxel', [0, 0, 0]).exists;
    goxel.call('fill_region', { min: [0, 0, 0], max: [3, 3, 3], color: '#102030' });
    told.filled = [volume.count, volume.getAt([3, 3, 3]).g];
    goxel.call('filter', { kind: 'hull' });
    goxel.call('transform_layer', { translate: [10, 0, 0] });
    told.moved = [volume.count, volume.box.min.x, first.volume.count];
    volume.setAt([10, 0, 0], [0, 0, 0, 0]);
    told.written = 10 + goxel.call('get_layer').voxel_count;
    const { layer_id } = goxel.call('create_layer', { name: 'roof' });
    told.active = [goxel.image.activeLayer.name, goxel.image.activeLayer.id === layer_id];
    goxel.call('fill_region', { min: [0, 0, 0], max: [0, 0, 0], layer_id });
    told.layers = goxel.layers.map((layer) => [layer.name, layer.volume.count]);
    goxel.call('select', { kind: 'box', box: { min: [1, 2, 3], max: [4, 5, 6] } });
    told.selection = [goxel.selection.min.x, goxel.image.selectionBox.max.z];
    goxel.call('set_image_box', { box: { min: [0, 0, 0], max: [7, 8, 9] } });
    told.box = goxel.image.box.max.z;
    goxel.call('set_palette', { colors: ['#FF0000'] });
    told.palette = goxel.palette.colors.map(({ r }) => r);
    const roof = goxel.image.activeLayer;
    const { volume: gone } = roof;
    goxel.call('delete_layer', { layer_id });
    for (const [name, look] of [['gone', () => gone.count], ['volume', () => roof.volume]]) {
      try { look(); told[name] = 'still there'; } catch (error) { told[name] = error.message; }
    }
    told.last = [goxel.image.activeLayer === first, goxel.layers.length, volume.count];
    told`;
  assert.equal((await run(engine, script)).value, {
    voxel: true,
    filled: [64, 32],
    moved: [64, 10, 64],
    written: 73,
    active: ['roof', true],
    layers: [
      ['Layer.1', 63],
      ['roof', 1],
    ],
    selection: [1, 6],
    box: 9,
    palette: [255],
    gone: 'there is no such volume',
    volume: 'there is no layer 2',
    last: [true, 1, 63],
  });
});

calls('a script that fails takes back all of its calls', async () => {
  const engine = new TestEngine();
  engine.call('fill_region', { min: [0, 0, 0], max: [3, 3, 3], color: '#102030' });
  engine.call('clone_layer', {});
  engine.call('set_active_layer', { layer_id: 1 });
  engine.call('select', { kind: 'all' });
  engine.call('copy');
  const state = () => [seen(engine), copied(engine), engine.call('get_project_info')];
  const before = state();
  const requests = METHODS.filter(({ scope, edits }) => scope === 'project' && edits)
    .filter((spec) => whyUnscripted(spec) === undefined)
    .flatMap(({ name, examples }) =>
      examples.flatMap(({ given = [], params }) => [...given, { method: name, params }]),
    )
    .filter(isScripted);
  const script = `
    let done = 0;
    for (const { method, params } of args) try { goxel.call(method, params); done++; } catch {}
    goxel.call('select', { kind: 'box', box: { min: [50, 0, 0], max: [51, 1, 1] } });
    goxel.addVoxel(200, 0, 0);
    goxel.call('clear_selection');
    goxel.call('copy');
    throw new Error(done)`;
  const error = await engine.failAsync('script.execute', { script, args: requests });
  const done = Number(/Error: (\d+)/.exec(error.message)?.[1]);
  assert.ok(done > requests.length / 2, error.message);
  assert.equal(state(), before);
  assert.equal(engine.defects, []);
});

calls.run();
