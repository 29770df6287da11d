/** Temporary files go with what made them, whatever ended it. */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import {
  removeUnfinished,
  UnfinishedFiles,
  unfinishedMemory,
} from '../../../engine/port/unfinished.ts';
import { Files } from '../../../engine/project/files.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const temporary = suite('temporary files');

const bytes = (text: string) => [Buffer.from(text)];
const left = (directory: string) =>
  readdirSync(directory).filter((name) => name.startsWith('.goxel-'));

/** A program that begins to write a file and then does as it is told. */
function writer(directory: string, end: string): string[] {
  const module = new URL('../../../engine/project/files.js', import.meta.url).href;
  const program = `
    const { Files } = await import(${JSON.stringify(module)});
    const directory = process.argv[1];
    new Files({ roots: [directory], file_bytes_max: 100 }).write(directory + '/a', (function* () {
      yield Buffer.from('half');
      ${end}
    })());`;
  return ['--input-type=module', '-e', program, directory];
}

temporary('what a killed process left goes with the next write to its directory', () => {
  const directory = temporaryDirectory();
  spawnSync(process.execPath, writer(directory, "process.kill(process.pid, 'SIGKILL');"));
  assert.is(left(directory).length, 1, 'the test needs a file left');
  new Files({ roots: [directory], file_bytes_max: 100 }).write(join(directory, 'b'), bytes('x'));
  assert.equal(readdirSync(directory), ['b']);
});

temporary('what a process that lives is writing stays', async () => {
  const directory = temporaryDirectory();
  const end = "console.log('half'); for (;;) {}";
  const child = spawn(process.execPath, writer(directory, end), {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  new Files({ roots: [directory], file_bytes_max: 100 }).write(join(directory, 'b'), bytes('x'));
  const during = left(directory);
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.is(during.length, 1);
  new Files({ roots: [directory], file_bytes_max: 100 }).write(join(directory, 'b'), bytes('x'));
  assert.equal(readdirSync(directory), ['b']);
});

temporary('a number of a process that was given again does not protect what is left', () => {
  const directory = temporaryDirectory();
  const files = () => new Files({ roots: [directory], file_bytes_max: 100 });
  // Ours while it is written.
  let name = '';
  files().write(
    join(directory, 'a'),
    (function* () {
      [name = ''] = left(directory);
      yield Buffer.from('x');
    })(),
  );
  const [, pid, start, place] = /^\.goxel-(\d+)-(\d+)-(\w+)-\w+\.tmp$/.exec(name) ?? [];
  assert.is(pid, String(process.pid));
  const named = (start: string | undefined, place: string | undefined) =>
    `.goxel-${pid}-${start}-${place}-0123456789abcdef.tmp`;
  const [ours, earlier] = [named(start, place), named('7', place)];
  const [foreign, foreignOld] = [named(start, '00000000'), named('7', '00000001')];
  const others = ['.goxel-1.tmp', '.goxel-mine.tmp', `${ours}.gox`];
  for (const one of [ours, earlier, foreign, foreignOld, ...others]) {
    writeFileSync(join(directory, one), '');
  }
  utimesSync(join(directory, foreignOld), 0, 0);
  mkdirSync(join(directory, named('8', place)));
  files().write(join(directory, 'a'), bytes('x'));
  const stays = [ours, foreign, named('8', place), ...others, 'a'];
  assert.equal(readdirSync(directory).sort(), stays.sort());
});

temporary('the owner of a thread removes what the thread noted, and nothing is begun then', () => {
  const directory = temporaryDirectory();
  const unfinished = unfinishedMemory();
  const files = new Files({ roots: [directory], file_bytes_max: 100, unfinished });
  files.write(join(directory, 'a'), bytes('whole'));
  let during = 0;
  const code = codeOf(() =>
    files.write(
      join(directory, 'b'),
      (function* () {
        yield Buffer.from('half');
        during = left(directory).length;
        removeUnfinished(unfinished);
        assert.equal(readdirSync(directory), ['a']);
      })(),
    ),
  );
  assert.is(during, 1);
  assert.is(code, 'GOX_FILE');
  assert.is(
    codeOf(() => files.write(join(directory, 'c'), bytes('x'))),
    'GOX_SHUTTING_DOWN',
  );
  assert.equal(readdirSync(directory), ['a']);
});

temporary('many files can be noted at a time, in any order', () => {
  const directory = temporaryDirectory();
  const memory = unfinishedMemory();
  const notes = new UnfinishedFiles(memory);
  const paths = Array.from({ length: 300 }, (_, index) => join(directory, `größe-${index}`));
  for (const path of paths) {
    writeFileSync(path, '');
    notes.add(path);
  }
  for (const path of paths.slice(0, 100)) notes.delete(path);
  removeUnfinished(memory);
  assert.is(readdirSync(directory).length, 100);
});

temporary('several files are put in place together, or none of them', () => {
  const directory = temporaryDirectory();
  const files = new Files({ roots: [directory], file_bytes_max: 100 });
  writeFileSync(join(directory, 'a'), 'old');
  const staged = files.stage();
  staged.add(join(directory, 'a'), bytes('new'));
  staged.add(join(directory, 'b'), bytes('new'));
  assert.is(readFileSync(join(directory, 'a'), 'utf8'), 'old');
  staged.discard();
  assert.equal(readdirSync(directory), ['a']);
  const again = files.stage();
  again.add(join(directory, 'a'), bytes('new'));
  again.add(join(directory, 'b'), bytes('new'));
  again.commit();
  again.discard();
  assert.equal(
    ['a', 'b'].map((name) => readFileSync(join(directory, name), 'utf8')),
    ['new', 'new'],
  );
  assert.equal(left(directory), []);
});

temporary('when only some can be put in place the error names those that were', () => {
  const directory = temporaryDirectory();
  const files = new Files({ roots: [directory], file_bytes_max: 100 });
  const [first, second] = [join(directory, 'a'), join(directory, 'b')];
  const staged = files.stage();
  staged.add(first, bytes('new'));
  staged.add(second, bytes('new'));
  mkdirSync(second);
  try {
    staged.commit();
    assert.unreachable();
  } catch (error) {
    assert.instance(error, GoxError);
    assert.match((error as GoxError).message, `These were written before it: ${first}.`);
    assert.equal((error as GoxError).details?.written, [first]);
  }
  staged.discard();
  assert.equal(readdirSync(directory).sort(), ['a', 'b']);
});

function codeOf(action: () => void): string {
  try {
    action();
  } catch (error) {
    if (error instanceof GoxError) return error.code;
    throw error;
  }
  return 'done';
}

temporary.run();
