/** Managed renders of a daemon: their life, from the first to its end, and what is refused. */

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { PNG } from 'pngjs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type DaemonOptions, startDaemon, withDaemon } from '../support/daemon.ts';
import { actors, eventually, RawConnection, type RawReply, treeOf } from '../support/raw.ts';
import { temporaryDirectory } from '../support/tmp.ts';
import { upgrade, withPlace } from '../support/upgraded.ts';

interface RenderFile {
  readonly path: string;
  readonly size: number;
  readonly format: string;
  readonly dimensions: { readonly width: number; readonly height: number };
  readonly checksum: string;
  readonly created_at: number;
  readonly expires_at?: number;
}

interface Rendered {
  readonly file: RenderFile;
  readonly files?: readonly RenderFile[];
  readonly output_path?: string;
  readonly image?: string;
}

const SMALL = { width: 40, height: 30 };
const MANAGED = { ...SMALL, options: { return_mode: 'file_path' } };
const ROOT = process.geteuid?.() === 0;

function ok<T>({ result, error }: RawReply): T {
  assert.is(error, undefined, error?.message);
  return result as T;
}

async function scene(socket: string) {
  const client = await RawConnection.open(socket);
  ok(await client.call('goxel.add_voxel', [1, 2, 3, '#3366CC']));
  const render = async (more: object = {}) =>
    ok<Rendered>(await client.call('goxel.render_scene', { ...MANAGED, ...more }));
  const list = async () =>
    ok<{ count: number; renders: RenderFile[] }>(await client.call('goxel.list_renders')).renders;
  const stats = async () =>
    ok<{ stats: Record<string, number> }>(await client.call('goxel.get_render_stats')).stats;
  const refused = async (params: object) => {
    const { error } = await client.call('goxel.render_scene', params);
    assert.ok(error, 'it was not refused');
    return error;
  };
  return { client, render, list, stats, refused };
}

/** A place for them, and a daemon that has them there. */
function stage(more: DaemonOptions['settings'] = {}) {
  const directory = join(temporaryDirectory(), 'renders');
  const options = { settings: { 'renders.directory': directory, ...more } };
  return { directory, options };
}

const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

const test = suite('managed renders');

test('one without a path is a file of which all is told, and that can be removed', async () => {
  const { directory, options } = stage();
  await withDaemon(options, async ({ socket }) => {
    const { client, render, list, stats } = await scene(socket);
    assert.not(existsSync(directory), 'nobody has asked for one');
    const { file, output_path, image } = await render();
    assert.equal([dirname(file.path), output_path, image], [directory, file.path, undefined]);
    assert.match(basename(file.path), /^render_\d{10}_\d{10}_[0-9a-f]{16}\.png$/);
    const { width, height } = PNG.sync.read(readFileSync(file.path));
    assert.equal({ width, height }, SMALL);
    assert.equal(file, {
      ...{ path: file.path, size: statSync(file.path).size, format: 'png', dimensions: SMALL },
      ...{ checksum: `sha256:${sha256(file.path)}`, created_at: file.created_at },
      expires_at: file.created_at + 3600,
    });
    const known = { ...file, session_id: (await list()).map((one) => Object(one).session_id)[0] };
    assert.equal(await list(), [known]);
    const info = ok<Record<string, RenderFile & { ttl_remaining: number }>>(
      await client.call('goxel.get_render_info', [file.path]),
    );
    assert.equal(info.render, known);
    const { ttl_remaining, ...described } = info.file!;
    assert.equal(described, known);
    assert.ok(ttl_remaining > 3500 && ttl_remaining <= 3600, `${ttl_remaining}`);
    assert.equal(ok(await client.call('goxel.cleanup_render', { path: file.path })), {
      ...{ success: true, message: 'Render cleaned up successfully', freed_bytes: file.size },
    });
    assert.not(existsSync(file.path));
    for (const method of ['goxel.get_render_info', 'goxel.cleanup_render']) {
      const { error } = await client.call(method, { path: file.path });
      assert.equal([error?.code, error?.data.code], [-1020, 'GOX_RENDER_NOT_FOUND']);
      assert.match(error?.message ?? '', /^Render not found: /);
    }
    const { active_renders, total_renders, files_cleaned, bytes_freed } = await stats();
    const found = [active_renders, total_renders, files_cleaned, bytes_freed];
    assert.equal(found, [0, 1, 1, file.size]);
    client.destroy();
  });
});

