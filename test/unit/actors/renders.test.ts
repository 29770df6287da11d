/** The list of managed renders: what makes room, what goes, what is never touched, and where. */

import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Renders } from '../../../actors/renders/renders.ts';
import { GoxError } from '../../../conf/errors.ts';
import type { Config } from '../../../conf/schema.ts';
import { type ManagedRender, renderName } from '../../../engine/port/renders.ts';
import { configWith } from '../../support/probe.ts';
import { eventually } from '../../support/raw.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const TTL_S = 60;
const FRESH_MS = 5000;

interface Change {
  readonly bytes_max?: number;
  readonly files_max?: number;
  readonly permissions?: string;
  readonly directory?: string;
}

async function stage({ permissions = '0600', ...change }: Change = {}) {
  const directory = join(temporaryDirectory(), 'renders');
  const config: Config = await configWith((made) => {
    Object.assign(made.renders, { directory, ttl_ms: TTL_S * 1000, ...change });
    made.sockets.unix.permissions = permissions;
  });
  const time = { now: 1_790_000_000_000 };
  const warnings: unknown[] = [];
  const renders = new Renders({
    config,
    log: { debug: () => {}, warn: (facts: unknown) => void warnings.push(facts) },
    clock: { now_ms: () => time.now },
    unix_ms: () => time.now,
  });
  /** Writes one as a thread does, and says so. */
  const put = async (size: number, connection = '7') => {
    const { directory: place, ttl_ms } = await renders.place();
    const created_at = Math.floor(time.now / 1000);
    const expires_at = created_at + ttl_ms / 1000;
    const path = join(place, renderName(created_at, expires_at, 'png'));
    writeFileSync(path, new Uint8Array(size));
    const dimensions = { width: 1, height: 1 };
    const about = { size, format: 'png', dimensions, checksum: 'sha256:', created_at, expires_at };
    const render: ManagedRender = { path, ...about };
    return { path, error: renders.add([render], connection), render };
  };
  const files = () => (existsSync(directory) ? readdirSync(directory) : []);
  return { renders, directory, time, put, files, config, warnings };
}

/** The error that it rejects with. */
async function refusal(action: Promise<unknown>): Promise<GoxError> {
  try {
    await action;
  } catch (error) {
    assert.instance(error, GoxError);
    return error as GoxError;
  }
  throw new Error('it was not refused');
}

const test = suite('managed renders');

test('nobody has a directory before the first, and it is for its user alone', async () => {
  const { renders, directory } = await stage();
  assert.equal(await renders.sweep(), { files: 0, bytes: 0 });
  assert.not(existsSync(directory));
  const place = await renders.place();
  assert.is(place.directory, directory);
  assert.is(statSync(directory).mode & 0o777, 0o700);
  await renders.place();
});

test('who may use the socket may read them', async () => {
  for (const [permissions, mode] of [
    ['0660', 0o750],
    ['0666', 0o755],
  ] as const) {
    const { renders, directory } = await stage({ permissions });
    await renders.place();
    assert.is(statSync(directory).mode & 0o777, mode);
  }
});

test('are told of in the order in which they came', async () => {
  const { renders, put } = await stage();
  const [a, b] = [await put(10), await put(20, '8')];
  assert.equal(
    renders.list().map(({ path, session_id }) => [path, session_id]),
    [
      [a.path, '7'],
      [b.path, '8'],
    ],
  );
  assert.equal(renders.get(a.path), { ...a.render, session_id: '7' });
  assert.equal(renders.figures(), { files: 2, bytes: 30 });
});

test('one that is removed is gone, and no other file ever is', async () => {
  const { renders, directory, put, files } = await stage();
  const [a, b] = [await put(10), await put(20)];
  assert.equal(await renders.remove(a.path), { files: 1, bytes: 10 });
  assert.is((await refusal(renders.remove(a.path))).code, 'GOX_RENDER_NOT_FOUND');
  const foreign = join(directory, 'mine.png');
  writeFileSync(foreign, 'mine');
  for (const path of [foreign, `${directory}/../renders/${files()[0]}`, '/etc/passwd', 'a', '']) {
    const { code, message } = await refusal(renders.remove(path));
    assert.is(code, 'GOX_RENDER_NOT_FOUND', path);
    assert.match(message, /^Render not found: /);
  }
  assert.is(renders.stats().security_violations, 4);
  assert.equal(files().sort(), ['mine.png', b.path.split('/').at(-1)].sort());
  assert.equal(renders.figures(), { files: 1, bytes: 20 });
});

test('one that somebody else has removed can be removed', async () => {
  const { renders, put } = await stage();
  const { path } = await put(10);
  await renders.remove(path);
  renders.adopt([{ ...(await put(5)).render, path, session_id: '1' }]);
  assert.equal(await renders.remove(path), { files: 1, bytes: 5 });
});

