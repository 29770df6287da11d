/** What is kept of a project, and who waits for it. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ProjectLog, type RecordSink } from '../../../actors/journal/project-log.ts';
import { GoxError } from '../../../conf/errors.ts';

const BYTES = new Uint8Array(8);

/** A log whose sink does what it is to do when the test says so. */
function log() {
  const todo = new Map<string, (error?: GoxError) => void>();
  const sink: RecordSink = {
    append: (_, sequence, done) => void todo.set(`kept ${sequence}`, done),
    remove: (done) => void todo.set('removed', done),
  };
  const made = new ProjectLog(sink);
  const heard: string[] = [];
  return {
    log: made,
    heard,
    wait: (who: string) => made.whenKept((error) => heard.push(error ? `${who} failed` : who)),
    now: (what: string, error?: GoxError) => todo.get(what)!(error),
  };
}

const test = suite('the log of a project');

test('who waits for the end of a project waits for what was recorded before, and for it', () => {
  for (const error of [undefined, new GoxError('GOX_JOURNAL_FAILED', 'no')]) {
    const { log: made, heard, wait, now } = log();
    made.add({ sequence: 1, bytes: BYTES });
    wait('edit');
    made.add({ sequence: 2, bytes: BYTES });
    made.end();
    wait('close');
    now('kept 1');
    assert.equal(heard, ['edit']);
    now('kept 2');
    assert.equal(heard, ['edit'], 'its directory is still there');
    now('removed', error);
    assert.equal(heard, ['edit', error === undefined ? 'close' : 'close failed']);
    assert.is(made.isKept, true);
  }
});

test.run();
