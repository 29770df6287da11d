import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ConfigSources, loadConfig } from '../../../conf/load.ts';
import { older, withoutMissingFile, withoutUser } from '../../../supervisor/cli/original/place.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const place = suite('what goxel-daemon goes on without');

function written(text: string): string {
  const file = join(temporaryDirectory(), 'daemon.conf');
  writeFileSync(file, text);
  return file;
}

/** As another user than root, whoever runs the tests. */
async function asUser<T>(uid: number, body: () => Promise<T>): Promise<T> {
  const { getuid } = process;
  process.getuid = () => uid;
  try {
    return await body();
  } finally {
    if (getuid !== undefined) process.getuid = getuid;
  }
}

place('a file that is not there', () => {
  const sources: ConfigSources = { flags: [] };
  const file = written('');
  assert.equal(withoutMissingFile({ ...sources, file }), { ...sources, file });
  assert.equal(withoutMissingFile({ ...sources, file: `${file}.none` }), sources);
  assert.equal(withoutMissingFile({ ...sources, file: `${file}/none` }), sources);
  assert.equal(withoutMissingFile(sources), sources);
});

place('a user whom only root could become', async () => {
  const flags = [
    { key: 'user', text: 'nobody-of-that-name', flag: '--user' },
    { key: 'group', text: 'none', flag: '--group' },
  ];
  const loaded = await loadConfig({ flags });
  const by = (uid: number) => asUser(uid, async () => withoutUser(loaded));
  assert.is((await by(0)).config.user, 'nobody-of-that-name', 'root may');
  const { config, warnings } = await by(1234);
  assert.equal([config.user, config.group], ['', '']);
  assert.match(warnings.at(-1) ?? '', 'only root may become nobody-of-that-name:none');
});

place('itself as a user is as it was', async () => {
  const flags = [{ key: 'user', text: '0', flag: '--user' }];
  const loaded = await loadConfig({ flags });
  assert.is(await asUser(0, async () => withoutUser(loaded)), loaded);
  assert.is(withoutUser(await loadConfig()).warnings.length, 0);
});

place(
  'a file of another layout is read as it stands, and says what has no counterpart',
  async () => {
    const file = written('daemon:\n  worker_threads: 3\n  request_queue_size: 7\n  umask: 022\n');
    const { config, warnings, origins } = await loadConfig({ file, older });
    assert.equal([config.workers.count, config.workers.queue_size], [3, 7]);
    assert.match(origins.get('workers.count') ?? '', `${file}:2:3`);
    assert.ok(warnings.some((text) => text.startsWith(`${file}:4:3: daemon.umask`)));
  },
);

place('a file of ours is ours, with its mistakes', async () => {
  const good = written('workers: {count: 3}\n');
  assert.is((await loadConfig({ file: good, older })).config.workers.count, 3);
  const bad = written('workers: {count: 3, cuont: 4}\n');
  const problems = await loadConfig({ file: bad, older }).then(
    () => [],
    (error: { problems: string[] }) => error.problems,
  );
  assert.match(problems[0] ?? '', 'unknown key workers.cuont');
});

place('flags win over it, and it wins over what goxel-daemon has by itself', async () => {
  const file = written('daemon:\n  socket_path: /of/file\n  worker_threads: 3\n');
  const defaults = { 'sockets.unix.path': '/of/goxel-daemon' };
  const flags = [{ key: 'workers.count', text: '2', flag: '-j' }];
  const { config } = await loadConfig({ file, older, defaults, flags });
  assert.is(config.sockets.unix.path, '/of/file');
  assert.is(config.workers.count, 2);
});

place.run();