test('those whose time is over go, and with them what a dead daemon left', async () => {
  const { renders, directory, time, put, files } = await stage();
  const old = await put(10);
  const now_s = time.now / 1000;
  const left = renderName(now_s - 90, now_s + 30, 'jpeg');
  const others = renderName(now_s, now_s + TTL_S + 1, 'png');
  const strangers = [`render_${now_s}_1_abc.png`, 'render_1_1_0123456789abcdef.png.bak', 'a.png'];
  for (const name of [left, others, ...strangers]) writeFileSync(join(directory, name), 'x');
  time.now += 30_000;
  const young = await put(20);
  assert.equal(await renders.sweep(), { files: 0, bytes: 0 });
  assert.not(files().includes(left), 'its own time was over, whatever ours is');
  time.now += 30_000;
  assert.equal(await renders.sweep(), { files: 1, bytes: 10 });
  assert.not(existsSync(old.path));
  const names = [young.path.split('/').at(-1)!, others, ...strangers];
  assert.equal(files().sort(), names.sort());
  const { files_cleaned, bytes_freed, total_cleanups, ...stats } = renders.stats();
  assert.equal([files_cleaned, bytes_freed, total_cleanups], [2, 10, 2]);
  assert.is(stats.last_cleanup, time.now / 1000);
  assert.is(stats.next_cleanup, time.now / 1000 + 300);
});

test('the oldest make room, but for those of the last seconds', async () => {
  const { renders, time, put, files } = await stage({ bytes_max: 100 });
  const first = await put(40);
  time.now += 1000;
  const second = await put(40);
  time.now += FRESH_MS - 1000;
  assert.is((await put(40)).error, undefined, 'the first is old enough');
  assert.not(renders.list().some(({ path }) => path === first.path));
  const { error, path } = await put(40);
  assert.is(error?.code, 'GOX_RENDERS_FULL');
  assert.equal(error?.toObject().data.retryable, true);
  assert.match(error?.message ?? '', /renders\.bytes_max/);
  assert.not(renders.list().some((one) => one.path === path));
  time.now += 1000;
  assert.is((await put(40)).error, undefined);
  assert.not(renders.list().some((one) => one.path === second.path));
  assert.equal(renders.figures(), { files: 2, bytes: 80 });
  // What is not in the list is going.
  await eventually('they are gone', () => files().length === 2);
  assert.is(renders.stats().total_renders, 4);
});

test('so do they where there are as many as may be', async () => {
  const { renders, time, put } = await stage({ files_max: 2 });
  const [first] = [await put(1), await put(1)];
  assert.match((await put(1)).error?.message ?? '', /renders\.files_max allows 2/);
  time.now += FRESH_MS;
  assert.is((await put(1)).error, undefined);
  assert.is(renders.figures().files, 2);
  assert.throws(() => renders.get(first!.path), /Render not found/);
});

test('at the end all are removed, and the directory if it was made', async () => {
  const { renders, directory, put } = await stage();
  await put(10);
  renders.drop([(await put(10)).render]);
  renders.clear();
  assert.not(existsSync(directory));
  const there = await stage();
  mkdirSync(there.directory);
  await there.put(10);
  there.renders.clear();
  assert.equal(there.files(), []);
  assert.ok(existsSync(there.directory));
});

test('those that another process has now stay', async () => {
  const { renders, put, files } = await stage();
  await put(10);
  const all = renders.list();
  renders.leave();
  renders.clear();
  assert.is(files().length, 1);
  const { renders: next, directory } = await stage();
  next.adopt(all);
  assert.equal(next.list(), all);
  assert.equal(await next.remove(all[0]!.path), { files: 1, bytes: 10 });
  assert.not(existsSync(directory));
});

const unfit: Record<string, { says: RegExp; make: (path: string) => void }> = {
  'a symbolic link': {
    says: /is a symbolic link/,
    make: (path) => symlinkSync(temporaryDirectory(), path),
  },
  'a link to nowhere': {
    says: /is a symbolic link/,
    make: (path) => symlinkSync(join(dirname(path), 'nothing'), path),
  },
  'a file': { says: /is not a directory/, make: (path) => writeFileSync(path, '') },
  'one that everybody may write into': {
    says: /may be written into by everybody/,
    make: (path) => {
      mkdirSync(path);
      chmodSync(path, 0o777);
    },
  },
};
if (process.geteuid?.() === 0) {
  unfit['one of another user'] = {
    says: /belongs to user 12345, and not to 0/,
    make: (path) => {
      mkdirSync(path);
      chownSync(path, 12_345, 12_345);
    },
  };
}

for (const [what, { says, make }] of Object.entries(unfit)) {
  test(`refuses ${what}, and removes nothing there`, async () => {
    const { renders, directory } = await stage();
    make(directory);
    const { code, message } = await refusal(renders.place());
    assert.is(code, 'GOX_FILE');
    assert.match(message, says);
    assert.match(message, /set renders\.directory/);
    if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true) {
      writeFileSync(join(directory, renderName(1, 2, 'png')), 'x');
      await renders.sweep();
      assert.is(readdirSync(directory).length, 1);
    }
  });
}

test('says when the directory above it is not there', async () => {
  const { renders } = await stage({ directory: join(temporaryDirectory(), 'nothing', 'renders') });
  const { code, details } = await refusal(renders.place());
  assert.equal([code, details?.errno], ['GOX_FILE', 'ENOENT']);
});

test.run();
