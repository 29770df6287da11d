/** Paths that leave the roots, files that are none, and saves that fail half way. */

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import { Files } from '../../../engine/project/files.ts';
import { TestEngine } from '../../support/engine.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const files = suite('files');

/** A root with a neighbour that is none, both empty. */
function places() {
  const directory = temporaryDirectory();
  const [root, outside] = [join(directory, 'root'), join(directory, 'outside')];
  mkdirSync(root);
  mkdirSync(outside);
  return { root, outside, files: new Files({ roots: [root], file_bytes_max: 100 }) };
}

function thrown(action: () => unknown): GoxError {
  try {
    action();
  } catch (error) {
    if (error instanceof GoxError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const bytes = (text: string) => [Buffer.from(text)];

files('a file below a root is written and read', () => {
  const { root, files } = places();
  files.write(join(root, 'a'), [Buffer.from('one '), new Uint8Array(0), Buffer.from('two')]);
  assert.is(Buffer.from(files.read(join(root, 'a'))).toString(), 'one two');
  assert.equal(readdirSync(root), ['a']);
});

files('a relative path starts at the working directory', () => {
  const { root, files } = places();
  process.chdir(root);
  files.write('a', bytes('x'));
  assert.ok(existsSync(join(root, 'a')));
  assert.is(thrown(() => files.write('../a', bytes('x'))).code, 'GOX_PATH_REFUSED');
});

files('paths that leave the roots are refused, whether or not something is there', () => {
  const { root, outside, files } = places();
  writeFileSync(join(outside, 'secret'), 'secret');
  symlinkSync(outside, join(root, 'link'));
  symlinkSync(join(outside, 'secret'), join(root, 'linked'));
  symlinkSync(`../${relative(root, outside)}`.replace('../..', '..'), join(root, 'relative'));
  const paths = [
    join(outside, 'secret'),
    join(outside, 'absent'),
    join(outside, 'absent/deep/x'),
    `${root}/../outside/secret`,
    `${root}/absent/../../outside/secret`,
    `${root}/link/secret`,
    `${root}/link/absent`,
    `${root}/linked`,
    `${root}/relative/secret`,
    `${root}x/file`,
    '/etc/passwd',
    '/etc/passwd/x',
    '/proc/self/environ',
    '/',
    `${root}/a\0b`,
  ];
  for (const path of paths) {
    const write = thrown(() => files.write(path, bytes('x')));
    const read = thrown(() => files.read(path));
    assert.is(write.code, 'GOX_PATH_REFUSED', path);
    assert.is(read.code, 'GOX_PATH_REFUSED', path);
    assert.equal(read.details, { path, roots: [root] });
  }
  assert.is(readFileSync(join(outside, 'secret'), 'utf8'), 'secret');
  assert.equal(readdirSync(outside), ['secret']);
});

files('without roots nothing can be read or written', () => {
  const none = new Files({ roots: [], file_bytes_max: 100 });
  assert.is(thrown(() => none.read('a')).code, 'GOX_PATH_REFUSED');
});

files('a root may be a link, and any of several roots will do', () => {
  const { root, outside } = places();
  symlinkSync(root, join(outside, 'alias'));
  const both = new Files({ roots: ['/nonexistent', join(outside, 'alias')], file_bytes_max: 9 });
  both.write(join(root, 'a'), bytes('x'));
  both.write(join(outside, 'alias', 'b'), bytes('x'));
  assert.equal(readdirSync(root).sort(), ['a', 'b']);
});

files('a link below the roots is followed, and stays a link', () => {
  const { root, files } = places();
  writeFileSync(join(root, 'real'), 'old');
  symlinkSync('real', join(root, 'link'));
  files.write(join(root, 'link'), bytes('new'));
  assert.is(readFileSync(join(root, 'real'), 'utf8'), 'new');
  assert.ok(lstatSync(join(root, 'link')).isSymbolicLink());
});

files('a link to nowhere is replaced, and nothing appears where it led', () => {
  const { root, outside, files } = places();
  symlinkSync(join(outside, 'absent'), join(root, 'link'));
  assert.is(thrown(() => files.read(join(root, 'link'))).code, 'GOX_FILE');
  files.write(join(root, 'link'), bytes('new'));
  assert.equal(readdirSync(outside), []);
  assert.is(readFileSync(join(root, 'link'), 'utf8'), 'new');
});

files('what is no regular file is refused, and a fifo does not block', () => {
  const { root, files } = places();
  mkdirSync(join(root, 'directory'));
  execFileSync('mkfifo', [join(root, 'fifo')]);
  for (const [name, why] of [
    ['directory', 'is a directory'],
    ['fifo', 'is not a regular file'],
  ] as const) {
    const path = join(root, name);
    for (const action of [() => files.read(path), () => files.write(path, bytes('x'))]) {
      const error = thrown(action);
      assert.is(error.code, 'GOX_FILE');
      assert.is(error.message, `The file "${path}" ${why}.`);
    }
  }
  assert.equal(readdirSync(root).sort(), ['directory', 'fifo']);
});

files('what the system refuses is said in words', () => {
  const { root, files } = places();
  writeFileSync(join(root, 'file'), 'x');
  for (const [path, words, action] of [
    [join(root, 'absent'), 'no such file or directory', 'read'],
    [join(root, 'absent/x'), 'no such file or directory', 'write'],
    [join(root, 'file/x'), 'not a directory', 'write'],
    [join(root, 'x'.repeat(300)), 'name too long', 'write'],
  ] as const) {
    const error = thrown(() =>
      action === 'read' ? files.read(path) : files.write(path, bytes('x')),
    );
    assert.is(error.code, 'GOX_FILE');
    assert.is(error.message, `The file "${path}" cannot be used: ${words}.`);
  }
});

files('a file that is too large is not read', () => {
  const { root, files } = places();
  writeFileSync(join(root, 'fits'), 'x'.repeat(100));
  writeFileSync(join(root, 'large'), 'x'.repeat(101));
  assert.is(files.read(join(root, 'fits')).length, 100);
  const error = thrown(() => files.read(join(root, 'large')));
  assert.is(error.code, 'GOX_FILE');
  assert.is(error.details?.bytes, 101);
});

files('a write that fails half way leaves the old file and nothing else', () => {
  const { root, files } = places();
  const path = join(root, 'a');
  writeFileSync(path, 'old');
  const failure = new GoxError('GOX_FORMAT_LIMIT', 'Too wide.');
  const error = thrown(() =>
    files.write(
      path,
      (function* () {
        yield Buffer.from('new, and');
        // The new content is beside the old one by now.
        assert.is(readFileSync(path, 'utf8'), 'old');
        assert.is(readdirSync(root).length, 2);
        throw failure;
      })(),
    ),
  );
  assert.is(error, failure);
  assert.is(readFileSync(path, 'utf8'), 'old');
  assert.equal(readdirSync(root), ['a']);
});

files('a file that is replaced keeps its mode', () => {
  const { root, files } = places();
  const path = join(root, 'a');
  writeFileSync(path, 'old');
  for (const mode of [0o640, 0o666, 0o600]) {
    chmodSync(path, mode);
    files.write(path, bytes('new'));
    assert.is(statSync(path).mode & 0o777, mode);
  }
});

// The superuser may write everything.
const permitted = process.getuid?.() === 0 ? files.skip : files;
permitted('a file without write permission is not replaced', () => {
  const { root, files } = places();
  const path = join(root, 'a');
  writeFileSync(path, 'old');
  chmodSync(path, 0o444);
  assert.is(thrown(() => files.write(path, bytes('new'))).code, 'GOX_FILE');
  assert.is(readFileSync(path, 'utf8'), 'old');
});

files('a save that cannot be done says so', () => {
  const { root, outside } = places();
  const engine = new TestEngine({ roots: [root] });
  engine.call('add_voxel', [1, 2, 3]);
  const code = (path: string) => engine.fail('save_project', { path }).data.code;
  assert.is(code(join(root, 'absent', 'a.gox')), 'GOX_FILE');
  assert.is(code(join(outside, 'a.gox')), 'GOX_PATH_REFUSED');
  assert.is(code(join(root, 'a.doc')), 'GOX_FORMAT_UNKNOWN');
  assert.is(code(join(root, 'a')), 'GOX_FORMAT_UNKNOWN');
  assert.equal([...readdirSync(root), ...readdirSync(outside)], []);
  assert.is((engine.call('get_project_info') as { unsaved: boolean }).unsaved, true);
});

files('what was saved is loaded again, under any spelling of path', () => {
  const { root } = places();
  const engine = new TestEngine({ roots: [root] });
  const path = join(root, 'a.gox');
  engine.call('add_voxels', { voxels: [{ x: -5, y: 0, z: 99, color: '#01020380' }] });
  engine.call('create_layer', { name: 'röof', visible: false });
  const [voxels, layers] = [
    engine.call('get_layer_voxels', { layer_id: 1 }),
    engine.call('list_layers') as { layers: { name: string; voxel_count: number }[] },
  ];
  engine.call('goxel.save_file', { file_path: path });
  for (const params of [{ path }, { file_path: path }, { filename: path }, [path], [{ path }]]) {
    engine.call('create_project');
    engine.call('goxel.open_file', params);
    const [layer] = (engine.call('list_layers') as { layers: { id: number }[] }).layers;
    assert.equal(engine.call('get_layer_voxels', { layer_id: layer!.id }), voxels);
    const loaded = engine.call('list_layers') as typeof layers;
    assert.equal(
      loaded.layers.map(({ name, voxel_count }) => [name, voxel_count]),
      layers.layers.map(({ name, voxel_count }) => [name, voxel_count]),
    );
  }
});

files('a load that fails leaves the open project as it was', () => {
  const { root } = places();
  const engine = new TestEngine({ roots: [root] });
  engine.call('create_project', ['mine', 10, 20, 30]);
  engine.call('add_voxel', [1, 2, 3]);
  writeFileSync(join(root, 'broken.gox'), 'GOX \x02\0\0\0LAYR\xff\xff');
  const whole = join(root, 'whole.gox');
  engine.call('export_model', { path: whole });
  writeFileSync(join(root, 'cut.gox'), readFileSync(whole).subarray(0, 200));
  writeFileSync(join(root, 'page.gox'), '<html>404</html>');
  writeFileSync(join(root, 'text.doc'), 'no model');
  const before = [engine.call('get_project_info'), engine.call('get_layer_voxels')];
  for (const [name, code] of [
    ['broken.gox', 'GOX_FORMAT_BROKEN'],
    ['cut.gox', 'GOX_FORMAT_BROKEN'],
    ['absent.gox', 'GOX_FILE'],
    ['absent.doc', 'GOX_FILE'],
    ['page.gox', 'GOX_FORMAT_UNKNOWN'],
    ['text.doc', 'GOX_FORMAT_UNKNOWN'],
  ] as const) {
    assert.is(engine.fail('load_project', { path: join(root, name) }).data.code, code, name);
    assert.equal([engine.call('get_project_info'), engine.call('get_layer_voxels')], before);
  }
});

files('save without a path goes where the project was made, loaded or saved last', () => {
  const { root } = places();
  const engine = new TestEngine({ roots: [root] });
  engine.call('project.create', { path: join(root, 'one.gox') });
  const saved = engine.call('project.save');
  const bytes = statSync(join(root, 'one.gox')).size;
  assert.equal(saved, { success: true, path: join(root, 'one.gox'), bytes, format: 'gox' });
  engine.call('save_project', [join(root, 'two'), 'gox']);
  engine.call('add_voxel', [1, 2, 3]);
  engine.call('export_model', [join(root, 'three.obj')]);
  engine.call('save_project');
  engine.call('load_project', [join(root, 'two'), 'gox']);
  const { voxel_count, unsaved } = engine.call('get_project_info') as Record<string, unknown>;
  assert.equal([voxel_count, unsaved], [1, false]);
  engine.call('create_project');
  engine.fail('save_project');
});

files('messages repeat of a long path the end only', () => {
  const { root, outside, files } = places();
  for (const directory of [root, outside]) {
    const path = join(directory, 'd/'.repeat(1500), 'x.gox');
    for (const use of [() => files.read(path), () => files.write(path, bytes('x'))]) {
      const { message } = thrown(use);
      assert.ok(message.length < 1500, `${message.length} characters`);
      assert.match(message, '/d/x.gox');
    }
  }
});

files.run();