test('several pictures are several files, and a file that a client names is its own', async () => {
  const { directory, options } = stage();
  const own = join(temporaryDirectory(), 'own.jpg');
  await withDaemon(options, async ({ socket }) => {
    const { client, render, list } = await scene(socket);
    const { file, files = [] } = await render({ turntable: { count: 3 } });
    assert.is(files.length, 3);
    assert.equal(files[0], file);
    assert.equal(readdirSync(directory).sort(), files.map(({ path }) => basename(path)).sort());
    const named = await render({ output_path: own, return_mode: 'file_path', options: {} });
    assert.equal([named.file.path, named.file.format], [own, 'jpeg']);
    assert.is(named.file.checksum, `sha256:${sha256(own)}`);
    assert.not('expires_at' in named.file);
    assert.is((await list()).length, 3);
    const { error } = await client.call('goxel.cleanup_render', { path: own });
    assert.is(error?.data.code, 'GOX_RENDER_NOT_FOUND');
    // As ever.
    const inline = await render({ options: { return_mode: 'base64' } });
    assert.equal([typeof inline.image, inline.file], ['string', undefined]);
    client.destroy();
  });
  assert.ok(existsSync(own));
});

test('they go when their time is over, also where a daemon was killed', async () => {
  const { directory, options } = stage({ 'renders.ttl_ms': 1000 });
  const env = { GOXEL_RENDER_CLEANUP_INTERVAL: '1' };
  await withDaemon({ ...options, env }, async ({ socket }) => {
    const { client, render, list, stats } = await scene(socket);
    const { file } = await render();
    await eventually('it was removed', () => !existsSync(file.path), 10_000);
    assert.equal(await list(), []);
    assert.is((await stats()).files_cleaned, 1);
    client.destroy();
  });
  const killed = await startDaemon(options);
  const { client, render } = await scene(killed.socket);
  const { file } = await render();
  await killed.kill();
  client.destroy();
  assert.ok(existsSync(file.path));
  const kept = join(directory, 'kept.png');
  writeFileSync(kept, 'not ours');
  await withDaemon({ ...options, env }, async () => {
    await eventually('it was removed', () => !existsSync(file.path), 10_000);
  });
  assert.equal(readdirSync(directory), ['kept.png']);
});

test('cleanup_expired removes those at once whose time is over', async () => {
  // Longer than the wait before the daemon looks for the first time.
  const { options } = stage({ 'renders.ttl_ms': 3000 });
  await withDaemon(options, async ({ socket }) => {
    const { client, render } = await scene(socket);
    await eventually('it has looked', async () => {
      const { result } = await client.call('goxel.get_render_stats');
      return (result as { stats: { total_cleanups: number } }).stats.total_cleanups > 0;
    });
    const { file } = await render();
    const cleanUp = async () => ok<object>(await client.call('goxel.cleanup_expired', {}));
    let last = {};
    await eventually('it has expired', async () => {
      last = await cleanUp();
      return !existsSync(file.path);
    });
    assert.equal(last, { success: true, removed_count: 1, freed_bytes: file.size });
    assert.equal(await cleanUp(), { success: true, removed_count: 0, freed_bytes: 0 });
    client.destroy();
  });
});

test('a stop removes them, and no file of another daemon', async () => {
  const { directory, options } = stage();
  const other = await startDaemon(options);
  const theirs = await scene(other.socket);
  const { file } = await theirs.render();
  const daemon = await startDaemon(options);
  const ours = await scene(daemon.socket);
  const { file: own } = await ours.render();
  ok(await ours.client.call('goxel.cleanup_expired'));
  const { error } = await ours.client.call('goxel.cleanup_render', { path: file.path });
  assert.is(error?.data.code, 'GOX_RENDER_NOT_FOUND');
  ours.client.destroy();
  await daemon.stop();
  assert.equal([existsSync(own.path), existsSync(file.path)], [false, true]);
  theirs.client.destroy();
  await other.stop();
  assert.not(existsSync(directory), 'who has made it removes it');
});

