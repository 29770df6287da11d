/** What users install: its size, and that its command and its exports work by themselves. */

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { VERSION } from '../../engine/catalogue/version.ts';
import { shell } from '../support/cli.ts';
import { ROOT } from '../support/modules.ts';
import { eventually } from '../support/raw.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const BYTES_MAX = 5_500_000;
/**
 * 1.6 MB of it lay out charts (`elk-worker.min.js`); 5 MB are what V8 has made of the bundles,
 * which halves what a start takes, and 2 MB what converts files without the rest.
 */
const UNPACKED_BYTES_MAX = 17_000_000;

const SUPERVISION_PAGE = 'machines/supervision/README.md';
/** Some of what must be there. */
const USED = [
  ...['README.md', 'LICENSE', 'conf/daemon.yaml', 'conf/DEPLOYMENT.md', SUPERVISION_PAGE],
  ...['conf/man/goxel-supervisor.1', 'conf/launchd/com.goxel.supervisor.plist'],
  ...['page.js', 'style.css', 'index.html', 'elk-worker.min.js', 'elk-LICENSE.md'].map(
    (name) => `dist/inspector-page/${name}`,
  ),
  ...['conf/grafana/dashboard.json', 'conf/prometheus/alerts.yaml'],
  ...['goxel-supervisor.service', 'goxel-supervisor.socket', 'daemon.conf'].map(
    (name) => `conf/systemd/${name}`,
  ),
  ...['dist/bundle/supervisor/daemon.cjs.cache', 'dist/bundle/engine/threads.cjs.cache'],
  ...['dist/supervisor/index.d.ts', 'dist/machines/supervision/index.d.ts'],
  ...['dist/supervisor/inspector/index.d.ts', 'dist/supervisor/inspector/protocol.d.ts'],
  ...['index.html', 'page.js', 'style.css', 'elk-worker.min.js'].map(
    (name) => `dist/inspector-page/${name}`,
  ),
];

