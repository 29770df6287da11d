/** Of a heap snapshot that fails nothing is left, and its thread is let go. */

import { EventEmitter } from 'node:events';
import { mkdtempSync, readdirSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pino } from 'pino';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CallsEvent } from '../../../actors/engines/registry.ts';
import { HeapSnapshots, type HeapThread, HeapThreads } from '../../../actors/heap/snapshots.ts';
import { GoxError } from '../../../conf/errors.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

function stage(snapshot: () => Promise<Readable>) {
  const directory = mkdtempSync(`${temporaryDirectory()}/`);
  const events = new EventEmitter();
  const thread = Object.assign(events, { getHeapSnapshot: snapshot }) as unknown as HeapThread;
  const heaps = new HeapThreads();
  heaps.add('engine:0', thread);
  const told: string[] = [];
  const pulses = {
    hold: () => {
      told.push('held');
      return () => void told.push('released');
    },
  };
  const calls = new Map([[0, { send: ({ type }: CallsEvent) => void told.push(type) }]]);
  const log = pino({ level: 'silent' });
  const config = { dump: { directory } };
  const snapshots = new HeapSnapshots({ config, log, pulses, heaps, calls });
  const abort = new AbortController();
  const take = (path?: string) => snapshots.take({ thread: 'engine:0', path }, abort.signal);
  return { take, directory, abort, events, told, files: () => readdirSync(directory) };
}

async function codeOf(taking: Promise<unknown>): Promise<string> {
  try {
    await taking;
  } catch (error) {
    assert.instance(error, GoxError);
    return (error as GoxError).code;
  }
  return 'none';
}

const LET_GO = ['held', 'worker.held', 'worker.released', 'released'];

const test = suite('heap snapshots');

test('a full disk, or whatever else ends the writing, leaves nothing', async () => {
  const { take, files, told } = stage(async () => {
    return Readable.from(
      (async function* () {
        yield 'a beginning';
        throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
      })(),
    );
  });
  assert.is(await codeOf(take()), 'GOX_FILE');
  assert.equal(files(), []);
  assert.equal(told, LET_GO);
});

test('a path that cannot be is an error of a few words, however long it is', async () => {
  const { take, directory, files } = stage(async () => Readable.from(['{}']));
  const long = 'long/'.repeat(800);
  const cases: readonly (readonly [path: string, code: string, message: RegExp])[] = [
    [long, 'GOX_PATH_REFUSED', /^The path "….*" is no absolute path\.$/],
    [`/${long}`, 'GOX_PATH_REFUSED', /is not below dump\.directory, /],
    [`${directory}/\0`, 'GOX_PATH_REFUSED', /holds a NUL character\.$/],
    [`${directory}/${'x'.repeat(3000)}`, 'GOX_FILE', /^The file "…x+": name too long\.$/],
    [`${directory}/none/x`, 'GOX_FILE', /: no such file or directory\.$/],
  ];
  for (const [path, code, message] of cases) {
    const error = await take(path).then(undefined, (thrown: unknown) => thrown);
    assert.instance(error, GoxError);
    const refusal = error as GoxError;
    assert.is(refusal.code, code);
    assert.match(refusal.message, message);
    assert.ok(refusal.message.length < 1200, refusal.message);
    assert.is(refusal.details?.path, path);
  }
  assert.equal(files(), []);
});

test('a thread that ends meanwhile is an error, whether or not it says so itself', async () => {
  const silent = stage(() => new Promise(() => {}));
  const taking = codeOf(silent.take());
  while (silent.told.length < 2) await new Promise(setImmediate);
  silent.events.emit('exit', 1);
  assert.is(await taking, 'GOX_ENGINE_LOST');
  assert.equal(silent.files(), []);
  assert.equal(silent.told, LET_GO);
  assert.is(await codeOf(stage(async () => Readable.from(['{}'])).take()), 'none');
});

test('who gives up leaves nothing, and the next waits until the thread is free', async () => {
  let ready = (_: Readable) => {};
  const { take, abort, files, told } = stage(
    () =>
      new Promise((resolve) => {
        ready = resolve;
      }),
  );
  const taking = codeOf(take());
  while (told.length < 2) await new Promise(setImmediate);
  abort.abort(new GoxError('GOX_REQUEST_TIMEOUT', 'late'));
  assert.is(await taking, 'GOX_REQUEST_TIMEOUT');
  assert.equal(files(), []);
  assert.equal(told, ['held', 'worker.held'], 'it still stands still');
  assert.is(await codeOf(take()), 'GOX_ENGINE_BUSY');
  ready(Readable.from(['{}']));
  await new Promise(setImmediate);
  assert.equal(told, LET_GO);
  assert.is(await codeOf(take()), 'GOX_REQUEST_TIMEOUT', 'another is begun');
});

test.run();
