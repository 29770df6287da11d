/** Files that scripts read and write by formats of their own. */

import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TestEngine, voxelsOf } from '../../support/engine.ts';
import { seen } from '../../support/scripted.ts';
import { temporaryDirectory } from '../../support/tmp.ts';
import { example } from '../engine/script-support.ts';

const formats = suite('formats of scripts');

const LIST = example('list-format.js');

interface Ran {
  readonly value: unknown;
  readonly changed: number;
  readonly registered: string[];
  readonly files: { path: string; bytes: number }[];
}

function bench(options = {}): { engine: TestEngine; directory: string } {
  const directory = temporaryDirectory();
  return { engine: new TestEngine({ roots: [directory], ...options }), directory };
}

async function run(engine: TestEngine, params: unknown): Promise<Ran> {
  return (await engine.callAsync('script.execute', params)) as Ran;
}

/** A format of the name and the ending "x" with a function. */
const format = (code: string) =>
  `import * as std from 'std';
  goxel.registerFormat({ name: 'X', exts: ['*.x'], import(image, path) { ${code} } });`;

formats('one is read into a layer as one step, and written again', async () => {
  const { engine, directory } = bench();
  engine.call('add_voxel', { position: [9, 9, 9], color: '#0000FF' });
  const before = seen(engine);
  const path = `${directory}/in.list`;
  writeFileSync(path, '# three\n0 0 0 ff0000\n-1 2 300 00ff7f\n\n5 5 5 010203');
  const read = await run(engine, { script: LIST, import: { path, format: 'List' } });
  assert.equal([read.value, read.changed, read.registered], [3, 3, ['List']]);
  const lines = ['-1 2 300 00ff7fff', '0 0 0 ff0000ff', '5 5 5 010203ff'];
  assert.equal(voxelsOf(engine, 2), lines);
  const out = `${directory}/out.list`;
  const written = await run(engine, { script: LIST, export: { path: out } });
  assert.equal(written.files, [{ path: out, bytes: readFileSync(out).length }]);
  assert.equal(readFileSync(out, 'utf8').trim().split('\n').sort(), [
    '-1 2 300 00ff7f',
    '0 0 0 ff0000',
    '5 5 5 010203',
    '9 9 9 0000ff',
  ]);
  engine.call('undo');
  assert.equal(seen(engine), before);
  engine.call('redo');
  assert.equal(voxelsOf(engine, 2), lines);
});

formats('an import that fails leaves nothing', async () => {
  const { engine, directory } = bench();
  const before = seen(engine);
  const path = `${directory}/in.list`;
  writeFileSync(path, '0 0 0 ff0000\n1.5 0 0 ff0000\n');
  const error = await engine.failAsync('script.execute', { script: LIST, import: { path } });
  assert.is(error.data.code, 'GOX_SCRIPT_FAILED');
  assert.match(error.message, /a position is three integers/);
  assert.equal(seen(engine), before);
});

formats('a file is read as text, as bytes, and in pieces', async () => {
  const { engine, directory } = bench();
  const path = `${directory}/in.x`;
  const bytes = Buffer.from([...Array(200_000).keys()].map((i) => (i * 7) & 255));
  writeFileSync(path, bytes);
  const sums = `
    const all = std.loadFile(path, { binary: true });
    const file = std.open(path, 'rb');
    const piece = new ArrayBuffer(70000);
    const counts = [file.read(piece, 8, 5), file.read(piece, 0, 70000), file.tell()];
    file.seek(-2, std.SEEK_END);
    const ends = [file.getByte(), file.getByte(), file.getByte(), file.eof()];
    file.seek(10);
    file.seek(1, std.SEEK_CUR);
    let sum = 0;
    for (const byte of all) sum = (sum * 31 + byte) >>> 0;
    const [next, third] = [file.getByte(), new Uint8Array(piece)[3]];
    return [all.length, sum, counts, ends, next, third, file.close()];`;
  let sum = 0;
  for (const byte of bytes) sum = (sum * 31 + byte) >>> 0;
  const { value } = await run(engine, { script: format(sums), import: { path } });
  const [last, end] = [bytes.at(-2), bytes.at(-1)];
  const expected = [200_000, sum, [5, 70_000, 70_005], [last, end, -1, true], 77, (8 * 7) & 255, 0];
  assert.equal(value, expected);
  writeFileSync(path, 'größe\r\nzwei\n\nende');
  const texts = `
    const file = std.open(path, 'r');
    const lines = [];
    while (!file.eof()) lines.push(file.getline());
    file.seek(0);
    const parts = [file.readAsString(4), file.readAsString(), file.readAsString(), file.getline()];
    file.close();
    let closed;
    try { file.getline(); } catch (error) { closed = error.message; }
    return [lines, parts, std.loadFile(path).length, closed === path + ' is closed'];`;
  assert.equal((await run(engine, { script: format(texts), import: { path } })).value, [
    ['größe\r', 'zwei', '', 'ende'],
    ['grö', 'ße\r\nzwei\n\nende', '', null],
    17,
    true,
  ]);
  writeFileSync(path, '');
  const empty = `const f = std.open(path, 'r');
    return [f.eof(), f.getline(), f.getByte(), f.readAsString(), std.loadFile(path)];`;
  const nothing = [true, null, -1, '', ''];
  assert.equal((await run(engine, { script: format(empty), import: { path } })).value, nothing);
});

