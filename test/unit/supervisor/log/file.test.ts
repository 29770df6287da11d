/** A log file: its rotation, and what others do to it. */

import {
  chmodSync,
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { getResourceLimit, setResourceLimit } from '../../../../actors/native/resource-limits.ts';
import { LogFile, type Rotation } from '../../../../supervisor/log/file.ts';
import { Sink } from '../../../../supervisor/log/sink.ts';
import { temporaryDirectory } from '../../../support/tmp.ts';

const LINE_BYTES = 100;
const NOBODY = 65_534;

function line(n: number): string {
  return `${JSON.stringify({ n }).padEnd(LINE_BYTES - 1)}\n`;
}

function numbersIn(path: string): number[] {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((text) => (JSON.parse(text) as { n: number }).n);
}

interface Stage {
  readonly path: string;
  readonly file: LogFile;
  readonly sink: Sink;
  /** What was told of the file. */
  readonly told: string[];
  /** Writes so many lines, from the last number on. */
  write(lines: number): void;
}

/** Ten lines a file. */
function stage(rotation: Partial<Rotation> = {}, path = join(temporaryDirectory(), 'log')): Stage {
  const told: string[] = [];
  const whole = { size_bytes_max: 10 * LINE_BYTES, files_max: 3, ...rotation };
  const file = new LogFile(path, whole, (_, text) => told.push(text));
  const sink = new Sink(file, (lost) => `${JSON.stringify({ lost })}\n`);
  let next = 0;
  const write = (lines: number) => {
    for (let i = 0; i < lines; i += 1) sink.write(line(next++));
  };
  return { path, file, sink, told, write };
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

const files = suite('log file');

files('the newest backup is .0, and those beyond the number of files are gone', () => {
  const { path, file, write, told } = stage();
  write(47);
  assert.equal(readdirSync(join(path, '..')).sort(), ['log', 'log.0', 'log.1', 'log.2']);
  assert.equal(numbersIn(path), range(40, 47));
  assert.equal(numbersIn(`${path}.0`), range(30, 40));
  assert.equal(numbersIn(`${path}.1`), range(20, 30));
  assert.equal(numbersIn(`${path}.2`), range(10, 20));
  assert.equal(file.paths, [path, `${path}.0`, `${path}.1`, `${path}.2`]);
  assert.equal(told, []);
});

files('goes on in a file that was there, and counts what it holds', () => {
  const path = join(temporaryDirectory(), 'log');
  stage({}, path).write(8);
  stage({}, path).write(8);
  assert.equal(numbersIn(`${path}.0`), [...range(0, 8), 0, 1]);
  assert.equal(numbersIn(path), range(2, 8));
});

files('a line longer than a whole file gets one of its own', () => {
  const { path, sink, write } = stage();
  write(1);
  sink.write(`${'x'.repeat(20 * LINE_BYTES)}\n`);
  write(1);
  assert.equal(numbersIn(path), [1]);
  assert.is(statSync(`${path}.0`).size, 20 * LINE_BYTES + 1);
  assert.equal(numbersIn(`${path}.1`), [0]);
});

files('of size 0 grows without end; with 0 files it is emptied when it is full', () => {
  const endless = stage({ size_bytes_max: 0 });
  endless.write(100);
  assert.equal(numbersIn(endless.path), range(0, 100));
  const single = stage({ files_max: 0 });
  single.write(25);
  assert.equal(numbersIn(single.path), range(20, 25));
  assert.equal(readdirSync(join(single.path, '..')), ['log']);
});

files('fewer files from now on: the rest goes with the next rotation', () => {
  const { path, file, write } = stage();
  write(41);
  file.rotation = { size_bytes_max: 10 * LINE_BYTES, files_max: 1 };
  write(10);
  assert.equal(readdirSync(join(path, '..')).sort(), ['log', 'log.0']);
  assert.equal(numbersIn(`${path}.0`), range(40, 50));
});

files('a name that is missing is filled, and nothing older is lost', () => {
  const { path, write } = stage();
  write(31);
  renameSync(`${path}.0`, `${path}.9`);
  write(10);
  assert.equal(numbersIn(`${path}.0`), range(30, 40));
  assert.equal(numbersIn(`${path}.1`), range(10, 20));
  assert.equal(numbersIn(`${path}.2`), range(0, 10));
});

files('the new file may be read by whom the old one could', () => {
  const { path, write } = stage();
  write(1);
  chmodSync(path, 0o604);
  write(10);
  assert.is(statSync(path).mode & 0o777, 0o604);
});

files('behind a link is rotated where it is', () => {
  const [place, away] = [temporaryDirectory(), temporaryDirectory()];
  const path = join(place, 'log');
  symlinkSync(join(away, 'real'), path);
  stage({}, path).write(15);
  assert.equal(readdirSync(place), ['log']);
  assert.equal(numbersIn(join(away, 'real.0')), range(0, 10));
  assert.equal(numbersIn(path), range(10, 15));
});

/** Does it as a user to whom rights mean something. */
function unprivileged(action: () => void): void {
  const root = process.geteuid?.() === 0;
  if (root) process.seteuid?.(NOBODY);
  try {
    action();
  } finally {
    if (root) process.seteuid?.(0);
  }
}

files('in a directory that allows no rotation goes on, says so once, and tries again', () => {
  const { path, file, write, told } = stage();
  write(1);
  chmodSync(path, 0o666);
  chmodSync(join(path, '..'), 0o555);
  unprivileged(() => write(24));
  assert.equal(numbersIn(path), range(0, 25));
  assert.equal(told, ['cannot rotate the log; it goes on in the same file']);
  assert.match(file.trouble, /^cannot rotate the log: EACCES/);
  chmodSync(join(path, '..'), 0o755);
  assert.is(file.reopen(), false);
  write(1);
  assert.is(file.trouble, '');
  assert.equal(told.slice(1), ['the log is rotated again']);
  assert.equal(numbersIn(`${path}.0`), range(0, 25));
});

files('keeps its name and goes on when the process has no descriptor for a new one', () => {
  const { path, file, write } = stage();
  write(10);
  const limit = getResourceLimit('files');
  assert.ok(limit !== undefined);
  const next = openSync('/dev/null', 'r');
  closeSync(next);
  setResourceLimit('files', { soft: next, hard: limit.hard });
  write(2);
  setResourceLimit('files', limit);
  assert.match(file.trouble, /EMFILE/);
  assert.equal(readdirSync(join(path, '..')), ['log']);
  assert.equal(numbersIn(path), range(0, 12));
});

files('two processes on one file lose nothing of each other', () => {
  const path = join(temporaryDirectory(), 'log');
  const [one, other] = [stage({ files_max: 100 }, path), stage({ files_max: 100 }, path)];
  for (let i = 0; i < 100; i += 1) {
    one.write(1);
    other.write(1);
  }
  const found = one.file.paths.flatMap(numbersIn).sort((a, b) => a - b);
  assert.equal(
    found,
    range(0, 100).flatMap((n) => [n, n]),
  );
  const backups = one.file.paths.slice(1);
  assert.ok(backups.length >= 9);
  // The file that the other one has just begun is not taken for the full one.
  for (const path of backups) assert.ok(numbersIn(path).length >= 10, path);
});

files('emptied by another (copytruncate) counts from nothing', () => {
  const { path, write } = stage();
  write(9);
  truncateSync(path);
  write(8);
  assert.not(existsSync(`${path}.0`));
  assert.equal(numbersIn(path), range(9, 17));
});

files('renamed by another it is followed; removed it is made again within a second', async () => {
  const { path, write, told } = stage();
  write(1);
  renameSync(path, `${path}.old`);
  await sleep(1100);
  write(1);
  assert.not(existsSync(path));
  assert.equal(numbersIn(`${path}.old`), [0, 1]);
  rmSync(`${path}.old`);
  await sleep(1100);
  write(1);
  assert.equal(numbersIn(path), [2]);
  assert.equal(told, ['the log file was removed; it is made again']);
});

files('tells which directories it has made', () => {
  const top = temporaryDirectory();
  const path = join(top, 'a', 'b', 'log');
  const { file } = stage({}, path);
  assert.equal(file.paths, [join(top, 'a'), join(top, 'a', 'b'), path]);
  assert.equal(stage({}, path).file.paths, [path]);
});

files.run();