test('an upgrade keeps them, and the process after it tells of them', async () => {
  const { directory, options } = stage();
  await withPlace(async (place) => {
    const { client, render, list } = await scene(place.daemon.socket);
    const { file } = await render();
    const before = await list();
    assert.is((await upgrade(place)).code, 0);
    assert.is.not(place.pid(), place.daemon.pid);
    assert.equal(await list(), before);
    assert.ok(existsSync(file.path));
    const { file: next } = await render();
    ok(await client.call('goxel.cleanup_render', { path: file.path }));
    assert.equal(readdirSync(directory), [basename(next.path)]);
    client.destroy();
  }, options);
  assert.equal(existsSync(directory) ? readdirSync(directory) : [], []);
});

test('what does not fit is refused, and what a client still reads is not taken', async () => {
  const { directory, options } = stage({ 'renders.bytes_max': 2048, 'renders.files_max': 2 });
  await withDaemon(options, async ({ socket }) => {
    const { client, render, list, refused } = await scene(socket);
    const { code, data } = await refused({ ...MANAGED, width: 400, height: 400 });
    assert.equal([code, data.code, data.retryable], [-32058, 'GOX_RENDERS_FULL', false]);
    const { file } = await render();
    await render();
    const full = await refused(MANAGED);
    assert.equal([full.data.code, full.data.retryable], ['GOX_RENDERS_FULL', true]);
    assert.ok(existsSync(file.path));
    assert.is((await list()).length, 2);
    await eventually('nothing else is there', () => readdirSync(directory).length === 2);
    ok(await client.call('goxel.cleanup_render', { path: file.path }));
    await render();
    const [, figures] = actors(await treeOf(client), /^(renders|keeper)$/);
    assert.is(figures?.figures?.files, 2);
    client.destroy();
  });
});

test('a directory of somebody else, or a link, is refused with what to do', async () => {
  const { directory, options } = stage();
  const elsewhere = temporaryDirectory();
  symlinkSync(elsewhere, directory);
  await withDaemon(options, async ({ socket }) => {
    const { client, refused } = await scene(socket);
    const { message, data } = await refused(MANAGED);
    assert.is(data.code, 'GOX_FILE');
    assert.match(message, /is a symbolic link; set renders\.directory \(or GOXEL_RENDER_DIR\)/);
    assert.equal(readdirSync(elsewhere), []);
    client.destroy();
  });
  if (!ROOT) return;
  const strangers = join(temporaryDirectory(), 'renders');
  mkdirSync(strangers);
  chownSync(strangers, 54_321, 54_321);
  await withDaemon({ env: { GOXEL_RENDER_DIR: strangers } }, async ({ socket }) => {
    const { client, refused } = await scene(socket);
    assert.match((await refused(MANAGED)).message, /belongs to user 54321, and not to 0/);
    client.destroy();
  });
  assert.equal(readdirSync(strangers), []);
});

test('another directory counts from the next one on', async () => {
  const file = join(temporaryDirectory(), 'daemon.yaml');
  const [first, second] = [temporaryDirectory(), temporaryDirectory()];
  const write = (directory: string) => writeFileSync(file, `renders: {directory: ${directory}}\n`);
  write(first);
  await withDaemon({ args: ['--config', file] }, async ({ socket }) => {
    const { client, render, list } = await scene(socket);
    const { file: before } = await render();
    write(second);
    ok(await client.call('supervisor.reload'));
    const { file: after } = await render();
    assert.equal([dirname(before.path), dirname(after.path)], [first, second]);
    assert.is((await list()).length, 2);
    client.destroy();
  });
  assert.equal([readdirSync(first), readdirSync(second)], [[], []]);
});

const full = ROOT ? test : test.skip;
full('a full disk is an error that says so, and leaves nothing behind', async () => {
  const directory = temporaryDirectory();
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', directory]);
  try {
    await withDaemon({ settings: { 'renders.directory': directory } }, async ({ socket }) => {
      const { client, render, list, refused } = await scene(socket);
      const ballast = join(directory, 'ballast');
      assert.throws(() => writeFileSync(ballast, Buffer.alloc(1 << 17)), /ENOSPC/);
      const { message, data } = await refused(MANAGED);
      assert.equal([data.code, data.details?.errno], ['GOX_FILE', 'ENOSPC']);
      assert.match(message, /no space left on device/);
      assert.equal([readdirSync(directory), await list()], [['ballast'], []]);
      writeFileSync(ballast, '');
      await render();
      client.destroy();
    });
    assert.equal(readdirSync(directory), ['ballast']);
  } finally {
    execFileSync('umount', ['-l', directory]);
  }
});

test.run();
