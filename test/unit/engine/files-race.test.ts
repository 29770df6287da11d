/** Files while somebody exchanges directories for links, and when there are no descriptors left. */

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  fstatSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import { Files } from '../../../engine/project/files.ts';
import { OutsideError, Roots } from '../../../engine/project/roots.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const race = suite('files in a race');

const TRIES = 4000;
/** Each side has come first by then, unless something is wrong. */
const RACE_MS = 30_000;

function places() {
  const directory = temporaryDirectory();
  const [root, outside] = [join(directory, 'root'), join(directory, 'outside')];
  mkdirSync(join(root, 'd'), { recursive: true });
  mkdirSync(outside);
  symlinkSync(outside, join(root, 'l'));
  writeFileSync(join(root, 'd/a'), 'inside');
  writeFileSync(join(outside, 'a'), 'secret');
  return { root, outside, files: new Files({ roots: [root], file_bytes_max: 100 }, false) };
}

/** What it gives, or the code of the error. */
function outcome(action: () => string): string {
  try {
    return action();
  } catch (error) {
    if (error instanceof GoxError) return error.code;
    throw error;
  }
}

/** Counts outcomes; a busy machine may need more tries until all those were seen that must be. */
function tries(action: () => string, wanted: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  const end_ms = performance.now() + RACE_MS;
  for (let done = 0; done < TRIES || !wanted.every((one) => one in counts); done += 1) {
    if (done >= TRIES && performance.now() > end_ms) break;
    const one = action();
    counts[one] = (counts[one] ?? 0) + 1;
  }
  return counts;
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

race('an exchanged directory leads nobody out of the roots', async () => {
  const { root, outside, files } = places();
  const workerData = { directory: join(root, 'd'), link: join(root, 'l') };
  const swapper = new Worker(new URL('../../support/swapper.js', import.meta.url), { workerData });
  await once(swapper, 'message');
  const path = join(root, 'd/a');
  const read = () => outcome(() => text(files.read(path)));
  let writing = 0;
  const write = () =>
    outcome(() => {
      files.write(join(root, `d/w${writing++ % 10}`), [Buffer.from('x')]);
      return 'written';
    });
  const reads = tries(read, ['inside', 'GOX_PATH_REFUSED']);
  const writes = tries(write, ['written']);
  await swapper.terminate();
  assert.is(reads.secret, undefined);
  assert.equal(readdirSync(outside), ['a']);
  assert.is(readFileSync(join(outside, 'a'), 'utf8'), 'secret');
  // It was a race: each side came first at times.
  for (const seen of [reads.inside, writes.written]) assert.ok((seen ?? 0) > 0);
  assert.ok((reads.GOX_PATH_REFUSED ?? 0) > 0);
  const allowed = ['inside', 'written', 'GOX_PATH_REFUSED', 'GOX_FILE'];
  assert.equal(
    Object.keys({ ...reads, ...writes }).filter((one) => !allowed.includes(one)),
    [],
  );
  const [all] = [readdirSync(root, { recursive: true, encoding: 'utf8' })];
  assert.equal(
    all.filter((name) => name.includes('.goxel-')),
    [],
  );
});

race('a root exchanged for a link later widens nothing', () => {
  const { root, outside, files } = places();
  renameSync(root, `${root}.old`);
  symlinkSync(outside, root);
  assert.is(
    outcome(() => text(files.read(join(root, 'a')))),
    'GOX_PATH_REFUSED',
  );
  const again = new Files({ roots: [root], real_roots: [root], file_bytes_max: 100 });
  assert.is(
    outcome(() => text(again.read(join(root, 'a')))),
    'GOX_PATH_REFUSED',
  );
});

race('a root that appears later is one, but not what it links to', () => {
  const { root, outside } = places();
  const [late, linked] = [join(root, 'late'), join(root, 'linked')];
  const files = new Files({ roots: [late, linked], file_bytes_max: 100 });
  assert.is(
    outcome(() => text(files.read(join(late, 'a')))),
    'GOX_FILE',
  );
  mkdirSync(late);
  files.write(join(late, 'a'), [Buffer.from('x')]);
  assert.is(text(files.read(join(late, 'a'))), 'x');
  symlinkSync(outside, linked);
  assert.is(
    outcome(() => text(files.read(join(linked, 'a')))),
    'GOX_PATH_REFUSED',
  );
});

race('what is done in a directory held open happens there, whatever its name became', () => {
  const { root, outside } = places();
  const directory = new Roots([root]).openDirectory(join(root, 'd'));
  renameSync(join(root, 'd'), join(root, 'moved'));
  renameSync(join(root, 'l'), join(root, 'd'));
  writeFileSync(directory.at('new'), 'x');
  directory.close();
  assert.is(readFileSync(join(root, 'moved/new'), 'utf8'), 'x');
  assert.equal(readdirSync(outside), ['a']);
});

race('without /proc a directory is told by device and inode', () => {
  const { root, outside } = places();
  const roots = new Roots([root], false);
  const fd = roots.open(join(root, 'd/a'));
  closeSync(fd);
  // The name leads outside by a link in the middle.
  assert.throws(() => roots.open(join(root, 'l/a')), OutsideErrorOf);
  const directory = roots.openDirectory(join(root, 'd'));
  assert.is(directory.at('a'), join(root, 'd/a'));
  renameSync(join(root, 'd'), join(root, 'moved'));
  renameSync(join(root, 'l'), join(root, 'd'));
  assert.throws(() => directory.at('a'), OutsideErrorOf);
  directory.close();
  assert.equal(readdirSync(outside), ['a']);
});

function OutsideErrorOf(error: unknown): boolean {
  return error instanceof OutsideError;
}

race('a hard link in a root is the file, and is never written into', () => {
  const { root, outside, files } = places();
  linkSync(join(outside, 'a'), join(root, 'hard'));
  assert.is(text(files.read(join(root, 'hard'))), 'secret');
  files.write(join(root, 'hard'), [Buffer.from('mine')]);
  assert.is(readFileSync(join(outside, 'a'), 'utf8'), 'secret');
  assert.is(readFileSync(join(root, 'hard'), 'utf8'), 'mine');
});

race('a lack of descriptors is said, passes, and costs none', () => {
  const { root, files } = places();
  const held: number[] = [];
  const before = openDescriptors();
  try {
    for (;;) held.push(openSync('/dev/null', 'r'));
  } catch (error) {
    assert.is((error as NodeJS.ErrnoException).code, 'EMFILE');
  }
  // A short process has few; leave none but what the words of an error may need.
  const thrown = [
    () => files.read(join(root, 'd/a')),
    () => files.write(join(root, 'd/b'), [Buffer.from('x')]),
    () => files.requirePlace(join(root, 'd/b')),
  ].map((action) => {
    try {
      action();
    } catch (error) {
      return error;
    }
    return undefined;
  });
  for (const fd of held) closeSync(fd);
  for (const error of thrown) {
    assert.instance(error, GoxError);
    const { code, message, details } = error as GoxError;
    assert.is(code, 'GOX_FILE');
    assert.match(message, /cannot be used: too many open files in the daemon; try again later/);
    assert.is(details?.retryable, true);
    assert.is((error as GoxError).toObject().data.retryable, true);
  }
  assert.is(openDescriptors(), before);
  files.write(join(root, 'd/b'), [Buffer.from('x')]);
  assert.equal(readdirSync(join(root, 'd')).sort(), ['a', 'b']);
});

function openDescriptors(): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      fstatSync(Number(fd));
      return !readlinkSync(`/proc/self/fd/${fd}`).startsWith('/proc');
    } catch {
      return false;
    }
  }).length;
}

race('a working directory that is gone is said for relative paths only', () => {
  const { root } = places();
  const module = new URL('../../../engine/project/files.js', import.meta.url).href;
  const program = `
    import { mkdirSync, rmdirSync } from 'node:fs';
    const { Files } = await import(${JSON.stringify(module)});
    mkdirSync('gone'); process.chdir('gone'); rmdirSync('../gone');
    const files = new Files({ roots: [process.argv[1]], file_bytes_max: 100 });
    files.write(process.argv[1] + '/d/b', [Buffer.from('x')]);
    try { files.read('b'); } catch (error) { console.log(error.code + ' ' + error.message); }`;
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', program, root], {
    cwd: root,
    encoding: 'utf8',
  });
  assert.match(said, /^GOX_FILE The file "b" is relative, and the working directory/);
  assert.is(readFileSync(join(root, 'd/b'), 'utf8'), 'x');
});

race.run();
