/** Scripts as edits of a project. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
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

scripts('fills what is connected by the short name too', async () => {
  const engine = new TestEngine();
  const script = `
    for (let x = 0; x < 3; x++) goxel.addVoxel(x, 0, 0, [9, 9, 9, 255]);
    goxel.addVoxel(5, 0, 0, [9, 9, 9, 255]);
    const filled = goxel.floodFill(1, 0, 0, [255, 0, 0, 255]);
    [filled, goxel.getVoxel(2, 0, 0), goxel.getVoxel(5, 0, 0).r]`;
  const { value } = await run(engine, { script });
  assert.equal(value, [3, { r: 255, g: 0, b: 0, a: 255 }, 9]);
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
  const engine = new TestEngine({ script_timeout_ms: 60_000 });
  const grow = 'const all = []; for (;;) all.push("x".repeat(1e6) + all.length);';
  const cases = [
    ['for (;;);', 'GOX_SCRIPT_TIMEOUT', 500],
    [grow, 'GOX_SCRIPT_MEMORY', 60_000],
  ] as const;
  for (const [loop, code, timeout_ms] of cases) {
    const script = `goxel.image.activeLayer.volume.setAt([0, 0, 0], [1, 2, 3, 255]); ${loop}`;
    const error = await engine.failAsync('script.execute', { script, timeout_ms });
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

scripts('what a saved file cannot hold is told of that file', async () => {
  const directory = temporaryDirectory();
  const engine = new TestEngine({ roots: [directory] });
  const script = `
    const { volume } = goxel.image.activeLayer;
    volume.setAt([1, 2, 3], [255, 0, 0, 200]);
    volume.save('${directory}/a.stl');
    volume.save('${directory}/a.gox');`;
  const { files } = (await engine.callAsync('script.execute', { script })) as {
    files: { path: string; warnings?: { code: string }[] }[];
  };
  const codes = files.map(({ warnings }) => warnings?.map(({ code }) => code));
  assert.equal(codes, [['WARN_COLORS_LOST', 'WARN_OPACITY'], undefined]);
});

scripts('a script that fails writes no file, though it saved before', async () => {
  const directory = temporaryDirectory();
  const engine = new TestEngine({ roots: [directory] });
  const saved = `
    import * as std from 'std';
    const { volume } = goxel.image.activeLayer;
    volume.setAt([1, 2, 3], [255, 0, 0, 255]);
    volume.save('${directory}/a.txt');
    const file = std.open('${directory}/b.csv', 'w'); file.puts('x'); file.close();
    volume.setAt([4, 5, 6], [255, 0, 0, 255]);`;
  for (const [end, code] of [
    ['throw new Error("no")', 'GOX_SCRIPT_FAILED'],
    ['std.exit(3)', 'GOX_SCRIPT_FAILED'],
    ['for (;;);', 'GOX_SCRIPT_TIMEOUT'],
    [`volume.save('${directory}/absent/c.txt')`, 'GOX_FILE'],
    ["volume.save('/etc/goxel-test.txt')", 'GOX_PATH_REFUSED'],
  ] as const) {
    const script = `${saved} ${end}`;
    const error = await engine.failAsync('script.execute', { script, timeout_ms: 3000 });
    assert.is(error.data.code, code, end);
    assert.equal(readdirSync(directory), []);
    assert.equal(voxelsOf(engine), []);
  }
  await run(engine, { script: saved });
  assert.equal(readdirSync(directory).sort(), ['a.txt', 'b.csv']);
  // As it was when it was saved.
  assert.match(readFileSync(`${directory}/a.txt`, 'utf8'), /^1 2 3 ff0000\n$/m);
  assert.is(voxelsOf(engine).length, 2);
});

scripts('the files of a script are written within its time, or not at all', async () => {
  const directory = temporaryDirectory();
  const engine = new TestEngine({ roots: [directory] });
  engine.call('procedural_shape', { shape_type: 'terrain', size_x: 256, size_y: 256, seed: 3 });
  const before = openDescriptors();
  const script = `
    const until = Date.now() + args;
    const { volume } = goxel.image.activeLayer;
    for (let i = 0; i < 100; i++) volume.save('${directory}/' + i + '.obj');
    while (Date.now() < until);`;
  const error = await engine.failAsync('script.execute', { script, args: 100, timeout_ms: 400 });
  assert.is(error.data.code, 'GOX_SCRIPT_TIMEOUT');
  assert.equal(readdirSync(directory), []);
  assert.is(openDescriptors(), before);
});

scripts('what a script saves is bounded', async () => {
  const directory = temporaryDirectory();
  const engine = new TestEngine({
    roots: [directory],
    project_voxel_bytes_max: 20 * BLOCK_BYTES,
    script_timeout_ms: 60_000,
  });
  const script = `
    for (let i = 0; i < args; i++) {
      const volume = new Volume();
      volume.setAt([i, 0, 0], [255, 0, 0, 255]);
      volume.save('${directory}/' + i + '.txt');
      volume.free?.();
    }`;
  const many = `for (let i = 0; i < 1001; i++) new Volume().save('${directory}/' + i + '.txt')`;
  assert.is(
    (await engine.failAsync('script.execute', { script: many })).data.code,
    'GOX_SCRIPT_FAILED',
  );
  const error = await engine.failAsync('script.execute', { script, args: 21 });
  assert.is(error.data.code, 'GOX_MEMORY_LIMIT');
  assert.equal(readdirSync(directory), []);
  await run(engine, { script, args: 20 });
  assert.is(readdirSync(directory).length, 20);
});

function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

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
