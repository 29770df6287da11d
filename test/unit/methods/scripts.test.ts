/** Scripts as edits of a project. */

import { readFileSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decode, TestEngine, voxelsOf } from '../../support/engine.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const scripts = suite('script.execute');

const BLOCK_BYTES = 16 * 16 * 16 * 4;

interface Ran {
  readonly success: boolean;
  readonly code: number;
  readonly message: string;
  readonly value: unknown;
  readonly output: string[];
  readonly registered: string[];
}

async function run(engine: TestEngine, params: unknown): Promise<Ran> {
  return (await engine.callAsync('script.execute', params)) as Ran;
}

scripts('edits the project, and gives its value and what it printed', async () => {
  const engine = new TestEngine();
  const script = `
    console.log('red', args.n);
    const { volume } = goxel.image.activeLayer;
    for (let x = 0; x < args.n; x++) volume.setAt([x, 0, 0], [255, 0, 0, 255]);
    ({ count: args.n })`;
  assert.equal(await run(engine, { script, args: { n: 2 } }), {
    ...{ success: true, code: 0, message: 'Script executed successfully' },
    ...{ value: { count: 2 }, output: ['red 2'], registered: [], changed: 2, files: [] },
  });
  assert.equal(voxelsOf(engine), ['0 0 0 ff0000ff', '1 0 0 ff0000ff']);
  assert.is((engine.call('get_project_info') as { unsaved: boolean }).unsaved, true);
  assert.is((await run(engine, ['1 + 1'])).value, 2);
  assert.is((await run(engine, { code: '1 + 2' })).value, 3);
});

scripts('says where it went wrong, and has changed nothing', async () => {
  const engine = new TestEngine();
  engine.call('add_voxel', [5, 5, 5]);
  engine.call('clone_layer', { index: 0 });
  const before = [engine.call('get_scene'), engine.call('list_layers'), voxelsOf(engine)];
  const script = `
    goxel.image.addLayer('new');
    goxel.image.activeLayer.volume.setAt([0, 0, 0], [1, 2, 3, 255]);
    goxel.layers[0].volume.clear();
      missing();`;
  const error = await engine.failAsync('script.execute', { script, name: 'broken.js' });
  assert.is(error.data.code, 'GOX_SCRIPT_FAILED');
  const { line, column } = error.data.details as { line: number; column: number };
  assert.equal([line, column > 0], [5, true]);
  assert.match(error.message, /missing/);
  const after = [engine.call('get_scene'), engine.call('list_layers'), voxelsOf(engine)];
  assert.equal(after, before);
});

scripts('is stopped in time and in memory', async () => {
  const engine = new TestEngine();
  const cases = [
    ['for (;;);', 'GOX_SCRIPT_TIMEOUT'],
    ['const all = []; for (;;) all.push("x".repeat(1e6) + all.length);', 'GOX_SCRIPT_MEMORY'],
  ] as const;
  for (const [loop, code] of cases) {
    const script = `goxel.image.activeLayer.volume.setAt([0, 0, 0], [1, 2, 3, 255]); ${loop}`;
    const error = await engine.failAsync('script.execute', { script, timeout_ms: 500 });
    assert.is(error.data.code, code, error.message);
    assert.equal(voxelsOf(engine), []);
    assert.is((await run(engine, ['7'])).value, 7, 'the next one runs');
  }
});

scripts('the voxels it makes count as those of other edits', async () => {
  const engine = new TestEngine({ project_voxel_bytes_max: 10 * BLOCK_BYTES });
  engine.call('add_voxel', [0, 0, 0]);
  const script = `
    const { volume } = goxel.image.activeLayer;
    for (let x = 0; x < args; x++) volume.setAt([x * 16, 0, 0], [1, 2, 3, 255]);`;
  const error = await engine.failAsync('script.execute', { script, args: 11 });
  assert.is(error.data.code, 'GOX_MEMORY_LIMIT');
  assert.match(error.message, /limits\.project_voxel_bytes_max/);
  assert.is(voxelsOf(engine).length, 1);
  await run(engine, { script, args: 10 });
  assert.is(engine.engine.stats().voxel_bytes, 10 * BLOCK_BYTES);
});

scripts('comes from a file, and writes files', async () => {
  const directory = temporaryDirectory();
  const engine = new TestEngine({ roots: [directory] });
  const [path, out] = [`${directory}/fill.js`, `${directory}/out.txt`];
  writeFileSync(
    path,
    `
    goxel.registerScript({ name: 'fill', onExecute() {
      goxel.image.activeLayer.volume.setAt([1, 2, 3], [255, 0, 0, 255]);
      goxel.image.activeLayer.volume.save(args.out);
      return 'filled';
    } });`,
  );
  const registered = await run(engine, { path, args: { out } });
  assert.equal([registered.registered, voxelsOf(engine)], [['fill'], []]);
  const executed = await run(engine, { file_path: path, execute: 'fill', args: { out } });
  assert.is(executed.value, 'filled');
  assert.match(readFileSync(out, 'utf8'), /^1 2 3 ff0000$/m);
  const unknown = await engine.failAsync('script.execute', { path, execute: 'empty' });
  assert.is(unknown.data.code, 'GOX_SCRIPT_FAILED');
  const outside = { path, execute: 'fill', args: { out: '/etc/goxel-test.txt' } };
  assert.is((await engine.failAsync('script.execute', outside)).data.code, 'GOX_PATH_REFUSED');
  const strange = { path, execute: 'fill', args: { out: `${directory}/out.xyz` } };
  assert.is((await engine.failAsync('script.execute', strange)).data.code, 'GOX_FORMAT_UNKNOWN');
  assert.is(
    (await engine.failAsync('script.execute', { path: '/etc/passwd' })).data.code,
    'GOX_PATH_REFUSED',
  );
  assert.match((await engine.failAsync('script.execute', {})).message, /either script or path/);
});

scripts('arguments that only MessagePack has become JSON', async () => {
  const engine = new TestEngine();
  const args = { when: new Date(0), bytes: new Uint8Array([1]), big: 2n ** 60n, not: Number.NaN };
  const params = { script: '[args.when, args.not]', args };
  const [answer] = await engine.runAsync([{ method: 'script.execute', params, msgpack: true }]);
  const { value } = decode(answer!, true) as Ran;
  assert.equal(value, ['1970-01-01T00:00:00.000Z', null]);
  assert.equal(engine.defects, []);
});

scripts('ends a batch before it, and begins one', async () => {
  const engine = new TestEngine();
  const edit = (x: number) => ({ method: 'add_voxel', params: [x, 0, 0] });
  const script = { method: 'script.execute', params: ['goxel.image.activeLayer.volume.clear()'] };
  assert.is(engine.run([edit(1), script, edit(2)]).length, 1);
  assert.is((await engine.runAsync([script, edit(2), script])).length, 2);
  assert.equal(voxelsOf(engine), ['2 0 0 ffffffff']);
});

scripts.run();