formats('bytes are written as they are, among text, in pieces of any size', async () => {
  const { engine, directory } = bench();
  const path = `${directory}/out.x`;
  const code = `
    const file = std.open(path, 'wb');
    const all = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7) % 256);
    file.puts('größe ');
    const told = [file.write(all.buffer), file.write(all, 3, 4), file.write(all.buffer, 199_999)];
    told.push(file.write(Uint16Array.of(0x0201, 0xff00)), file.write(all.subarray(10, 12)));
    told.push(file.write(new DataView(all.buffer, 1, 2)), file.write(new ArrayBuffer(0)));
    // What is written was copied, and voxels that wait to be set are not mixed up with it.
    all.fill(9);
    image.activeLayer.volume.setAt([1, 2, 3], [255, 0, 0, 255]);
    file.puts('!');
    for (const wrong of [['text'], [[1, 2]], [all, 5, 200_000], [all, -1], [all.buffer, 0, NaN]]) {
      try { file.write(...wrong); } catch (error) { told.push(error.name); }
    }
    file.close();
    try { file.write(all); } catch (error) { told.push(error.name); }
    return told;`;
  const script = `import * as std from 'std';
    goxel.registerFormat({ name: 'X', exts: ['*.x'], export(image, path) { ${code} } });`;
  const { value, files } = await run(engine, { script, export: { path } });
  const names = ['TypeError', 'TypeError', 'RangeError', 'RangeError', 'RangeError', 'TypeError'];
  assert.equal(value, [200_000, 4, 1, 4, 2, 2, 0, ...names]);
  const all = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7) % 256);
  const parts = [Buffer.from('größe '), all, all.subarray(3, 7), all.subarray(199_999)];
  parts.push(Buffer.of(1, 2, 0, 255), all.subarray(10, 12), all.subarray(1, 3), Buffer.from('!'));
  const written = readFileSync(path);
  assert.equal(files, [{ path, bytes: written.length }]);
  assert.ok(written.equals(Buffer.concat(parts)), `${written.length} bytes`);
  assert.equal(voxelsOf(engine, 1), ['1 2 3 ff0000ff']);
});

formats('nothing but the file that is to be imported can be read', async () => {
  const { engine, directory } = bench();
  const [path, other] = [`${directory}/in.x`, `${directory}/other.x`];
  const outside = `${temporaryDirectory()}/secret.x`;
  for (const [file, text] of [
    [path, 'mine'],
    [other, 'other'],
    [outside, 'secret'],
  ] as const) {
    writeFileSync(file, text);
  }
  symlinkSync(outside, `${directory}/link.x`);
  const tries = `
    const paths = [...args, './in.x', path + '/', '../in.x', '/dev/stdin', ''];
    const told = [];
    for (const one of paths) {
      for (const read of [std.loadFile, (p) => std.open(p, 'r').readAsString()]) {
        try { told.push(read(one)); } catch (error) { told.push(/only the file/.test(error)); }
      }
    }
    for (const one of [null, 5, {}, { toString: () => path }, [path]]) {
      try { told.push(std.loadFile(one)); } catch (e) { told.push(/path is needed/.test(e)); }
    }
    return told;`;
  const script = format(tries);
  const args = [other, outside, `${directory}/link.x`, '/etc/passwd', `${directory}/./in.x`];
  const { value } = await run(engine, { script, args, import: { path } });
  assert.ok(
    (value as unknown[]).every((told) => told === true),
    JSON.stringify(value),
  );
  assert.is((value as unknown[]).length, 25);
  for (const [from, code] of [
    [outside, 'GOX_PATH_REFUSED'],
    [`${directory}/link.x`, 'GOX_PATH_REFUSED'],
    [`${directory}/../secret.x`, 'GOX_PATH_REFUSED'],
    ['/etc/passwd', 'GOX_PATH_REFUSED'],
    [`${directory}/in.x\0`, 'GOX_PATH_REFUSED'],
    [`${directory}/absent.x`, 'GOX_FILE'],
    [directory, 'GOX_FILE'],
  ] as const) {
    const params = { script: format('return std.loadFile(path)'), import: { path: from } };
    assert.is((await engine.failAsync('script.execute', params)).data.code, code, from);
  }
  const to = { script: LIST, export: { path: '/etc/goxel-test.list' } };
  assert.is((await engine.failAsync('script.execute', to)).data.code, 'GOX_PATH_REFUSED');
});

