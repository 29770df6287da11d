/** The command line of the bundle: what users read, and the exit codes that scripts go by. */

import { existsSync, readFileSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { VERSION } from '../../engine/catalogue/version.ts';
import { cli, shell } from '../support/cli.ts';
import { startDaemon } from '../support/daemon.ts';
import { imports, model } from '../support/fixtures.ts';
import { eventually, type RawTree } from '../support/raw.ts';
import { temporaryDirectory } from '../support/tmp.ts';

// Before any suite: uvu starts running them at the first pause.
const daemon = await startDaemon();
const to = ['--socket', daemon.socket];

const COMMANDS = ['run', 'call', 'tree', 'convert'];

const help = suite('help');

help('names every command', async () => {
  const { code, stdout, stderr } = await cli('--help');
  assert.is(code, 0);
  assert.is(stderr, '');
  for (const command of COMMANDS) assert.match(stdout, `  ${command} `);
});

for (const command of COMMANDS) {
  help(`${command} --help tells its options and an example`, async () => {
    const { code, stdout, stderr } = await cli(command, '--help');
    assert.is(code, 0);
    assert.is(stderr, '');
    assert.match(stdout, `Usage: goxel-supervisor ${command}`);
    assert.match(stdout, /Examples?:\n {2}goxel-supervisor /);
  });
}

help('call METHOD --help tells of the method, by any of its names', async () => {
  const { code, stdout } = await cli('call', 'add_voxel', '--help');
  assert.is(code, 0);
  assert.match(stdout, /^goxel\.add_voxel: /);
  assert.match(stdout, 'by position: x, y, z, r, g, b, a, layer_id');
  assert.match(stdout, 'GOX_MEMORY_LIMIT');
  assert.match(stdout, 'goxel-supervisor call goxel.add_voxel \'[4,5,6,"#3366CC"]\'');
});

help('call METHOD --help shows members, choices, defaults and the result', async () => {
  const { code, stdout } = await cli('call', 'goxel.render_scene', '--help');
  assert.is(code, 0);
  for (const text of [
    /\[camera_preset\] .*One of front, back, .*isometric/,
    /\n {4}\{yaw, pitch, \[distance\], \[target\]\}/,
    /\n {6}yaw +Degrees\./,
    /\n {4}\[return_mode\] .*One of base64, file_path\./,
    /\n {4}\[samples\] +an integer from 1 to 10000\. Default: 64\./,
    /\nResult:\n {2}success /,
    /\n {2}\[pictures\] +an array\.\n {4}width /,
    /\nColor: A colour is a text/,
  ]) {
    assert.match(stdout, text);
  }
});

help('the near names of what there is not', async () => {
  const method = await cli('call', 'goxel.add_voxle', '--help');
  assert.is(method.code, 64);
  assert.match(method.stderr, 'did you mean goxel.add_voxel?');
  const command = await cli('tre');
  assert.is(command.code, 64);
  assert.match(command.stderr, 'did you mean tree?');
  assert.is((await cli()).code, 64);
});

help('--version', async () => {
  assert.equal(await cli('--version'), {
    code: 0,
    stdout: `goxel-supervisor ${VERSION}\ngoxel-daemon version ${VERSION}\n`,
    stderr: '',
  });
});

help.run();

const calls = suite('call and tree');

calls('prints the result as JSON, and nothing else', async () => {
  const { code, stdout, stderr } = await cli('call', 'goxel.add_voxel', '[1,2,3,"#FF0000"]', ...to);
  assert.is(code, 0);
  assert.is(stderr, '');
  const result = {
    ...{ success: true, x: 1, y: 2, z: 3, layer_id: 1 },
    ...{ color: [255, 0, 0, 255], changed: 1 },
  };
  assert.equal(JSON.parse(stdout), result);
});

calls('prints what is wrong and what to do, and exits with 65', async () => {
  const { code, stdout, stderr } = await cli('call', 'goxel.add_voxel', '[1,2,"x"]', ...to);
  assert.is(code, 65);
  assert.is(stdout, '');
  assert.match(stderr, 'goxel.add_voxel: params.z: expected an integer');
  assert.match(stderr, '(GOX_INVALID_PARAMS)\n');
  assert.match(stderr, 'Compare the parameters with the schema');
});

calls('a method there is not', async () => {
  const { code, stderr } = await cli('call', 'goxel.warp', ...to);
  assert.is(code, 65);
  assert.match(stderr, /Method not found: goxel\.warp.*\(GOX_METHOD_NOT_FOUND\)\n/);
});

for (const params of ['{', '3', '"text"']) {
  calls(`parameters that are no JSON array or object: ${params}`, async () => {
    const { code, stderr } = await cli('call', 'ping', params, ...to);
    assert.is(code, 64);
    assert.match(stderr, /^goxel-supervisor: PARAMS /);
  });
}

calls('no daemon there', async () => {
  const socket = join(temporaryDirectory(), 'none');
  for (const command of [['call', 'ping'], ['tree']]) {
    const { code, stderr } = await cli(...command, '--socket', socket);
    assert.is(code, 69);
    assert.match(stderr, `no daemon answers on ${socket}`);
    assert.match(stderr, 'start one with: goxel-supervisor run');
  }
});

calls('tree, as text and as JSON', async () => {
  const text = await cli('tree', ...to);
  assert.is(text.code, 0);
  const lines = text.stdout.split('\n');
  assert.match(lines[0] ?? '', /^daemon +running +age +\d/);
  for (const id of ['signals', 'engine:0', 'engine:1', 'listener:unix', 'pool:0', 'socket']) {
    assert.ok(
      lines.some((line) => new RegExp(`─ ${id} +[a-z.]+ +age +\\d`).test(line)),
      `${id} in\n${text.stdout}`,
    );
  }
  const json = await cli('tree', '--json', ...to);
  assert.is(json.code, 0);
  const root = JSON.parse(json.stdout) as RawTree & { statistics: { connections: object } };
  assert.is(root.state, 'running');
  assert.match(text.stdout, /\n\ndaemon +\d.*, process \d+, up \d/);
  assert.match(text.stdout, /\nrequests +\d+, \d+ failed; /);
  assert.equal(Object.keys(root.statistics.connections).slice(0, 2), ['open', 'total']);
});

calls('a second daemon on the same socket is refused, and the first goes on', async () => {
  const { code, stderr } = await cli('run', ...to);
  assert.is(code, 75);
  assert.match(stderr, `another process is listening on ${daemon.socket}`);
  assert.is((await cli('call', 'ping', ...to)).code, 0);
});

calls('the daemon stops in order', async () => {
  assert.equal(await daemon.stop(), { code: 0, signal: null });
});

calls.run();

const paths = suite('socket paths');

paths('one that is too long is refused', async () => {
  const path = join(temporaryDirectory(), 'x'.repeat(108));
  const { code, stderr } = await cli('run', '--socket', path);
  assert.is(code, 78);
  assert.match(stderr, 'sockets.unix.path: expected at most 107 bytes');
  assert.not(existsSync(path.slice(0, 107)), 'nor is one cut short taken');
});

paths('a file that is no socket is not touched', async () => {
  const directory = temporaryDirectory();
  const path = join(directory, 'file');
  writeFileSync(path, 'precious');
  symlinkSync(path, join(directory, 'link'));
  for (const name of ['file', 'link']) {
    const { code, stderr } = await cli('run', '--socket', join(directory, name));
    assert.is(code, 73);
    assert.match(stderr, 'is no socket');
    assert.is(readFileSync(path, 'utf8'), 'precious');
  }
});

paths('a directory above that of the socket that is not there', async () => {
  const path = join(temporaryDirectory(), 'no', 'no', 's');
  const { code, stderr } = await cli('run', '--socket', path);
  assert.is(code, 73);
  assert.match(stderr, 'does not exist');
});

paths(
  'of several that want what a dead one left, one gets it and the others are refused',
  async () => {
    const socket = join(temporaryDirectory(), 's');
    await (await startDaemon({ socket })).kill();
    assert.ok(existsSync(socket), 'the test needs a socket left');
    const codes: (number | null)[] = [];
    const all = [1, 2, 3].map(async () => {
      codes.push((await cli('run', '--socket', socket)).code);
    });
    await eventually('two had ended', () => codes.length >= 2);
    assert.equal(codes, [75, 75]);
    assert.is((await cli('call', 'shutdown', '--socket', socket)).code, 0);
    await Promise.all(all);
    assert.equal(codes, [75, 75, 0]);
    assert.not(existsSync(socket));
  },
);

paths('a path stays with its daemon though somebody removed the socket', async () => {
  const socket = join(temporaryDirectory(), 's');
  const first = await startDaemon({ socket });
  unlinkSync(socket);
  const second = await cli('run', '--socket', socket);
  assert.is(second.code, 75, second.stderr);
  const { stdout } = await cli('call', 'status', '--socket', socket);
  assert.match(stdout, new RegExp(`"pid": ?${first.pid}\\b`));
  assert.match(first.stdout(), 'the socket file was gone; it was made again');
  assert.equal(await first.stop(), { code: 0, signal: null });
  assert.not(existsSync(socket));
});

paths.run();

const conversion = suite('convert');

const from = join(temporaryDirectory(), 'sphere10.gox');
writeFileSync(from, model('sphere10').bytes);

/** The lines of a text but comments, in any order. */
function lines(bytes: Uint8Array | undefined): string[] {
  if (bytes === undefined) throw new Error('a fixture is missing');
  const all = Buffer.from(bytes).toString().split('\n');
  return all.filter((line) => line !== '' && !line.startsWith('#')).sort();
}

for (const extension of ['txt', 'obj', 'ply']) {
  conversion(`a gox file to ${extension} has what Goxel's own export has`, async () => {
    const path = join(temporaryDirectory(), `out.${extension}`);
    const { code, stdout, stderr } = await cli('convert', '--like', 'goxel', from, path);
    assert.equal({ code, stdout, stderr }, { code: 0, stdout: '', stderr: '' });
    const own = lines(readFileSync(path));
    const truth = lines(model('sphere10').gui(`.${extension}`));
    assert.is(own.length, truth.length);
    if (extension === 'txt') assert.equal(own, truth);
  });
}

conversion('there and back again', async () => {
  const directory = temporaryDirectory();
  const names = ['a.gox', 'b.txt', 'c.gox', 'd.txt'].map((name) => join(directory, name));
  let last = from;
  for (const name of names) {
    assert.is((await cli('convert', last, name)).code, 0);
    last = name;
  }
  assert.equal(lines(readFileSync(names[1] ?? '')), lines(readFileSync(names[3] ?? '')));
});

conversion('what cannot be read or written, each with its exit code', async () => {
  const directory = temporaryDirectory();
  const out = join(directory, 'out.obj');
  const broken = join(directory, 'broken.gox');
  const truncated = imports('gox').find(({ name }) => name === 'gox_truncated.gox');
  writeFileSync(broken, truncated?.bytes ?? '');
  const unknown = join(directory, 'unknown.abc');
  writeFileSync(unknown, 'no model');
  const cases: readonly (readonly [string, string, number, RegExp])[] = [
    [join(directory, 'absent.gox'), out, 66, /no such file.*GOX_FILE/],
    [broken, out, 65, /broken\.gox is damaged.*GOX_FORMAT_BROKEN/],
    [from, join(directory, 'out.abc'), 65, /"[^"]+out\.abc" is not supported.*GOX_FORMAT_UNKNOWN/],
    [unknown, out, 65, /is a text, which cannot be read here.*GOX_FORMAT_UNKNOWN/],
    [from, join(directory, 'no', 'out.obj'), 73, /no such file or directory/],
    [from, directory, 65, /GOX_FORMAT_UNKNOWN/],
  ];
  for (const [input, output, expected, pattern] of cases) {
    const { code, stdout, stderr } = await cli('convert', input, output);
    assert.is(code, expected, stderr);
    assert.is(stdout, '');
    assert.match(stderr, pattern);
    assert.not.match(stderr, /\n {4}at /, 'no stack for what is nobody’s defect');
  }
  assert.not(existsSync(out));
  assert.is((await cli('convert', from)).code, 64);
});

conversion('no more than is allowed, and the refusal says what that is', async () => {
  const far = join(temporaryDirectory(), 'far.txt');
  const voxels = Array.from({ length: 100 }, (_, i) => `${i * 16} 0 0 ffffff`);
  writeFileSync(far, `${voxels.join('\n')}\n`);
  const to = join(temporaryDirectory(), 'far.gox');
  const convert = (max: string) =>
    shell(`export GOXEL_LIMITS_VOXEL_BYTES_MAX=${max}; gs convert ${far} ${to}`);
  const { code, stderr } = await convert('1048576');
  assert.is(code, 65, stderr);
  assert.match(stderr, /GOX_MEMORY_LIMIT/);
  assert.match(stderr, 'limits.voxel_bytes_max, 1048576 bytes');
  assert.not(existsSync(to));
  assert.is((await convert('1%')).code, 0);
});

conversion.run();