interface Packed {
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

/** Newer ones keep what they compiled in the directory for temporary files. */
const QUIET_NPM = { NODE_DISABLE_COMPILE_CACHE: '1' };

/** A project with the package of this tree in its node_modules, and none of its dependencies. */
function install(): { project: string; packed: Packed } {
  const directory = temporaryDirectory();
  // A cache of its own: npm writes logs there.
  const npm = ['pack', '--json', '--ignore-scripts', '--pack-destination', directory];
  const env = { ...process.env, ...QUIET_NPM, npm_config_cache: join(directory, 'npm') };
  const options = { cwd: ROOT, env };
  const text = execFileSync('npm', npm, { ...options, encoding: 'utf8' });
  const [packed] = JSON.parse(text) as readonly Packed[];
  if (packed === undefined) throw new Error(`npm pack said ${text}`);
  const project = join(directory, 'project');
  const place = join(project, 'node_modules', 'goxel-supervisor');
  mkdirSync(place, { recursive: true });
  const archive = readdirSync(directory).find((name) => name.endsWith('.tgz')) ?? '';
  execFileSync('tar', ['-xzf', join(directory, archive), '--strip-components=1', '-C', place]);
  return { project, packed };
}

const { project, packed } = install();

const packages = suite('the package');

packages('is small, and holds what is used and nothing else', () => {
  assert.ok(packed.size < BYTES_MAX, `${packed.size} bytes`);
  assert.ok(packed.unpackedSize < UNPACKED_BYTES_MAX, `${packed.unpackedSize} bytes`);
  const paths = packed.files.map(({ path }) => path);
  for (const path of USED) {
    assert.ok(paths.includes(path), path);
  }
  assert.equal(
    paths.filter((path) => path.endsWith('.map') || path.startsWith('dist/test/')),
    [],
  );
});

packages('has a command that works', async () => {
  const main = join(project, 'node_modules/goxel-supervisor/dist/bundle/supervisor/main.js');
  const from = join(ROOT, 'test/fixtures/models/two/two.gox');
  const { code, stdout, stderr } = await shell(
    `node ${main} --version && node ${main} convert ${from} ${project}/two.txt`,
  );
  assert.is(code, 0, stderr);
  assert.is(stdout, `goxel-supervisor ${VERSION}\ngoxel-daemon version ${VERSION}\n`);
});

packages('has it by the name of the daemon in C too', async () => {
  const place = join(project, 'node_modules/goxel-supervisor');
  const { bin } = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'));
  // As npm links it.
  symlinkSync(join(place, bin['goxel-daemon']), join(project, 'goxel-daemon'));
  const { stdout } = await shell(`node ${join(project, 'goxel-daemon')} --version`);
  assert.is(stdout, `goxel-daemon version ${VERSION}\ngoxel-supervisor ${VERSION}\n`);
});

const PROGRAM = `
import { connect } from 'goxel-supervisor/client';
import { loadConfig, startDaemon } from 'goxel-supervisor/daemon';
const { config } = await loadConfig({
  flags: [{ key: 'sockets.unix.path', text: process.argv[2], flag: 'argument' }],
});
const quiet = () => {};
const log = { info: quiet, warn: quiet, error: quiet, isLevelEnabled: () => false };
const daemon = startDaemon({ config, log });
const client = await connect({ path: await daemon.listening });
const { success } = await client.call('goxel.add_voxel', { x: 1, y: 2, z: 3 });
await client.close();
daemon.stop('done');
const { kind } = await daemon.ended;
console.log(success, kind);
`;

/** Whether the C library can be called: it needs koffi, which `--omit=optional` leaves out. */
const NATIVE = `
import { createRequire } from 'node:module';
const bundle = createRequire(import.meta.url).resolve('goxel-supervisor/daemon');
try {
  createRequire(bundle)('koffi');
  console.log('with koffi');
} catch {
  console.log('without koffi');
}
`;

packages('runs without koffi, and finds it where it is installed beside', async () => {
  const koffi = join(project, 'node_modules/koffi');
  writeFileSync(join(project, 'native.mjs'), NATIVE);
  writeFileSync(join(project, 'program.mjs'), PROGRAM);
  for (const there of [false, true]) {
    if (there) symlinkSync(join(ROOT, 'node_modules/koffi'), koffi);
    const socket = join(project, 's');
    const { code, stdout, stderr } = await shell(
      `cd ${project} && node native.mjs && node program.mjs ${socket}`,
    );
    assert.is(code, 0, stderr);
    assert.is(stdout, `${there ? 'with' : 'without'} koffi\ntrue stopped\n`);
  }
  unlinkSync(koffi);
});

packages('has exports that work, the daemon with its threads', async () => {
  writeFileSync(join(project, 'program.mjs'), PROGRAM);
  const { code, stdout, stderr } = await shell(`cd ${project} && node program.mjs ${project}/s`);
  assert.is(code, 0, stderr);
  assert.is(stdout, 'true stopped\n');
});

/** Tells of each script with code of V8's whether that was refused. */
const TELLING = `
import vm from 'node:vm';
vm.Script = class extends vm.Script {
  constructor(source, options) {
    super(source, options);
    if (!options?.cachedData) return;
    const refused = this.cachedDataRejected ? 'refused' : 'taken';
    console.log(options.filename.split('/').at(-1), refused);
  }
};
`;

packages('starts from code that V8 has made before, in its threads too', async () => {
  writeFileSync(join(project, 'telling.mjs'), TELLING);
  const { code, stdout, stderr } = await shell(
    `cd ${project} && node --import ./telling.mjs program.mjs ${project}/s`,
  );
  assert.is(code, 0, stderr);
  const told = new Set(stdout.split('\n').filter((line) => line.includes('.cjs')));
  assert.equal([...told].sort(), ['daemon.cjs taken', 'threads.cjs taken']);
});

/** The block of a language on the page of the library. */
function shown(language: string): string {
  const page = readFileSync(join(ROOT, SUPERVISION_PAGE), 'utf8');
  const [, block] = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'ms').exec(page) ?? [];
  if (block === undefined) throw new Error(`${SUPERVISION_PAGE} shows no ${language}`);
  return block;
}

packages(
  'exports the supervision library; the program on its page does what it shows',
  async () => {
    // Of its own too, though the bundle has one: actors of both live in one tree.
    symlinkSync(join(ROOT, 'node_modules/xstate'), join(project, 'node_modules/xstate'));
    writeFileSync(join(project, 'supervised.mjs'), shown('js'));
    const { code, stdout, stderr } = await shell(`cd ${project} && node supervised.mjs`);
    assert.is(code, 0, stderr);
    assert.is(stdout, shown('text'));
  },
);

