/**
 * Runs the bundled daemon once, and a conversion, and keeps the code that V8 made of it beside the bundles
 * (`load.cjs`). Without it everything works too, and starts slower; so a machine on which no daemon
 * can run only gets a line about it.
 */

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect } from '../dist/bundle/transport/client.js';

const BUNDLE = fileURLToPath(new URL('../dist/bundle/', import.meta.url));
const HOOK = new URL('code-cache-hook.js', import.meta.url).href;
const FILES = ['supervisor/daemon.cjs.cache', 'engine/threads.cjs.cache'];
const PATIENCE_MS = 60_000;

const directory = mkdtempSync(join(tmpdir(), 'goxel-code-'));
const path = join(directory, 'socket');
/** When this is there, the code is kept. */
const when = join(directory, 'answered');
const daemon = spawn(
  process.execPath,
  ['--import', HOOK, join(BUNDLE, 'supervisor/main.js'), 'run', '--socket', path],
  {
    env: {
      ...{ PATH: process.env.PATH, HOME: directory },
      ...{ GOXEL_CONFIG: '/dev/null', GOXEL_CODE_CACHE_WHEN: when },
    },
    cwd: directory,
    stdio: ['ignore', 'ignore', 'ignore'],
  },
);

/**
 * One conversion of the formats that people mostly have, into each of them and those of Goxel. What
 * is kept is read by every conversion: kvx, vxl, ply and gltf cost a small one a millisecond at
 * most, and save theirs 5 to 13. Code of all others would cost more than it saves.
 */
function convertOnce() {
  const formats = ['txt', 'vox', 'gox', 'qb', 'kvx', 'vxl', 'obj', 'ply', 'gltf'];
  const files = (name) => formats.map((format) => join(directory, `${name}.${format}`));
  const outputs = (name) => files(name).flatMap((file) => ['-o', file]);
  const [first, ...more] = files('a');
  writeFileSync(first, '0 0 0 ff0000\n1 0 0 00ff00\n');
  const main = join(BUNDLE, 'supervisor/main.js');
  const options = { cwd: directory, stdio: 'ignore' };
  execFileSync(process.execPath, [main, 'convert', first, ...outputs('b')], options);
  const env = { ...process.env, GOXEL_CODE_CACHE_WHEN: 'exit' };
  const inputs = [first, ...more.map((_, n) => files('b')[n + 1])];
  // A mesh is so much more to do that its reader may be compiled by then.
  const voxels = inputs.filter((file) => !/\.(obj|ply|gltf)$/.test(file));
  const args = ['--import', HOOK, main, 'convert', ...voxels, ...outputs('c')];
  execFileSync(process.execPath, args, { ...options, env });
}

let ended = false;
daemon.on('exit', () => {
  ended = true;
});
try {
  const began_ms = performance.now();
  const until = async (holds) => {
    while (!(await holds())) {
      if (ended || performance.now() - began_ms > PATIENCE_MS) throw new Error('the daemon ended');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  await until(() => existsSync(path));
  const client = await connect({ path });
  for (let x = 0; x < 5; x += 1) await client.call('goxel.add_voxel', [x, 0, 0, '#ff0000']);
  for (const method of ['goxel.undo', 'goxel.list_layers', 'status']) await client.call(method);
  await client.close();
  writeFileSync(when, '');
  await until(() => FILES.every((file) => existsSync(join(BUNDLE, file))));
  convertOnce();
} catch (error) {
  process.stderr.write(`code-cache: starts will be slower: ${error.message}\n`);
} finally {
  daemon.kill();
  if (!ended) await once(daemon, 'exit');
  rmSync(directory, { recursive: true });
}
