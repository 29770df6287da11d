/** The destination of the log: what happens to lines when they cannot be written. */

import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync, readSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { LogFile } from '../../../../supervisor/log/file.ts';
import { Sink } from '../../../../supervisor/log/sink.ts';
import { eventually } from '../../../support/raw.ts';
import { temporaryDirectory } from '../../../support/tmp.ts';

const UNLIMITED = { size_bytes_max: 0, files_max: 0 };

function fileOf(path: string): LogFile {
  return new LogFile(path, UNLIMITED, () => assert.unreachable('nothing happens to the file'));
}

function sinkTo(path: string): Sink {
  return new Sink(fileOf(path), (lost) => `${JSON.stringify({ lost })}\n`);
}

/** More than a pipe holds and the sink too. */
const LINES = 4000;
const LINE_BYTES = 1000;

function line(n: number): string {
  return `${JSON.stringify({ n }).padEnd(LINE_BYTES - 1)}\n`;
}

function namedPipe(): string {
  const path = join(temporaryDirectory(), 'pipe');
  execFileSync('mkfifo', [path]);
  return path;
}

function openReader(path: string): number {
  return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
}

/** What a pipe holds at this moment. */
function available(fd: number): string {
  const chunk = Buffer.alloc(64 * 1024);
  try {
    return chunk.toString('latin1', 0, readSync(fd, chunk));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return '';
    throw error;
  }
}

interface Line {
  readonly n?: number;
  readonly lost?: number;
}

const sinks = suite('log sink');

sinks('appends to a file, which it makes with its directories', () => {
  const path = join(temporaryDirectory(), 'a', 'b', 'log');
  sinkTo(path).write('one\n');
  sinkTo(path).write('two\n');
  assert.is(readFileSync(path, 'utf8'), 'one\ntwo\n');
});

sinks('goes on in a new file after the old one was renamed', () => {
  const path = join(temporaryDirectory(), 'log');
  const file = fileOf(path);
  const sink = new Sink(file, String);
  sink.write('old\n');
  renameSync(path, `${path}.1`);
  sink.write('old\n');
  assert.is(file.reopen(), true);
  sink.resume(true);
  sink.write('new\n');
  assert.is(readFileSync(`${path}.1`, 'utf8'), 'old\nold\n');
  assert.is(readFileSync(path, 'utf8'), 'new\n');
});

sinks('keeps the old file when the new one cannot be opened', () => {
  const path = join(temporaryDirectory(), 'log');
  const file = fileOf(path);
  const sink = new Sink(file, String);
  renameSync(path, `${path}.1`);
  execFileSync('mkdir', [path]);
  assert.throws(() => file.reopen(), /EISDIR/);
  sink.write('on\n');
  assert.is(readFileSync(`${path}.1`, 'utf8'), 'on\n');
});

sinks('refuses a directory at once', () => {
  assert.throws(() => sinkTo(temporaryDirectory()), /EISDIR/);
});

sinks('holds lines for a slow reader, drops those past its bound, and says how many', async () => {
  const path = namedPipe();
  const reader = openReader(path);
  const sink = sinkTo(path);
  for (let n = 0; n < LINES; n += 1) sink.write(line(n));
  assert.is(sink.figures.trouble, 'its reader is too slow');
  let text = '';
  await eventually('the loss was told', () => {
    text += available(reader);
    return text.includes('"lost"') && text.endsWith('\n');
  });
  sink.write(line(LINES));
  text += available(reader);
  assert.is(sink.figures.held_bytes, 0);
  assert.is(sink.figures.trouble, '');
  closeSync(reader);
  const lines = text.trimEnd().split('\n');
  const parsed = lines.map((one) => JSON.parse(one) as Line);
  const at = parsed.findIndex(({ lost }) => lost !== undefined);
  const lost = parsed[at]?.lost ?? 0;
  assert.ok(lost > 0);
  assert.is(sink.figures.lost, lost);
  assert.is(at + lost, LINES, 'every line is there or counted');
  for (const [i, { n }] of parsed.slice(0, at).entries()) assert.is(n, i);
  assert.equal(parsed.slice(at + 1), [{ n: LINES }]);
});

sinks('goes on when a named pipe gets a new reader', async () => {
  const path = namedPipe();
  const first = openReader(path);
  const sink = sinkTo(path);
  closeSync(first);
  sink.write('held\n');
  const second = openReader(path);
  let text = '';
  await eventually('the line came', () => {
    text += available(second);
    return text === 'held\n';
  });
  closeSync(second);
});

sinks('takes any number of lines on a full disk, and a flush of them ends', () => {
  const sink = sinkTo('/dev/full');
  for (let n = 0; n < LINES; n += 1) sink.write(line(n));
  sink.flushSync();
  const { to, lost, held_bytes, trouble } = sink.figures;
  assert.is(to, '/dev/full');
  assert.is(lost + Math.floor(held_bytes / LINE_BYTES), LINES, 'every line is held or counted');
  assert.match(trouble, /^ENOSPC/);
});

sinks('a flush to a reader that reads nothing ends', () => {
  const path = namedPipe();
  const reader = openReader(path);
  const sink = sinkTo(path);
  for (let n = 0; n < LINES; n += 1) sink.write(line(n));
  sink.flushSync();
  closeSync(reader);
});

sinks('writes a line whole in another place, though its old one took the beginning', () => {
  const taken: string[] = [];
  let room = 3;
  const outlet = (name: string) => ({
    ...{ name, trouble: '', close: () => {} },
    write(bytes: Buffer, from: number) {
      if (room === 0) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
      const part = bytes.toString('utf8', from, from + room);
      taken.push(`${name}: ${part}`);
      room -= part.length;
      return part.length;
    },
  });
  const sink = new Sink(outlet('old'), String);
  sink.write('one\n');
  room = 100;
  sink.moveTo(outlet('new'));
  assert.equal(taken, ['old: one', 'new: one\n']);
  room = 2;
  sink.write('two\n');
  room = 100;
  sink.resume(false);
  assert.equal(taken.slice(2), ['new: tw', 'new: o\n']);
});

sinks.run();