formats('a file that is larger than the sandbox is refused, before or as it is read', async () => {
  const script_memory_bytes_max = 17 << 20;
  const limits = { script_memory_bytes_max, file_bytes_max: 1e9, script_timeout_ms: 60_000 };
  const { engine, directory } = bench(limits);
  const path = `${directory}/in.x`;
  const read = (how: string) => ({ script: format(`return std.${how}.length`), import: { path } });
  writeFileSync(path, Buffer.alloc(18 << 20, 'x'));
  const error = await engine.failAsync('script.execute', read('loadFile(path)'));
  assert.is(error.data.code, 'GOX_SCRIPT_MEMORY');
  assert.match(error.message, /limits\.script_memory_bytes_max/);
  writeFileSync(path, Buffer.alloc(16 << 20, 'x'));
  for (const how of ['loadFile(path)', 'loadFile(path, { binary: true })', "open(path, 'r')"]) {
    const full = await engine.failAsync('script.execute', read(how));
    assert.is(full.data.code, 'GOX_SCRIPT_MEMORY', full.message);
  }
  const script = format('try { std.loadFile(path); } catch (e) { return e.message; }');
  assert.is((await run(engine, { script, import: { path } })).value, 'out of memory');
  writeFileSync(path, Buffer.alloc(17 << 20, 'x'));
  const long = await engine.failAsync('script.execute', read('loadFile(path)'));
  assert.match(long.message, /read it in pieces/);
  writeFileSync(path, Buffer.alloc(1000));
  assert.is((await run(engine, read('loadFile(path)'))).value, 1000);
  assert.equal(engine.defects, []);
});

formats('what is asked for and not there is said', async () => {
  const { engine, directory } = bench();
  const path = `${directory}/in.y`;
  writeFileSync(path, '');
  const script = format('');
  const cases = [
    [{ import: { path } }, /no format for .*in\.y is registered/],
    [{ import: { path, format: 'Y' } }, /no format "Y" is registered; registered: "X"/],
    [{ export: { path, format: 'X' } }, /the format "X" has no function export/],
    [{ import: { path }, export: { path } }, /only one of execute, import and export/],
    [{ execute: 'X', import: { path } }, /only one of execute, import and export/],
    [{ import: {} }, /params\.import\.path/],
  ] as const;
  for (const [asked, message] of cases) {
    const error = await engine.failAsync('script.execute', { script, ...asked });
    assert.match(error.message, message);
  }
});

formats('the example of bulk edits does what it says, and is one step', async () => {
  const { engine } = bench();
  const before = seen(engine);
  const { value } = await run(engine, { script: example('castle.js'), args: { towers: 4 } });
  const { voxels, box, ...rest } = value as { voxels: number; box: Record<string, object> };
  assert.equal(rest, { gate: 48, refused: 'GOX_LAYER_NOT_FOUND' });
  assert.ok(voxels > 5000, String(voxels));
  assert.is(voxelsOf(engine, 2).length, voxels);
  assert.equal(box.min, { x: -25, y: -25, z: 0, w: 0 });
  assert.equal(box.max, { x: 25, y: 25, z: 26, w: 0 });
  engine.call('undo');
  assert.equal(seen(engine), before);
});

formats.run();