/** A service that mounts the page as the README says, and asks for both. */
const INSPECTED = `
import { createServer } from 'node:http';
import { createInspector } from 'goxel-supervisor/inspector';
import { createActor, createMachine } from 'xstate';
const root = createActor(createMachine({ id: 'door', initial: 'shut', states: { shut: {} } }));
const app = (req, res) => res.end('the service');
const server = createServer();
const inspector = createInspector(root.start());
server.on('request', (req, res) => inspector.handle(req, res) || app(req, res));
server.on('upgrade', inspector.upgrade);
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const url = inspector.url(server.address());
const page = await (await fetch(url)).text();
const { status } = await fetch(new URL('page.js', url));
const other = await (await fetch(new URL('/', url))).text();
console.log(page.includes('page.js'), status, other);
inspector.close();
server.close();
`;

packages('exports the inspector with its page, mounted in three lines', async () => {
  writeFileSync(join(project, 'inspected.mjs'), INSPECTED);
  const { code, stdout, stderr } = await shell(`cd ${project} && node inspected.mjs`);
  assert.is(code, 0, stderr);
  assert.is(stdout, 'true 200 the service\n');
});

packages.run();

const starting = suite('npm start');

/** A copy of what the scripts look at, where the build may be taken away. */
function checkout(): string {
  const directory = temporaryDirectory();
  for (const name of ['package.json', 'tsconfig.json', 'scripts']) {
    cpSync(join(ROOT, name), join(directory, name), { recursive: true });
  }
  for (const room of ['actors', 'conf', 'engine', 'machines', 'supervisor', 'transport']) {
    mkdirSync(join(directory, room));
  }
  return directory;
}

starting('without a compiler says what to do; an install goes on', async () => {
  const directory = checkout();
  const start = await shell(`sh ${directory}/scripts/start.sh`);
  assert.is(start.code, 69);
  assert.match(start.stderr, 'npm ci --include=dev');
  const prepare = await shell(`sh ${directory}/scripts/build.sh --optional`);
  assert.is(prepare.code, 0);
  assert.match(prepare.stderr, 'npm pack');
});

starting(
  'builds when a source is newer than the build, and says so; else it does not',
  async () => {
    const directory = checkout();
    const main = join(directory, 'dist/bundle/supervisor/main.js');
    const tools = join(directory, 'node_modules/.bin');
    for (const path of [dirname(main), tools]) mkdirSync(path, { recursive: true });
    for (const tool of ['tsc', 'esbuild']) symlinkSync('/bin/true', join(tools, tool));
    writeFileSync(join(directory, 'package.json'), '{"scripts":{"build":"echo built"}}');
    const variables = `NODE_DISABLE_COMPILE_CACHE=1 npm_config_cache=${directory}/npm`;
    const script = `export ${variables}; sh ${directory}/scripts/build.sh`;
    const missing = await shell(script);
    assert.match(missing.stderr, 'building');
    assert.match(missing.stdout, 'built');
    writeFileSync(main, '');
    const fresh = await shell(script);
    assert.equal(fresh, { code: 0, stdout: '', stderr: '' });
    await shell(`touch -d '1 minute' ${directory}/engine`);
    assert.match((await shell(script)).stderr, 'building');
  },
);

/** Starts it, and ends it once it has said something while it goes on. */
async function saysAtOnce(directory: string, what: string): Promise<void> {
  const child = spawn('sh', [join(directory, 'scripts/start.sh')], {
    // A group of its own: what it calls goes with it.
    ...{ detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
    env: { ...process.env, ...QUIET_NPM, npm_config_cache: join(directory, 'npm') },
  });
  const ended = once(child, 'exit');
  let told = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    told += chunk;
  });
  try {
    await eventually(`it says that it is ${what}`, () => told.includes(what));
    assert.is(child.exitCode, null, 'it goes on');
  } finally {
    process.kill(-child.pid!, 'SIGKILL');
    await ended;
  }
}

starting('says what it does at once, however long that takes', async () => {
  const directory = checkout();
  const tools = join(directory, 'node_modules/.bin');
  mkdirSync(tools, { recursive: true });
  for (const tool of ['tsc', 'esbuild']) symlinkSync('/bin/true', join(tools, tool));
  writeFileSync(join(directory, 'package.json'), '{"scripts":{"build":"sleep 60"}}');
  await saysAtOnce(directory, 'building');
  // One that is built says so as well: Node itself takes a while on a slow machine.
  const main = join(directory, 'dist/bundle/supervisor/main.js');
  mkdirSync(dirname(main), { recursive: true });
  writeFileSync(main, 'setTimeout(() => {}, 60_000);');
  await saysAtOnce(directory, 'starting');
});

starting.run();
